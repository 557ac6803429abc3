"""Statement: what one organisation says about another's record, which stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field
from pydantic_core import PydanticCustomError

from registry.domain import terms
from registry.domain.content.base import Label, Line, Model, Place, TermOf, Text, Uid, When, disagreement
from registry.domain.content.evidence import EvidenceList
from registry.domain.content.parts import PublicPart, RestrictedPart
from registry.domain.vocabulary import AdoptionStatus, StatementKind


class Adoption(Model):
    """How far an organisation has come in adopting what the record proposes."""

    status: AdoptionStatus = Field(description="How far.")
    since: When | None = Field(None, description="Since when.")
    scope: Line | None = Field(None, description="For which products or users.")
    measured_effect: Text | None = Field(None, description="What it achieved; figures stand in evidence.")


class Statement(PublicPart):
    """The public part of a statement. Only about, statement_kind, title and summary are required.

    A statement of the kind ``classification`` says in ``classifications`` how it classifies the record it is about.
    """

    TITLE: ClassVar[str] = "title"
    SUMMARY: ClassVar[str] = "summary"

    about: Uid = Field(description="uid of the record it is about. Required.")
    statement_kind: StatementKind = Field(description="What it does to that record. Required.")
    title: Line = Field(description="One line that says it. Required.")
    summary: Text = Field(description="The statement, as Markdown. Required.")
    on_behalf_of: Label | None = Field(None, description="Organisation or group for which it is made, if another.")
    stakeholder: Annotated[Label, TermOf(terms.STAKEHOLDER)] | None = Field(
        None, description="Term of stakeholder: whose perspective it is."
    )
    disputed_fields: Annotated[tuple[Label, ...], Field(max_length=50)] = Field(
        (), description="Fields of that record which it disputes; for dispute only."
    )
    adoption: Adoption | None = Field(None, description="How far the measure is adopted; for adoption only.")
    evidence: EvidenceList = Field((), description="What shows the effect.")

    def contradictions(self) -> Iterator[tuple[Place, PydanticCustomError]]:
        """What belongs to one kind of statement stands in no other."""
        yield from super().contradictions()
        if self.adoption is not None and self.statement_kind is not StatementKind.ADOPTION:
            yield ("adoption",), disagreement("only a statement of the kind adoption says this")
        if self.disputed_fields and self.statement_kind is not StatementKind.DISPUTE:
            yield ("disputed_fields",), disagreement("only a statement of the kind dispute says this")
        if self.statement_kind is StatementKind.CLASSIFICATION and not self.classifications:
            yield ("classifications",), disagreement("a statement of the kind classification names at least one")


class StatementRestricted(RestrictedPart):
    """The restricted part of a statement."""
