"""Blocks of numbers: set aside once, for one organisation, without races, and resolving for ever."""

from __future__ import annotations

import threading

import pytest

from registry.domain.errors import Conflict, Forbidden, IdempotencyMismatch, InvalidInput, Unauthenticated
from registry.domain.numbering import MAX_UNUSED
from registry.domain.people import PeopleCheck
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import find, life, merge, numbers, review, submit, verify
from registry.service.numbers import Block
from tests.service.world import REASON, People, alter, erase_by_two, published, refused, stored, text_of


def _texts(block: Block) -> list[str]:
    return [one.number for one in block.numbers]


def test_a_block_takes_the_next_numbers_of_the_public_count(registry: Registry, people: People) -> None:
    published(registry, people)

    block = numbers.reserve(registry, people.submitter, Kind.INCIDENT, count=2)
    after = published(registry, people)

    assert ["LOCAL-INC-2026-0002", "LOCAL-INC-2026-0003"] == _texts(block)
    assert "LOCAL-INC-2026-0004" == after.number


def test_200_reservations_at_once_give_200_numbers(registry: Registry, people: People) -> None:
    given: list[str] = []
    start = threading.Barrier(20)

    def reserve() -> None:
        start.wait()
        for _ in range(10):
            given.extend(_texts(numbers.reserve(registry, people.submitter, Kind.INCIDENT, count=1)))

    threads = [threading.Thread(target=reserve) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [f"LOCAL-INC-2026-{n:04d}" for n in range(1, 201)] == sorted(given)


def test_a_number_drawn_for_a_hidden_record_is_never_reserved(registry: Registry, people: People) -> None:
    hidden = published(registry, people, text_of("Closed", tlp="GREEN"))
    assert hidden.number is not None
    n = int(hidden.number.rpartition("-")[2])
    alter(registry, "INSERT INTO numbers (kind, year, last) VALUES ('incident', 2026, ?)", n - 1)

    block = numbers.reserve(registry, people.submitter, Kind.INCIDENT, count=1)

    assert [f"LOCAL-INC-2026-{n + 1}"] == _texts(block)


def test_a_reserved_number_is_never_drawn_for_a_hidden_record(registry: Registry, people: People) -> None:
    drawn = published(registry, people, text_of("Closed", tlp="GREEN")).number
    assert drawn is not None
    n = int(drawn.rpartition("-")[2])
    alter(registry, "INSERT INTO numbers (kind, year, last) VALUES ('incident', 2026, ?)", n)
    block = numbers.reserve(registry, people.submitter, Kind.INCIDENT, count=20)

    later = [published(registry, people, text_of("Closed", tlp="GREEN")).number for _ in range(3)]

    assert set() == {*_texts(block)} & {*later}


def test_the_next_year_can_be_reserved_and_no_other(registry: Registry, people: People) -> None:
    block = numbers.reserve(registry, people.submitter, Kind.LESSON, count=1, year=2027)

    assert ["LOCAL-LES-2027-0001"] == _texts(block)
    for year in (2025, 2028, -1, 10**12):
        with refused(registry, InvalidInput) as caught:
            numbers.reserve(registry, people.submitter, Kind.LESSON, count=0, year=year)
        assert [("count",), ("year",)] == [one.path for one in caught.value.problems]


def test_an_organisation_holds_a_limited_number_of_unused_ones(registry: Registry, people: People) -> None:
    for _ in range(MAX_UNUSED // 100):
        numbers.reserve(registry, people.submitter, Kind.INCIDENT, count=100)

    with refused(registry, Conflict):
        numbers.reserve(registry, people.colleague, Kind.LESSON, count=1)

    assert 1 == len(numbers.reserve(registry, people.outsider, Kind.INCIDENT, count=1).numbers)


def test_only_submitters_of_an_organisation_reserve(registry: Registry, people: People) -> None:
    for actor in (people.reviewer, people.operator, people.local_operator, people.system):
        with refused(registry, Forbidden):
            numbers.reserve(registry, actor, Kind.INCIDENT, count=1)
    with refused(registry, Unauthenticated):
        numbers.reserve(registry, people.stranger, Kind.INCIDENT, count=1)


def test_the_same_key_gives_the_same_block(registry: Registry, people: People) -> None:
    first = numbers.reserve(registry, people.submitter, Kind.INCIDENT, count=3, idempotency_key="block")

    again = numbers.reserve(registry, people.colleague, Kind.INCIDENT, count=3, idempotency_key="block")

    assert (_texts(first), True) == (_texts(again), again.replayed)
    with refused(registry, IdempotencyMismatch):
        numbers.reserve(registry, people.submitter, Kind.INCIDENT, count=4, idempotency_key="block")
    with refused(registry, InvalidInput):
        numbers.reserve(registry, people.submitter, Kind.INCIDENT, count=3, idempotency_key="k" * 201)


def test_each_organisation_sees_its_own_unused_numbers(registry: Registry, people: People) -> None:
    block = numbers.reserve(registry, people.submitter, Kind.INCIDENT, count=2)
    numbers.reserve(registry, people.outsider, Kind.INCIDENT, count=1)

    assert block.numbers == numbers.unused(registry, people.colleague)
    assert () == numbers.unused(registry, people.stranger)
    assert () == numbers.unused(registry, people.reviewer)


def test_a_reservation_stands_in_the_log_and_moves_nothing_public(registry: Registry, people: People) -> None:
    with registry.storage.read() as reader:
        before = reader.changes.head()

    numbers.reserve(registry, people.submitter, Kind.INCIDENT, count=2)

    with registry.storage.read() as reader:
        (row,) = reader.changes.after(before.seq, limit=10)
        assert before.public_seq == reader.changes.head().public_seq
    assert ("numbers", "organisation:acme", people.submitter.id) == (row.row.kind, row.row.subject, row.row.actor)
    assert () == verify.verify(registry, people.local_operator).faults


def test_the_list_of_records_is_not_touched(registry: Registry, people: People) -> None:
    numbers.reserve(registry, people.submitter, Kind.INCIDENT, count=2)

    with registry.storage.read() as reader:
        assert reader.records.by_number("LOCAL-INC-2026-0001", visible=EVERYTHING) is None


def test_a_number_that_was_asked_for_is_given_at_publication(registry: Registry, people: People) -> None:
    block = numbers.reserve(registry, people.submitter, Kind.INCIDENT, count=2)
    wanted = _texts(block)[1]

    record = submit.submit(registry, people.colleague, text_of("One"), number=f" {wanted.lower()} ").record
    hidden = submit.submit(registry, people.colleague, text_of("Two", tlp="RED"), number=_texts(block)[0]).record

    assert record.number is None
    assert [wanted, _texts(block)[0]] == [_publish(registry, people, one) for one in (record, hidden)]
    assert () == numbers.unused(registry, people.submitter)
    assert () == verify.verify(registry, people.local_operator).faults


def test_numbers_of_others_spent_ones_and_none_are_refused_alike(registry: Registry, people: People) -> None:
    (theirs,) = _texts(numbers.reserve(registry, people.outsider, Kind.INCIDENT, count=1))
    (lesson,) = _texts(numbers.reserve(registry, people.submitter, Kind.LESSON, count=1))
    (spent,) = _texts(numbers.reserve(registry, people.submitter, Kind.INCIDENT, count=1))
    submit.submit(registry, people.submitter, text_of("One"), number=spent)
    public = published(registry, people).number
    assert public is not None

    told = []
    for number in (theirs, lesson, spent, public, "LOCAL-INC-2026-0999", "", "x" * 10_000, "\ud800"):
        with refused(registry, InvalidInput) as caught:
            submit.submit(registry, people.submitter, text_of("Two"), number=number)
        with pytest.raises(InvalidInput) as dry:
            submit.validate(registry, people.submitter, text_of("Two"), number=number)
        assert caught.value.problems == dry.value.problems
        told.append(caught.value.problems)

    assert 1 == len(set(told))
    assert [(("number",), "NUMBER_NOT_YOURS")] == [(one.path, one.code) for one in told[0]]


def test_the_same_wish_may_be_said_again_and_no_other(registry: Registry, people: People) -> None:
    first, second = _texts(numbers.reserve(registry, people.submitter, Kind.INCIDENT, count=2))

    def say(number: str, title: str = "One") -> Record:
        of = text_of(title)
        return submit.submit(registry, people.submitter, of, external_ref="case", number=number).record

    record = say(first)

    assert record.uid == say(first, "Better").uid
    with refused(registry, InvalidInput):
        say(second)
    assert (
        () == submit.validate(registry, people.submitter, text_of("One"), external_ref="case", number=first).candidates
    )
    assert first == _publish(registry, people, record)
    assert record.uid == say(first, "Best").uid
    with refused(registry, InvalidInput) as caught:
        say(second, "Else")
    assert ["NOT_ALLOWED"] == [one.code for one in caught.value.problems]


def test_a_number_outlives_withdrawal_erasure_and_merge(registry: Registry, people: People) -> None:
    made = _texts(numbers.reserve(registry, people.submitter, Kind.INCIDENT, count=3))
    records = [submit.submit(registry, people.submitter, text_of(one), number=one).record for one in made]
    for record in records:
        _publish(registry, people, record)
    survivor = published(registry, people)

    life.withdraw(registry, people.submitter, records[0].uid, reason=REASON)
    erase_by_two(registry, people, records[1].uid)
    merge.merge(registry, people.reviewer, records[2].uid, into=survivor.uid, reason=REASON)

    found = [find.by_number(registry, people.stranger, number).uid for number in made]
    assert [record.uid for record in records] == found
    assert {*made}.isdisjoint(_texts(numbers.reserve(registry, people.submitter, Kind.INCIDENT, count=5)))


def _publish(registry: Registry, people: People, record: Record) -> str | None:
    at = stored(registry, record.uid).draft_revision
    review.claim(registry, people.reviewer, record.uid, expected_revision=at)
    review.approve(registry, people.reviewer, record.uid, expected_revision=at, checked=frozenset(PeopleCheck))
    return review.publish(registry, people.reviewer, record.uid, expected_revision=at).number
