"""The settings of dumps for everybody."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from registry.domain.licence import Duty
from registry.settings.lists import names


class DumpSettings(BaseModel):
    """How often everything public is written into files, and what is left out."""

    dumps_every_hours: int = Field(
        24, ge=0, le=8760, description="Hours between two dumps for everybody, at /dumps/; 0 makes none by itself."
    )
    dumps_kept: int = Field(7, ge=1, le=1000, description="How many dumps are kept; older ones are removed.")
    dumps_without: Annotated[tuple[Duty, ...], BeforeValidator(names)] = Field(
        (),
        description="Leave out of dumps what is under a licence that may ask for this: share-alike, non-commercial, "
        "no-derivatives; in the environment with commas.",
    )
