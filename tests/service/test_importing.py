"""Sources and runs as operators steer them: who may, what is kept, and that every choice leaves an event."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.domain.actor import Actor
from registry.domain.errors import AlreadyExists, Forbidden, InvalidInput, NotFound, Reauthenticate, Unauthenticated
from registry.domain.event import EventFilter, EventName
from registry.domain.finding import Finding, FindingFilter
from registry.domain.importing import Run, RunState, Source, SourceState, Trust
from registry.domain.pages import PageRequest
from registry.ports import Registry
from registry.service import import_runs, importing
from tests import factories
from tests.clocks import FixedClock
from tests.service.world import People, refused

PAGE = PageRequest(limit=2)
FEED = factories.source(
    "feed", "A feed", format="misp", urls=("https://feed.example/manifest.json",), every_hours=24, options={"tag": "x"}
)


def events(registry: Registry, name: EventName) -> list[tuple[str | None, dict[str, str | int]]]:
    with registry.storage.read() as reader:
        found = reader.events.page(EventFilter(name=name.value), PageRequest(limit=100)).items
    return [(one.subject, dict(one.detail)) for one in reversed(found)]


def test_a_source_is_added_changed_and_taken_out_with_an_event_each(registry: Registry, people: People) -> None:
    importing.put_source(registry, people.operator, FEED)
    changed = replace(FEED, title="Another feed", urls=(), trust=Trust.TRUSTED)
    importing.put_source(registry, people.operator, changed)
    kept = importing.sources(registry, people.operator), importing.source(registry, people.local_operator, "feed")

    importing.remove_source(registry, people.operator, "feed")

    assert ((changed,), changed) == kept
    assert () == importing.sources(registry, people.system)
    with refused(registry, NotFound):
        importing.source(registry, people.operator, "feed")
    with refused(registry, NotFound):
        importing.remove_source(registry, people.operator, "feed")
    assert [
        ("source:feed", {"format": "misp", "trust": "review"}),
        ("source:feed", {"format": "misp", "trust": "trusted"}),
    ] == events(registry, EventName.SOURCE_PUT)
    assert [("source:feed", {})] == events(registry, EventName.SOURCE_REMOVED)


def test_everything_that_is_wrong_with_a_source_is_told_at_once(registry: Registry, people: People) -> None:
    wrong = replace(
        FEED,
        id="A Feed",
        title=" ",
        licence="free for all",
        home="ftp://x.example/",
        attribution="a\nb",
        obligations=("x" * 301,),
        hosts=frozenset({"FEED.example", "feed.example"}),
        urls=("http://feed.example/", "https://other.example/", "https://me:secret@feed.example/", "https://[/"),
        every_hours=-1,
    )

    with pytest.raises(InvalidInput) as caught:
        importing.put_source(registry, people.operator, wrong)

    found = {(".".join(one.path), one.code) for one in caught.value.problems}
    assert {
        ("id", "INVALID_FORMAT"),
        ("title", "REQUIRED"),
        ("licence", "INVALID_FORMAT"),
        ("home", "INVALID_FORMAT"),
        ("attribution", "INVALID_TEXT"),
        ("obligations.0", "TOO_LONG"),
        ("hosts.0", "INVALID_FORMAT"),
        ("urls.0", "INVALID_FORMAT"),
        ("urls.1", "HOST_NOT_LISTED"),
        ("urls.2", "INVALID_FORMAT"),
        ("urls.3", "INVALID_FORMAT"),
        ("everyHours", "OUT_OF_RANGE"),
    } == found
    assert not any("secret" in one.message for one in caught.value.problems)


@pytest.mark.parametrize("name", ["obligations", "hosts", "urls"])
def test_lists_of_a_source_have_an_end(registry: Registry, people: People, name: str) -> None:
    many: dict[str, Any] = {
        "obligations": tuple("x" * 300),
        "hosts": frozenset(f"h{at}.feed.example" for at in range(300)) | FEED.hosts,
        "urls": FEED.urls * 300,
    }

    with pytest.raises(InvalidInput) as caught:
        importing.put_source(registry, people.operator, replace(FEED, **{name: many[name]}))

    assert [((name,), "TOO_MANY")] == [(one.path, one.code) for one in caught.value.problems]


@pytest.mark.parametrize("licence", ["CC-BY-SA-4.0", "MIT OR Apache-2.0", "LicenseRef-own", "GPL-2.0-only WITH x"])
def test_a_licence_is_an_expression_of_spdx(registry: Registry, people: People, licence: str) -> None:
    kept = importing.put_source(registry, people.operator, replace(FEED, licence=licence))

    assert licence == kept.licence


def test_within_a_house_plain_http_and_numbers_are_taken(registry: Registry, people: People) -> None:
    inside = replace(FEED, hosts=frozenset({"10.1.2.3"}), urls=("http://10.1.2.3:8080/feed",))
    networks = registry.settings.model_copy(update={"outbound_allow_networks": ("10.0.0.0/8",)})

    with refused(registry, InvalidInput):
        importing.put_source(registry, people.operator, inside)
    kept = importing.put_source(replace(registry, settings=networks), people.operator, inside)

    assert inside == kept


def test_the_id_of_an_organisation_with_members_is_no_source(registry: Registry, people: People) -> None:
    with refused(registry, AlreadyExists):
        importing.put_source(registry, people.operator, replace(FEED, id="acme"))


def test_choices_hold_for_a_source_whether_it_is_built_in_or_added(registry: Registry, people: People) -> None:
    actor, now = people.operator, registry.clock.now()
    importing.set_trust(registry, actor, "atlas", Trust.REVIEW)
    importing.set_schedule(registry, actor, "atlas", 0)
    never = importing.state_of(registry, actor, "atlas")
    importing.set_schedule(registry, actor, "atlas", 6)
    importing.pause(registry, actor, "atlas")
    paused = importing.state_of(registry, actor, "atlas")
    resumed = importing.resume(registry, actor, "atlas")
    importing.set_trust(registry, actor, "atlas", None)
    importing.set_schedule(registry, actor, "atlas", None)

    given = factories.source("atlas", trusted=True, every_hours=24)
    assert (Trust.REVIEW, None) == (never.of(given).trust, never.of(given).every_hours)
    assert [False, False, True] == [one.is_due(given, now) for one in (never, paused, resumed)]
    assert 6 == resumed.of(given).every_hours
    assert {"atlas": SourceState("atlas")} == importing.states(registry, actor)
    assert given == importing.state_of(registry, actor, "atlas").of(given)
    assert [
        {"trust": "review"},
        {"every_hours": 0},
        {"every_hours": 6},
        {"paused": "yes"},
        {"paused": "no"},
        {"trust": "as_given"},
        {"every_hours": "as_given"},
    ] == [detail for _, detail in events(registry, EventName.SOURCE_CHOSEN)]


def test_a_pause_between_runs_has_bounds(registry: Registry, people: People) -> None:
    for hours in (-1, 24 * 366 + 1):
        with refused(registry, InvalidInput):
            importing.set_schedule(registry, people.operator, "atlas", hours)


def test_runs_are_paged_newest_first_in_both_directions(registry: Registry, people: People, clock: FixedClock) -> None:
    for at in range(5):
        run = import_runs.begin(registry, people.system, FEED if at % 2 else replace(FEED, id="other"))
        clock.advance(minutes=1)
        import_runs.fail(registry, people.system, FEED, run, error=f"E{at}")

    first = importing.runs(registry, people.operator, None, PAGE)
    second = importing.runs(registry, people.operator, None, PageRequest(2, first.positions[-1]))
    back = importing.runs(registry, people.operator, None, PageRequest(2, second.positions[0], backwards=True))
    of_feed = importing.runs(registry, people.operator, "feed", PAGE)

    assert [["E4", "E3"], ["E2", "E1"]] == [[one.error for one in page.items] for page in (first, second)]
    assert first.items == back.items
    assert (True, False) == (first.has_next, first.has_previous)
    assert ["E3", "E1"] == [one.error for one in of_feed.items]


def test_a_run_that_gives_no_sign_has_failed(registry: Registry, people: People, clock: FixedClock) -> None:
    run = import_runs.begin(registry, people.system, FEED)
    going = importing.runs(registry, people.operator, FEED.id, PageRequest(1)).items
    clock.advance(minutes=2)

    dead = importing.runs(registry, people.operator, FEED.id, PageRequest(1)).items

    assert (run,) == going
    assert (replace(run, state=RunState.FAILED, ended_at=run.beat_at, error="INTERRUPTED"),) == dead


def test_findings_are_read_by_page(registry: Registry, people: People) -> None:
    run = import_runs.begin(registry, people.system, FEED)
    found = [Finding("feed", f"r{at}", "MISSING", "title: is missing") for at in range(3)]
    import_runs.keep_findings(registry, people.system, run, found)

    first = importing.findings(registry, people.operator, "feed", PAGE)
    rest = importing.findings(registry, people.operator, "feed", PageRequest(2, first.positions[-1]))
    none = importing.findings(registry, people.operator, "feed", PAGE, FindingFilter(held=True))

    assert found == [one.finding for one in (*first.items, *rest.items)]
    assert () == none.items
    assert {"MISSING": 3} == importing.finding_counts(registry, people.operator, "feed")


def test_only_operators_read_and_choose_sources_and_only_the_machine_imports(
    registry: Registry, people: People
) -> None:
    def read(actor: Actor) -> None:
        importing.sources(registry, actor)
        importing.states(registry, actor)
        importing.state_of(registry, actor, "feed")
        importing.runs(registry, actor, None, PAGE)
        importing.findings(registry, actor, "feed", PAGE)
        importing.finding_counts(registry, actor, "feed")

    for actor in (people.operator, people.local_operator, people.system):
        read(actor)
    for actor in (people.submitter, people.reviewer, people.lead):
        with refused(registry, Forbidden):
            read(actor)
    with refused(registry, Unauthenticated):
        read(people.stranger)
    for actor in (people.lead, people.system):
        with refused(registry, Forbidden):
            importing.put_source(registry, actor, FEED)
        with refused(registry, Forbidden):
            importing.set_trust(registry, actor, "feed", Trust.TRUSTED)
        with refused(registry, Forbidden):
            importing.pause(registry, actor, "feed")
    with refused(registry, Forbidden):
        import_runs.begin(registry, people.operator, FEED)


def test_whoever_finds_a_browser_open_trusts_no_source(registry: Registry, people: People) -> None:
    stale = replace(people.operator, session="s", confirmed=False)

    for act in (
        lambda: importing.set_trust(registry, stale, "feed", Trust.TRUSTED),
        lambda: importing.put_source(registry, stale, FEED),
    ):
        with refused(registry, Reauthenticate):
            act()


def test_a_source_keeps_its_state_only_as_long_as_it_is_there(registry: Registry, people: People) -> None:
    importing.put_source(registry, people.operator, FEED)
    importing.set_trust(registry, people.operator, "feed", Trust.TRUSTED)
    importing.remove_source(registry, people.operator, "feed")

    assert SourceState("feed") == importing.state_of(registry, people.operator, "feed")


def test_every_way_to_be_due(people: People, clock: FixedClock) -> None:
    source: Source = replace(FEED, every_hours=2)
    run = Run("r", "feed", RunState.DONE, clock.now(), clock.now(), clock.now())
    done = SourceState("feed", failures=3).after(run, source, cursor="c")

    assert SourceState("feed").is_due(source, clock.now())
    assert not SourceState("feed").is_due(replace(source, every_hours=None), clock.now())
    assert (0, "c", "r") == (done.failures, done.cursor, done.good_run)
    assert not done.is_due(source, clock.advance(hours=1))
    assert done.is_due(source, clock.advance(hours=1))
