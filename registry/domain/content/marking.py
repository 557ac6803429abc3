"""How a record is marked: who may see it, from when, and under which terms."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from registry.domain.content.base import Instant, Label, Language, Line, Model
from registry.domain.vocabulary import Assistance, NamedPerson, Provenance, ReportedBy, Standing, Tlp

DEFAULT_LICENCE = "CC-BY-4.0"


class Marking(Model):
    """Who may see a record, from when, and under which terms. Closed unless opened: the default is RED."""

    tlp: Tlp = Field(Tlp.RED, description="Traffic Light Protocol 2.0; RED unless you say otherwise.")
    audience: Label | None = Field(
        None, description="Slug of the group that sees it, where TLP AMBER or an embargo keeps it from others."
    )
    restricted_tlp: Tlp = Field(
        Tlp.RED, description="The same for the restricted part; never wider than that of the record."
    )
    embargo_until: Instant | None = Field(
        None, description="Published under a number, but seen by nobody else before this instant (with time zone)."
    )
    licence: Label = Field(DEFAULT_LICENCE, description="SPDX id of the licence of the public part.")
    obligations: Annotated[tuple[Label, ...], Field(max_length=10)] = Field(
        (), description="What a reuser must do, such as attribution."
    )
    language: Language = Field("en", description="Language of the text, such as en or pt-BR.")
    provenance: Provenance = Field(Provenance.ORIGINAL, description="Where the wording comes from.")
    assistance: Assistance | None = Field(None, description="How much of the wording a machine wrote.")
    reviewed_by_person: StrictBool | None = Field(
        None, description="Whether a person has read and accepted what a machine wrote."
    )
    standing: Standing = Field(Standing.ALLEGED, description="How far the account is accepted.")
    reported_by: ReportedBy | None = Field(
        None, description="Whether those speak whose system or service it is about, or others."
    )
    content_warnings: Annotated[tuple[Label, ...], Field(max_length=10)] = Field(
        (), description="What readers should be warned of."
    )
    names_person: NamedPerson | None = Field(
        None, description="The exception under which the public part names a natural person; needs two approvals."
    )
    names_person_reason: Line | None = Field(None, description="Why the case cannot be told without the name.")
    restricted_for_review: StrictBool = Field(
        True, description="Whether the reviewer who holds the claim may read the restricted part."
    )

    @model_validator(mode="after")
    def _keep_the_restricted_part_inside(self) -> Marking:
        if self.restricted_tlp.strictness < self.tlp.strictness:
            raise PydanticCustomError("inconsistent", "restricted_tlp may not be wider than tlp")
        if self.audience is not None and self.tlp is Tlp.RED:
            raise PydanticCustomError("inconsistent", "RED has no audience: mark it AMBER to share it with a group")
        return self


def is_under_embargo(marking: Marking, now: datetime) -> bool:
    """Whether a record published *now* starts under embargo. Only publishing asks; a job lifts it."""
    return marking.embargo_until is not None and marking.embargo_until > now
