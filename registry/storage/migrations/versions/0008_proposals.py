"""Proposals of corrections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of proposals."""
    op.create_table(
        "proposals",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("proposer", sa.String(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("public_schema", sa.String(), nullable=True),
        sa.Column("public_body", sa.LargeBinary(), nullable=True),
        sa.Column("public_salt", sa.LargeBinary(), nullable=True),
        sa.Column("public_hash", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("by_reviewer", sa.Boolean(), nullable=False),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("draft_revision", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["uid"], ["records.uid"], name="fk_proposals_uid_records"),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"], name="fk_proposals_organisation_organisations"),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
    )
    op.create_index("ix_proposals_organisation_state", "proposals", ["organisation", "state"])
    op.create_index("ix_proposals_uid_state", "proposals", ["uid", "state"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("proposals")
