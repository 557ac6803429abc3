"""What public links lead to is found by ``has:``; when it comes or goes, whatever it is linked with is indexed anew."""

from __future__ import annotations

import pytest

from registry.domain.content.kinds import Content
from registry.domain.errors import BadQuery
from registry.domain.query import parse
from registry.domain.record import Record, RecordUid
from registry.domain.search import FieldIs
from registry.domain.search_fields import BESIDE
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import follow, life, merge, search
from tests.factories import content
from tests.service.world import REASON, People, erase_by_two, published, republished, submitted


def _found(registry: Registry, people: People, query: str) -> set[RecordUid]:
    while follow.catch_up(registry, people.system):
        pass
    return {match.record.uid for match in search.search(registry, people.stranger, query).matches}


def _mitigation(incident: Record, *, tlp: str = "CLEAR", rel: str = "observed_in") -> Content:
    links = [{"rel": rel, "target": incident.uid}]
    return content(Kind.MITIGATION, links=links, marking={"tlp": tlp})


@pytest.fixture
def incident(registry: Registry, people: People) -> Record:
    """A public incident that nothing is linked with."""
    record = published(registry, people)
    assert set() == _found(registry, people, "has:mitigation")
    return record


def test_a_public_mitigation_gives_its_incident_one_and_takes_it_along(
    registry: Registry, people: People, incident: Record
) -> None:
    mitigation = published(registry, people, _mitigation(incident))
    assert {incident.uid} == _found(registry, people, "has:mitigation")
    assert {mitigation.uid} == _found(registry, people, "has:incident")

    life.withdraw(registry, people.submitter, mitigation.uid, reason=REASON)
    assert set() == _found(registry, people, "has:mitigation")

    life.restore(registry, people.lead, mitigation.uid, reason=REASON)
    assert {incident.uid} == _found(registry, people, "has:mitigation")

    erase_by_two(registry, people, mitigation.uid)
    assert set() == _found(registry, people, "has:mitigation")
    assert set() == set(registry.index.uids(FieldIs(BESIDE, mitigation.uid)))


def test_another_mitigation_takes_the_place_of_one_that_goes(
    registry: Registry, people: People, incident: Record
) -> None:
    first = published(registry, people, _mitigation(incident))
    published(registry, people, _mitigation(incident))

    life.withdraw(registry, people.submitter, first.uid, reason=REASON)

    assert {incident.uid} == _found(registry, people, "has:mitigation")


def test_a_link_that_a_revision_drops_counts_no_more(registry: Registry, people: People, incident: Record) -> None:
    mitigation = published(registry, people, _mitigation(incident))
    assert {incident.uid} == _found(registry, people, "has:mitigation")

    republished(registry, people, mitigation, content(Kind.MITIGATION, name="Without a link"))

    assert set() == _found(registry, people, "has:mitigation")


def test_an_incident_that_comes_out_after_its_mitigation_was_linked_has_one(
    registry: Registry, people: People, incident: Record
) -> None:
    published(registry, people, _mitigation(incident))
    life.withdraw(registry, people.submitter, incident.uid, reason=REASON)
    assert set() == _found(registry, people, "has:mitigation OR has:incident")

    life.restore(registry, people.lead, incident.uid, reason=REASON)

    assert {incident.uid} == _found(registry, people, "has:mitigation")


@pytest.mark.parametrize("tlp", ["RED", "GREEN"])
def test_a_hidden_mitigation_is_not_told_of(registry: Registry, people: People, incident: Record, tlp: str) -> None:
    published(registry, people, _mitigation(incident, tlp=tlp))
    submitted(registry, people, _mitigation(incident))

    assert set() == _found(registry, people, "has:mitigation")
    follow.reindex(registry, people.system)
    assert set() == _found(registry, people, "has:mitigation")


def test_a_link_that_says_there_is_no_relation_gives_none(registry: Registry, people: People, incident: Record) -> None:
    published(registry, people, _mitigation(incident, rel="not_related"))

    assert set() == _found(registry, people, "has:mitigation")


def test_what_was_said_of_a_merged_record_is_found_with_what_stands_for_it_until_it_is_split(
    registry: Registry, people: People, incident: Record
) -> None:
    first, second = published(registry, people), published(registry, people)
    said = published(registry, people, content(Kind.STATEMENT, about=first.uid))
    assert {first.uid} == _found(registry, people, "has:statement")

    for one, into in ((first, second), (second, incident)):
        merge.merge(registry, people.lead, one.uid, into=into.uid, reason=REASON)
        assert {into.uid} == _found(registry, people, "has:statement")
        assert {said.uid} == _found(registry, people, "has:incident")

    life.withdraw(registry, people.submitter, said.uid, reason=REASON)
    assert set() == _found(registry, people, "has:statement")
    life.restore(registry, people.lead, said.uid, reason=REASON)
    assert {incident.uid} == _found(registry, people, "has:statement")

    merge.split(registry, people.lead, first.uid, reason=REASON)
    assert {first.uid} == _found(registry, people, "has:statement")
    assert {said.uid} == _found(registry, people, "has:incident")


def test_following_and_building_anew_give_the_same(registry: Registry, people: People, incident: Record) -> None:
    mitigation = published(registry, people, _mitigation(incident))
    republished(registry, people, mitigation, _mitigation(incident, rel="related"))
    queries = ("has:mitigation", "has:incident", "owner:acme", "review:reviewed", "state:published")
    followed = [_found(registry, people, query) for query in queries]

    follow.reindex(registry, people.system)

    assert followed == [_found(registry, people, query) for query in queries]
    assert [{incident.uid}, {mitigation.uid}] == followed[:2]
    assert {incident.uid, mitigation.uid} == followed[2] == followed[3] == followed[4]


def test_no_query_names_what_the_index_keeps_for_itself() -> None:
    with pytest.raises(BadQuery):
        parse("beside:x")
