"""Sources by normalised address, and what is known to be no duplicate."""

from __future__ import annotations

from typing import Any, cast

import sqlalchemy as sa
from alembic import op

from registry.domain.canonical import Document, parse_json
from registry.domain.likeness import keys_in

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_PORTION = 500


def upgrade() -> None:
    """Make what this part needs, and read the sources of the records that are there."""
    op.create_table(
        "source_keys",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("is_work", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["uid"], ["records.uid"], name="fk_source_keys_uid_records"),
        sa.PrimaryKeyConstraint("key", "uid", "is_work", name="pk_source_keys"),
    )
    op.create_index("ix_source_keys_uid", "source_keys", ["uid"])
    op.create_table(
        "suggested_duplicates",
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("other", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["uid"], ["records.uid"], name="fk_suggested_duplicates_uid_records"),
        sa.ForeignKeyConstraint(["other"], ["records.uid"], name="fk_suggested_duplicates_other_records"),
        sa.PrimaryKeyConstraint("uid", "other", name="pk_suggested_duplicates"),
    )
    op.create_index("ix_suggested_duplicates_other", "suggested_duplicates", ["other"])
    op.create_table(
        "not_related",
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("other", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["uid"], ["records.uid"], name="fk_not_related_uid_records"),
        sa.ForeignKeyConstraint(["other"], ["records.uid"], name="fk_not_related_other_records"),
        sa.PrimaryKeyConstraint("uid", "other", name="pk_not_related"),
    )
    op.create_index("ix_not_related_other", "not_related", ["other"])
    _read_sources(op.get_bind())


def _read_sources(connection: sa.Connection) -> None:
    """Heads and newer work of every record, in portions."""
    rows = connection.execute(
        sa.text(
            "SELECT r.uid, v.public_body, v.draft_revision != r.head_draft_revision FROM records r JOIN revisions v"
            " ON v.uid = r.uid AND v.draft_revision IN (r.head_draft_revision, r.work_draft_revision)"
            " WHERE v.public_body IS NOT NULL"
        )
    )
    table = sa.table("source_keys", sa.column("key"), sa.column("uid"), sa.column("is_work"))
    for portion in rows.partitions(_PORTION):
        found: list[dict[str, Any]] = [
            {"key": key, "uid": uid, "is_work": bool(is_work)}
            for uid, body, is_work in portion
            for key in keys_in(cast("Document", parse_json(body)))
        ]
        if found:
            connection.execute(sa.insert(table), found)


def downgrade() -> None:
    """Take it back."""
    for name in ("not_related", "suggested_duplicates", "source_keys"):
        op.drop_table(name)
