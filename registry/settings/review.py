"""The settings of a node on how submissions are reviewed, and how reviewers are kept well."""

from __future__ import annotations

from pydantic import BaseModel, Field


class ReviewSettings(BaseModel):
    """Limits of what one reviewer reads, life of a claim, and conflicts of interest."""

    exposure_per_day: int = Field(
        60,
        ge=1,
        le=100_000,
        description="Most that one reviewer reads in a day, in weights: see docs/guide-reviewer.md.",
    )
    exposure_per_week: int = Field(
        240, ge=1, le=500_000, description="Most that one reviewer reads in seven days, in weights."
    )
    claim_hours: int = Field(
        72, ge=1, le=2000, description="Hours after which a claim that nobody decided about goes back to the queue."
    )
    conflicts_first: bool = Field(
        False, description="Whether reviewers must declare their conflicts of interest, or that there are none, first."
    )
    internal_node: bool = Field(
        False,
        description="Whether this is the node of one house, whose people review RED records of and about it.",
    )
