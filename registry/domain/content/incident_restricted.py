"""What of an incident only few may see: traces of the misuser, raw transcripts, and reports that are due."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StrictBool
from pydantic_core import PydanticCustomError

from registry.domain import terms
from registry.domain.content.base import (
    Coherent,
    Instant,
    Label,
    Line,
    LongLine,
    Place,
    TermOf,
    Text,
    When,
    disagreement,
    is_before,
)
from registry.domain.content.parts import RestrictedPart


class Indicator(Coherent):
    """A trace by which the misuse can be recognised."""

    type: Annotated[Label, TermOf(terms.INDICATOR_TYPE)] = Field(description="Term of indicator_type.")
    value: LongLine = Field(description="The trace itself, not defanged.")
    role: Annotated[Label, TermOf(terms.INDICATOR_ROLE)] | None = Field(None, description="Term of indicator_role.")
    first_seen: When | None = Field(None, description="First seen.")
    last_seen: When | None = Field(None, description="Last seen.")
    to_ids: StrictBool | None = Field(None, description="Whether it is fit for automatic detection.")
    expires_at: Instant | None = Field(None, description="When it should no longer be used.")
    description: Text | None = Field(None, description="In words.")

    def contradictions(self) -> Iterator[tuple[Place, PydanticCustomError]]:
        """It is not last seen before it is first seen."""
        if is_before(self.last_seen, self.first_seen):
            yield ("last_seen",), disagreement("this is before first_seen")


class Deadline(Coherent):
    """A report that a law or an agreement asks for. Recording it here discharges no duty to report."""

    regime: Label = Field(description="Id of a clock or regime that the node knows, such as eu-ai-act-73/general.")
    event: Line | None = Field(None, description="What starts the clock.")
    start: When | None = Field(None, description="When it started.")
    due: When | None = Field(None, description="When the report is due; left out, it follows from the clock.")
    filed_at: When | None = Field(None, description="When it was filed.")
    reference: Line | None = Field(None, description="Reference of the report.")

    def contradictions(self) -> Iterator[tuple[Place, PydanticCustomError]]:
        """Nothing is due or filed before the clock starts."""
        for name in ("due", "filed_at"):
            if is_before(getattr(self, name), self.start):
                yield (name,), disagreement("this is before start")


class IncidentRestricted(RestrictedPart):
    """The restricted part of an incident."""

    transcripts: Text | None = Field(None, description="Excerpts of conversations.")
    indicators: Annotated[tuple[Indicator, ...], Field(max_length=500)] = Field(
        (), description="Traces by which the misuse can be recognised."
    )
    deadlines: Annotated[tuple[Deadline, ...], Field(max_length=30)] = Field(
        (), description="Reports that are due, by regime."
    )
