"""What a known weakness concerns, and where its repair stands."""

from __future__ import annotations

from enum import StrEnum


class WeaknessScope(StrEnum):
    """What the weakness is a weakness of. Source: this project."""

    MODEL = "model"
    MODEL_FAMILY = "model_family"
    USE_CASE = "use_case"
    AGENT_COMPONENT = "agent_component"
    DEPLOYMENT = "deployment"


class WeaknessStatus(StrEnum):
    """Where its repair stands. Source: FLARE flaw report status, with regression and dispute added."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"
    MITIGATED = "mitigated"
    FIXED = "fixed"
    WONT_FIX = "wont_fix"
    REGRESSED = "regressed"
    DISPUTED = "disputed"


class TransferOutcome(StrEnum):
    """Whether what works on one model works on another. Source: this project."""

    TRANSFERS = "transfers"
    PARTLY = "partly"
    DOES_NOT_TRANSFER = "does_not_transfer"
