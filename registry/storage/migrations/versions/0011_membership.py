"""Applications for membership, agreements to the usage guidelines, and drafts made to try things out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TRIED_OUT = ("members", "records")


def upgrade() -> None:
    """Make the tables and the columns; whoever is a member already does not try things out any more."""
    op.create_table(
        "applications",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("receipt_hash", sa.LargeBinary(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_domain", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("intended", sa.String(), nullable=False),
        sa.Column("guidelines", sa.String(), nullable=False),
        sa.Column("agreed_revision", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation", sa.String(), nullable=True),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("staging_key_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("production_key_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("messages", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name="fk_applications_organisation_organisations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_applications"),
        sa.UniqueConstraint("receipt_hash", name="uq_applications_receipt_hash"),
    )
    op.create_index("ix_applications_organisation", "applications", ["organisation"])
    op.create_index("ix_applications_state_opened_at_id", "applications", ["state", "opened_at", "id"])
    op.create_table(
        "agreements",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name="fk_agreements_organisation_organisations"
        ),
        sa.PrimaryKeyConstraint("person", "organisation", name="pk_agreements"),
    )
    for name in _TRIED_OUT:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("staging", sa.Boolean(), nullable=False, server_default=sa.false()))
        with op.batch_alter_table(name) as table:
            table.alter_column("staging", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    """Take it back."""
    for name in _TRIED_OUT:
        with op.batch_alter_table(name) as table:
            table.drop_column("staging")
    op.drop_table("agreements")
    op.drop_table("applications")
