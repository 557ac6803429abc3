"""Incident: how a system was misused or did harm."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field, StrictBool
from pydantic_core import PydanticCustomError

from registry.domain import terms
from registry.domain.content.base import (
    Coherent,
    Count,
    Country,
    Label,
    Language,
    Line,
    Model,
    Place,
    Severity,
    Technique,
    TermOf,
    Text,
    When,
    disagreement,
    is_before,
)
from registry.domain.content.parts import PublicPart
from registry.domain.vocabulary import (
    Confidence,
    EventKind,
    Intent,
    Realisation,
    Reversibility,
    SafeguardOutcome,
    Skill,
    Surface,
    SystemRole,
)

BreakoutScale = Annotated[int, Field(ge=1, le=6, strict=True)]
Position = Annotated[int, Field(ge=0, le=49, strict=True)]


class System(Model):
    """An AI system that was involved; one incident may involve several, of several providers."""

    provider: Label | None = Field(None, description="Who provides the system.")
    model: Label | None = Field(None, description="Model or product name.")
    version: Label | None = Field(None, description="Version, as the provider writes it.")
    surface: Surface | None = Field(None, description="Through what it was reached.")
    role: SystemRole | None = Field(None, description="What part it played.")
    safeguard_version: Label | None = Field(None, description="Version of the safeguards around it.")


class ThreatActor(Model):
    """Somebody who misused a system, under a pseudonym; never a natural person's name."""

    label: Label | None = Field(None, description="Pseudonym or tracking name.")
    kind: Annotated[Label, TermOf(terms.ACTOR_KIND)] | None = Field(None, description="Term of actor_kind.")
    motive: Annotated[Label, TermOf(terms.MOTIVE)] | None = Field(None, description="Term of motive.")
    country: Country | None = Field(None, description="Country it is attributed to, ISO 3166-1 alpha-2.")
    confidence: Confidence | None = Field(None, description="Confidence in the attribution.")
    state_responsibility: Annotated[Label, TermOf(terms.STATE_RESPONSIBILITY)] | None = Field(
        None, description="Term of state_responsibility."
    )
    skill: Skill | None = Field(None, description="How skilled.")
    account_count: Count | None = Field(None, description="How many accounts.")


class Target(Model):
    """Who or what was aimed at, as a class of people or things."""

    label: Label | None = Field(None, description="Class of people or things, such as 'customers of banks'.")
    kind: Annotated[Label, TermOf(terms.TARGET_KIND)] | None = Field(None, description="Term of target_kind.")
    sector: Annotated[Label, TermOf(terms.SECTOR)] | None = Field(None, description="Term of sector.")
    infrastructure: Annotated[Label, TermOf(terms.INFRASTRUCTURE)] | None = Field(
        None, description="Term of infrastructure, where it is critical."
    )
    country: Country | None = Field(None, description="ISO 3166-1 alpha-2.")


class Step(Model):
    """One step of what was done, in order."""

    tactic: Technique | None = Field(None, description="Id of a tactic of ATLAS, ATT&CK or DISARM.")
    technique: Technique | None = Field(None, description="Id of a technique of ATLAS, ATT&CK or DISARM.")
    text: Text | None = Field(None, description="What was done, without detail that would help to repeat it.")
    system: Position | None = Field(None, description="Which of systems was used, counted from 0.")


class Timeline(Coherent):
    """When things happened, each as exactly as it is known."""

    started: When | None = Field(None, description="First known misuse or harm.")
    ended: When | None = Field(None, description="Last known misuse or harm.")
    detected: When | None = Field(None, description="First noticed.")
    contained: When | None = Field(None, description="Stopped from spreading.")
    enforced: When | None = Field(None, description="Rules enforced, for example accounts closed.")
    disclosed: When | None = Field(None, description="First made public.")

    def contradictions(self) -> Iterator[tuple[Place, PydanticCustomError]]:
        """Nothing comes before the start."""
        for name in ("ended", "detected", "contained", "enforced", "disclosed"):
            if is_before(getattr(self, name), self.started):
                yield (name,), disagreement("this is before started")


class Detection(Model):
    """How it was found."""

    method: Annotated[Label, TermOf(terms.DETECTION)] | None = Field(None, description="Term of detection_method.")
    by: Line | None = Field(None, description="Which organisation or group found it.")
    signal: Line | None = Field(None, description="What drew attention, such as a pattern of requests.")


class Enforcement(Model):
    """What was done about it."""

    action: Annotated[Label, TermOf(terms.ENFORCEMENT)] = Field(description="Term of enforcement_action.")
    count: Count | None = Field(None, description="How many, for example accounts.")
    at: When | None = Field(None, description="When.")
    text: Line | None = Field(None, description="In words.")


