"""Which of some records match: every engine answers as it does for all matches."""

from __future__ import annotations

import pytest

from registry.domain.query import parse
from registry.domain.record import RecordUid
from registry.domain.search import Everything
from registry.ports import SearchIndex
from tests.search.corpus import hidden, public, removed, uid

UNKNOWN = RecordUid("01950000-0001-7000-9000-00000000ffff")


@pytest.mark.parametrize(
    "query", ["", "alpha", "alp*", "alhpa~", '"alpha beta"', "alpha OR gamma", "-alpha", "kind:incident", "nothing"]
)
def test_among_some_records_those_match_that_match_at_all(search_index: SearchIndex, query: str) -> None:
    search_index.apply(
        [public(1, "Alpha beta"), public(2, "Alpha", "gamma"), public(3, "Beta alpha"), hidden(4, "Alpha beta")],
        position=4,
    )
    search_index.apply([removed(3), public(5, "Gamma"), public(1, "Alpha beta again")], position=7)
    asked = [uid(1), uid(3), uid(4), uid(5), UNKNOWN]

    assert set(search_index.uids(parse(query))) & set(asked) == search_index.matching(parse(query), asked)


def test_an_empty_index_and_no_records_at_all_match_nothing(search_index: SearchIndex) -> None:
    before = search_index.matching(Everything(), [uid(1)])
    search_index.apply([public(1, "Alpha")], position=1)

    assert (frozenset(), frozenset(), frozenset({uid(1)})) == (
        before,
        search_index.matching(Everything(), []),
        search_index.matching(Everything(), [uid(1)]),
    )
