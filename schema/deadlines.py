"""Clocks of rules on reporting, what is due when for one's own incidents, and drafts of reports."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from registry.domain import deadline as domain
from registry.domain.deadline import BUSINESS_DAYS, DISCHARGES_NOTHING, ClockUnit, Nature
from registry.domain.errors import NotFound
from registry.domain.pages import MAX_PAGE
from registry.domain.record import RecordUid
from registry.domain.report_form import Form
from registry.service import deadlines
from schema.context import Info
from schema.errors import check_size
from schema.fields import resolved
from schema.types.record import Record
from schema.types.shown import record_type

strawberry.enum(ClockUnit, description="What an amount of time counts; NONE where a rule sets no number.")
strawberry.enum(Nature, name="RegimeNature", description="What a regime is.")
strawberry.enum(Form, name="ReportForm", description="Which report; the regime it belongs to.")


@strawberry.type(description="A duty of a regime and how long one has, with its source.")
class ReportingClock:
    """A clock."""

    id: str = strawberry.field(description="What `regime` of a deadline names, such as eu-ai-act-73/general.")
    title: str = strawberry.field(description="What is to be done.")
    event: str = strawberry.field(description="What starts it.")
    amount: int | None = strawberry.field(description="How many units; null where no number is set.")
    unit: ClockUnit
    repeats: bool = strawberry.field(description="Whether it starts anew each time it was met.")
    wording: str = strawberry.field(description="How soon, in words.")
    applies_when: str
    addressee: str = strawberry.field(description="Who is to be told.")
    article: str = strawberry.field(description="Where the rule stands, to the paragraph.")
    url: str = strawberry.field(description="Where the rule can be read.")
    checked_on: str = strawberry.field(description="Day on which somebody last compared it with the source.")


@strawberry.type(description="A law, agreement or proposal, and its clocks.")
class ReportingRegime:
    """A regime."""

    id: str
    title: str
    nature: Nature
    note: str | None = strawberry.field(description="What to know before relying on it.")
    clocks: list[ReportingClock]


@strawberry.type(description="Every clock this node knows.")
class ReportingClocks:
    """Clocks, with what must be said beside them."""

    notice: str = strawberry.field(description="What recording here does not do.")
    business_days: str = strawberry.field(description="How business days are counted.")
    regimes: list[ReportingRegime]


@strawberry.type(description="Something due for an incident of your own organisation.")
class DueReport:
    """A deadline."""

    record: Record = strawberry.field(description="The incident.")
    regime: str = strawberry.field(description="Id of a clock or regime, as the incident names it.")
    clock: ReportingClock | None = strawberry.field(description="Null where the regime has several, or is not known.")
    event: str | None = strawberry.field(description="What started it, as the incident says.")
    start: str | None = strawberry.field(description="When it started, as exactly as it is known.")
    due_at: datetime | None = strawberry.field(description="Null where no number of days is set, or no day is known.")
    filed_at: str | None = strawberry.field(description="When it was met, as written.")
    reference: str | None = strawberry.field(description="Reference of the report.")
    is_suggested: bool = strawberry.field(description="Computed because the node names the regime; decide yourselves.")
    is_open: bool = strawberry.field(description="Whether it is still to be met.")
    is_overdue: bool


@strawberry.type(description="What is due when for incidents of your own organisation.")
class DueReports:
    """Deadlines, with what must be said beside them."""

    notice: str = strawberry.field(description="What recording here does not do.")
    business_days: str = strawberry.field(description="How business days are counted.")
    items: list[DueReport] = strawberry.field(
        description="What is due first comes first, then what has no date, then what was filed."
    )


@strawberry.type(description="Reporting to authorities.")
class DeadlineQueries:
    """Reads of this area."""

    @resolved("Clocks that rules on reporting start, each with its source.")
    def clocks(self, info: Info) -> ReportingClocks | None:
        found = deadlines.clocks(info.context.registry, info.context.actor)
        return ReportingClocks(
            notice=DISCHARGES_NOTHING, business_days=BUSINESS_DAYS, regimes=[_regime(one) for one in found]
        )

    @resolved("What is due when for incidents of your own organisation; others see nothing of it.")
    async def deadlines(
        self, info: Info, first: Annotated[int, strawberry.argument(description="How many: 1 to 100.")] = 20
    ) -> DueReports | None:
        context = info.context
        check_size(first, "first", MAX_PAGE)
        found = await context.read(lambda: deadlines.due(context.registry, context.actor, first=first))
        owners = frozenset(one.record.owner for one in found)
        items = [_due(one, record_type(one.record, shown=one.record.newest, owners=owners)) for one in found]
        return DueReports(notice=DISCHARGES_NOTHING, business_days=BUSINESS_DAYS, items=items)

    @resolved(
        "A report drafted from an incident of your own organisation, as Markdown, its restricted part included. It "
        "files nothing. Null if there is no record of this uid that you may see."
    )
    def report_draft(self, info: Info, uid: str, form: Form) -> str | None:
        context = info.context
        try:
            return deadlines.report_draft(context.registry, context.actor, RecordUid(uid), form)
        except NotFound:
            return None


def _regime(one: domain.Regime) -> ReportingRegime:
    return ReportingRegime(
        id=one.id, title=one.title, nature=one.nature, note=one.note, clocks=[_clock(clock) for clock in one.clocks]
    )


def _clock(one: domain.Clock) -> ReportingClock:
    return ReportingClock(
        id=one.id,
        title=one.title,
        event=one.event,
        amount=one.amount,
        unit=one.unit,
        repeats=one.repeats,
        wording=one.wording,
        applies_when=one.applies_when,
        addressee=one.addressee,
        article=one.article,
        url=one.url,
        checked_on=one.checked_on.isoformat(),
    )


def _due(one: deadlines.OwnDeadline, record: Record) -> DueReport:
    found = one.deadline
    return DueReport(
        record=record,
        regime=found.regime,
        clock=_clock(found.clock) if found.clock else None,
        event=found.event,
        start=found.start,
        due_at=found.due_at,
        filed_at=found.filed,
        reference=found.reference,
        is_suggested=found.suggested,
        is_open=found.is_open,
        is_overdue=one.is_overdue,
    )
