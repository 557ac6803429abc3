"""Searches that people keep, what they were told of, and what webhooks are told of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_INDEXED = ("position", "webhook", "digest_due_at")


def upgrade() -> None:
    """Make the tables, and name the search in deliveries."""
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("webhook", sa.String(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("digest_due_at", _INSTANT, nullable=True),
        sa.Column("memory", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_searches"),
        sa.UniqueConstraint("token", name="uq_saved_searches_token"),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name="fk_saved_searches_organisation_organisations"
        ),
        sa.ForeignKeyConstraint(["webhook"], ["webhooks.id"], name="fk_saved_searches_webhook_webhooks"),
    )
    op.create_index("ix_saved_searches_person_organisation", "saved_searches", ["person", "organisation"])
    for column in _INDEXED:
        op.create_index(f"ix_saved_searches_{column}", "saved_searches", [column])
    op.create_table(
        "saved_search_matches",
        sa.Column("search", sa.String(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("letter", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("search", "uid", name="pk_saved_search_matches"),
        sa.UniqueConstraint("search", "number", name="uq_saved_search_matches_search_number"),
        sa.ForeignKeyConstraint(
            ["search"], ["saved_searches.id"], name="fk_saved_search_matches_search_saved_searches"
        ),
    )
    for column in ("uid", "letter"):
        op.create_index(f"ix_saved_search_matches_{column}", "saved_search_matches", [column])
    op.add_column("deliveries", sa.Column("search", sa.String(), nullable=True))
    op.add_column("deliveries", sa.Column("revision", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take them back."""
    op.drop_column("deliveries", "revision")
    op.drop_column("deliveries", "search")
    op.drop_table("saved_search_matches")
    op.drop_table("saved_searches")
