"""Notices to named parties."""

from __future__ import annotations

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what this part needs."""


def downgrade() -> None:
    """Take it back."""
