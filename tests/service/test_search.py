"""Searching: one public list for everybody, and apart from it what else one may see."""

from __future__ import annotations

import pytest

from registry.domain.errors import BadCursor, BadQuery, InvalidInput
from registry.domain.search import SearchSort
from registry.ports import Registry
from registry.service import follow, search, submit
from tests.clocks import FixedClock
from tests.factories import content
from tests.service.world import People, claimed, published, republished, revised, submitted, text_of


def _catch_up(registry: Registry, people: People) -> None:
    while follow.catch_up(registry, people.system):
        pass


def test_the_public_list_is_the_same_for_everybody(registry: Registry, people: People) -> None:
    record = published(registry, people, text_of("Zebra fraud"))
    published(registry, people, text_of("Zebra closed", tlp="RED"))
    submitted(registry, people, text_of("Zebra draft"))
    _catch_up(registry, people)

    found = [
        search.search(registry, who, "zebra")
        for who in (people.stranger, people.outsider, people.submitter, people.lead)
    ]

    assert {1} == {one.total for one in found}
    assert {record.uid} == {match.record.uid for one in found for match in one.matches}
    assert found[0].facets == found[1].facets == found[2].facets == found[3].facets
    assert {found[0].matches[0].score} == {one.matches[0].score for one in found}


def test_without_words_the_newest_stand_first_as_on_the_page_and_in_an_export(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    uids = []
    for title in ("Zebra", "Zebra fraud", "Okapi"):
        uids.append(published(registry, people, text_of(title)).uid)
        clock.advance(days=1)
    _catch_up(registry, people)

    found = search.search(registry, people.stranger, "kind:incident")
    first = search.search(registry, people.stranger, "", first=2)
    rest = search.search(registry, people.stranger, "", after=first.matches[-1].cursor)

    assert uids[::-1] == [match.record.uid for match in found.matches]
    assert uids[::-1] == [match.record.uid for match in (*first.matches, *rest.matches)]


def test_ones_own_hidden_records_come_apart(registry: Registry, people: People) -> None:
    mine = submitted(registry, people, text_of("Zebra draft"))
    theirs = submitted(registry, people, text_of("Zebra theirs"), by=people.outsider)
    _catch_up(registry, people)

    assert [mine.uid] == [record.uid for record in search.search_mine(registry, people.colleague, "zebra")]
    assert [theirs.uid] == [record.uid for record in search.search_mine(registry, people.outsider, "zebra")]
    assert {mine.uid, theirs.uid} == {record.uid for record in search.search_mine(registry, people.lead, "zebra")}
    assert () == search.search_mine(registry, people.stranger, "zebra")
    assert () == search.search_mine(registry, people.operator, "zebra")


def test_newer_work_on_a_public_record_is_found_in_public_by_its_published_words_only(
    registry: Registry, people: People
) -> None:
    record = published(registry, people, text_of("Zebra fraud"))
    revised(registry, people, record, text_of("Okapi fraud"))
    _catch_up(registry, people)

    assert 1 == search.search(registry, people.submitter, "zebra").total
    assert 0 == search.search(registry, people.submitter, "okapi").total


def test_a_restricted_part_is_found_by_nobody(registry: Registry, people: People) -> None:
    claimed(registry, people, content(restricted={"notes": "zebra"}))
    _catch_up(registry, people)

    for who in (people.submitter, people.reviewer, people.lead):
        assert () == search.search_mine(registry, who, "zebra")


def test_ones_own_records_are_not_lost_behind_many_of_others(registry: Registry, people: People) -> None:
    mine = submitted(registry, people, text_of("Zebra mine"))
    for at in range(205):
        submitted(registry, people, text_of(f"Zebra {at}"), by=people.outsider)
    _catch_up(registry, people)

    assert [mine.uid] == [record.uid for record in search.search_mine(registry, people.submitter, "zebra")]
    assert 20 == len(search.search_mine(registry, people.outsider, "zebra"))


def test_a_cursor_continues_its_own_search_only(registry: Registry, people: People, clock: FixedClock) -> None:
    for at in range(5):
        clock.advance(hours=1)
        published(registry, people, text_of(f"Zebra number {at}"))
    _catch_up(registry, people)
    first = search.search(registry, people.stranger, "zebra", sort=SearchSort.PUBLISHED, first=3)
    cursor = first.matches[-1].cursor

    rest = search.search(registry, people.stranger, "zebra", sort=SearchSort.PUBLISHED, first=3, after=cursor)

    assert (5, 5, True, False) == (first.total, rest.total, first.has_next, rest.has_next)
    assert 5 == len({match.record.uid for page in (first, rest) for match in page.matches})
    for text, sort in (("fraud", SearchSort.PUBLISHED), ("zebra", SearchSort.OCCURRED)):
        with pytest.raises(BadCursor):
            search.search(registry, people.stranger, text, sort=sort, after=cursor)
    for broken in ("", "x", cursor[:-1], cursor + "A"):
        with pytest.raises(BadCursor):
            search.search(registry, people.stranger, "zebra", sort=SearchSort.PUBLISHED, after=broken)


def test_a_query_that_cannot_be_read_is_refused(registry: Registry, people: People) -> None:
    for text in ('"open', "(", "AND", "severity:x"):
        with pytest.raises(BadQuery):
            search.search(registry, people.stranger, text)
    with pytest.raises(InvalidInput):
        search.search(registry, people.stranger, "zebra", first=0)


def test_a_number_leads_to_its_record(registry: Registry, people: People) -> None:
    record = published(registry, people)
    closed = published(registry, people, text_of("Closed", tlp="RED"))
    assert record.number is not None
    assert closed.number is not None

    found = search.jump(registry, people.stranger, f" {record.number.lower()} ")

    assert found is not None
    assert record.uid == found.uid
    assert search.jump(registry, people.stranger, closed.number) is None
    assert search.jump(registry, people.stranger, "zebra") is None
    assert search.jump(registry, people.colleague, closed.number) is not None


def test_a_replaced_wording_is_no_longer_found(registry: Registry, people: People) -> None:
    record = published(registry, people, text_of("Zebra fraud"))
    _catch_up(registry, people)

    republished(registry, people, record, text_of("Okapi fraud"))
    _catch_up(registry, people)

    assert [0, 1] == [search.search(registry, people.stranger, word).total for word in ("zebra", "okapi")]


def test_an_edit_while_searching_leaves_no_match_twice(registry: Registry, people: People) -> None:
    record = published(registry, people, text_of("Zebra fraud"))
    submit.revise(registry, people.submitter, record.uid, text_of("Zebra again"), expected_revision=1)
    _catch_up(registry, people)
    _catch_up(registry, people)

    assert 1 == search.search(registry, people.stranger, "zebra").total
    assert 1 == len(search.search(registry, people.stranger, "zebra").matches)
