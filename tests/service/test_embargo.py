"""Embargoes: nothing is seen before a job lifts them, and nothing tells afterwards of what was hidden."""

from __future__ import annotations

from datetime import datetime, timedelta

from registry.domain.actor import Actor
from registry.domain.change import ChangeKind
from registry.domain.content.kinds import Content
from registry.domain.errors import Forbidden, NotFound, Unauthenticated
from registry.domain.record import Record, State
from registry.ports import Registry
from registry.service import find, jobs, life
from registry.service.history import history_of
from registry.service.verify import verify
from tests.clocks import START, FixedClock
from tests.factories import content
from tests.service.world import (
    REASON,
    People,
    published,
    refused,
    republished,
    revised,
    state_of,
    stored,
    text_of,
)

UNTIL = START + timedelta(days=10)


def _later(title: str = "Under embargo", until: datetime = UNTIL) -> Content:
    return text_of(title, embargo_until=until.isoformat())


def _is_seen(registry: Registry, who: Actor, record: Record) -> bool:
    try:
        find.record(registry, who, record.uid)
    except NotFound:
        return False
    return True


def test_a_record_under_embargo_is_seen_by_owner_and_reviewers_only(registry: Registry, people: People) -> None:
    before = find.public_seq(registry, people.stranger)

    record = published(registry, people, _later())

    assert (State.PUBLISHED, True) == (record.state, record.embargoed)
    assert [False, False, True, True] == [
        _is_seen(registry, who, record) for who in (people.stranger, people.outsider, people.colleague, people.lead)
    ]
    assert before == find.public_seq(registry, people.stranger)


def test_an_embargo_is_lifted_by_a_job_at_its_time(registry: Registry, people: People, clock: FixedClock) -> None:
    record = published(registry, people, _later())
    before = find.public_seq(registry, people.stranger)

    clock.at = UNTIL - timedelta(seconds=1)
    assert 0 == jobs.run_due(registry, people.system)
    assert not _is_seen(registry, people.stranger, record)
    clock.at = UNTIL
    assert not _is_seen(registry, people.stranger, record)

    assert 1 == jobs.run_due(registry, people.system)

    seen = find.record(registry, people.stranger, record.uid)
    assert (UNTIL, UNTIL, UNTIL, UNTIL) == (
        seen.published_at,
        seen.head.published_at,
        seen.created_at,
        seen.changed_at,
    )
    assert before + 1 == find.public_seq(registry, people.stranger)
    assert record.number == seen.number
    assert 0 == jobs.run_due(registry, people.system)


def test_after_the_embargo_strangers_read_one_row_and_one_revision(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    record = published(registry, people, _later("First wording"))
    republished(registry, people, record, _later("Last wording"))
    clock.at = UNTIL
    jobs.run_due(registry, people.system)

    history = history_of(registry, people.stranger, record.uid)

    assert [ChangeKind.VISIBILITY] == [change.row.kind for change in history.changes]
    assert ["Last wording"] == [one.public.document["title"] for one in history.revisions if one.public]
    assert [UNTIL] == [one.published_at for one in history.revisions]


def test_the_row_that_lifts_an_embargo_tells_nothing_of_newer_work(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    record = published(registry, people, _later())
    shown = record.head.public_hash
    revised(registry, people, record, text_of("Newer work"))
    clock.at = UNTIL

    jobs.run_due(registry, people.system)

    assert [shown] == [row.row.public_hash for row in history_of(registry, people.stranger, record.uid).changes]
    assert () == verify(registry, people.system).faults


def test_a_longer_embargo_outlives_the_first_job(registry: Registry, people: People, clock: FixedClock) -> None:
    record = published(registry, people, _later())
    later = UNTIL + timedelta(days=5)
    republished(registry, people, record, _later(until=later))

    clock.at = UNTIL
    jobs.run_due(registry, people.system)
    assert not _is_seen(registry, people.stranger, record)

    clock.at = later
    jobs.run_due(registry, people.system)
    assert _is_seen(registry, people.stranger, record)


def test_new_work_without_an_embargo_ends_it(registry: Registry, people: People, clock: FixedClock) -> None:
    record = published(registry, people, _later())
    opened_at = clock.advance(days=1)

    republished(registry, people, record, text_of("Open now"))

    assert opened_at == find.record(registry, people.stranger, record.uid).published_at


def test_an_embargo_on_a_record_that_was_public_hides_nothing(registry: Registry, people: People) -> None:
    record = published(registry, people)

    again = republished(registry, people, record, _later())

    assert not again.embargoed
    assert _is_seen(registry, people.stranger, record)


def test_an_embargo_on_a_closed_record_opens_it_to_nobody(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    record = published(registry, people, text_of("Closed", tlp="AMBER", embargo_until=UNTIL.isoformat()))
    before = find.public_seq(registry, people.stranger)
    clock.at = UNTIL

    jobs.run_due(registry, people.system)

    assert not stored(registry, record.uid).embargoed
    assert not _is_seen(registry, people.stranger, record)
    assert before == find.public_seq(registry, people.stranger)


def test_a_record_withdrawn_under_embargo_leaves_nothing_to_see(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    record = published(registry, people, _later())
    before = find.public_seq(registry, people.stranger)

    life.withdraw(registry, people.submitter, record.uid, reason=REASON)
    clock.at = UNTIL
    jobs.run_due(registry, people.system)

    assert not _is_seen(registry, people.stranger, record)
    assert before == find.public_seq(registry, people.stranger)


def test_a_record_restored_before_its_time_is_lifted_at_its_time(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    record = published(registry, people, _later())
    life.withdraw(registry, people.submitter, record.uid, reason=REASON)

    restored = life.restore(registry, people.lead, record.uid, reason=REASON)

    assert restored.embargoed
    assert not _is_seen(registry, people.stranger, record)
    clock.at = UNTIL
    jobs.run_due(registry, people.system)
    assert _is_seen(registry, people.stranger, record)


def test_a_record_restored_after_its_time_is_public_from_then_on(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    record = published(registry, people, _later())
    life.withdraw(registry, people.submitter, record.uid, reason=REASON)
    clock.at = UNTIL
    jobs.run_due(registry, people.system)
    restored_at = clock.advance(days=1)

    life.restore(registry, people.lead, record.uid, reason=REASON)

    seen = find.record(registry, people.stranger, record.uid)
    assert (restored_at, restored_at) == (seen.published_at, seen.created_at)


def test_only_the_registry_itself_lifts(registry: Registry, people: People, clock: FixedClock) -> None:
    record = published(registry, people, _later())
    clock.at = UNTIL

    for who, error in ((people.operator, Forbidden), (people.lead, Forbidden), (people.stranger, Unauthenticated)):
        with refused(registry, error):
            life.lift_embargo(registry, who, record.uid)


def test_lifting_where_there_is_no_embargo_changes_nothing(registry: Registry, people: People) -> None:
    public = published(registry, people)
    waiting = published(registry, people, _later())
    before = state_of(registry)

    assert not life.lift_embargo(registry, people.system, public.uid)
    assert not life.lift_embargo(registry, people.system, waiting.uid)
    assert before == state_of(registry)


def test_nothing_of_an_embargo_is_linked_before_its_time(registry: Registry, people: People) -> None:
    waiting = published(registry, people, _later())
    linking = content(links=[{"rel": "related", "target": waiting.uid}])

    record = published(registry, people, linking)

    assert waiting.uid not in repr(find.record(registry, people.stranger, record.uid))
    assert waiting.uid in repr(find.record(registry, people.submitter, record.uid).head.restricted)
