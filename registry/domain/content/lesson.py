"""Lesson: what everybody should learn; it stands without the incidents it came from."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from registry.domain.content.base import Label, Line, Model, Text
from registry.domain.content.parts import PublicPart, RestrictedPart
from registry.domain.vocabulary import DesignCoverage, LessonStatus


class Audience(Model):
    """For whom or what the lesson holds."""

    model: Label | None = Field(None, description="Model or family of models.")
    use_case: Label | None = Field(None, description="Use case.")
    role: Label | None = Field(None, description="Role of the reader, such as deployer.")


class Lesson(PublicPart):
    """The public part of a lesson. Only statement and context are required.

    What it was derived from, and which lesson it replaces, are links (``derived_from``, ``supersedes``).
    """

    TITLE: ClassVar[str] = "statement"
    SUMMARY: ClassVar[str] = "context"

    statement: Line = Field(description="The lesson, in one sentence. Required.")
    context: Text = Field(description="Where it comes from, as Markdown. Required.")
    contributing_factors: Annotated[tuple[Line, ...], Field(max_length=30)] = Field(
        (), description="What let it happen."
    )
    what_worked: Text | None = Field(None, description="What helped.")
    what_failed: Text | None = Field(None, description="What did not help.")
    design_coverage: DesignCoverage | None = Field(None, description="Whether the design foresaw the case.")
    recommendation: Text | None = Field(None, description="What to do.")
    minimum_mitigation: Text | None = Field(None, description="The least that must be in place.")
    required_control_outcome: Text | None = Field(
        None, description="What a control must achieve, however it is built, and how that is checked."
    )
    applies_to: Annotated[tuple[Audience, ...], Field(max_length=30)] = Field((), description="For whom it holds.")
    status: LessonStatus = Field(LessonStatus.CURRENT, description="Whether it still stands.")


class LessonRestricted(RestrictedPart):
    """The restricted part of a lesson."""
