"""Events: appended and never changed, searched and exported by operators only."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from registry.domain.actor import LOCAL_OPERATOR, Actor
from registry.domain.errors import Forbidden, Unauthenticated
from registry.domain.event import Event, EventFilter, EventName
from registry.domain.pages import PageRequest
from registry.ports import Registry
from registry.service import events, groups
from tests.clocks import FixedClock
from tests.service.world import People, alter, refused

ALL = EventFilter()


def told(registry: Registry, actor: Actor, *names: EventName, subject: str | None = None, count: int = 1) -> None:
    """Events of these names, done by *actor*."""
    with registry.storage.begin() as unit:
        for name in names:
            events.note(registry, unit, actor, name, subject=subject, count=count)


def stored(registry: Registry) -> tuple[Event, ...]:
    """Every event, oldest first."""
    with registry.storage.read() as reader:
        return reader.events.after(ALL, "", limit=10_000)


def test_pages_are_newest_first_and_meet_without_gap_or_overlap(registry: Registry, people: People) -> None:
    told(registry, people.submitter, *[EventName.RATE_REFUSED] * 25)
    wanted = EventFilter(name="web:rate:refuse")
    expected = [one.id for one in reversed(stored(registry)) if one.name is EventName.RATE_REFUSED]

    found, request = [], PageRequest(10)
    while True:
        page = events.page(registry, people.operator, wanted, request)
        found += [one.id for one in page.items]
        if not page.has_next:
            break
        request = PageRequest(10, page.positions[-1])
    back = events.page(registry, people.operator, wanted, PageRequest(10, (found[10],), backwards=True))

    assert expected == found
    assert found[:10] == [one.id for one in back.items]
    assert (False, True) == (back.has_previous, back.has_next)


def test_each_field_narrows(registry: Registry, people: People, clock: FixedClock) -> None:
    one = replace(people.submitter, address="192.0.2.7", request_id="r1")
    told(registry, one, EventName.CREDENTIAL_REFUSED, subject="key:abc")
    at = clock.advance(hours=1)
    told(registry, replace(people.outsider, address="192.0.2.8", request_id="r2"), EventName.RATE_REFUSED)

    first = {
        EventFilter(name="web:cred"),
        EventFilter(actor=one.id),
        EventFilter(organisation=one.organisation),
        EventFilter(address="192.0.2.7"),
        EventFilter(subject="key:abc"),
        EventFilter(request_id="r1"),
        EventFilter(name="web:", before=at),
    }
    found = {wanted: events.page(registry, people.operator, wanted, PageRequest()).items for wanted in first}
    later = events.page(registry, people.operator, EventFilter(name="web:", since=at), PageRequest()).items

    assert {EventName.CREDENTIAL_REFUSED} == {one.name for page in found.values() for one in page}
    assert {1} == {len(page) for page in found.values()}
    assert [EventName.RATE_REFUSED] == [one.name for one in later]


def test_reading_and_exporting_are_events_themselves(registry: Registry, people: People) -> None:
    events.page(registry, people.operator, EventFilter(address="192.0.2.7"), PageRequest())
    exported = tuple(events.export(registry, people.operator, ALL))

    newest = stored(registry)[-2:]
    assert [EventName.EVENTS_READ, EventName.EVENTS_EXPORTED] == [one.name for one in newest]
    assert {people.operator.id} == {one.actor for one in newest}
    assert "address" == newest[0].detail["narrowed_by"]
    assert newest[0] == exported[-1]


def test_only_operators_read_them(registry: Registry, people: People) -> None:
    for actor in (people.submitter, people.reviewer, people.lead):
        with refused(registry, Forbidden):
            events.page(registry, actor, ALL, PageRequest())
        with refused(registry, Forbidden):
            events.export(registry, actor, ALL)
    with refused(registry, Unauthenticated):
        events.page(registry, people.stranger, ALL, PageRequest())
    assert events.page(registry, LOCAL_OPERATOR, ALL, PageRequest()) is not None


def test_an_export_holds_what_there_was_when_it_began(registry: Registry, people: People) -> None:
    told(registry, people.submitter, *[EventName.RATE_REFUSED] * 1200)
    before = [one.id for one in stored(registry)]

    walk = events.export(registry, people.operator, ALL)
    first = next(walk)
    told(registry, people.submitter, EventName.RATE_REFUSED)
    exported = [first.id, *(one.id for one in walk)]

    assert before == exported


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM events",
        "UPDATE events SET actor = 'nobody'",
        "UPDATE events SET name = 'account:key:revoke'",
        "UPDATE events SET address = '192.0.2.99'",
        "UPDATE events SET address = NULL, subject = 'key:other'",
        "UPDATE events SET detail = '{}'",
        "UPDATE events SET at = '2000-01-01 00:00:00.000000'",
        "INSERT OR REPLACE INTO events (id, name, at, actor, detail) SELECT id, name, at, 'nobody', detail FROM events",
    ],
)
def test_the_store_itself_refuses_to_change_what_was_appended(
    registry: Registry, people: People, statement: str
) -> None:
    told(registry, replace(people.submitter, address="192.0.2.7"), EventName.RATE_REFUSED)
    before = stored(registry)

    with pytest.raises(sqlite3.IntegrityError):
        alter(registry, statement)

    assert before == stored(registry)


def test_addresses_go_after_their_time_and_nothing_else(registry: Registry, people: People, clock: FixedClock) -> None:
    told(registry, replace(people.submitter, address="192.0.2.7"), EventName.RATE_REFUSED)
    clock.advance(days=89)
    told(registry, replace(people.submitter, address="192.0.2.8"), EventName.RATE_REFUSED)
    clock.advance(days=2)
    before = stored(registry)

    with registry.storage.begin() as unit:
        unit.events.forget_addresses(clock.now() - timedelta(days=90))

    assert [one.address if one.address == "192.0.2.8" else None for one in before] == [
        one.address for one in stored(registry)
    ]
    assert [replace(one, address=None) for one in before] == [replace(one, address=None) for one in stored(registry)]


def test_changes_of_groups_are_told(registry: Registry, people: People) -> None:
    groups.add_group(registry, people.operator, slug="cert", name="Response teams")
    groups.join(registry, people.operator, slug="cert", organisation_slug="acme")
    groups.leave(registry, people.operator, slug="cert", organisation_slug="acme")

    told_of = [(one.name, one.subject) for one in stored(registry) if one.name.startswith("account:group")]
    names = (EventName.GROUP_CREATED, EventName.GROUP_JOINED, EventName.GROUP_LEFT)
    assert [(name, "group:cert") for name in names] == told_of
