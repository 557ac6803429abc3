"""Facets as numbers: a term is written once, records have a number for it, and imports write a third as much."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_LISTS = """
UPDATE records SET facets = (
  SELECT json_group_array(id) FROM (
    SELECT t.id FROM facets_before f JOIN facet_terms t ON t.facet = f.facet AND t.value = f.value
    WHERE f.uid = records.uid ORDER BY f.facet, f.value
  )
)
"""
_NUMBERS = """
INSERT INTO facets (term, record)
SELECT j.value, r.id FROM records r, json_each(r.facets) j ORDER BY 1, 2
"""
_WORDS = """
INSERT INTO facets (facet, value, uid)
SELECT t.facet, t.value, r.uid FROM facets_before f
JOIN facet_terms t ON t.id = f.term JOIN records r ON r.id = f.record ORDER BY 1, 2, 3
"""


def upgrade() -> None:
    """Give records and terms their numbers, and write the facets by them."""
    op.create_table(
        "facet_terms",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("facet", "value")),
        sa.PrimaryKeyConstraint("id", name="pk_facet_terms"),
        sa.UniqueConstraint("facet", "value", name="uq_facet_terms_facet_value"),
    )
    op.execute("INSERT INTO facet_terms (facet, value) SELECT DISTINCT facet, value FROM facets ORDER BY 1, 2")
    with op.batch_alter_table("records") as table:
        table.drop_constraint("pk_records", type_="primary")
        table.add_column(sa.Column("id", sa.Integer(), nullable=False), insert_before="uid")
        table.create_primary_key("pk_records", ["id"])
        table.create_unique_constraint("uq_records_uid", ["uid"])
        table.add_column(sa.Column("facets", sa.JSON(), nullable=False, server_default="[]"))
    op.drop_index("ix_facets_uid", "facets")
    op.rename_table("facets", "facets_before")
    op.create_table(
        "facets",
        *(sa.Column(name, sa.Integer(), nullable=False, autoincrement=False) for name in ("term", "record")),
        sa.PrimaryKeyConstraint("term", "record", name="pk_facets"),
        sqlite_with_rowid=False,
    )
    op.execute("CREATE INDEX facets_before_uid ON facets_before (uid)")
    op.execute(_LISTS)
    op.execute(_NUMBERS)
    op.drop_table("facets_before")


def downgrade() -> None:
    """Take it back."""
    op.rename_table("facets", "facets_before")
    op.create_table(
        "facets",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("facet", "value", "uid")),
        sa.PrimaryKeyConstraint("facet", "value", "uid", name="pk_facets"),
        sqlite_with_rowid=False,
    )
    op.execute(_WORDS)
    op.create_index("ix_facets_uid", "facets", ["uid"])
    for name in ("facets_before", "facet_terms"):
        op.drop_table(name)
    with op.batch_alter_table("records") as table:
        table.drop_constraint("pk_records", type_="primary")
        table.drop_constraint("uq_records_uid", type_="unique")
        for name in ("facets", "id"):
            table.drop_column(name)
        table.create_primary_key("pk_records", ["uid"])
