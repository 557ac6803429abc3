"""Statements stand and fall with what they are about, and public parts name nothing that fewer people see."""

from __future__ import annotations

from typing import Any

import pytest

from registry.domain.content.kinds import Content
from registry.domain.errors import NotFound
from registry.domain.record import Record, State
from registry.domain.vocabulary import Kind, Tlp
from registry.ports import Registry
from registry.service import erasure, find, jobs, life, merge
from registry.service.verify import verify
from tests.clocks import START, FixedClock
from tests.factories import content
from tests.service.world import REASON, People, erase_by_two, published, republished, stored

LATER = "2027-01-01T00:00:00+00:00"


def statement(about: Record, **marking: Any) -> Content:
    """A response about a record, CLEAR unless said otherwise."""
    said: dict[str, Any] = {
        "about": about.uid,
        "statement_kind": "response",
        "title": "We saw it",
        "summary": "In short.",
    }
    marked: dict[str, Any] = {"tlp": "CLEAR"} | marking
    return content(Kind.STATEMENT, marking=marked, **said)


def is_seen(registry: Registry, who: Any, record: Record) -> bool:
    """Whether *who* reads what the record says."""
    try:
        return find.record(registry, who, record.uid).head.public is not None
    except NotFound:
        return False


def test_a_statement_about_a_closed_record_is_as_closed(registry: Registry, people: People) -> None:
    subject = published(registry, people, content(marking={"tlp": "RED"}))

    said = published(registry, people, statement(subject))

    assert Tlp.RED is stored(registry, said.uid).tlp
    assert not is_seen(registry, people.stranger, said)
    assert is_seen(registry, people.submitter, said)


def test_a_statement_follows_what_it_is_about_into_the_light(registry: Registry, people: People) -> None:
    subject = published(registry, people, content(marking={"tlp": "GREEN"}))
    said = published(registry, people, statement(subject))
    assert [False, True] == [is_seen(registry, who, said) for who in (people.stranger, people.outsider)]
    before = find.public_seq(registry, people.stranger)

    republished(registry, people, subject, content(marking={"tlp": "CLEAR"}))

    assert is_seen(registry, people.stranger, said)
    assert before + 2 == find.public_seq(registry, people.stranger)
    assert () == verify(registry, people.system).faults


def test_a_statement_follows_what_it_is_about_out_of_sight(registry: Registry, people: People) -> None:
    subject = published(registry, people)
    said = published(registry, people, statement(subject), by=people.outsider)

    life.narrow(registry, people.submitter, subject.uid, tlp=Tlp.GREEN, reason=REASON)

    assert [False, True] == [is_seen(registry, who, said) for who in (people.stranger, people.colleague)]
    assert stored(registry, said.uid).was_public
    assert () == verify(registry, people.system).faults


def test_a_statement_waits_for_the_embargo_of_what_it_is_about(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    subject = published(registry, people, content(marking={"tlp": "CLEAR", "embargo_until": LATER}))
    said = published(registry, people, statement(subject))
    assert not is_seen(registry, people.stranger, said)
    clock.advance(days=(366 * 2))
    assert clock.now() > START

    jobs.run_due(registry, people.system)

    assert is_seen(registry, people.stranger, subject)
    assert is_seen(registry, people.stranger, said)


def test_a_statement_stands_on_the_tombstone_of_what_it_is_about(registry: Registry, people: People) -> None:
    withdrawn, erased = published(registry, people), published(registry, people)
    said = [published(registry, people, statement(one), by=people.outsider) for one in (withdrawn, erased)]

    life.withdraw(registry, people.submitter, withdrawn.uid, reason=REASON)
    erase_by_two(registry, people, erased.uid)

    assert [True, True] == [is_seen(registry, people.stranger, one) for one in said]


def test_a_statement_is_hidden_while_what_it_is_about_is_blocked(registry: Registry, people: People) -> None:
    subject = published(registry, people)
    said = published(registry, people, statement(subject), by=people.outsider)

    erasure.block(registry, people.operator, subject.uid, reason=REASON)
    hidden = not is_seen(registry, people.stranger, said)
    erasure.unblock(registry, people.lead, subject.uid, reason=REASON)

    assert hidden
    assert is_seen(registry, people.stranger, said)


def test_a_statement_is_as_visible_as_the_record_that_stands_for_its_subject(
    registry: Registry, people: People
) -> None:
    subject, survivor = published(registry, people), published(registry, people)
    said = published(registry, people, statement(subject), by=people.outsider)
    merge.merge(registry, people.lead, subject.uid, into=survivor.uid, reason=REASON)
    assert is_seen(registry, people.stranger, said)

    life.narrow(registry, people.submitter, survivor.uid, tlp=Tlp.RED, reason=REASON)

    assert State.MERGED is stored(registry, subject.uid).state
    assert not is_seen(registry, people.stranger, said)


@pytest.mark.parametrize("tlp", ["GREEN", "AMBER", "RED"])
def test_a_public_part_names_nothing_that_fewer_people_see(registry: Registry, people: People, tlp: str) -> None:
    hidden = published(registry, people, content(marking={"tlp": tlp}))
    linking = content(links=[{"rel": "related", "target": hidden.uid}])

    record = stored(registry, published(registry, people, linking).uid)

    assert record.head.public is not None
    assert record.head.restricted is not None
    assert "links" not in record.head.public.document
    assert [{"rel": "related", "target": hidden.uid}] == record.head.restricted.document["links"]
    assert (2, 1) == (record.draft_revision, record.revision)
    assert () == verify(registry, people.system).faults


def test_what_more_people_see_is_named_openly(registry: Registry, people: People) -> None:
    open_one = published(registry, people)
    linking = content(links=[{"rel": "related", "target": open_one.uid}], marking={"tlp": "AMBER"})

    record = stored(registry, published(registry, people, linking).uid)

    assert record.head.public is not None
    assert "links" in record.head.public.document
    assert 1 == record.draft_revision
