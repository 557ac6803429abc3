"""Blocks of numbers reserved for organisations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what this part needs."""
    op.create_table(
        "reserved_numbers",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name="fk_reserved_numbers_organisation_organisations"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_reserved_numbers"),
        sa.UniqueConstraint("used_by", name="uq_reserved_numbers_used_by"),
    )
    op.create_index("ix_reserved_numbers_block", "reserved_numbers", ["block"])
    op.create_index("ix_reserved_numbers_organisation_used_by", "reserved_numbers", ["organisation", "used_by"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("reserved_numbers")
