"""Sessions that an organisation's own provider vouched for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column. Who signed in how is not known of sessions that are there: they end."""
    op.execute("DELETE FROM sessions")
    with op.batch_alter_table("sessions") as table:
        table.add_column(sa.Column("is_bound", sa.Boolean(), nullable=False))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("sessions") as table:
        table.drop_column("is_bound")
