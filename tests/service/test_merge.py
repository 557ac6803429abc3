"""Merging: one record stands for another, for everybody who could see it, and can be split off again."""

from __future__ import annotations

from typing import Any

import pytest

from registry.domain.actor import Actor
from registry.domain.change import ChangeKind
from registry.domain.content.kinds import Content
from registry.domain.errors import (
    CommonsError,
    Forbidden,
    FourEyes,
    InvalidInput,
    InvalidTransition,
    NotFound,
    StaleRevision,
)
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid, State
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import duplicates, erasure, find, life, merge, verify
from tests.clocks import FixedClock
from tests.factories import content
from tests.service.decisions import UNKNOWN
from tests.service.world import (
    REASON,
    People,
    erase_by_two,
    published,
    refused,
    republished,
    revised,
    stored,
    submitted,
    text_of,
)


def _two(registry: Registry, people: People, *of: Content) -> tuple[Record, Record]:
    first, second = of or (text_of("One"), text_of("Other"))
    return published(registry, people, first), published(registry, people, second, by=people.outsider)


def _merge(registry: Registry, actor: Actor, record: Record, into: Record, **options: Any) -> Record:
    return merge.merge(registry, actor, record.uid, into=into.uid, reason=REASON, **options)


def _codes(error: CommonsError) -> list[tuple[str, ...]]:
    return [(*one.path, one.code) for one in error.problems]


def _from(registry: Registry, actor: Actor, record: Record) -> list[RecordUid]:
    return [one.uid for one in merge.merged_from(registry, actor, record.uid)]


def _public_seq(registry: Registry) -> int:
    with registry.storage.read() as reader:
        return reader.changes.head().public_seq


def test_a_merged_number_leads_to_the_survivor(registry: Registry, people: People) -> None:
    record, survivor = _two(registry, people)

    _merge(registry, people.reviewer, record, survivor)

    assert record.number is not None
    tombstone = find.by_number(registry, people.stranger, record.number)
    assert (State.MERGED, survivor.uid, REASON) == (tombstone.state, tombstone.merged_into, tombstone.reason)
    assert tombstone.head.public is None
    assert [record.uid] == _from(registry, people.stranger, survivor)
    assert () == verify.verify(registry, people.local_operator).faults


def test_both_records_tell_of_it_in_the_public_log(registry: Registry, people: People) -> None:
    record, survivor = _two(registry, people)
    before = _public_seq(registry)

    _merge(registry, people.reviewer, record, survivor)

    with registry.storage.read() as reader:
        rows = reader.changes.public_after(before, limit=10)
    expected = [(ChangeKind.MERGE, record.uid), (ChangeKind.MERGE, survivor.uid)]
    assert expected == [(one.row.kind, one.row.uid) for one in rows]


def test_hidden_records_are_merged_without_a_public_word(registry: Registry, people: People) -> None:
    record, survivor = _two(registry, people, text_of("One", tlp="RED"), text_of("Other", tlp="RED"))
    before = _public_seq(registry)

    _merge(registry, people.reviewer, record, survivor)

    assert before == _public_seq(registry)
    assert [] == _from(registry, people.stranger, survivor)
    assert [record.uid] == _from(registry, people.reviewer, survivor)
    assert [] == _from(registry, people.outsider, survivor)


def test_a_closed_record_merged_into_a_public_one_is_not_told_to_strangers(registry: Registry, people: People) -> None:
    record, survivor = _two(registry, people, text_of("One", tlp="RED"), text_of("Other"))
    before = _public_seq(registry)

    _merge(registry, people.reviewer, record, survivor)

    assert before == _public_seq(registry)
    assert [] == _from(registry, people.stranger, survivor)
    assert [record.uid] == _from(registry, people.submitter, survivor)


def test_a_chain_leads_to_its_end(registry: Registry, people: People) -> None:
    first, second = _two(registry, people)
    third = published(registry, people, text_of("Third"))

    _merge(registry, people.reviewer, first, second)
    _merge(registry, people.reviewer, second, third)

    assert [first.uid, second.uid] == _from(registry, people.stranger, third)
    assert [first.uid] == _from(registry, people.stranger, second)


