"""Anonymous and confidential reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of reports, and apart from them of contacts."""
    op.create_table(
        "reports",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("receipt_hash", sa.LargeBinary(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["record"], ["records.uid"], name="fk_reports_record_records"),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        sa.UniqueConstraint("receipt_hash", name="uq_reports_receipt_hash"),
        sa.UniqueConstraint("record", name="uq_reports_record"),
    )
    op.create_index("ix_reports_opened_at_id", "reports", ["opened_at", "id"])

    op.create_table(
        "report_messages",
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report"], ["reports.id"], name="fk_report_messages_report_reports"),
        sa.PrimaryKeyConstraint("report", "position", name="pk_report_messages"),
    )
    op.create_table(
        "report_checks",
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("draft_revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["report"], ["reports.id"], name="fk_report_checks_report_reports"),
        sa.PrimaryKeyConstraint("report", "item", name="pk_report_checks"),
    )
    op.create_table(
        "report_contacts",
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("reader", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["report"], ["reports.id"], name="fk_report_contacts_report_reports"),
        sa.PrimaryKeyConstraint("report", name="pk_report_contacts"),
    )


def downgrade() -> None:
    """Drop them."""
    for name in ("report_contacts", "report_checks", "report_messages", "reports"):
        op.drop_table(name)
