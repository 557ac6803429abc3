"""Several releases of a taxonomy beside each other, and crosswalks between taxonomies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_COPY = """
    INSERT INTO taxonomies (namespace, version, title, licence, url, terms)
    SELECT namespace, version, title, licence, url, terms FROM taxonomies_before
"""
_LAST = (
    "WHERE version = (SELECT max(version) FROM taxonomies_before one WHERE one.namespace = taxonomies_before.namespace)"
)


def upgrade() -> None:
    """Let a taxonomy have several releases, and make the table of crosswalks."""
    _remake("namespace", "version", copy=_COPY)
    op.create_table(
        "crosswalks",
        sa.Column("taxonomy", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("to_taxonomy", sa.String(), nullable=False),
        sa.Column("to_code", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("taxonomy", "code", "to_taxonomy", "to_code", name="pk_crosswalks"),
    )
    op.create_index("ix_crosswalks_to_taxonomy_to_code", "crosswalks", ["to_taxonomy", "to_code"])


def downgrade() -> None:
    """Drop the crosswalks, and keep the last release of each taxonomy by its version's text."""
    op.drop_table("crosswalks")
    _remake("namespace", copy=_COPY + _LAST)


def _remake(*key: str, copy: str) -> None:
    """Make the table anew with another primary key; SQLite cannot change one in place."""
    op.rename_table("taxonomies", "taxonomies_before")
    op.create_table(
        "taxonomies",
        sa.Column("namespace", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint(*key, name="pk_taxonomies"),
    )
    op.execute(copy)
    op.drop_table("taxonomies_before")