class Scale(Model):
    """How large it was."""

    accounts: Count | None = Field(None, description="Accounts used.")
    sessions: Count | None = Field(None, description="Sessions or conversations.")
    prompts: Count | None = Field(None, description="Prompts or requests.")
    artefacts: Count | None = Field(None, description="Messages, images, sites or programs made.")
    victims_reported: Count | None = Field(None, description="People harmed, as reported.")
    victims_inferred: Count | None = Field(None, description="People harmed, as estimated.")
    languages: Annotated[tuple[Language, ...], Field(max_length=50)] = Field((), description="Languages used.")


class Harm(Model):
    """One harm, to one kind of stakeholder."""

    type: Annotated[Label, TermOf(terms.HARM)] = Field(description="Term of harm_type.")
    stakeholder: Annotated[Label, TermOf(terms.STAKEHOLDER)] | None = Field(None, description="Term of stakeholder.")
    realisation: Realisation | None = Field(None, description="Whether it came about.")
    severity: Severity | None = Field(None, description="0 (none) to 5 (catastrophic).")
    quantity: Count | None = Field(None, description="How many or how much.")
    unit: Label | None = Field(None, description="What the quantity counts, such as people or USD.")
    confidence: Confidence | None = Field(None, description="Confidence in this harm.")
    direct: StrictBool | None = Field(None, description="Whether the system itself did it, or what it was used for.")


class AffectedGroup(Model):
    """People for whom it was worse, or a system worked worse."""

    group: Label = Field(description="Which people, as a group.")
    basis: Annotated[Label, TermOf(terms.GROUP_BASIS)] | None = Field(None, description="Term of group_basis.")
    worse: Text | None = Field(None, description="In what way it was worse for them.")


class Incident(PublicPart):
    """The public part of an incident. Only title and summary are required."""

    TITLE: ClassVar[str] = "title"
    SUMMARY: ClassVar[str] = "summary"

    title: Line = Field(description="One line that tells what happened. Required.")
    summary: Text = Field(description="What happened, in a paragraph, as Markdown. Required.")
    narrative: Text | None = Field(None, description="The whole account, as Markdown.")
    event_kind: EventKind = Field(EventKind.INCIDENT, description="What sort of event.")
    intent: Intent = Field(Intent.UNKNOWN, description="Whether somebody meant it.")
    severity: Severity | None = Field(None, description="Overall, 0 (none) to 5 (catastrophic).")
    confidence: Confidence | None = Field(None, description="Confidence in the account as a whole.")
    safeguard_outcome: SafeguardOutcome | None = Field(None, description="How the safeguards fared.")
    reversibility: Reversibility | None = Field(None, description="Whether what was done can be undone.")
    breakout_scale: BreakoutScale | None = Field(
        None, description="Reach of an influence operation, Breakout Scale: 1 (one platform) to 6 (calls for action)."
    )
    relation: Annotated[Label, TermOf(terms.AI_RELATION)] | None = Field(None, description="Term of ai_relation.")
    objective: Line | None = Field(None, description="What was to be achieved.")
    misuse_categories: Annotated[tuple[Annotated[Label, TermOf(terms.MISUSE)], ...], Field(max_length=20)] = Field(
        (), description="Terms of misuse_category."
    )
    scrutiny_domains: Annotated[tuple[Annotated[Label, TermOf(terms.SCRUTINY)], ...], Field(max_length=20)] = Field(
        (), description="Terms of scrutiny_domain."
    )
    systems: Annotated[tuple[System, ...], Field(max_length=50)] = Field((), description="AI systems involved.")
    actors: Annotated[tuple[ThreatActor, ...], Field(max_length=50)] = Field((), description="Who misused them.")
    targets: Annotated[tuple[Target, ...], Field(max_length=50)] = Field((), description="Who was aimed at.")
    platforms: Annotated[tuple[Label, ...], Field(max_length=50)] = Field(
        (), description="Platforms and channels it went through."
    )
    other_tools: Annotated[tuple[Label, ...], Field(max_length=50)] = Field(
        (), description="Tools used beside the AI systems."
    )
    procedure: Annotated[tuple[Step, ...], Field(max_length=100)] = Field((), description="Steps, in order.")
    timeline: Timeline | None = Field(None, description="When things happened.")
    detection: Detection | None = Field(None, description="How it was found.")
    enforcement: Annotated[tuple[Enforcement, ...], Field(max_length=50)] = Field(
        (), description="What was done about it."
    )
    scale: Scale | None = Field(None, description="How large it was.")
    harms: Annotated[tuple[Harm, ...], Field(max_length=50)] = Field((), description="Harms done or possible.")
    affected_groups: Annotated[tuple[AffectedGroup, ...], Field(max_length=50)] = Field(
        (), description="For whom it was worse."
    )
    authority_report: Line | None = Field(
        None, description="Reference of the report that was made to an authority; recording here replaces none."
    )

    def contradictions(self) -> Iterator[tuple[Place, PydanticCustomError]]:
        """A step names only a system that is listed."""
        yield from super().contradictions()
        for at, step in enumerate(self.procedure):
            if step.system is not None and step.system >= len(self.systems):
                yield ("procedure", at, "system"), disagreement("systems has no entry of this number; count from 0")
