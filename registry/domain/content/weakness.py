"""Weakness: what a model or a deployment is known to get wrong, where, how often, and whether it is repaired."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from registry.domain.content.base import Count, Label, Language, Line, Model, Permille, Severity, Text, When
from registry.domain.content.evidence import EvidenceList
from registry.domain.content.parts import PublicPart, RestrictedPart
from registry.domain.vocabulary import Prevalence, TransferOutcome, WeaknessScope, WeaknessStatus


class AffectedSystem(Model):
    """A system that has the weakness, and under which conditions."""

    provider: Label | None = Field(None, description="Who provides it.")
    model: Label | None = Field(None, description="Model or product name.")
    version_range: Label | None = Field(None, description="Versions, such as '3.0 to 3.2' or '<3.3'.")
    use_case: Label | None = Field(None, description="Use case in which it shows.")
    language: Language | None = Field(None, description="Language in which it shows.")


class WeaknessClass(Model):
    """The class of the weakness in somebody's scheme."""

    scheme: Label = Field(description="Scheme, such as cwe, atlas, avid or owasp.")
    code: Label = Field(description="Code in it, such as CWE-1427 or AML.T0054.")


class Reproducibility(Model):
    """How often it shows, and under which settings."""

    rate_permille: Permille | None = Field(None, description="Share of attempts in which it showed, in thousandths.")
    n: Count | None = Field(None, description="How many attempts the rate rests on.")
    settings: Text | None = Field(None, description="Settings, such as temperature or system prompt.")


class Transfer(Model):
    """Whether it shows on another system too."""

    provider: Label | None = Field(None, description="Who provides that system.")
    model: Label | None = Field(None, description="Model or product name.")
    version: Label | None = Field(None, description="Version, as the provider writes it.")
    outcome: TransferOutcome | None = Field(None, description="Whether it shows there.")
    text: Line | None = Field(None, description="In words.")


class Weakness(PublicPart):
    """The public part of a known weakness. Only title and description are required."""

    TITLE: ClassVar[str] = "title"
    SUMMARY: ClassVar[str] = "description"

    title: Line = Field(description="One line that names the weakness. Required.")
    description: Text = Field(
        description="What goes wrong, without what would help to exploit it, as Markdown. Required."
    )
    scope: WeaknessScope | None = Field(None, description="What it is a weakness of.")
    status: WeaknessStatus = Field(WeaknessStatus.REPORTED, description="Where its repair stands.")
    severity: Severity | None = Field(None, description="0 (none) to 5 (catastrophic).")
    prevalence: Prevalence | None = Field(None, description="How widespread it is.")
    affected: Annotated[tuple[AffectedSystem, ...], Field(max_length=100)] = Field((), description="What has it.")
    classes: Annotated[tuple[WeaknessClass, ...], Field(max_length=30)] = Field(
        (), description="Its classes in known schemes."
    )
    discovered: When | None = Field(None, description="When it was first seen.")
    discovered_by: Line | None = Field(None, description="Which organisation or group found it.")
    reproducibility: Reproducibility | None = Field(None, description="How often it shows.")
    transferability: Annotated[tuple[Transfer, ...], Field(max_length=50)] = Field(
        (), description="Whether other systems have it too."
    )
    base_model: Label | None = Field(None, description="Model that the affected ones were made from.")
    weights_ref: Line | None = Field(None, description="Address, revision or hash of the weights it was seen in.")
    evidence: EvidenceList = Field((), description="What shows it, and what helps against it.")
    fixed_in: Label | None = Field(None, description="Version in which it is repaired.")
    best_practices: Annotated[tuple[Line, ...], Field(max_length=30)] = Field(
        (), description="What users of affected systems should do."
    )


class WeaknessRestricted(RestrictedPart):
    """The restricted part of a known weakness."""

    exploit_detail: Text | None = Field(None, description="How it is exploited.")
    evidence: EvidenceList = Field((), description="What shows it and must not be public.")
