"""Watching over a real store: what was counted is written down, what stands out raises one alert that grows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from registry.domain.actor import ANONYMOUS, SYSTEM, Actor
from registry.domain.alert import Alert, AlertKind, AlertState
from registry.domain.errors import Forbidden, InvalidInput, InvalidTransition, NotFound, StoreUnavailable
from registry.domain.event import EventFilter, EventName
from registry.domain.letter import MailKind
from registry.domain.pages import PageRequest
from registry.ports import Registry
from registry.service import alerts, freezing, monitoring, submit
from tests.clocks import FixedClock
from tests.factories import content
from tests.service.test_freezing import id_of, key_of, lets_in
from tests.service.world import People, alter, close_registry, open_registry, published, refused

OFFICE, THIEF = "192.0.2.7", "203.0.113.9"


def watch(registry: Registry) -> int:
    """Look once."""
    return monitoring.watch(registry, SYSTEM)


def raised(registry: Registry, people: People) -> list[Alert]:
    """Every alert, newest first."""
    return list(alerts.page(registry, people.operator, None, PageRequest()).items)


def use(registry: Registry, actor: Actor, times: int, *, cost: int = 0) -> None:
    """So many requests of somebody."""
    for _ in range(times):
        registry.tally.request(actor, registry.clock.now())
    registry.tally.cost(actor, cost, registry.clock.now())


def get_known(registry: Registry, clock: FixedClock, actor: Actor, *, requests: int = 3) -> None:
    """Two days of ordinary work."""
    for _ in range(26):
        use(registry, actor, requests)
        watch(registry)
        clock.advance(hours=2)


@pytest.fixture
def worker(people: People) -> Actor:
    """The submitter at the usual place."""
    return replace(people.submitter, address=OFFICE)


@pytest.fixture
def second(registry: Registry, clock: FixedClock) -> Iterator[Registry]:
    """Another process on the same data directory."""
    opened = open_registry(registry.settings.data_dir, clock, registry.ids)
    yield opened
    close_registry(opened)


def test_volume_raises_one_alert_that_grows(
    registry: Registry, people: People, clock: FixedClock, worker: Actor
) -> None:
    get_known(registry, clock, worker)

    use(registry, worker, 600)
    found = watch(registry)
    clock.advance(minutes=1)
    use(registry, worker, 300)
    watch(registry)

    (one,) = raised(registry, people)
    assert 1 == found
    assert (AlertKind.VOLUME, "key:first", AlertState.OPEN, 900, 2) == (
        one.kind, one.subject, one.state, one.value, one.times,
    )  # fmt: skip
    assert ("requests", 900, 500, 3) == tuple(one.evidence[name] for name in ("measure", "count", "limit", "peak"))


def test_two_processes_count_as_one(
    registry: Registry, second: Registry, people: People, clock: FixedClock, worker: Actor
) -> None:
    get_known(registry, clock, worker)

    for process in (registry, second):
        use(process, worker, 300)
        watch(process)

    assert [600] == [one.value for one in raised(registry, people) if one.kind is AlertKind.VOLUME]


def test_a_stolen_key_is_told_by_its_new_network_and_by_being_in_two_places(
    registry: Registry, people: People, clock: FixedClock, worker: Actor
) -> None:
    get_known(registry, clock, worker)
    thief = replace(worker, address=THIEF)

    for _ in range(8):
        use(registry, worker, 1)
        use(registry, thief, 1)
        watch(registry)
        clock.advance(minutes=1)

    told = {one.kind: one for one in raised(registry, people)}
    assert {AlertKind.NEW_NETWORK, AlertKind.TWO_PLACES} == set(told)
    assert {"key:first"} == {one.subject for one in told.values()}
    assert THIEF not in repr(told)


def test_reads_of_restricted_parts_and_edits_are_a_persons(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    settings = registry.settings.model_copy(update={"alert_restricted": 5, "alert_edits": 3, "alert_new_factor": 1})
    strict = replace(registry, settings=settings)
    record = published(registry, people)
    watch(strict)
    for at in range(6):
        strict.tally.restricted(people.reviewer, f"uid-{at}", clock.now())
    seen = record.draft_revision
    for at in range(4):
        of = content(title=f"Another title {at}")
        seen = submit.revise(registry, people.submitter, record.uid, of, expected_revision=seen).record.draft_revision

    watch(strict)
    watch(strict)

    assert {
        (AlertKind.MASS_READS, f"person:{people.reviewer.person}", 6, 1),
        (AlertKind.MASS_EDITS, f"person:{people.submitter.person}", 4, 1),
    } == {(one.kind, one.subject, one.value, one.times) for one in raised(registry, people)}


def test_a_flood_of_bad_keys_writes_few_rows_and_one_alert(registry: Registry, people: People) -> None:
    for at in range(10_000):
        actor = replace(ANONYMOUS, address=f"198.51.100.{at % 7}")
        registry.tally.refuse(EventName.CREDENTIAL_REFUSED, actor, subject="key:t00000000001")

    watch(registry)

    with registry.storage.read() as reader:
        rows = reader.events.after(EventFilter(name="web:credential:refuse"), "", limit=100)
    assert (7, 10_000) == (len(rows), sum(one.count for one in rows))
    told = {(one.kind, one.subject) for one in raised(registry, people)}
    assert (AlertKind.FAILED_SIGN_INS, "key:t00000000001") in told
    assert 8 == len(told)


def test_an_idle_node_writes_nothing(registry: Registry) -> None:
    watch(registry)
    before = registry.settings.database_path.read_bytes()

    assert 0 == watch(registry)

    assert before == registry.settings.database_path.read_bytes()


def test_what_cannot_be_written_is_counted_again(registry: Registry, people: People, worker: Actor) -> None:
    use(registry, worker, 5)
    alter(registry, "ALTER TABLE activity_hours RENAME TO elsewhere")
    with pytest.raises(StoreUnavailable):
        watch(registry)
    alter(registry, "ALTER TABLE elsewhere RENAME TO activity_hours")

    watch(registry)

    with registry.storage.read() as reader:
        past = reader.activity.past("key:first", before=registry.clock.now().replace(year=2030))
    assert 5 == past["requests"].peak


def test_an_alert_is_told_to_operators_by_mail_once(
    registry: Registry, people: People, clock: FixedClock, worker: Actor
) -> None:
    for _ in range(3):
        use(registry, worker, 3000)
        watch(registry)

    with registry.storage.begin() as unit:
        first = unit.letters.claim_due(clock.now(), lease_until=clock.now().replace(year=2030))
        then = unit.letters.claim_due(clock.now(), lease_until=clock.now().replace(year=2030))
    assert first is not None
    assert (people.operator.person, MailKind.ALERT, None) == (first.person, first.kind, then)
    assert "/admin/alerts" in first.body


def test_what_was_judged_stays_quiet_for_a_day_unless_it_doubles(
    registry: Registry, people: People, clock: FixedClock, worker: Actor
) -> None:
    use(registry, worker, 3000)
    watch(registry)
    (first,) = raised(registry, people)
    alerts.acknowledge(registry, people.operator, first.id, reason="I am asking them.")
    use(registry, worker, 10)
    watch(registry)
    alerts.dismiss(registry, people.operator, first.id, reason="They told us before.")

    use(registry, worker, 10)
    watch(registry)
    assert [AlertState.DISMISSED] == [one.state for one in raised(registry, people)]

    use(registry, worker, 4000)
    watch(registry)
    assert [AlertState.OPEN, AlertState.DISMISSED] == [one.state for one in raised(registry, people)]
    assert 1 == alerts.count_open(registry, people.operator)


def test_who_may_judge_and_how(registry: Registry, people: People, clock: FixedClock) -> None:
    own = replace(people.operator, key=None, session="s", address=OFFICE)
    use(registry, own, 3000)
    use(registry, people.submitter, 3000)
    watch(registry)
    about = {one.subject: one for one in raised(registry, people)}
    theirs, mine = about["key:first"], about[f"person:{people.operator.person}"]

    with refused(registry, Forbidden):
        alerts.page(registry, people.lead, None, PageRequest())
    with refused(registry, Forbidden):
        alerts.dismiss(registry, people.submitter, theirs.id, reason="No.")
    with refused(registry, Forbidden):
        alerts.dismiss(registry, people.operator, mine.id, reason="That was me.")
    with refused(registry, InvalidInput):
        alerts.dismiss(registry, people.operator, theirs.id, reason=" ")
    with refused(registry, NotFound):
        alerts.dismiss(registry, people.operator, replace(theirs, id="nothing").id, reason="No.")  # type: ignore[arg-type]
    alerts.dismiss(registry, people.local_operator, mine.id, reason="It was the upgrade.")
    with refused(registry, InvalidTransition):
        alerts.dismiss(registry, people.local_operator, mine.id, reason="Again.")
    with registry.storage.read() as reader:
        told = reader.events.after(EventFilter(name="monitor:alert:dismiss"), "", limit=10)
    assert [f"alert:{mine.id}"] == [one.subject for one in told]


def test_nothing_is_frozen_by_itself_unless_the_settings_say_so(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    texts = [key_of(registry, people.submitter), key_of(registry, people.submitter, "Desk")]
    clear = replace(registry, settings=registry.settings.model_copy(update={"auto_freeze": (AlertKind.VOLUME,)}))

    for where, text in zip((registry, clear), texts, strict=True):
        use(where, replace(people.submitter, key=id_of(text).removeprefix("key:")), 3000)
        watch(where)

    assert [True, False] == [lets_in(registry, text) for text in texts]
    freezing.thaw(registry, people.operator, id_of(texts[1]), reason="We have spoken.")
    assert lets_in(registry, texts[1])


def test_what_is_kept_for_a_time_goes(registry: Registry, people: People, clock: FixedClock, worker: Actor) -> None:
    use(registry, worker, 5)
    registry.tally.refuse(EventName.RATE_REFUSED, worker)
    watch(registry)

    clock.advance(days=29)
    watch(registry)

    with registry.storage.read() as reader:
        assert {} == reader.activity.past("key:first", before=clock.now())
        assert () == reader.activity.places("key:first")
        assert OFFICE in {one.address for one in reader.events.newest(limit=50)}
    clock.advance(days=62)
    watch(registry)
    with registry.storage.read() as reader:
        assert {None} == {one.address for one in reader.events.newest(limit=50)}


def test_only_the_node_itself_watches(registry: Registry, people: People) -> None:
    with refused(registry, Forbidden):
        monitoring.watch(registry, people.operator)
