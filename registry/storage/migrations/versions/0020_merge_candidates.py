"""Records of different sources that may tell of the same event."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables. Records that are there are compared once a node serves: their log is read from the start."""
    op.create_table(
        "merge_candidates",
        sa.Column("a", sa.String(), nullable=False),
        sa.Column("b", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["a"], ["records.uid"], name="fk_merge_candidates_a_records"),
        sa.ForeignKeyConstraint(["b"], ["records.uid"], name="fk_merge_candidates_b_records"),
        sa.PrimaryKeyConstraint("a", "b", name="pk_merge_candidates"),
    )
    op.create_index("ix_merge_candidates_b", "merge_candidates", ["b"])
    op.create_index("ix_merge_candidates_state_score", "merge_candidates", ["state", "score"])
    op.create_table(
        "candidate_keys",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["uid"], ["records.uid"], name="fk_candidate_keys_uid_records"),
        sa.PrimaryKeyConstraint("key", "uid", name="pk_candidate_keys"),
    )
    op.create_index("ix_candidate_keys_uid", "candidate_keys", ["uid"])


def downgrade() -> None:
    """Take them back; what is read anew is found anew, what was decided is lost."""
    op.drop_table("candidate_keys")
    op.drop_table("merge_candidates")
    op.execute("DELETE FROM meta WHERE name = 'candidates_position'")
