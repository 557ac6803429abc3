"""What lets imports write less: facets without a row id or a foreign key, and no index entries of what is neither
shared nor merged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_SPARSE = ("shared_with", "merged_into")


def upgrade() -> None:
    """Copy the facets into a new table of the same name; make the two indexes anew."""
    _rebuild_facets(sqlite_with_rowid=False)
    for column in _SPARSE:
        op.drop_index(f"ix_records_{column}", "records")
        op.create_index(f"ix_records_{column}", "records", [column], sqlite_where=sa.text(f"{column} IS NOT NULL"))


def downgrade() -> None:
    """Take it back."""
    for column in _SPARSE:
        op.drop_index(f"ix_records_{column}", "records")
        op.create_index(f"ix_records_{column}", "records", [column])
    _rebuild_facets(sa.ForeignKeyConstraint(["uid"], ["records.uid"], name="fk_facets_uid_records"))


def _rebuild_facets(*constraints: sa.Constraint, **options: bool) -> None:
    op.drop_index("ix_facets_uid", "facets")
    op.rename_table("facets", "facets_before")
    op.create_table(
        "facets",
        sa.Column("facet", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("facet", "value", "uid", name="pk_facets"),
        *constraints,
        **options,
    )
    op.execute("INSERT INTO facets (facet, value, uid) SELECT facet, value, uid FROM facets_before ORDER BY 1, 2, 3")
    op.drop_table("facets_before")
    op.create_index("ix_facets_uid", "facets", ["uid"])
