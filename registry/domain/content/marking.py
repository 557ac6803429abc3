"""How a record is marked: who may see it, from when, and under which terms."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StrictBool

from registry.domain.content.base import Instant, Label, Language, Model
from registry.domain.vocabulary import Provenance, Standing, Tlp

DEFAULT_LICENCE = "CC-BY-4.0"


class Marking(Model):
    """Who may see a record, from when, and under which terms. Closed unless opened: the default is RED."""

    tlp: Tlp = Field(Tlp.RED, description="Traffic Light Protocol 2.0; RED unless you say otherwise.")
    embargo_until: Instant | None = Field(
        None, description="Published under a number, but seen by nobody else before this instant (with time zone)."
    )
    licence: Label = Field(DEFAULT_LICENCE, description="SPDX id of the licence of the public part.")
    obligations: Annotated[tuple[Label, ...], Field(max_length=10)] = Field(
        (), description="What a reuser must do, such as attribution."
    )
    language: Language = Field("en", description="Language of the text, such as en or pt-BR.")
    provenance: Provenance = Field(Provenance.ORIGINAL, description="Where the wording comes from.")
    standing: Standing = Field(Standing.ALLEGED, description="How far the account is accepted.")
    content_warnings: Annotated[tuple[Label, ...], Field(max_length=10)] = Field(
        (), description="What readers should be warned of."
    )
    restricted_for_review: StrictBool = Field(
        True, description="Whether the reviewer who holds the claim may read the restricted part."
    )


def is_under_embargo(marking: Marking, now: datetime) -> bool:
    """Whether a record published *now* starts under embargo. Only publishing asks; a job lifts it."""
    return marking.embargo_until is not None and marking.embargo_until > now
