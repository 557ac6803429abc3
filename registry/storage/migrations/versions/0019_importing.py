"""What imports keep: findings that hold a record for review."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; what was found before held nothing."""
    with op.batch_alter_table("findings") as table:
        table.add_column(sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("findings") as table:
        table.alter_column("held", server_default=None)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("findings") as table:
        table.drop_column("held")
