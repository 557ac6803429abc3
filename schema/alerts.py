"""What happened beside the records, what stood out, and who is kept out; all of it for operators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import strawberry

from registry.domain import alert as domain
from registry.domain.alert import AlertId, AlertKind, AlertState
from registry.domain.event import Event as DomainEvent
from registry.domain.event import EventFilter
from registry.domain.pages import Page
from registry.service import alerts, events, freezing
from schema.context import Info
from schema.errors import UserError
from schema.fields import resolved
from schema.inputs import given
from schema.payloads import answered
from schema.types.pages import After, Before, Connection, First, Last, List

strawberry.enum(AlertKind, description="What stood out.")
strawberry.enum(AlertState, description="What became of an alert.")


@strawberry.type(description="One number or short word that explains something.")
class Fact:
    """A fact."""

    name: str
    value: str


@strawberry.type(description="Something that happened beside the records. Events are appended and never changed.")
class Event:
    """An event."""

    id: strawberry.ID
    name: str = strawberry.field(description="What happened, as `source:subject:action`.")
    at: datetime
    actor: str = strawberry.field(description="The pseudonym of who did it.")
    organisation: strawberry.ID | None
    key: str | None = strawberry.field(description="Id of the key it was done with.")
    address: str | None = strawberry.field(description="Network address it came from; deleted after a time.")
    request_id: str | None
    subject: str | None = strawberry.field(description="What it was done to.")
    detail: list[Fact]


@strawberry.type(description="Something that stood out. It grows until somebody has dismissed it.")
class Alert:
    """An alert."""

    id: strawberry.ID
    kind: AlertKind
    subject: str = strawberry.field(description="`key:…`, `person:…`, `address:…`, `source:…` or `node:worker`.")
    state: AlertState
    value: int = strawberry.field(
        description="The most there was in an hour: requests, failures, records, minutes, sources."
    )
    times: int = strawberry.field(description="How often it was found.")
    evidence: list[Fact]
    first_at: datetime
    last_at: datetime
    handled_by: str | None = strawberry.field(description="Who acknowledged or dismissed it.")
    handled_at: datetime | None
    reason: str = strawberry.field(description="Why; empty while nobody has looked.")


@strawberry.type(description="A key, a person or an organisation that is, or was, kept out.")
class Freeze:
    """A freeze."""

    subject: str
    at: datetime
    by: str
    reason: str
    thawed_at: datetime | None
    thaw_reason: str


@strawberry.input(description="Which events; what is left out does not narrow.")
class EventFilterInput:
    """A filter."""

    name: str | None = strawberry.field(default=None, description="A name, or the beginning of one.")
    actor: str | None = None
    organisation: str | None = strawberry.field(default=None, description="Id of the organisation.")
    key: str | None = None
    address: str | None = None
    subject: str | None = None
    request_id: str | None = None
    since: datetime | None = strawberry.field(default=None, description="The first instant.")
    before: datetime | None = strawberry.field(default=None, description="The first instant no more.")


@strawberry.input(description="A judgment of an alert.")
class JudgeAlertInput:
    """Which alert, and why."""

    id: strawberry.ID
    reason: str = strawberry.field(default="", description="Other operators read it. Required.")
    client_mutation_id: str | None = None


@strawberry.input(description="Who is kept out, or let in again.")
class FreezeInput:
    """Who, and why."""

    subject: str = strawberry.field(description="`key:<id>`, `person:<id>` or `organisation:<slug>`.")
    reason: str = strawberry.field(default="", description="Whoever is concerned is told. Required.")
    client_mutation_id: str | None = None


@strawberry.type(description="The answer to a judgment of an alert.")
class AlertPayload:
    """Either the alert, or why not."""

    alert: Alert | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.type(description="The answer to a freeze or a thaw.")
class FreezePayload:
    """Either the freeze, or why not."""

    freeze: Freeze | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.type(description="Reading events and alerts.")
class AlertQueries:
    """Reads of events and alerts."""

    @resolved("What happened beside the records, newest first; for operators. Each reading is an event, too.")
    async def events(
        self,
        info: Info,
        filter: EventFilterInput | None = None,  # noqa: A002  # the name that all lists have for it
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Event] | None:
        context, wanted = info.context, _filter(filter)
        listing = List(context, "events", (wanted,))
        request = listing.request(first, after, last, before)
        found = await context.write(lambda: events.page(context.registry, context.actor, wanted, request))
        nodes = [_event(one) for one in found.items]
        page = Page(tuple(nodes), found.positions, found.has_next, found.has_previous)
        return Connection(nodes=nodes, page=page, seal=listing.seal)

    @resolved("What stood out, newest first; for operators.")
    async def alerts(
        self, info: Info, state: AlertState | None = None, first: First = None, after: After = None
    ) -> Connection[Alert] | None:
        context = info.context
        listing = List(context, "alerts", (state,))
        request = listing.request(first, after)
        found = await context.read(lambda: alerts.page(context.registry, context.actor, state, request))
        nodes = [_alert(one) for one in found.items]
        page = Page(tuple(nodes), found.positions, found.has_next, found.has_previous)
        return Connection(nodes=nodes, page=page, seal=listing.seal)


@strawberry.type(description="Judging alerts, keeping out and letting in.")
class AlertMutations:
    """Writes of alerts and freezes."""

    @resolved("Say that you look into an alert; it grows further.")
    async def acknowledge_alert(
        self, info: Info, said: Annotated[JudgeAlertInput, strawberry.argument(name="input")]
    ) -> AlertPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _judged(
            info, said, lambda: alerts.acknowledge(registry, actor, AlertId(said.id), reason=said.reason)
        )

    @resolved("Say that an alert is done with. It is raised again in a day, or when there is twice as much.")
    async def dismiss_alert(
        self, info: Info, said: Annotated[JudgeAlertInput, strawberry.argument(name="input")]
    ) -> AlertPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _judged(info, said, lambda: alerts.dismiss(registry, actor, AlertId(said.id), reason=said.reason))

    @resolved("Keep a key, a person with all keys and sessions, or a whole organisation out, at once.")
    async def freeze(
        self, info: Info, said: Annotated[FreezeInput, strawberry.argument(name="input")]
    ) -> FreezePayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _frozen(info, said, lambda: freezing.freeze(registry, actor, said.subject, reason=said.reason))

    @resolved("Let somebody in again who was frozen. Nobody thaws themself.")
    async def thaw(
        self, info: Info, said: Annotated[FreezeInput, strawberry.argument(name="input")]
    ) -> FreezePayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _frozen(info, said, lambda: freezing.thaw(registry, actor, said.subject, reason=said.reason))


async def _judged(info: Info, said: JudgeAlertInput, work: Callable[[], domain.Alert]) -> AlertPayload:
    said_id = given(said.client_mutation_id)
    return await answered(
        info,
        work,
        lambda done: AlertPayload(alert=_alert(done), client_mutation_id=said_id),
        lambda errors: AlertPayload(user_errors=errors, client_mutation_id=said_id),
    )


async def _frozen(info: Info, said: FreezeInput, work: Callable[[], domain.Freeze]) -> FreezePayload:
    said_id = given(said.client_mutation_id)
    return await answered(
        info,
        work,
        lambda done: FreezePayload(freeze=_freeze(done), client_mutation_id=said_id),
        lambda errors: FreezePayload(user_errors=errors, client_mutation_id=said_id),
    )


def _filter(said: EventFilterInput | None) -> EventFilter:
    return EventFilter() if said is None else EventFilter(**{name: given(value) for name, value in vars(said).items()})


def _facts(told: domain.Evidence) -> list[Fact]:
    return [Fact(name=name, value=str(value)) for name, value in told.items()]


def _event(one: DomainEvent) -> Event:
    return Event(
        id=strawberry.ID(one.id),
        name=one.name.value,
        at=one.at,
        actor=one.actor,
        organisation=None if one.organisation is None else strawberry.ID(one.organisation),
        key=one.key,
        address=one.address,
        request_id=one.request_id,
        subject=one.subject,
        detail=_facts(one.detail),
    )


def _alert(one: domain.Alert) -> Alert:
    return Alert(
        id=strawberry.ID(one.id),
        kind=one.kind,
        subject=one.subject,
        state=one.state,
        value=one.value,
        times=one.times,
        evidence=_facts(one.evidence),
        first_at=one.first_at,
        last_at=one.last_at,
        handled_by=one.handled_by,
        handled_at=one.handled_at,
        reason=one.reason,
    )


def _freeze(one: domain.Freeze) -> Freeze:
    return Freeze(
        subject=one.subject,
        at=one.at,
        by=one.by,
        reason=one.reason,
        thawed_at=one.thawed_at,
        thaw_reason=one.thaw_reason,
    )
