"""Mitigation: a measure, what it addresses, and what shows that it works."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from registry.domain import terms
from registry.domain.content.base import (
    Count,
    Label,
    Line,
    Model,
    PublicPart,
    RestrictedPart,
    Technique,
    TermOf,
    Text,
    Uid,
    When,
)
from registry.domain.vocabulary import EvidenceOutcome, EvidenceSetting, Layer, MitigationFunction


class Addresses(Model):
    """Something the measure acts against: a technique or a misuse category."""

    technique: Technique | None = Field(None, description="Id of a technique of ATLAS, ATT&CK or DISARM.")
    misuse_category: Annotated[Label, TermOf(terms.MISUSE)] | None = Field(None, description="Term of misuse_category.")
    use: Text | None = Field(None, description="How the measure is used against it.")


class Evidence(Model):
    """An observation of the measure's effect."""

    setting: EvidenceSetting = Field(description="Where the effect was observed.")
    outcome: EvidenceOutcome = Field(description="What it achieved.")
    incident: Uid | None = Field(None, description="uid of the incident it was observed in.")
    metric: Line | None = Field(None, description="What was measured.")
    before: Line | None = Field(None, description="Value before, with its unit.")
    after: Line | None = Field(None, description="Value after, with its unit.")
    n: Count | None = Field(None, description="How many cases the values rest on.")
    observed_on: When | None = Field(None, description="When it was observed.")
    text: Text | None = Field(None, description="In words.")


class Mitigation(PublicPart):
    """The public part of a mitigation. Only name, description and type are required."""

    TITLE: ClassVar[str] = "name"
    SUMMARY: ClassVar[str] = "description"

    name: Line = Field(description="What the measure is called. Required.")
    description: Text = Field(description="What it is and how it works, as Markdown. Required.")
    type: Annotated[Label, TermOf(terms.MITIGATION_TYPE)] = Field(description="Term of mitigation_type. Required.")
    layer: Layer | None = Field(None, description="Where it acts.")
    lifecycle: Annotated[tuple[Label, ...], Field(max_length=12)] = Field(
        (), description="Stages of the system's life in which it applies."
    )
    functions: Annotated[tuple[MitigationFunction, ...], Field(max_length=5)] = Field((), description="What it does.")
    addresses: Annotated[tuple[Addresses, ...], Field(max_length=200)] = Field((), description="What it acts against.")
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=100)] = Field((), description="What shows its effect.")
    side_effects: Text | None = Field(None, description="What it costs those who do nothing wrong.")
    cost: Line | None = Field(None, description="What it takes to put in place.")


class MitigationRestricted(RestrictedPart):
    """The restricted part of a mitigation."""