def test_merges_make_no_loops(registry: Registry, people: People) -> None:
    first, second = _two(registry, people)
    third = published(registry, people, text_of("Third"))

    with refused(registry, InvalidInput) as itself:
        _merge(registry, people.reviewer, first, first)
    _merge(registry, people.reviewer, first, second)
    with refused(registry, InvalidInput) as back:
        _merge(registry, people.reviewer, second, first)
    with refused(registry, InvalidTransition):
        _merge(registry, people.reviewer, first, third)

    assert [("into", "SAME_RECORD")] == _codes(itself.value)
    assert [("into", "TARGET_MERGED")] == _codes(back.value)


def test_what_cannot_stand_for_another_is_told(registry: Registry, people: People) -> None:
    record, survivor = _two(registry, people)
    lesson = published(registry, people, content(Kind.LESSON), by=people.outsider)
    withdrawn, erased, blocked = (published(registry, people, text_of(name)) for name in ("W", "E", "B"))
    life.withdraw(registry, people.submitter, withdrawn.uid, reason=REASON)
    erase_by_two(registry, people, erased.uid)
    erasure.block(registry, people.lead, blocked.uid, reason=REASON)
    waiting = submitted(registry, people, text_of("Waiting"))

    told = []
    for into in (lesson, withdrawn, erased, blocked, waiting):
        with refused(registry, InvalidInput) as caught:
            _merge(registry, people.reviewer, record, into)
        told.append(_codes(caught.value))
    with refused(registry, InvalidInput) as unknown:
        merge.merge(registry, people.reviewer, record.uid, into=UNKNOWN, reason=REASON)

    codes = ["KIND_DIFFERS", "TARGET_WITHDRAWN", "TARGET_ERASED", "TARGET_NOT_PUBLISHED", "TARGET_NOT_PUBLISHED"]
    assert [[("into", code)] for code in codes] == told
    assert [("into", "NOT_FOUND")] == _codes(unknown.value)
    with refused(registry, InvalidTransition):
        _merge(registry, people.reviewer, waiting, survivor)


@pytest.mark.parametrize(("tlp", "into"), [("CLEAR", "GREEN"), ("CLEAR", "RED"), ("GREEN", "RED")])
def test_nobody_is_led_to_what_they_may_not_see(registry: Registry, people: People, tlp: str, into: str) -> None:
    record, survivor = _two(registry, people, text_of("One", tlp=tlp), text_of("Other", tlp=into))

    with refused(registry, InvalidInput) as caught:
        _merge(registry, people.reviewer, record, survivor)

    assert [("into", "MERGE_HIDES")] == _codes(caught.value)


def test_a_survivor_under_embargo_hides(registry: Registry, people: People) -> None:
    record, survivor = _two(registry, people, text_of("One"), text_of("Later", embargo_until="2026-09-01T00:00:00Z"))

    with refused(registry, InvalidInput) as caught:
        _merge(registry, people.reviewer, record, survivor)

    assert [("into", "MERGE_HIDES")] == _codes(caught.value)


def test_four_eyes_hold_for_both_records(registry: Registry, people: People) -> None:
    record, survivor = _two(registry, people)

    for one, other in ((record, survivor), (survivor, record)):
        with refused(registry, FourEyes):
            _merge(registry, people.inside_reviewer, one, other)
    for actor in (people.submitter, people.outsider, people.operator):
        with refused(registry, Forbidden):
            _merge(registry, actor, record, survivor)

    assert State.MERGED is _merge(registry, people.lead, record, survivor).state


def test_a_merge_expects_the_revision_that_was_read(registry: Registry, people: People) -> None:
    record, survivor = _two(registry, people)
    revised(registry, people, record, text_of("Newer"))

    with refused(registry, StaleRevision):
        _merge(registry, people.reviewer, record, survivor, expected_revision=1)
    with refused(registry, NotFound):
        merge.merge(registry, people.reviewer, UNKNOWN, into=survivor.uid, reason=REASON)
    with refused(registry, InvalidInput):
        merge.merge(registry, people.reviewer, record.uid, into=survivor.uid, reason=" ")


