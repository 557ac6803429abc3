"""Record numbers: counted in public, random for all others, never changed, and silent about hidden records."""

from __future__ import annotations

import threading

import pytest

from registry.domain.errors import NotFound
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import find, life, review
from tests.clocks import FixedClock
from tests.factories import content
from tests.service.world import REASON, People, approved, erase_by_two, published, republished, stored, text_of


def _digits(number: str | None) -> str:
    assert number is not None
    return number.rpartition("-")[2]


def test_public_records_are_counted_by_kind_and_year(registry: Registry, people: People, clock: FixedClock) -> None:
    first, second = published(registry, people), published(registry, people)
    lesson = published(registry, people, content(Kind.LESSON))
    clock.advance(days=365)

    next_year = published(registry, people)

    assert ["LOCAL-INC-2026-0001", "LOCAL-INC-2026-0002", "LOCAL-LES-2026-0001", "LOCAL-INC-2027-0001"] == [
        record.number for record in (first, second, lesson, next_year)
    ]


@pytest.mark.parametrize("tlp", ["GREEN", "AMBER", "AMBER+STRICT", "RED"])
def test_other_records_draw_six_digits(registry: Registry, people: People, tlp: str) -> None:
    record = published(registry, people, text_of("Closed", tlp=tlp))

    assert 6 == len(_digits(record.number))


def test_hidden_records_leave_no_gap_between_public_numbers(registry: Registry, people: People) -> None:
    first = published(registry, people)
    published(registry, people, text_of("Closed", tlp="GREEN"))
    published(registry, people, text_of("Later", embargo_until="2026-05-01T00:00:00Z"))
    approved(registry, people)

    second = published(registry, people)

    assert ["0001", "0002"] == [_digits(first.number), _digits(second.number)]


def test_a_number_drawn_while_hidden_is_kept_when_the_record_is_opened(registry: Registry, people: People) -> None:
    record = published(registry, people, text_of("Closed", tlp="GREEN"))

    opened = republished(registry, people, record, text_of("Open"))

    assert record.number == opened.number
    assert record.number is not None
    assert record.uid == find.by_number(registry, people.stranger, record.number).uid


def test_a_hidden_number_is_not_found_by_strangers(registry: Registry, people: People) -> None:
    number = published(registry, people, text_of("Closed", tlp="GREEN")).number
    assert number is not None
    answers = []

    for asked in (number, "LOCAL-INC-2026-999999"):
        with pytest.raises(NotFound) as caught:
            find.by_number(registry, people.stranger, asked)
        answers.append(caught.value.problems)

    assert answers[0] == answers[1]
    assert number == find.by_number(registry, people.colleague, number).number


def test_a_public_number_resolves_for_ever(registry: Registry, people: People) -> None:
    record = published(registry, people)
    assert record.number is not None

    life.withdraw(registry, people.submitter, record.uid, reason=REASON)
    withdrawn = find.by_number(registry, people.stranger, record.number)
    erase_by_two(registry, people, record.uid)
    erased = find.by_number(registry, people.stranger, record.number)

    assert [record.uid, record.uid] == [withdrawn.uid, erased.uid]


def test_a_number_is_not_given_again_after_an_erasure(registry: Registry, people: People) -> None:
    first = published(registry, people)
    erase_by_two(registry, people, first.uid)

    assert "0002" == _digits(published(registry, people).number)


def test_publications_at_the_same_time_get_different_numbers(registry: Registry, people: People) -> None:
    waiting = [approved(registry, people).uid for _ in range(6)]
    start = threading.Barrier(len(waiting))

    def publish(at: int) -> None:
        start.wait()
        review.publish(registry, people.reviewer, waiting[at], expected_revision=1)

    threads = [threading.Thread(target=publish, args=(at,)) for at in range(len(waiting))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ["0001", "0002", "0003", "0004", "0005", "0006"] == sorted(
        _digits(stored(registry, uid).number) for uid in waiting
    )
