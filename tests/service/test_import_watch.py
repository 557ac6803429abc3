"""Operators are told of sources that wait for a worker and of those that keep failing, until that is over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registry.domain.actor import ANONYMOUS, SYSTEM, Actor
from registry.domain.alert import Alert, AlertKind, AlertState
from registry.domain.errors import Forbidden, Unauthenticated
from registry.domain.event import EventFilter, EventName
from registry.domain.importing import Source, Trust
from registry.domain.pages import PageRequest
from registry.ports import Registry
from registry.service import alerts, import_runs, import_watch, importing
from registry.service.import_runs import Ended
from registry.service.withdrawing import Verdict
from tests import factories
from tests.clocks import FixedClock
from tests.factories import content
from tests.service.world import People, refused

FEED = factories.source("feed", format="misp", urls=("https://feed.example/1",), every_hours=6, trusted=True)
OTHER = replace(FEED, id="other", title="Other")


@pytest.fixture
def operator(registry: Registry, people: People) -> Actor:
    """Who added the feed."""
    importing.put_source(registry, people.operator, FEED)
    return people.operator


def look(registry: Registry) -> None:
    import_watch.look(registry, SYSTEM)


def shown(registry: Registry, people: People) -> list[Alert]:
    """Those not dismissed."""
    found = alerts.page(registry, people.operator, None, PageRequest()).items
    return [one for one in found if one.state is not AlertState.DISMISSED]


def kinds(registry: Registry, people: People) -> list[tuple[AlertKind, str, int]]:
    return [(one.kind, one.subject, one.value) for one in shown(registry, people)]


def ran(registry: Registry, source: Source = FEED, *, well: bool = True) -> None:
    """A run of it."""
    begun = import_runs.begin(registry, SYSTEM, source)
    if well:
        import_runs.finish(registry, SYSTEM, source, begun, Ended(None, Verdict()))
    else:
        import_runs.fail(registry, SYSTEM, source, begun, error="FETCH_FAILED:TIMEOUT")


def count(registry: Registry, name: EventName) -> int:
    with registry.storage.read() as reader:
        return len(reader.events.page(EventFilter(name=name.value), PageRequest()).items)


def test_sources_that_wait_for_a_worker_are_one_alert_that_goes_once_they_ran(
    registry: Registry, people: People, operator: Actor, clock: FixedClock
) -> None:
    ran(registry)
    early = []
    for hours in (6, 6):
        clock.advance(hours=hours)
        look(registry)
        early.append(kinds(registry, people))
    clock.advance(hours=1)
    look(registry)
    look(registry)
    late = shown(registry, people)

    ran(registry)
    look(registry)

    assert [[], []] == early
    (one,) = late
    assert (AlertKind.IMPORTS_OVERDUE, "node:worker", 1, 1) == (one.kind, one.subject, one.value, one.times)
    assert {"sources": 1, "waits_longest": "feed", "hours": 7} == dict(one.evidence)
    assert [] == shown(registry, people)
    assert (1, 1) == (count(registry, EventName.ALERT_RAISED), count(registry, EventName.ALERT_CLEARED))


def test_what_comes_back_after_it_went_by_itself_is_told_again_at_once(
    registry: Registry, people: People, operator: Actor, clock: FixedClock
) -> None:
    for _ in range(2):
        ran(registry)
        look(registry)
        clock.advance(hours=13)
        look(registry)

    assert 1 == len(shown(registry, people))
    assert 2 == count(registry, EventName.ALERT_RAISED)


def test_what_an_operator_dismissed_stays_quiet_unless_more_sources_wait(
    registry: Registry, people: People, operator: Actor, clock: FixedClock
) -> None:
    ran(registry)
    clock.advance(hours=13)
    look(registry)
    (one,) = shown(registry, people)
    alerts.dismiss(registry, operator, one.id, reason="The worker is away until noon.")
    look(registry)
    quiet = shown(registry, people)
    importing.put_source(registry, operator, OTHER)
    importing.ask_run(registry, operator, "other")
    clock.advance(hours=8)
    look(registry)

    assert [] == quiet
    assert [(AlertKind.IMPORTS_OVERDUE, "node:worker", 2)] == kinds(registry, people)


def test_a_source_that_never_ran_counts_from_when_it_was_first_seen_to_wait(
    registry: Registry, people: People, operator: Actor, clock: FixedClock
) -> None:
    look(registry)
    clock.advance(hours=6)
    look(registry)
    early = kinds(registry, people)
    clock.advance(hours=1)
    look(registry)
    late = kinds(registry, people)
    importing.pause(registry, operator, "feed")
    look(registry)
    paused = kinds(registry, people)
    importing.resume(registry, operator, "feed")
    look(registry)

    assert ([], [(AlertKind.IMPORTS_OVERDUE, "node:worker", 1)], []) == (early, late, paused)
    assert [] == kinds(registry, people)


def test_while_a_run_goes_on_no_alert_begins_and_none_ends(
    registry: Registry, people: People, operator: Actor, clock: FixedClock
) -> None:
    importing.put_source(registry, operator, OTHER)
    ran(registry)
    clock.advance(hours=13)
    begun = import_runs.begin(registry, SYSTEM, OTHER)
    look(registry)
    busy = kinds(registry, people)
    clock.advance(minutes=3)
    look(registry)
    dead = len(kinds(registry, people))
    import_runs.beat(registry, SYSTEM, begun, done=0, total=None)
    look(registry)

    assert ([], 1, 1) == (busy, dead, len(kinds(registry, people)))


def test_a_source_without_a_schedule_or_an_address_is_never_late_but_one_that_is_asked_for_is(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    importing.put_source(registry, people.operator, replace(FEED, every_hours=None))
    importing.put_source(registry, people.operator, replace(OTHER, urls=()))
    look(registry)
    clock.advance(days=9)
    look(registry)
    never = kinds(registry, people)
    importing.ask_run(registry, people.operator, "feed")
    clock.advance(hours=25)
    look(registry)

    assert [] == never
    assert [(AlertKind.IMPORTS_OVERDUE, "node:worker", 1)] == kinds(registry, people)


def test_a_source_that_keeps_failing_is_an_alert_that_grows_and_goes_once_a_run_went_well(
    registry: Registry, people: People, operator: Actor, clock: FixedClock
) -> None:
    grown = []
    for _ in range(4):
        ran(registry, well=False)
        look(registry)
        grown.append(kinds(registry, people))
    (one,) = shown(registry, people)

    ran(registry)
    look(registry)

    assert [
        [], [],
        [(AlertKind.IMPORT_FAILING, "source:feed", 3)],
        [(AlertKind.IMPORT_FAILING, "source:feed", 4)],
    ] == grown  # fmt: skip
    assert {"failures": 4, "error": "FETCH_FAILED:TIMEOUT", "went_well": "never"} == dict(one.evidence)
    assert [] == shown(registry, people)


def test_an_alert_about_a_source_goes_when_the_source_is_taken_out(
    registry: Registry, people: People, operator: Actor
) -> None:
    for _ in range(3):
        ran(registry, well=False)
    look(registry)
    before = kinds(registry, people)
    importing.remove_source(registry, operator, "feed")
    look(registry)

    assert (1, []) == (len(before), kinds(registry, people))


def test_a_node_where_all_is_well_is_not_written_to(registry: Registry, people: People, operator: Actor) -> None:
    ran(registry)
    look(registry)
    seen = count(registry, EventName.ALERT_RAISED)

    look(registry)

    assert 0 == seen
    with registry.storage.read() as reader:
        assert not reader.meta.get("imports_wait_since")


def test_only_the_node_itself_looks(registry: Registry, people: People) -> None:
    with refused(registry, Forbidden):
        import_watch.look(registry, people.submitter)
    with refused(registry, Unauthenticated):
        import_watch.look(registry, ANONYMOUS)


def test_strangers_are_told_of_late_sources_only_whose_records_they_find(
    registry: Registry, people: People, operator: Actor, clock: FixedClock
) -> None:
    ran(registry)
    clock.advance(hours=13)
    before = import_watch.is_overdue(registry, ANONYMOUS)
    told = content(upstream={"source": "feed", "id": "F1", "sha256": "0" * 64})
    factories.take_in(registry, people.local_operator, replace(FEED, trust=Trust.REVIEW), [told])
    hidden = import_watch.is_overdue(registry, ANONYMOUS)
    other = content(upstream={"source": "feed", "id": "F2", "sha256": "1" * 64})
    factories.take_in(registry, people.local_operator, FEED, [other])
    public = import_watch.is_overdue(registry, ANONYMOUS)
    ran(registry)

    assert (False, False, True) == (before, hidden, public)
    assert not import_watch.is_overdue(registry, ANONYMOUS)
