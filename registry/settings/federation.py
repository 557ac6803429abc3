"""The settings of syncing with other nodes."""

from __future__ import annotations

from pydantic import BaseModel, Field


class FederationSettings(BaseModel):
    """What this node gives to others, and how often it asks them."""

    federation_max_hops: int = Field(
        8, ge=0, le=16, description="How many nodes may hand on, one after another, what began here."
    )
    federation_poll_seconds: float = Field(
        60.0, gt=0, le=86_400, description="Pause between two questions to the same other node."
    )
    federation_ping_seconds: float = Field(
        5.0, ge=0, le=3600, description="Least pause between two pings to the same other node; 0 sends none."
    )
    federation_reconcile_hours: float = Field(
        24.0, ge=0, le=720, description="Hours between two comparisons of all that two nodes hold; 0 makes none."
    )
    federation_quarantine_items: int = Field(
        2000, ge=10, le=1_000_000, description="Most items of one other node that are kept though they were not taken."
    )
    federation_quarantine_bytes: int = Field(32 << 20, ge=1 << 20, le=16 << 30, description="Most bytes of them.")
    federation_parked_days: int = Field(
        7, ge=1, le=30, description="Days that what cannot be judged yet, such as for want of a key, waits."
    )
    federation_silent_days: int = Field(
        180, ge=30, le=3650, description="Days without a sign of a node until those that it named may act for it."
    )
