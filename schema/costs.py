"""What each field costs: the store is read, parsed and compared for it. ``schema.limits`` adds it all up."""

from __future__ import annotations

from graphql import GraphQLField, GraphQLNamedType, get_named_type, is_leaf_type, is_list_type, is_non_null_type

from schema.shapes import long_texts

# Fields that read the store once for each record they are asked of, or more.
_HEAVY = {
    "acknowledgements": 20,
    "credits": 100,
    "difference": 100,
    "history": 100,
    "mergedFrom": 20,
    "notices": 20,
    "proposals": 20,
    "related": 100,
    "replies": 20,
    "search": 20,
    "signedBy": 20,
    "totalCount": 10,
}
# Where the same name means something lighter elsewhere: by type.
_HEAVY_OF_TYPE = {
    "Case.words": 40,
    "CaseDecision.reasons": 40,
    "Message.text": 60,
    "Mutation.acceptImported": 500,
    "Proposal.changes": 50,
    "Query.deadlines": 500,
    "Query.export": 400,
    "Query.importSource": 20,
    "Query.importedToReview": 100,
    "Query.importSources": 100,
    "Query.lessonsFor": 500,
    "Query.mitigationMatrix": 200,
    "Query.mitigationsTried": 200,
    "Query.reportDraft": 1000,
    "Query.syncPeers": 100,
    "Query.taxonomies": 100,
    "Query.taxonomy": 10,
    "Query.trends": 1000,
    "Report.words": 40,
    "Revision.credits": 1,
    "Taxonomy.term": 20,
    "Query.savedSearches": 100,
    "Query.watchedPolicies": 200,
    "WatchedVersion.text": 100,
    "Webhook.deliveries": 100,
}
# What each thing of a page costs by being there: a record is read and parsed, a match is also looked for in its text.
_ITEM_COST = 5
_HEAVY_ITEMS = {"search": 30, "mergeCandidates": 15}
# A long text, or a list of lines, may be asked for under many aliases: its cost keeps the answer's size bounded.
_TEXT_COST = 10


def own_cost(name: str, definition: GraphQLField | None, parent: GraphQLNamedType | None) -> int:
    """What the field costs by itself."""
    if definition is None or parent is None or parent.name.startswith("__"):
        return 1
    is_lines = is_list(definition) and is_leaf_type(get_named_type(definition.type))
    heavy = _HEAVY_OF_TYPE.get(f"{parent.name}.{name}") or _HEAVY.get(name, 1)
    return max(_TEXT_COST, heavy) if is_lines or name in long_texts() else heavy


def item_cost(name: str, definition: GraphQLField | None) -> int:
    """What each thing that the field gives costs by being there."""
    is_page = definition is not None and bool({"first", "ids"} & definition.args.keys())
    return _HEAVY_ITEMS.get(name, _ITEM_COST) if is_page else 0


def is_list(definition: GraphQLField) -> bool:
    """Whether the field gives a list."""
    type_ = definition.type
    return is_list_type(type_.of_type if is_non_null_type(type_) else type_)
