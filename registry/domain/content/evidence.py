"""Evidence: an observation of what a measure achieves, or of what a weakness does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, TypeAlias

from pydantic import Field, StrictBool
from pydantic_core import PydanticCustomError

from registry.domain.content.base import (
    Coherent,
    Count,
    Line,
    Model,
    Place,
    Sha256,
    Text,
    Uid,
    When,
    disagreement,
    is_before,
)
from registry.domain.vocabulary import Confidence, EvidenceOutcome, EvidenceSetting


class Period(Coherent):
    """A span of time, each end as exactly as it is known."""

    start: When | None = Field(None, description="From.")
    end: When | None = Field(None, description="To.")

    def contradictions(self) -> Iterator[tuple[Place, PydanticCustomError]]:
        """It does not end before it starts."""
        if is_before(self.end, self.start):
            yield ("end",), disagreement("this is before start")


class Verification(Model):
    """How others can check it."""

    method: Line | None = Field(None, description="How it was checked.")
    artefact_sha256: Sha256 | None = Field(None, description="Hash of the log, report or code that shows it.")
    dataset: Line | None = Field(None, description="Data it was checked on.")
    reproducible: StrictBool | None = Field(None, description="Whether others came to the same result.")


class Evidence(Model):
    """An observation of an effect."""

    setting: EvidenceSetting = Field(description="Where the effect was observed.")
    outcome: EvidenceOutcome = Field(description="What the measure achieved; of a weakness, how the safeguards fared.")
    incident: Uid | None = Field(None, description="uid of the incident it was observed in.")
    evaluation: Line | None = Field(None, description="Evaluation or benchmark it was observed in.")
    metric: Line | None = Field(None, description="What was measured.")
    before: Line | None = Field(None, description="Value before, with its unit.")
    after: Line | None = Field(None, description="Value after, with its unit.")
    n: Count | None = Field(None, description="How many cases the values rest on.")
    observed_on: When | None = Field(None, description="When it was observed.")
    period: Period | None = Field(None, description="Over which time it was observed.")
    false_positive_cost: Line | None = Field(None, description="What wrong alarms cost those who do nothing wrong.")
    side_effects: Line | None = Field(None, description="What else it did.")
    confidence: Confidence | None = Field(None, description="Confidence in the observation.")
    verification: Verification | None = Field(None, description="How others can check it.")
    text: Text | None = Field(None, description="In words.")


EvidenceList: TypeAlias = Annotated[tuple[Evidence, ...], Field(max_length=100)]
