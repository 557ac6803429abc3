"""Anonymous and confidential reports."""

from __future__ import annotations

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what this part needs."""


def downgrade() -> None:
    """Take it back."""
