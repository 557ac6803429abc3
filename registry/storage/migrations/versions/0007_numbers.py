"""Blocks of numbers reserved for organisations."""

from __future__ import annotations

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what this part needs."""


def downgrade() -> None:
    """Take it back."""
