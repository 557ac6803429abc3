"""Blocks of numbers: set aside once, for one organisation, without races, and resolving for ever."""

from __future__ import annotations

import threading

from registry.domain.errors import Conflict, Forbidden, IdempotencyMismatch, InvalidInput, Unauthenticated
from registry.domain.numbering import MAX_UNUSED
from registry.domain.policy import EVERYTHING
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import numbers, verify
from registry.service.numbers import Block
from tests.service.world import People, alter, published, refused, text_of


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
