"""Cases at /notice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of cases, replies and requests by authorities."""
    op.create_table(
        "cases",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("receipt_hash", sa.LargeBinary(), nullable=True),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("named", sa.String(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("secured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("receipt_hash", name="uq_cases_receipt_hash"),
    )
    op.create_index("ix_cases_named", "cases", ["named"])
    op.create_index("ix_cases_state_urgent", "cases", ["state", "urgent"])
    op.create_index("ix_cases_due_at_id", "cases", ["due_at", "id"])

    op.create_table(
        "case_messages",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name="fk_case_messages_case_cases"),
        sa.PrimaryKeyConstraint("case", "position", name="pk_case_messages"),
    )
    op.create_table(
        "case_decisions",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name="fk_case_decisions_case_cases"),
        sa.PrimaryKeyConstraint("case", "position", name="pk_case_decisions"),
    )
    op.create_table(
        "replies",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name="fk_replies_case_cases"),
        sa.PrimaryKeyConstraint("case", name="pk_replies"),
    )
    op.create_index("ix_replies_record", "replies", ["record"])

    op.create_table(
        "authority_requests",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("demand", sa.String(), nullable=False),
        sa.Column("compliance", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_authority_requests"),
    )


def downgrade() -> None:
    """Drop them."""
    for name in ("authority_requests", "replies", "case_decisions", "case_messages", "cases"):
        op.drop_table(name)
