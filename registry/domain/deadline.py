"""Clocks that rules about incidents start, as data, and when something is due by them.

A clock never says that a duty exists: it says how long one has where it does. Times are computed so that none is
later than the rule's own: from the earliest instant that the start can mean, to the same time of day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Self, cast

from pydantic import AfterValidator, Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from registry.domain.canonical import Document
from registry.domain.content.base import Line, Model, Severity, Text, Url, earliest, precision_of
from registry.domain.content.incident_restricted import IncidentRestricted
from registry.domain.content.kinds import Content
from registry.domain.errors import Problem, did_you_mean
from registry.domain.vocabulary import EventKind, Precision

DISCHARGES_NOTHING = (
    "Recording here discharges no duty to report: whoever must report does so to the addressee, and this registry "
    "files nothing. Days and sources were checked on the day named; the law itself decides."
)
BUSINESS_DAYS = "Business days are Monday to Friday; holidays are not known here."

_SATURDAY = 5

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,59}")


def _check_name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise PydanticCustomError("invalid_format", "use lower-case letters, digits, dots and hyphens")
    return value


def _check_clock_id(value: str) -> str:
    regime, _, name = value.partition("/")
    if not (_NAME.fullmatch(regime) and _NAME.fullmatch(name)):
        raise PydanticCustomError("invalid_format", "write the regime, a slash and a name, as in eu-ai-act-73/general")
    return value


RegimeId = Annotated[str, AfterValidator(_check_name)]
ClockId = Annotated[str, AfterValidator(_check_clock_id)]


class ClockUnit(StrEnum):
    """What an amount of time counts; ``none`` where a rule sets no number."""

    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business_days"
    NONE = "none"


class Nature(StrEnum):
    """What a regime is: a law, or something that parties agree to or propose."""

    LAW = "law"
    AGREEMENT = "agreement"
    PROPOSAL = "proposal"


class Clock(Model):
    """One duty of a regime and how long one has, in our own words, with its source."""

    id: ClockId = Field(description="Regime and name, such as eu-ai-act-73/general.")
    title: Line = Field(description="What is to be done.")
    event: Line = Field(description="What starts it.")
    amount: Annotated[int, Field(ge=1, le=10_000, strict=True)] | None = Field(None, description="How many units.")
    unit: ClockUnit = Field(description="hours, days, business_days, or none where no number is set.")
    repeats: StrictBool = Field(False, description="Whether it starts anew each time it was met.")
    wording: Line = Field(description="How soon, in words.")
    applies_when: Text = Field(description="When it applies.")
    addressee: Line = Field(description="Who is to be told.")
    article: Line = Field(description="Where the rule stands, to the paragraph.")
    url: Url = Field(description="Where the rule can be read.")
    checked_on: date = Field(description="When somebody last compared it with the source.")
    suggest_from_severity: Severity = Field(
        0, description="Suggested for incidents of this severity and above, and where the severity is not known."
    )

    @property
    def regime(self) -> str:
        """The id of the regime it belongs to."""
        return self.id.partition("/")[0]

    @model_validator(mode="after")
    def _says_how_long(self) -> Self:
        if (self.amount is None) != (self.unit is ClockUnit.NONE):
            raise PydanticCustomError("inconsistent", "give an amount with its unit, or the unit none without one")
        if self.repeats and self.amount is None:
            raise PydanticCustomError("inconsistent", "what repeats needs an amount")
        return self


class Regime(Model):
    """A set of rules by one authority, and its clocks; one file."""

    id: RegimeId = Field(description="Short name, such as eu-ai-act-73.")
    title: Line = Field(description="What it is called.")
    nature: Nature = Field(description="law, agreement or proposal.")
    note: Text | None = Field(None, description="What to know before relying on it.")
    clocks: Annotated[tuple[Clock, ...], Field(max_length=100)] = Field(description="Its clocks.")

    @model_validator(mode="after")
    def _names_its_own(self) -> Self:
        ids = [clock.id for clock in self.clocks]
        if not ids or len(set(ids)) != len(ids) or any(one.regime != self.id for one in self.clocks):
            raise PydanticCustomError(
                "inconsistent", "name clocks, each by an id of its own: the regime's, a slash, a name"
            )
        return self


@dataclass(frozen=True, slots=True)
class Clocks:
    """Every regime that a node knows, by id."""

    regimes: tuple[Regime, ...]

    @property
    def all(self) -> tuple[Clock, ...]:
        """Every clock, regime by regime."""
        return tuple(clock for regime in self.regimes for clock in regime.clocks)

    def find(self, clock_id: str) -> Clock | None:
        """The clock of this id."""
        return next((clock for clock in self.all if clock.id == clock_id), None)

    def regime(self, regime_id: str) -> Regime | None:
        """The regime of this id."""
        return next((regime for regime in self.regimes if regime.id == regime_id), None)

    def of(self, name: str) -> tuple[Clock, ...]:
        """What *name* stands for: the clocks of a regime, or one clock; none where it is not known."""
        regime, clock = self.regime(name), self.find(name)
        return regime.clocks if regime is not None else () if clock is None else (clock,)

    def nearest(self, name: str) -> str | None:
        """A hint that offers the known id that looks most like *name*."""
        return did_you_mean(name, (*(one.id for one in self.regimes), *(one.id for one in self.all)))


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something due, or done.

    Attributes:
        regime: what the incident says: the id of a clock or a regime, known here or not.
        start: when the clock started, as exactly as it is known.
        due_at: the instant it is due, in UTC; ``None`` where no number is set or the start is not known to the day.
        filed: when it was met, as written.
        suggested: not stated in the incident but computed, because the node names the regime as one of its own.
    """

    regime: str
    clock: Clock | None
    event: str | None = None
    start: str | None = None
    due_at: datetime | None = None
    filed: str | None = None
    reference: str | None = None
    suggested: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it is still to be met; what repeats is never done."""
        return self.filed is None or (self.clock is not None and self.clock.repeats)

    def is_overdue(self, now: datetime) -> bool:
        """Whether it is to be met and its time is over."""
        return self.is_open and self.due_at is not None and self.due_at < now

    @property
    def order(self) -> tuple[bool, bool, datetime]:
        """Sorts what is due first first, then what has no date, then what is done."""
        return (not self.is_open, self.due_at is None, self.due_at or datetime.max.replace(tzinfo=UTC))


def instant_of(when: str) -> datetime | None:
    """The earliest instant that a date written as in ``When`` can mean, if it is known to the day."""
    match precision_of(when):
        case Precision.INSTANT:
            return datetime.fromisoformat(when).astimezone(UTC)
        case Precision.DAY:
            return datetime.combine(earliest(when), time(), UTC)
        case _:
            return None


def due_at(clock: Clock, start: str, filed: str | None = None) -> datetime | None:
    """When *clock*, started at *start*, is due; what repeats is due again counted from when it was last met.

    ``None`` where the clock sets no number, or where the start is not known to the day.
    """
    begin = instant_of(filed if clock.repeats and filed is not None else start)
    if begin is None or clock.amount is None:
        return None
    try:
        match clock.unit:
            case ClockUnit.HOURS:
                return begin + timedelta(hours=clock.amount)
            case ClockUnit.BUSINESS_DAYS:
                return _after_business_days(begin, clock.amount)
            case _:
                return begin + timedelta(days=clock.amount)
    except OverflowError:
        return None


def _after_business_days(begin: datetime, amount: int) -> datetime:
    at, left = begin, amount
    while left:
        at += timedelta(days=1)
        left -= at.weekday() < _SATURDAY
    return at


def unknown_regimes(content: Content, clocks: Clocks) -> tuple[Problem, ...]:
    """What is wrong with the regimes that the deadlines of a submission name, in their order."""
    message = "no such regime or clock is known here"
    named = enumerate(content.restricted.deadlines if isinstance(content.restricted, IncidentRestricted) else ())
    return tuple(
        Problem(("restricted", "deadlines", str(at), "regime"), "UNKNOWN_TERM", message, clocks.nearest(one.regime))
        for at, one in named
        if not clocks.of(one.regime)
    )


def stated(restricted: Document, clocks: Clocks) -> Iterator[Deadline]:
    """The deadlines that an incident's restricted part states, each with the time it is due."""
    said = cast("Sequence[Mapping[str, str]]", restricted.get("deadlines", ()))
    for one in said:
        known = clocks.of(one["regime"])
        clock = known[0] if len(known) == 1 else None
        start, due, filed = one.get("start"), one.get("due"), one.get("filed_at")
        at = instant_of(due) if due else due_at(clock, start, filed) if clock and start else None
        yield Deadline(one["regime"], clock, one.get("event"), start, at, filed, one.get("reference"))


def suggested(public: Document, restricted: Document, clocks: Clocks, chosen: Iterable[str]) -> Iterator[Deadline]:
    """What the regimes *chosen* may ask for of an incident that states nothing of theirs, from when it was detected.

    A regime that the incident names itself is left to it. Whether a clock applies, people decide.
    """
    if public.get("event_kind", EventKind.INCIDENT) != EventKind.INCIDENT:
        return
    timeline = cast("Mapping[str, str]", public.get("timeline", {}))
    severity = cast("int | None", public.get("severity"))
    start = timeline.get("detected")
    said = {one.regime.partition("/")[0] for one in stated(restricted, clocks)}
    for clock in dict.fromkeys(clock for name in chosen for clock in clocks.of(name)):
        if clock.regime not in said and (severity is None or severity >= clock.suggest_from_severity):
            at = due_at(clock, start) if start else None
            yield Deadline(clock.id, clock, clock.event, start, at, suggested=True)
