"""What is no door of the matrix, and why; and the fields that would have to be one."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, get_named_type

# What shows no records, or only those that another door is asked for already.
NO_RECORDS_AT = {
    "/policies/watched", "/dumps/", "/dumps/index.json",
    # Only what strangers see is in it, whoever asks: tests/dumps looks into every file.
    "/dumps/{name}/{file}",
    "/export/manifest.json", "/trends", "/trends.csv",
    "/sign-in", "/sign-in/with/{provider}", "/sign-in/with/{provider}/back", "/sign-out", "/invitation", "/me/sessions",
    "/me/organisation", "/me/password", "/me/second-factor", "/me/keys", "/me/identities",
    "/organisations", "/imports", "/imports/{source}", "/sync", "/sources", "/sources/{source}/findings/{secret}",
    "/sources/{source}/findings/{secret}.json",
    "/taxonomies", "/taxonomies/{namespace}", "/about", "/clocks", "/notice/case", "/report",
    "/report/follow", "/apply", "/apply/follow", "/keys/revoke", "/me/welfare", "/review", "/review/candidates",
    "/review/{uid}/reveal", "/review/relations/{ref}", "/review/imported/{source}",
    "/admin/applications", "/admin/members",
    "/admin/members/{slug}", "/transparency", "/privacy", "/governance", "/health/live", "/health/ready", "/metrics",
    "/robots.txt",
    "/.well-known/security.txt", "/llms.txt", "/opensearch.xml", "/favicon.svg", "/favicon.ico", "/static/{name}",
    "/graphql", "/admin/events", "/admin/events.ndjson", "/admin/events.csv", "/admin/alerts", "/bulk",
    "/me/webhooks", "/me/searches",
    "/s/{token}/letters/{secret}",
    # For other nodes, which are no viewers of the matrix: tests/federation walks what each of them gets.
    "/.well-known/incident-commons.json", "/fed/v1/log", "/fed/v1/inbox", "/fed/v1/records/{uid}/revisions",
    "/fed/v1/buckets", "/fed/v1/buckets/{bucket:int}", "/fed/v1/ping", "/fed/v1/stream",
    # For platforms, which see what their organisation sees beyond its own work: tests/interop walks what each gets.
    "/taxii2/", "/taxii2/records/", "/taxii2/records/collections/", "/taxii2/records/collections/{collection}/",
    "/taxii2/records/collections/{collection}/manifest/", "/taxii2/records/collections/{collection}/objects/",
    "/taxii2/records/collections/{collection}/objects/{object}/",
    "/taxii2/records/collections/{collection}/objects/{object}/versions/",
    "/feeds/{feed}/manifest.json", "/feeds/{feed}/hashes.csv", "/feeds/{feed}/{uuid}.json", "/r/{ref}.stix.json",
}  # fmt: skip
NO_RECORDS_IN = {
    "organisation", "organisations", "vocabulary", "vocabularies", "viewer", "sessions", "rateLimit", "groups",
    "clocks", "reservedNumbers", "syncPeers", "importSources", "importSource", "importRuns", "importFindings",
    "events", "alerts", "taxonomy", "taxonomies", "crosswalk", "cases", "case", "reports", "report",
    "usageGuidelines", "applications", "application", "members",
    # Of one's own organisation, or of one record that ``record`` is asked for; their own tests walk them.
    "myWelfare", "declaredConflicts", "reviewQueue", "importedToReview",
    "notices", "noticesToSend", "webhooks", "reportDraft", "duplicateCandidates", "mergeCandidates", "proposals",
    "relationDecisions", "mitigationMatrix", "export", "trends",
    "screening", "watchedPolicies", "savedSearches",
}  # fmt: skip
# Fields that give records and are asked for under another name, or about what the matrix does not hold.
SAME_AS: dict[str, str] = {
    "Record statements": "Incident statements",
    "Adoptions statements": "adoptions",
    "ChangeEdge record": "changes",
    "DueReport record": "deadlines",
    "Lesson incidents": "Link record",
    "Incident mitigations": "Link record",
    "Incident weaknesses": "Link record",
    "Incident violations": "Link record",
    "ViolatedClause policy": "Link record",
    "Mitigation weaknesses": "Link record",
    "Weakness mitigations": "Link record",
    "TriedMitigation mitigation": "mitigationsTried",
    "TriedMitigation incidents": "mitigationsTried",
    "MergeCandidate a": "tests/service/test_candidates.py",
    "MergeCandidate b": "tests/service/test_candidates.py",
    "DuplicateCandidate record": "tests/service/test_duplicates.py",
    "RelationDecision record": "tests/schema/test_related.py",
    "NextPayload record": "tests/service/test_queue.py",
    "Notice answer": "tests/service/test_notices.py",
    "Notice record": "tests/schema/test_fairness.py",
    "Proposal record": "tests/service/test_proposals.py",
    "ProposalPayload record": "tests/service/test_proposals.py",
    "RecordPayload record": "tests/schema/test_visibility.py",
}


def record_fields(schema: GraphQLSchema) -> Iterator[str]:
    """Every field of an object that gives records; those of all kinds as fields of ``Record``."""
    record = schema.type_map["Record"]
    assert isinstance(record, GraphQLInterfaceType)
    kinds = {record.name, *(one.name for one in schema.get_possible_types(record))}
    giving = kinds | {f"{kind}Connection" for kind in kinds}
    for type_ in schema.type_map.values():
        if not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) or type_.name == "Query":
            continue
        # Pages are walked wherever a connection is.
        if type_.name.endswith(("Connection", "Edge")) and type_.name != "ChangeEdge":
            continue
        for name, one in type_.fields.items():
            is_shared = type_ is not record and type_.name in kinds and name in record.fields
            if get_named_type(one.type).name in giving and not is_shared:
                yield f"{type_.name} {name}"
