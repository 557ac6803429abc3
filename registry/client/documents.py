"""The GraphQL documents that the client sends; values travel as variables only."""

from __future__ import annotations

from functools import cache

from registry.client.naming import selection
from registry.domain.content.kinds import PUBLIC, RESTRICTED
from registry.domain.content.marking import Marking
from registry.domain.vocabulary import Kind

SUMMARY = """
fragment Summary on Record {
  uid number kind state pending revision draftRevision title summary
  owner { slug } publishedAt isTombstone isBlocked reason tlp marking { audience licence }
  imported upstream { attribution }
}
"""
_PAYLOAD = (
    "record { ...Summary } userErrors { path code message hint } warnings { path code message hint } replayed "
    "candidates { score reasons record { ...Summary } }"
)

SEARCH = (
    """
query Search($query: String!, $first: Int!, $after: String) {
  search(query: $query, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { cursor snippet { text match } node { ...Summary } }
  }
}
"""
    + SUMMARY
)

CHANGES = """
query Changes($first: Int!, $after: String) {
  changes(first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges { cursor node { kind at uid subject revision } }
  }
}
"""


LOOKUP = (
    "query Lookup($url: String!, $first: Int!) { recordsBySource(url: $url, first: $first) { ...Summary } }" + SUMMARY
)

RESERVE_NUMBERS = """
mutation Reserve($input: ReserveNumbersInput!) {
  reserveNumbers(input: $input) { numbers { number } userErrors { path code message hint } }
}
"""


def mutation(name: str, input_type: str) -> str:
    """A mutation of a record by one input, such as ``publish``."""
    head = f"mutation Write($input: {input_type}!) {{ result: {name}(input: $input) {{ {_PAYLOAD} }} }}"
    return head + SUMMARY


KIND = "query Kind($number: String, $uid: String) { record(number: $number, uid: $uid) { kind } }"


@cache
def show(kind: Kind) -> str:
    """A record of *kind* by number or uid, with all its content.

    Each kind has a document of its own: fields of one name may differ in type from kind to kind.
    """
    links = frozenset({"links"})
    return (
        "query Show($number: String, $uid: String) { record(number: $number, uid: $uid) { ...Summary "
        f"marking {{ {selection(Marking)} }} mergedInto {{ number uid }} "
        "links(first: 100) { rel clause record { uid } } restrictedLinks(first: 100) { rel clause record { uid } } "
        f"... on {kind.type_name} {{ {selection(PUBLIC[kind], without=links)} "
        f"restricted {{ {selection(RESTRICTED[kind], without=links)} }} }} }} }}" + SUMMARY
    )
