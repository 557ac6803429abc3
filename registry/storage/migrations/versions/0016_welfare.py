"""Opt-outs, exposure and conflicts of reviewers, and what records are about."""

from __future__ import annotations

from typing import cast

import sqlalchemy as sa
from alembic import op

from registry.domain.canonical import Document, parse_json
from registry.domain.welfare import mask_of, topics_in

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# The review queue is asked for at every page of a reviewer, however many records there are.
_INDEXES = {
    "ix_records_waiting": (["uid"], "coalesce(pending, state) = 'submitted'"),
    "ix_records_claimed_by": (["claimed_by"], "claimed_by IS NOT NULL"),
}


def upgrade() -> None:
    """Make the tables and the columns, and read what the records that are there are about."""
    op.create_table(
        "reviewer_preferences",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("avoids", sa.Integer(), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=True),
        sa.Column("per_week", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("person", name="pk_reviewer_preferences"),
    )
    op.create_table(
        "exposures",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person", "day", name="pk_exposures"),
    )
    op.create_index("ix_exposures_day", "exposures", ["day"])
    op.create_table(
        "exposure_marks",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_exposure_marks"),
    )
    for name in ("person", "day"):
        op.create_index(f"ix_exposure_marks_{name}", "exposure_marks", [name])
    op.create_table(
        "conflict_declarations",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("conflicts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_conflict_declarations"),
    )
    with op.batch_alter_table("records") as table:
        table.add_column(sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("opinion_of", sa.String(), nullable=True))
        table.add_column(sa.Column("topics", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("records") as table:
        table.alter_column("topics", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
    for name, (columns, where) in _INDEXES.items():
        op.create_index(name, "records", columns, sqlite_where=sa.text(where))
    connection = op.get_bind()
    _read_topics(connection)
    # What is claimed already counts as claimed when it last changed.
    connection.execute(sa.text("UPDATE records SET claimed_at = changed_at WHERE claimed_by IS NOT NULL"))


def _read_topics(connection: sa.Connection) -> None:
    """Of heads and newer work of every record, in portions."""
    rows = connection.execute(
        sa.text(
            "SELECT r.uid, v.public_body, v.marking FROM records r JOIN revisions v"
            " ON v.uid = r.uid AND v.draft_revision IN (r.head_draft_revision, r.work_draft_revision)"
            " WHERE v.public_body IS NOT NULL"
        )
    )
    found: dict[str, int] = {}
    for uid, body, marking in rows:
        warnings = cast("dict[str, list[str]]", parse_json(marking.encode())).get("content_warnings", [])
        mask = mask_of(topics_in(cast("Document", parse_json(body)), warnings))
        if mask:
            found[uid] = found.get(uid, 0) | mask
    masks = [{"uid": uid, "mask": mask} for uid, mask in found.items()]
    if masks:
        connection.execute(sa.text("UPDATE records SET topics = :mask WHERE uid = :uid"), masks)


def downgrade() -> None:
    """Take it back."""
    for name in _INDEXES:
        op.drop_index(name, "records")
    with op.batch_alter_table("records") as table:
        for name in ("claimed_at", "opinion_of", "topics"):
            table.drop_column(name)
    for name in ("conflict_declarations", "exposure_marks", "exposures", "reviewer_preferences"):
        op.drop_table(name)
