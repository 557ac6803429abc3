"""What editors decided of pairs of records: related, or not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "relation_decisions",
        sa.Column("a", sa.String(), nullable=False),
        sa.Column("b", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["a"], ["records.uid"], name="fk_relation_decisions_a_records"),
        sa.ForeignKeyConstraint(["b"], ["records.uid"], name="fk_relation_decisions_b_records"),
        sa.PrimaryKeyConstraint("a", "b", name="pk_relation_decisions"),
    )
    op.create_index("ix_relation_decisions_b", "relation_decisions", ["b"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("relation_decisions")
