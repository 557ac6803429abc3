"""Asking for a run beside the schedule, with or without withdrawals."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from registry.domain.errors import Forbidden, Unauthenticated
from registry.domain.event import EventFilter
from registry.domain.importing import Run, RunState, SourceState
from registry.domain.pages import PageRequest
from registry.ports import Registry
from registry.service import events, importing
from tests import factories
from tests.clocks import FixedClock
from tests.service.world import People, refused

WIKI = factories.source("wiki")


def ended(registry: Registry, *, state: RunState = RunState.DONE, late: float = 1.0) -> Run:
    """A run that began *late* seconds from now, and ended at once."""
    at = registry.clock.now() + timedelta(seconds=late)
    return Run("run", "wiki", state, at, at, at)


def test_a_paused_source_without_schedule_is_due_once_somebody_asks(registry: Registry, people: People) -> None:
    importing.pause(registry, people.local_operator, "wiki")
    now = registry.clock.now()
    before = importing.state_of(registry, people.local_operator, "wiki").is_due(WIKI, now)

    importing.ask_run(registry, people.local_operator, "wiki")

    state = importing.state_of(registry, people.local_operator, "wiki")
    assert (False, True, False) == (before, state.is_due(WIKI, now), state.allows_withdrawals)


@pytest.mark.parametrize("state", [RunState.DONE, RunState.HELD, RunState.FAILED])
def test_the_next_run_answers_it_however_it_ends(registry: Registry, people: People, state: RunState) -> None:
    asked = importing.ask_run(registry, people.local_operator, "wiki", allow_withdrawals=True)

    after = asked.after(ended(registry, state=state), WIKI)

    assert (True, None, False) == (asked.allows_withdrawals, after.asked_at, after.allows_withdrawals)


def test_a_run_that_went_on_already_does_not_answer_it(registry: Registry, people: People) -> None:
    asked = importing.ask_run(registry, people.local_operator, "wiki", allow_withdrawals=True)

    after = asked.after(ended(registry, late=-1.0), WIKI)

    assert (asked.asked_at, True) == (after.asked_at, after.allows_withdrawals)


def test_asked_again_only_the_last_counts(registry: Registry, people: People, clock: FixedClock) -> None:
    importing.ask_run(registry, people.local_operator, "wiki", allow_withdrawals=True)
    clock.advance(seconds=5)

    state = importing.ask_run(registry, people.local_operator, "wiki")

    assert replace(SourceState("wiki"), asked_at=registry.clock.now()) == state


def test_only_who_manages_sources_may_ask_and_it_is_noted(registry: Registry, people: People) -> None:
    with refused(registry, Unauthenticated):
        importing.ask_run(registry, people.stranger, "wiki")
    with refused(registry, Forbidden):
        importing.ask_run(registry, people.submitter, "wiki")

    importing.ask_run(registry, people.local_operator, "wiki", allow_withdrawals=True)

    wanted = EventFilter(name="import:source:ask")
    found = events.page(registry, people.local_operator, wanted, PageRequest(5)).items
    assert [("source:wiki", {"allow_withdrawals": "yes"})] == [(one.subject, dict(one.detail)) for one in found]
