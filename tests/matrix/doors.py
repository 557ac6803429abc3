"""Every door through which records are seen, and who finds what behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from registry.domain.vocabulary import Kind
from tests.matrix import expected
from tests.matrix.seed import SOURCE, WORD, Cell
from tests.matrix.walks import (
    Walk,
    alone,
    below,
    by_id,
    exported,
    field,
    linked_on,
    listed_on,
    nodes,
    one_by_one,
    own_matches,
    page_of,
    public_matches,
    read,
    review_page,
    told,
)

LISTS = {
    "incidents": Kind.INCIDENT,
    "mitigations": Kind.MITIGATION,
    "lessons": Kind.LESSON,
    "weaknesses": Kind.WEAKNESS,
    "usagePolicies": Kind.USAGE_POLICY,
    "statements": Kind.STATEMENT,
}
PAGES = {
    "/incidents": Kind.INCIDENT,
    "/mitigations": Kind.MITIGATION,
    "/lessons": Kind.LESSON,
    "/weaknesses": Kind.WEAKNESS,
    "/policies": Kind.USAGE_POLICY,
    "/statements": Kind.STATEMENT,
}
# One of each stage and more, where a look at each record takes long.
STATES_APART = {"submitted", "in_review", "published", "embargoed", "withdrawn", "erased"}
ORDERS = ("PUBLISHED", "CHANGED", "OCCURRED", "SEVERITY")

Expectation = Callable[[str, str], set[str]]


@dataclass(frozen=True, slots=True)
class Door:
    """What is asked, and who is expected to find what.

    Attributes:
        shows: who sees a record of this state and marking behind the door.
        of: which records may be behind it at all.
        walk: the uids that a viewer finds there, of the records asked about.
        is_partial: it shows some of what it might, such as the newest: nothing else may be there, but not nothing.
    """

    shows: Expectation
    of: Callable[[Cell], bool]
    walk: Walk
    is_partial: bool = False


def everything(_cell: Cell) -> bool:
    """Any record may be behind the door."""
    return True


def of(kind: Kind) -> Callable[[Cell], bool]:
    return lambda cell: cell.kind is kind


def referring(kind: Kind) -> Callable[[Cell], bool]:
    """Records that refer to a hub: a sealed one never did, and an erased one does no more."""
    return lambda cell: cell.kind is kind and cell.marking != "sealed" and cell.state != "erased"


def sample(cell: Cell) -> bool:
    """One record for each state and marking, each time of another kind; those are looked at one by one."""
    kinds = list(Kind)
    markings, states = list(expected.IN_LISTS), list(expected.STATES)
    at = (markings.index(cell.marking) + states.index(cell.state)) % len(kinds)
    return cell.kind is kinds[at] or cell.marking == "sealed"


def few(cell: Cell) -> bool:
    """Fewer of them: states that differ in who sees what."""
    return sample(cell) and cell.state in STATES_APART


_PARTS = "".join(f" ... on {kind.type_name} {{ part{kind.type_name}: restricted {{ notes }} }}" for kind in Kind)
_HAS_RESTRICTED = read(*(f"part{kind.type_name}" for kind in Kind))


def _strangers_find(state: str, marking: str) -> set[str]:
    """Public matches are the same for everybody."""
    return expected.EVERYBODY if "stranger" in expected.in_lists(state, marking) else expected.NOBODY


def _others_find(state: str, marking: str) -> set[str]:
    """What one finds apart from the public matches: all else whose words one may read."""
    return expected.content(state, marking) - _strangers_find(state, marking)


def _owners_take_along(state: str, marking: str) -> set[str]:
    """What one exports apart from the public matches: no sealed record, and no work of others before it is out."""
    found = _others_find(state, marking) if marking != "sealed" else expected.NOBODY
    return found & expected.OWNERS if state in expected.NEVER_OUT else found


def _strangers_knew(state: str, marking: str) -> set[str]:
    return expected.EVERYBODY if "stranger" in expected.known(state, marking) else expected.NOBODY


def _waits_for_a_decision(state: str, marking: str) -> set[str]:
    return {"lead", "operator"} if state == "blocked" else expected.NOBODY


def _stands_or_was_merged(state: str, marking: str) -> set[str]:
    """A hub names what was merged into it to whoever saw that."""
    return expected.known(state, marking) if state == "merged" else expected.in_lists(state, marking)


def _see_work(_state: str, marking: str) -> set[str]:
    return expected.SEALED | expected.OWNERS if marking == "sealed" else expected.STAFF


def _never(_state: str, _marking: str) -> set[str]:
    return expected.NOBODY


def _only_owners(_state: str, _marking: str) -> set[str]:
    return expected.OWNERS


def _under_review(_state: str, marking: str) -> set[str]:
    """Reviewers, but for records of their own organisation."""
    return {"sealed_reviewer"} if marking == "sealed" else expected.REVIEWERS


def few_under_review(cell: Cell) -> bool:
    """A sample of what reviewers work on."""
    stages = {"submitted", "in_review", "changes_requested", "approved", "published_with_work"}
    return sample(cell) and cell.state in stages


FIELDS: dict[str, Door] = {
    **{name: Door(expected.in_lists, of(kind), nodes(name)) for name, kind in LISTS.items()},
    **{
        f"records {order}": Door(expected.in_lists, everything, nodes("records", f", orderBy: {order}"))
        for order in ORDERS
    },
    "node": Door(expected.known, sample, alone),
    "nodes": Door(expected.known, everything, by_id("", read("uid"))),
    "record": Door(expected.known, sample, one_by_one("uid")),
    "record number": Door(expected.known, lambda cell: sample(cell) and cell.number is not None, one_by_one("number")),
    "Record title": Door(expected.content, everything, by_id("title", read("title"))),
    "Record restricted": Door(expected.restricted, everything, by_id(_PARTS, _HAS_RESTRICTED)),
    "Record isTombstone": Door(
        lambda state, marking: (
            expected.known(state, marking) - expected.content(state, marking)
            if state in expected.GONE
            else expected.NOBODY
        ),
        lambda cell: cell.state in (*expected.OUT, *expected.GONE) and cell.marking != "sealed",
        by_id("title isTombstone", lambda node: node["isTombstone"] and node["title"] is None),
    ),
    "Record draft": Door(
        _see_work,
        lambda cell: cell.state == "published_with_work",
        by_id("draft { uid title }", read("draft")),
    ),
    "Revision record": Door(
        expected.content,
        lambda cell: sample(cell) and cell.state != "retracted",
        by_id(
            "history { revisions { record { uid title } } }",
            lambda node: any(one["record"]["title"] is not None for one in node["history"]["revisions"]),
            at_once=10,
        ),
    ),
    "Record mergedInto": Door(
        expected.known, lambda cell: cell.state == "merged", by_id("mergedInto { uid }", read("mergedInto"))
    ),
    "Record mergedFrom": Door(
        expected.known,
        lambda cell: cell.state == "merged" and cell.kind is Kind.INCIDENT,
        field('{ record(uid: "<INCIDENT>") { mergedFrom { uid } } }', "record.mergedFrom.uid"),
    ),
    "RelatedRecord record": Door(
        _strangers_find,
        everything,
        field('{ record(uid: "<LESSON>") { related { record { uid } } } }', "record.related.record.uid"),
        is_partial=True,
    ),
    "search": Door(_strangers_find, everything, public_matches),
    "search MINE": Door(_others_find, lambda cell: cell.state not in {"erased", *expected.NOT_HANDED_IN}, own_matches),
    "changes": Door(_strangers_knew, everything, told),
    "blockedRecords": Door(
        _waits_for_a_decision,
        everything,
        field("{ blockedRecords { uid } }", "blockedRecords.uid", refused_to=expected.EVERYBODY - {"lead", "operator"}),
    ),
    "Statement subject": Door(
        expected.content,
        lambda cell: cell.kind is Kind.STATEMENT and cell.state != "retracted",
        by_id("... on Statement { subject { uid } }", read("subject")),
    ),
    "Link record": Door(
        expected.content,
        lambda cell: cell.kind is Kind.LESSON and cell.state != "retracted",
        by_id("links { record { uid } }", lambda node: node["links"] != []),
    ),
    "Incident statements": Door(expected.content, referring(Kind.STATEMENT), below(Kind.INCIDENT, "statements")),
    "Incident lessons": Door(expected.content, referring(Kind.LESSON), below(Kind.INCIDENT, "lessons")),
    "Mitigation incidents": Door(expected.content, referring(Kind.INCIDENT), below(Kind.MITIGATION, "incidents")),
    "Weakness incidents": Door(expected.content, referring(Kind.INCIDENT), below(Kind.WEAKNESS, "incidents")),
    "Weakness addressedBy": Door(expected.content, referring(Kind.MITIGATION), below(Kind.WEAKNESS, "addressedBy")),
    "UsagePolicy violatedIn": Door(expected.content, referring(Kind.INCIDENT), below(Kind.USAGE_POLICY, "violatedIn")),
    "incidentsViolating": Door(
        expected.in_lists,
        referring(Kind.INCIDENT),
        field(
            '{ incidentsViolating(policy: "<USAGE_POLICY>", clause: "1", first: 100) { nodes { uid } } }',
            "incidentsViolating.nodes.uid",
        ),
        is_partial=True,
    ),
    "adoptions": Door(
        expected.in_lists,
        referring(Kind.STATEMENT),
        field(
            '{ adoptions(uid: "<INCIDENT>", first: 100) { statements { nodes { uid } } } }',
            "adoptions.statements.nodes.uid",
        ),
        is_partial=True,
    ),
    "mitigationsTried": Door(
        expected.in_lists,
        of(Kind.MITIGATION),
        field(
            '{ mitigationsTried(misuseCategory: "spam", first: 50) { nodes { mitigation { uid } } } }',
            "mitigationsTried.nodes.mitigation.uid",
        ),
        is_partial=True,
    ),
    "lessonsFor": Door(
        expected.in_lists,
        of(Kind.LESSON),
        field('{ lessonsFor(useCase: "chat", first: 100) { uid } }', "lessonsFor.uid"),
        is_partial=True,
    ),
    "recordsBySource": Door(
        expected.in_lists,
        lambda cell: (
            cell.kind is Kind.INCIDENT
            and cell.state in {"submitted", "published", "blocked"}
            and cell.marking != "sealed"
        ),
        field(f'{{ recordsBySource(url: "{SOURCE}", first: 100) {{ uid }} }}', "recordsBySource.uid"),
    ),
    # Nothing here is due.
    "deadlines": Door(
        _never,
        everything,
        field("{ deadlines { items { record { uid } } } }", "deadlines.items.record.uid", refused_to={"stranger"}),
    ),
}

ROUTES: dict[str, Door] = {
    **{path: Door(expected.in_lists, of(kind), listed_on(path), is_partial=True) for path, kind in PAGES.items()},
    "/": Door(expected.in_lists, everything, linked_on("/"), is_partial=True),
    "/search": Door(
        expected.in_lists,
        everything,
        linked_on(f"/search?q={WORD}", f"/search?q={WORD}&sort=published"),
        is_partial=True,
    ),
    "/export.{format}": Door(_strangers_find, everything, exported(f"/export.jsonl?q={WORD}")),
    "/export.{format} mine": Door(
        _owners_take_along,
        lambda cell: cell.state not in {"erased", *expected.NOT_HANDED_IN},
        exported(f"/export.jsonl?q={WORD}&scope=mine", refused_to={"stranger"}),
    ),
    "/search.atom": Door(expected.in_lists, everything, linked_on(f"/search.atom?q={WORD}"), is_partial=True),
    "/search.json": Door(expected.in_lists, everything, linked_on(f"/search.json?q={WORD}"), is_partial=True),
    "/s/{token}": Door(_strangers_find, everything, linked_on("/s/<SHARED>"), is_partial=True),
    "/s/{token}.atom": Door(_strangers_find, everything, linked_on("/s/<SHARED>.atom"), is_partial=True),
    "/s/{token}.json": Door(_strangers_find, everything, linked_on("/s/<SHARED>.json"), is_partial=True),
    "/lookup": Door(expected.in_lists, everything, linked_on(f"/lookup?url={SOURCE}"), is_partial=True),
    "/organisations/{slug}": Door(expected.in_lists, everything, linked_on("/organisations/acme"), is_partial=True),
    "/taxonomies/{namespace}/{code:path}": Door(
        expected.in_lists, everything, linked_on("/taxonomies/misuse_category/spam"), is_partial=True
    ),
    "/r/{ref}": Door(expected.known, sample, page_of("/r/{ref}")),
    "/r/{ref} content": Door(expected.content, sample, page_of("/r/{ref}", tells="{title}")),
    "/r/{ref} around": Door(
        _stands_or_was_merged, everything, linked_on(*(f"/r/<{kind.name}>" for kind in Kind)), is_partial=True
    ),
    "/r/{ref}.json": Door(expected.content, few, page_of("/r/{ref}.json", tells="{title}")),
    "/r/{ref}/history": Door(expected.known, few, page_of("/r/{ref}/history")),
    "/r/{ref}/correction": Door(
        expected.content, few, page_of("/r/{ref}/correction", tells="{title}"), is_partial=True
    ),
    "/r/{ref}/compare/{other}": Door(
        expected.content,
        lambda cell: cell.kind is Kind.USAGE_POLICY and cell.state in STATES_APART,
        page_of("/r/{hub}/compare/{ref}", tells="{title}"),
        is_partial=True,
    ),
    "/r/{ref}/diff/{first:int}..{second:int}": Door(_never, few, page_of("/r/{ref}/diff/1..2", tells="{title}")),
    # Numbers alone.
    "/mitigations/matrix": Door(_never, everything, linked_on("/mitigations/matrix")),
    "/r/{ref}/clauses/{clause:path}": Door(
        expected.in_lists, everything, linked_on("/r/<USAGE_POLICY>/clauses/1"), is_partial=True
    ),
    "/review/{uid}": Door(_under_review, few_under_review, review_page),
    "/me": Door(_only_owners, everything, linked_on("/me"), is_partial=True),
    "/notice": Door(_never, few, page_of("/notice?record={ref}", tells="{title}")),
}
