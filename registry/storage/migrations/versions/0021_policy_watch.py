"""Pages of providers' usage policies that are watched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "policy_watches",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("previous", sa.String(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("checked_at", _INSTANT, nullable=True),
        sa.Column("changed_at", _INSTANT, nullable=True),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", _INSTANT, nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_policy_watches"),
        sa.UniqueConstraint("url", name="uq_policy_watches_url"),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name="fk_policy_watches_organisation_organisations"
        ),
    )
    op.create_index("ix_policy_watches_organisation", "policy_watches", ["organisation"])
    op.create_table(
        "policy_versions",
        sa.Column("watch", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
        sa.Column("last_seen_at", _INSTANT, nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("draft", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("watch", "sha256", name="pk_policy_versions"),
        sa.ForeignKeyConstraint(["watch"], ["policy_watches.id"], name="fk_policy_versions_watch_policy_watches"),
    )
    op.create_index("ix_policy_versions_draft", "policy_versions", ["draft"])


def downgrade() -> None:
    """Take them back."""
    op.drop_table("policy_versions")
    op.drop_table("policy_watches")
