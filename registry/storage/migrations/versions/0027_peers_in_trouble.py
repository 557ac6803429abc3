"""What a node asks of another, what it holds back, whom the other names as successors, and how the two compare."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def _new() -> tuple[sa.Column[Any], ...]:
    """Made anew each time: a column belongs to one table for ever."""
    return (
        sa.Column("kinds", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("tlp_max", sa.String(), nullable=True),
        sa.Column("poll_seconds", sa.Integer(), nullable=True),
        sa.Column("successors", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("heard_at", _INSTANT, nullable=True),
        sa.Column("hold", sa.String(), nullable=True),
        sa.Column("released_until", _INSTANT, nullable=True),
        sa.Column("reconciled_at", _INSTANT, nullable=True),
        sa.Column("differing", sa.Integer(), nullable=True),
        sa.Column("pinged_at", _INSTANT, nullable=True),
    )


def upgrade() -> None:
    """Add the columns; a node that answered before was heard then."""
    for column in _new():
        op.add_column("peers", column)
    op.execute("UPDATE peers SET heard_at = last_success_at")


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("peers") as peers:
        for column in reversed(_new()):
            peers.drop_column(column.name)
