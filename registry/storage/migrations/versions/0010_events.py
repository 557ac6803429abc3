"""Events, and what keys may be besides."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_events_key_id": ["key", "id"],
    "ix_events_actor_id": ["actor", "id"],
    "ix_events_name_id": ["name", "id"],
}


def upgrade() -> None:
    """Make the table and the columns."""
    op.create_table(
        "events",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=True),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    for name, columns in _INDEXES.items():
        op.create_index(name, "events", columns)
    with op.batch_alter_table("api_keys") as table:
        table.add_column(sa.Column("staging", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("api_keys") as table:
        table.alter_column("staging", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("events")
    with op.batch_alter_table("api_keys") as table:
        table.drop_column("staging")
        table.drop_column("frozen_at")
