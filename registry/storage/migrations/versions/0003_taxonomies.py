"""Several releases of a taxonomy beside each other, and crosswalks between taxonomies."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what this part needs."""


def downgrade() -> None:
    """Take it back."""
