"""Sources by normalised address, and what is known to be no duplicate."""

from __future__ import annotations

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what this part needs."""


def downgrade() -> None:
    """Take it back."""
