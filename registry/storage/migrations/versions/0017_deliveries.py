"""Webhooks, letters and their deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def _instant(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "letters",
        _text("id"),
        _text("kind"),
        _text("subject"),
        sa.Column("body", sa.Text(), nullable=False),
        _instant("created_at", nullable=False),
        _instant("due_at", nullable=False),
        _text("person", nullable=True),
        _text("address", nullable=True),
        _text("recipient"),
        _text("about", nullable=True),
        _text("state"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _instant("lease_until"),
        _text("error", nullable=True),
        _instant("done_at"),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
    )
    op.create_index("ix_letters_state_due_at", "letters", ["state", "due_at"])
    op.create_index("ix_letters_recipient", "letters", ["recipient"])
    op.create_index("ix_letters_about", "letters", ["about"])
    op.create_table(
        "mail_addresses",
        _text("person"),
        _text("address"),
        sa.Column("muted", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_mail_addresses"),
    )
    op.create_table(
        "webhooks",
        _text("id"),
        _text("organisation"),
        _text("person"),
        _text("url"),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        _text("state"),
        _instant("created_at", nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        _instant("older_until"),
        _instant("failing_since"),
        _text("reason", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"], name="fk_webhooks_organisation_organisations"),
    )
    op.create_index("ix_webhooks_organisation", "webhooks", ["organisation"])
    op.create_table(
        "deliveries",
        _text("id"),
        _text("webhook"),
        _text("event"),
        _text("change", nullable=True),
        _text("kind", nullable=True),
        _text("uid", nullable=True),
        sa.Column("public_seq", sa.Integer(), nullable=True),
        _instant("created_at", nullable=False),
        _instant("due_at", nullable=False),
        _text("state"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _instant("lease_until"),
        sa.Column("status", sa.Integer(), nullable=True),
        _text("error", nullable=True),
        _instant("done_at"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.ForeignKeyConstraint(["webhook"], ["webhooks.id"], name="fk_deliveries_webhook_webhooks"),
    )
    op.create_index("ix_deliveries_webhook_state_id", "deliveries", ["webhook", "state", "id"])
    op.create_index("ix_deliveries_state_due_at", "deliveries", ["state", "due_at"])


def downgrade() -> None:
    """Take them back."""
    for name in ("deliveries", "webhooks", "mail_addresses", "letters"):
        op.drop_table(name)
