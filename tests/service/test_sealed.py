"""Sealed records: they say that something was reported, to few, and are never given out."""

from __future__ import annotations

import pytest

from registry.domain.actor import Actor, Role
from registry.domain.errors import Forbidden, InvalidInput, NotFound
from registry.domain.pages import RecordFilter
from registry.domain.people import PeopleCheck
from registry.domain.record import Record, State
from registry.ports import Registry
from registry.service import find, follow, review, search, submit
from registry.service.history import history_of
from registry.service.verify import verify
from tests.factories import content
from tests.service.circle import admit, changed_words, sealed_content, sees
from tests.service.world import People, published, refused, revised, text_of

CHECKED = frozenset(PeopleCheck)


@pytest.fixture
def owner(registry: Registry) -> Actor:
    """A member of acme who may read and write sealed records."""
    return admit(registry, "acme", Role.SUBMITTER, Role.SEALED_READER)


@pytest.fixture
def reviewer(registry: Registry) -> Actor:
    """A reviewer who may read sealed records."""
    return admit(registry, "gamma", Role.REVIEWER, Role.SEALED_READER)


def put_out(registry: Registry, owner: Actor, reviewer: Actor) -> Record:
    """A sealed record, published."""
    record = submit.submit(registry, owner, sealed_content()).record
    review.claim(registry, reviewer, record.uid, expected_revision=1)
    review.approve(registry, reviewer, record.uid, expected_revision=1, checked=CHECKED)
    return review.publish(registry, reviewer, record.uid, expected_revision=1)


def test_a_sealed_record_is_read_with_the_permission_only(
    registry: Registry, people: People, owner: Actor, reviewer: Actor
) -> None:
    before = find.public_version(registry, people.stranger)

    record = put_out(registry, owner, reviewer)

    seen = {
        name: sees(registry, actor, record.uid)
        for name, actor in {
            "owner": owner,
            "colleague": people.submitter,
            "reviewer": reviewer,
            "other reviewer": people.reviewer,
            "lead": people.lead,
            "member with the permission": admit(registry, "delta", Role.SUBMITTER, Role.SEALED_READER),
            "operator": people.operator,
            "stranger": people.stranger,
        }.items()
    }
    assert {
        "owner": "content+",
        "colleague": "envelope",
        "reviewer": "content",
        "other reviewer": "nothing",
        "lead": "nothing",
        "member with the permission": "nothing",
        "operator": "nothing",
        "stranger": "nothing",
    } == seen
    assert before == find.public_version(registry, people.stranger)
    assert ("upsert", "RED/RED sealed", None) == changed_words(registry, record)[-1]
    assert () == verify(registry, people.system).faults


def test_nobody_without_the_permission_counts_searches_or_reads_the_past_of_a_sealed_record(
    registry: Registry, people: People, owner: Actor, reviewer: Actor
) -> None:
    record = put_out(registry, owner, reviewer)
    while follow.catch_up(registry, people.system):
        pass

    for actor in (people.stranger, people.outsider, people.reviewer, people.lead, people.operator):
        assert 0 == find.count(registry, actor, RecordFilter())
        assert () == search.search_mine(registry, actor, "material")
        with pytest.raises(NotFound):
            history_of(registry, actor, record.uid)
    assert () == search.search_mine(registry, people.submitter, "material")
    assert "NCMEC" not in repr(history_of(registry, people.submitter, record.uid))
    assert [record.uid] == [one.uid for one in search.search_mine(registry, owner, "material")]


def test_only_who_may_read_sealed_records_writes_them(registry: Registry, people: People) -> None:
    with refused(registry, Forbidden):
        submit.submit(registry, people.submitter, sealed_content())


def test_a_reviewer_without_the_permission_neither_claims_nor_learns_of_it(
    registry: Registry, people: People, owner: Actor
) -> None:
    record = submit.submit(registry, owner, sealed_content()).record

    with refused(registry, NotFound):
        review.claim(registry, people.reviewer, record.uid, expected_revision=1)


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"narrative": "What happened."}, "content.narrative"),
        ({"procedure": [{"text": "Step."}]}, "content.procedure"),
        ({"systems": [{"provider": "Acme"}]}, "content.systems"),
        ({"sources": [{"url": "https://example.org/a"}]}, "content.sources"),
        ({"aliases": ["X-1"]}, "content.aliases"),
        ({"summary": "See https://example.org/a"}, "content.summary"),
        ({"summary": "Hash d41d8cd98f00b204e9800998ecf8427e"}, "content.summary"),
        ({"title": "www.example.org"}, "content.title"),
        ({"authority_report": None}, "content.authority_report"),
    ],
)
def test_what_a_sealed_record_may_not_say(
    registry: Registry, owner: Actor, fields: dict[str, object], path: str
) -> None:
    said = {name: value for name, value in fields.items() if value is not None}
    of = sealed_content(**said)
    if fields.get("authority_report", ...) is None:
        of = content(misuse_categories=["csae"], severity=None, marking={"tlp": "RED"})

    with refused(registry, InvalidInput) as caught:
        submit.submit(registry, owner, of)

    assert path in {".".join(one.path) for one in caught.value.problems}


def test_a_sealed_record_is_red(registry: Registry, owner: Actor) -> None:
    with refused(registry, InvalidInput) as caught:
        submit.submit(registry, owner, content(misuse_categories=["spam", "csae"], marking={"tlp": "AMBER"}))

    assert ("marking", "tlp") in {one.path for one in caught.value.problems}


def test_a_seal_stays_whatever_a_revision_says(registry: Registry, people: People, owner: Actor) -> None:
    record = submit.submit(registry, owner, sealed_content()).record

    again = submit.revise(registry, owner, record.uid, text_of("About spam"), expected_revision=1).record

    assert again.sealed
    assert "envelope" == sees(registry, people.submitter, record.uid)


def test_a_published_record_is_not_sealed_by_a_revision(registry: Registry, people: People, owner: Actor) -> None:
    record = published(registry, people)
    before = find.record(registry, people.stranger, record.uid)

    with refused(registry, InvalidInput):
        submit.revise(registry, owner, record.uid, sealed_content(), expected_revision=1)

    assert before == find.record(registry, people.stranger, record.uid)
    assert State.SUBMITTED is revised(registry, people, record, text_of("Newer")).pending
