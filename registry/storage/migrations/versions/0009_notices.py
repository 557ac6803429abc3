"""Notices to named parties, and what else organisations are called."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_LISTS = ("aliases", "parents")


def upgrade() -> None:
    """Make the table and the columns."""
    with op.batch_alter_table("organisations") as table:
        for name in _LISTS:
            table.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("contact", sa.String(), nullable=True))
    with op.batch_alter_table("organisations") as table:
        for name in _LISTS:
            table.alter_column(name, existing_type=sa.JSON(), existing_nullable=False, server_default=None)
    op.create_table(
        "notices",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("draft_revision", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=True),
        sa.Column("passage", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.ForeignKeyConstraint(["uid"], ["records.uid"], name="fk_notices_uid_records"),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"], name="fk_notices_organisation_organisations"),
    )
    op.create_index("ix_notices_uid", "notices", ["uid"])
    op.create_index("ix_notices_organisation", "notices", ["organisation"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("notices")
    with op.batch_alter_table("organisations") as table:
        for name in (*_LISTS, "contact"):
            table.drop_column(name)
