"""Mitigation: a measure, what it addresses, and what shows that it works."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from registry.domain import terms
from registry.domain.content.base import Label, Line, Model, Technique, TermOf, Text, Uid, Url, When
from registry.domain.content.evidence import EvidenceList
from registry.domain.content.parts import PublicPart, RestrictedPart
from registry.domain.vocabulary import Layer, Maturity, MitigationFunction


class Addresses(Model):
    """Something the measure acts against: a technique, a known weakness or a misuse category."""

    technique: Technique | None = Field(None, description="Id of a technique of ATLAS, ATT&CK or DISARM.")
    weakness: Uid | None = Field(None, description="uid of a weakness in this registry.")
    misuse_category: Annotated[Label, TermOf(terms.MISUSE)] | None = Field(None, description="Term of misuse_category.")
    use: Text | None = Field(None, description="How the measure is used against it.")


class Implementation(Model):
    """Where the measure is in place."""

    organisation: Label | None = Field(None, description="Who put it in place.")
    system: Label | None = Field(None, description="In which model or product.")
    since: When | None = Field(None, description="Since when.")
    url: Url | None = Field(None, description="Where it is described.")
    text: Text | None = Field(None, description="In words.")


class Mitigation(PublicPart):
    """The public part of a mitigation. Only name, description and type are required."""

    TITLE: ClassVar[str] = "name"
    SUMMARY: ClassVar[str] = "description"

    name: Line = Field(description="What the measure is called. Required.")
    description: Text = Field(description="What it is and how it works, as Markdown. Required.")
    type: Annotated[Label, TermOf(terms.MITIGATION_TYPE)] = Field(description="Term of mitigation_type. Required.")
    categories: Annotated[tuple[Annotated[Label, TermOf(terms.MITIGATION_CATEGORY)], ...], Field(max_length=5)] = Field(
        (), description="Terms of mitigation_category."
    )
    layer: Layer | None = Field(None, description="Where it acts.")
    lifecycle: Annotated[tuple[Label, ...], Field(max_length=12)] = Field(
        (), description="Stages of the system's life in which it applies: terms of lifecycle_stage, or your own."
    )
    functions: Annotated[tuple[MitigationFunction, ...], Field(max_length=5)] = Field((), description="What it does.")
    maturity: Maturity | None = Field(None, description="How far it has been shown to work.")
    addresses: Annotated[tuple[Addresses, ...], Field(max_length=200)] = Field((), description="What it acts against.")
    evidence: EvidenceList = Field((), description="What shows its effect.")
    implementations: Annotated[tuple[Implementation, ...], Field(max_length=100)] = Field(
        (), description="Where it is in place."
    )
    side_effects: Text | None = Field(None, description="What it costs those who do nothing wrong.")
    cost: Line | None = Field(None, description="What it takes to put in place.")


class MitigationRestricted(RestrictedPart):
    """The restricted part of a mitigation."""

    evidence: EvidenceList = Field((), description="What shows its effect and must not be public.")
