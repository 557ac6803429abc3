"""What a source no longer has: missed twice it is withdrawn, taken back at once, and never too much in one night."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from importers.contract import Importer, RawDocument
from importers.report import Report
from importers.run import Ending, run
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.finding import Finding
from registry.domain.importing import RunState
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, State
from registry.ports import Registry
from registry.service import importing, life
from registry.service.erasure import erased_record
from tests.clocks import FixedClock
from tests.importers.invented import REVIEWED, SOURCE, WHOLE, document, numbered

PARTIAL = replace(WHOLE, is_whole=False)


def ran(
    registry: Registry,
    *things: str | dict[str, Any],
    importer: Importer = WHOLE,
    documents: Iterable[RawDocument] | None = None,
    **given: Any,
) -> Report:
    """A run over one document, an hour after the one before."""
    assert isinstance(registry.clock, FixedClock)
    registry.clock.advance(hours=1)
    return run(registry, LOCAL_OPERATOR, importer, [document(*things)] if documents is None else documents, **given)


def record(registry: Registry, id_: str) -> Record:
    with registry.storage.read() as reader:
        found = reader.records.by_upstream("invented", id_)
    assert found is not None
    return found


def states(registry: Registry, *ids: str) -> list[State]:
    return [record(registry, id_).state for id_ in ids]


def test_a_record_is_withdrawn_once_two_whole_runs_have_missed_it(registry: Registry) -> None:
    ran(registry, "A", "B")

    first = ran(registry, "A")
    between = states(registry, "A", "B")
    second = ran(registry, "A")

    assert (0, 1) == (first.withdrawn, first.gone)
    assert [State.PUBLISHED, State.PUBLISHED] == between
    assert (1, 0) == (second.withdrawn, second.gone)
    assert [State.PUBLISHED, State.WITHDRAWN] == states(registry, "A", "B")
    assert "Its source no longer has it." == record(registry, "B").reason
    assert (0, 0) == (ran(registry, "A").withdrawn, ran(registry, "A").gone)


def test_a_record_that_was_missed_once_and_is_there_again_stays_as_it_is(registry: Registry) -> None:
    ran(registry, "A", "B")
    ran(registry, "A")

    ran(registry, "A", "B")
    ran(registry, "A")

    assert [State.PUBLISHED] == states(registry, "B")
    assert 1 == record(registry, "B").revision


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param({"things": ({"bad": "B"},)}, id="refused"),
        pytest.param({"things": (), "present": ("B",)}, id="present"),
        pytest.param({"things": (), "complete": False}, id="incomplete"),
        pytest.param({"things": (), "importer": PARTIAL}, id="not whole"),
        pytest.param({"things": (), "ending": lambda: Ending(complete=False)}, id="ended incomplete"),
    ],
)
def test_what_is_there_in_any_way_is_not_missed(registry: Registry, seen: dict[str, Any]) -> None:
    ran(registry, "A", "B")

    reports = [ran(registry, "A", *seen["things"], **{k: v for k, v in seen.items() if k != "things"}) for _ in "123"]

    assert [(0, 0)] * 3 == [(one.withdrawn, one.gone) for one in reports]
    assert [State.PUBLISHED] == states(registry, "B")


def test_a_run_with_a_document_that_cannot_be_read_misses_nothing(registry: Registry) -> None:
    ran(registry, "A", "B")
    broken = [document("A"), RawDocument("other.jsonl", b"{")]
    lost = Finding("invented", "https://invented.example/b", "FETCH_FAILED", "did not come")

    by_parse = [ran(registry, documents=broken) for _ in "123"]
    by_fetch = [ran(registry, "A", ending=lambda: Ending(findings=[lost])) for _ in "123"]

    assert {(0, 0)} == {(one.withdrawn, one.gone) for one in (*by_parse, *by_fetch)}


@pytest.mark.parametrize("place", ["cases[3]", "cases.jsonl: line 3", "cases.csv: row 3"])
def test_a_record_whose_id_cannot_be_read_may_be_the_one_that_is_missed(registry: Registry, place: str) -> None:
    ran(registry, "A", "B", "C")

    reports = [ran(registry, "A", "B", {"bad": place}) for _ in range(3)]

    assert [(0, 0)] * 3 == [(one.withdrawn, one.gone) for one in reports]
    assert [State.PUBLISHED] == states(registry, "C")


def test_a_run_that_reads_nothing_at_all_misses_nothing(registry: Registry) -> None:
    ran(registry, "A")

    reports = [ran(registry, documents=[]), ran(registry), ran(registry)]

    assert {(0, 0)} == {(one.withdrawn, one.gone) for one in reports}


def test_what_is_gone_of_a_source_that_has_nothing_new_is_missed(registry: Registry) -> None:
    ran(registry, "A", "B")

    first = ran(registry, documents=[], present=("A",))
    second = ran(registry, documents=[], present=("A",))

    assert [(0, 1), (1, 0)] == [(one.withdrawn, one.gone) for one in (first, second)]
    assert [State.PUBLISHED, State.WITHDRAWN] == states(registry, "A", "B")


def test_what_its_source_takes_back_is_withdrawn_at_once_by_any_run(registry: Registry) -> None:
    ran(registry, "A", "B")

    report = ran(registry, {"id": "B", "gone": True}, importer=PARTIAL)

    assert 1 == report.withdrawn
    assert [State.PUBLISHED, State.WITHDRAWN] == states(registry, "A", "B")
    assert "Its source has withdrawn it." == record(registry, "B").reason
    assert 0 == ran(registry, {"id": "B", "gone": True}, importer=PARTIAL).withdrawn


def test_the_last_word_of_a_run_on_a_record_counts(registry: Registry) -> None:
    ran(registry, "A", "B")

    ran(registry, {"id": "A", "gone": True}, "A", "B", {"id": "B", "gone": True})

    assert [State.PUBLISHED, State.WITHDRAWN] == states(registry, "A", "B")


@pytest.mark.parametrize("things", [(), ({"id": "B", "gone": True},)], ids=["missed", "taken back"])
def test_a_record_that_comes_back_is_restored_under_its_number(
    registry: Registry, things: tuple[dict[str, Any], ...]
) -> None:
    ran(registry, "A", "B")
    number = record(registry, "B").number
    ran(registry, "A", *things)
    ran(registry, "A", *things)
    gone = record(registry, "B").state

    same = ran(registry, "A", "B")
    again = ran(registry, "A", "B")

    assert State.WITHDRAWN is gone
    assert (1, 2) == (same.changed, again.unchanged)
    assert (State.PUBLISHED, number, 1) == (
        record(registry, "B").state, record(registry, "B").number, record(registry, "B").revision
    )  # fmt: skip


def test_a_record_that_comes_back_changed_is_restored_with_what_it_says_now(registry: Registry) -> None:
    ran(registry, "A", {"id": "A", "gone": True})
    ran(registry, "A", "B")
    ran(registry, "B", {"id": "A", "gone": True})

    ran(registry, {"id": "A", "title": "Told anew"}, "B")

    restored = record(registry, "A")
    assert restored.head.public is not None
    assert (State.PUBLISHED, "Told anew") == (restored.state, restored.head.public.document["title"])


def test_a_record_that_is_said_to_be_there_unread_is_restored_too(registry: Registry) -> None:
    ran(registry, "A", "B")
    ran(registry, "A", {"id": "B", "gone": True})

    ran(registry, "A", present=("B",))

    assert [State.PUBLISHED] == states(registry, "B")


def test_a_record_that_comes_back_where_records_are_sealed_is_shown_at_no_time(registry: Registry) -> None:
    ran(registry, "A", "B")
    ran(registry, "A", {"id": "B", "gone": True})
    with registry.storage.read() as reader:
        before = reader.changes.head().public_seq

    ran(registry, "A", {"id": "B", "csae": True})

    with registry.storage.read() as reader:
        assert before == reader.changes.head().public_seq
    assert [State.WITHDRAWN] == states(registry, "B")


def test_what_somebody_here_withdrew_does_not_come_back(registry: Registry) -> None:
    ran(registry, "A", "B")
    ran(registry, "A", {"id": "B", "gone": True})
    assert isinstance(registry.clock, FixedClock)
    with registry.storage.begin() as unit:
        registry.clock.advance(hours=1)
        restored = life.restored_record(registry, unit, LOCAL_OPERATOR, record(registry, "B"), "It stays.")
        registry.clock.advance(hours=1)
        life.withdrawn_record(registry, unit, LOCAL_OPERATOR, restored, "It does not.")

    report = ran(registry, "A", "B")

    assert 1 == report.held
    assert [State.WITHDRAWN] == states(registry, "B")


def test_what_somebody_here_put_out_again_stays_out(registry: Registry) -> None:
    ran(registry, "A", "B")
    ran(registry, "A", {"id": "B", "gone": True})
    with registry.storage.begin() as unit:
        life.restored_record(registry, unit, LOCAL_OPERATOR, record(registry, "B"), "It stays.")

    reports = [ran(registry, "A", {"id": "B", "gone": True}), ran(registry, "A"), ran(registry, "A")]

    assert [(0, 0)] * 3 == [(one.withdrawn, one.gone) for one in reports]
    assert [State.PUBLISHED] == states(registry, "B")


def test_what_was_erased_here_is_neither_missed_nor_restored(registry: Registry) -> None:
    ran(registry, "A", "B")
    with registry.storage.begin() as unit:
        erased_record(registry, unit, record(registry, "B"), "Asked for.")

    reports = [ran(registry, "A"), ran(registry, "A"), ran(registry, "A", {"id": "B", "gone": True})]
    back = ran(registry, "A", "B")

    assert [(0, 0)] * 3 == [(one.withdrawn, one.gone) for one in reports]
    assert 1 == back.held
    assert [State.ERASED] == states(registry, "B")


def test_what_waits_for_review_is_taken_from_the_queue_and_put_back(registry: Registry) -> None:
    ran(registry, "A", "B", importer=REVIEWED)

    ran(registry, "A", {"id": "B", "gone": True}, importer=REVIEWED)
    gone = states(registry, "A", "B")
    ran(registry, "A", "B", importer=REVIEWED)

    assert [State.SUBMITTED, State.RETRACTED] == gone
    assert [State.SUBMITTED, State.SUBMITTED] == states(registry, "A", "B")


def test_what_a_reviewer_holds_waits_until_that_is_decided(registry: Registry) -> None:
    ran(registry, "A", "B", importer=REVIEWED)
    held = record(registry, "B")
    with registry.storage.begin() as unit:
        unit.records.save(replace(held, state=State.IN_REVIEW))

    waiting = ran(registry, "A", {"id": "B", "gone": True}, importer=REVIEWED)
    with registry.storage.begin() as unit:
        unit.records.save(replace(held, state=State.SUBMITTED))
    decided = ran(registry, "A", importer=replace(REVIEWED, is_whole=False))

    assert (0, 1) == (waiting.withdrawn, waiting.gone)
    assert 1 == decided.withdrawn
    assert [State.RETRACTED] == states(registry, "B")


def test_what_is_blocked_is_left_to_those_who_blocked_it(registry: Registry) -> None:
    ran(registry, "A", "B")
    with registry.storage.begin() as unit:
        unit.records.save(replace(record(registry, "B"), blocked=True))

    report = ran(registry, "A", {"id": "B", "gone": True})

    assert 0 == report.withdrawn
    assert [State.PUBLISHED] == states(registry, "B")


@pytest.mark.parametrize(("left", "state"), [(5, RunState.DONE), (4, RunState.HELD)])
def test_of_a_small_source_twenty_records_may_go_at_once(registry: Registry, left: int, state: RunState) -> None:
    ids = numbered(25)
    ran(registry, *ids)

    first, second = ran(registry, *ids[:left]), ran(registry, *ids[:left])

    assert [state, state] == [first.state, second.state]
    assert (20 if state is RunState.DONE else 0) == second.withdrawn


def test_a_source_that_loses_half_of_its_records_overnight_changes_nothing_until_somebody_allows_it(
    registry: Registry,
) -> None:
    ids = numbered(60)
    ran(registry, *ids)

    nights = [ran(registry, *ids[:30]) for _ in "123"]
    state = importing.state_of(registry, LOCAL_OPERATOR, "invented")
    before = set(states(registry, *ids))
    allowed = ran(registry, *ids[:30], allow_withdrawals=True)

    assert [(RunState.HELD, 0, 30)] * 3 == [(one.state, one.withdrawn, one.gone) for one in nights]
    assert (30, 0) == (state.held, state.absent)
    assert {State.PUBLISHED} == before
    assert (RunState.DONE, 30) == (allowed.state, allowed.withdrawn)
    assert {State.WITHDRAWN} == set(states(registry, *ids[30:]))
    assert 0 == importing.state_of(registry, LOCAL_OPERATOR, "invented").held


def test_a_source_that_renumbers_everything_is_held(registry: Registry) -> None:
    ids = numbered(30)
    ran(registry, *ids)

    nights = [ran(registry, *numbered(30, prefix="N")) for _ in "12"]
    back = ran(registry, *ids, *numbered(30, prefix="N"))

    assert [(RunState.HELD, 0)] * 2 == [(one.state, one.withdrawn) for one in nights]
    assert {State.PUBLISHED} == set(states(registry, *ids))
    assert (RunState.DONE, 0) == (back.state, back.gone)


def test_a_source_that_takes_back_half_of_its_records_is_held_and_its_word_is_not_forgotten(
    registry: Registry,
) -> None:
    ids = numbered(60)
    ran(registry, *ids, importer=PARTIAL)

    held = ran(registry, *[{"id": one, "gone": True} for one in ids[:30]], importer=PARTIAL)
    silent = ran(registry, documents=[], importer=PARTIAL)
    allowed = ran(registry, documents=[], importer=PARTIAL, allow_withdrawals=True)

    assert [(RunState.HELD, 0)] * 2 == [(one.state, one.withdrawn) for one in (held, silent)]
    assert (RunState.DONE, 30) == (allowed.state, allowed.withdrawn)
    assert {State.WITHDRAWN} == set(states(registry, *ids[:30]))


def test_what_is_allowed_at_the_first_miss_still_waits_for_the_second(registry: Registry) -> None:
    ids = numbered(60)
    ran(registry, *ids)

    first = ran(registry, *ids[:30], allow_withdrawals=True)
    second = ran(registry, *ids[:30], allow_withdrawals=True)

    assert [(0, 30), (30, 0)] == [(one.withdrawn, one.gone) for one in (first, second)]


def test_a_dry_run_tells_what_would_be_withdrawn(registry: Registry) -> None:
    ran(registry, "A", "B")
    ran(registry, "A")

    report = ran(registry, "A", dry_run=True)

    assert 1 == report.withdrawn
    assert [State.PUBLISHED] == states(registry, "B")


def test_records_of_other_sources_and_of_people_are_nothing_to_a_run(registry: Registry) -> None:
    other = WHOLE.of(replace(SOURCE, id="other", title="Other cases"))
    ran(registry, "A", importer=other)
    ran(registry, "A", "B")

    ran(registry, "B")
    ran(registry, "B")

    with registry.storage.read() as reader:
        kept = reader.records.by_upstream("other", "A")
        assert kept is not None
        assert kept.is_public
        assert 3 == len(reader.records.many(reader.records.uids(after=None, limit=9), visible=EVERYTHING))