def test_work_under_review_is_set_aside(registry: Registry, people: People) -> None:
    record, survivor = _two(registry, people)
    revised(registry, people, record, text_of("Newer"))

    _merge(registry, people.lead, record, survivor)

    after = stored(registry, record.uid)
    assert (None, None) == (after.pending, after.work)


def test_a_wrong_merge_is_split_under_the_old_number(registry: Registry, people: People, clock: FixedClock) -> None:
    record, survivor = _two(registry, people)
    _merge(registry, people.reviewer, record, survivor)
    clock.advance(hours=1)
    before = _public_seq(registry)

    again = merge.split(registry, people.reviewer, record.uid, reason="They are two.")

    assert (State.PUBLISHED, record.number, None) == (again.state, again.number, again.merged_into)
    assert [] == _from(registry, people.stranger, survivor)
    assert record.number is not None
    assert find.by_number(registry, people.stranger, record.number).head.public is not None
    with registry.storage.read() as reader:
        kinds = [(one.row.kind, one.row.uid) for one in reader.changes.public_after(before, limit=10)]
        assert frozenset({survivor.uid}) == reader.sources.apart_from(record.uid)
    assert [(ChangeKind.SPLIT, record.uid), (ChangeKind.SPLIT, survivor.uid)] == kinds
    assert () == duplicates.candidates(registry, people.reviewer, record.uid)
    assert () == verify.verify(registry, people.local_operator).faults


def test_only_what_is_merged_is_split(registry: Registry, people: People) -> None:
    record, survivor = _two(registry, people)

    with refused(registry, InvalidTransition):
        merge.split(registry, people.reviewer, record.uid, reason=REASON)
    _merge(registry, people.reviewer, record, survivor)
    with refused(registry, FourEyes):
        merge.split(registry, people.inside_reviewer, record.uid, reason=REASON)
    with refused(registry, Forbidden):
        merge.split(registry, people.submitter, record.uid, reason=REASON)
    with refused(registry, InvalidTransition):
        life.restore(registry, people.lead, record.uid, reason=REASON)


def test_what_is_split_can_be_merged_again(registry: Registry, people: People) -> None:
    record, survivor = _two(registry, people)
    _merge(registry, people.reviewer, record, survivor)
    merge.split(registry, people.reviewer, record.uid, reason=REASON)

    assert State.MERGED is _merge(registry, people.reviewer, record, survivor).state


def test_a_merged_number_outlives_withdrawal_and_erasure(registry: Registry, people: People) -> None:
    record, survivor = _two(registry, people)
    _merge(registry, people.reviewer, record, survivor)
    assert record.number is not None

    life.withdraw(registry, people.lead, survivor.uid, reason=REASON)
    assert record.uid == find.by_number(registry, people.stranger, record.number).uid
    erase_by_two(registry, people, record.uid)

    assert State.ERASED is find.by_number(registry, people.stranger, record.number).state
    with registry.storage.read() as reader:
        assert reader.records.by_number(record.number, visible=EVERYTHING) is not None


def test_what_was_narrowed_before_it_was_merged_stays_untold(registry: Registry, people: People) -> None:
    record, survivor = _two(registry, people)
    republished(registry, people, record, text_of("Narrow", tlp="RED"))

    _merge(registry, people.reviewer, record, survivor)

    assert record.number is not None
    assert find.by_number(registry, people.stranger, record.number).merged_into is None
    assert [] == _from(registry, people.stranger, survivor)


def test_what_was_said_about_a_merged_record_is_as_visible_as_the_survivor(registry: Registry, people: People) -> None:
    record, survivor = _two(registry, people)
    said = published(registry, people, content(Kind.STATEMENT, about=record.uid), by=people.outsider)
    assert said.is_public

    _merge(registry, people.reviewer, record, survivor)
    assert stored(registry, said.uid).is_public
    erasure.block(registry, people.lead, survivor.uid, reason=REASON)
    assert not stored(registry, said.uid).is_public
    merge.split(registry, people.lead, record.uid, reason=REASON)

    assert stored(registry, said.uid).is_public
