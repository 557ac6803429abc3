"""Audiences, reach, blocks, holds and merges of records; visibility and reasons in the log.

Strangers see what they saw. What is marked GREEN, members see from now on; nothing was shared with groups so far.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_FLAGS = (
    "is_out",
    "is_open_to_community",
    "blocked",
    "legal_hold",
    "sealed",
    "sensitive",
    "sources_cleared",
)
_OUT = "state = 'published'"
_GIVEN_OUT = "state IN ('published', 'withdrawn', 'erased') AND revision > 0 AND NOT embargoed"
_GREEN = (
    "(SELECT json_extract(marking, '$.tlp') FROM revisions WHERE revisions.uid = records.uid"
    " AND revisions.draft_revision = records.head_draft_revision) IN ('CLEAR', 'GREEN')"
)


def _category(code: str) -> str:
    """Whether a record's head has this misuse category, as SQL."""
    return (
        "EXISTS (SELECT 1 FROM facets WHERE facets.uid = records.uid"  # noqa: S608
        f" AND facets.facet = 'misuse' AND facets.value = '{code}')"
    )


def upgrade() -> None:
    """Add the columns, and fill those that follow from what is there."""
    with op.batch_alter_table("records") as table:
        for name in _FLAGS:
            table.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
        for name in ("shared_with", "blocked_by", "merged_into", "cap", "terms"):
            table.add_column(sa.Column(name, sa.String(), nullable=True))
        table.add_column(sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("records") as table:
        for name in _FLAGS:
            table.alter_column(name, existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
    op.execute(
        f"UPDATE records SET is_out = ({_OUT}), is_open_to_community = ({_GIVEN_OUT} AND {_GREEN}),"  # noqa: S608
        f" sealed = {_category('csae')}, sensitive = {_category('csae')} OR {_category('ncii')}"
    )
    op.execute("UPDATE records SET is_public = 0, is_open_to_community = 0 WHERE sealed")
    op.create_index("ix_records_shared_with", "records", ["shared_with"])
    op.create_index("ix_records_merged_into", "records", ["merged_into"])

    op.rename_table("links", "links_before")
    op.drop_index("ix_links_target_rel_uid", "links_before")
    _create_links(with_clause=True)
    op.execute("INSERT INTO links (uid, rel, target, clause) SELECT uid, rel, target, '' FROM links_before")
    op.drop_table("links_before")

    with op.batch_alter_table("changes") as table:
        table.add_column(sa.Column("visibility", sa.String(), nullable=True))
        table.add_column(sa.Column("reason_hash", sa.LargeBinary(), nullable=True))
    op.create_table(
        "reasons",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("uid", sa.String(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_reasons"),
    )
    op.create_index("ix_reasons_uid", "reasons", ["uid"])
    op.create_table(
        "groups",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("slug", name="pk_groups"),
    )
    op.create_table(
        "group_members",
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("joined_version", sa.Integer(), nullable=False),
        sa.Column("left_version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("group", "organisation", "joined_version", name="pk_group_members"),
        sa.ForeignKeyConstraint(["group"], ["groups.slug"], name="fk_group_members_group_groups"),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name="fk_group_members_organisation_organisations"
        ),
    )
    op.create_index("ix_group_members_organisation", "group_members", ["organisation"])


def downgrade() -> None:
    """Take it back. What release 1 has no word for, and would show, it knows as withdrawn."""
    op.execute(
        "UPDATE records SET state = 'withdrawn', pending = NULL, is_public = 0"
        " WHERE state = 'merged' OR (blocked AND state = 'published')"
    )
    for name in ("group_members", "groups", "reasons"):
        op.drop_table(name)
    with op.batch_alter_table("changes") as table:
        for name in ("visibility", "reason_hash"):
            table.drop_column(name)
    op.rename_table("links", "links_before")
    op.drop_index("ix_links_target_rel_uid", "links_before")
    _create_links(with_clause=False)
    op.execute("INSERT OR IGNORE INTO links (uid, rel, target) SELECT uid, rel, target FROM links_before")
    op.drop_table("links_before")
    op.drop_index("ix_records_shared_with", "records")
    op.drop_index("ix_records_merged_into", "records")
    with op.batch_alter_table("records") as table:
        for name in (*_FLAGS, "shared_with", "blocked_by", "merged_into", "cap", "terms", "blocked_at"):
            table.drop_column(name)


def _create_links(*, with_clause: bool) -> None:
    clause = [sa.Column("clause", sa.String(), nullable=False)] if with_clause else []
    key = ("uid", "rel", "target", *(("clause",) if with_clause else ()))
    op.create_table(
        "links",
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("rel", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        *clause,
        sa.PrimaryKeyConstraint(*key, name="pk_links"),
        sa.ForeignKeyConstraint(["uid"], ["records.uid"], name="fk_links_uid_records"),
    )
    op.create_index("ix_links_target_rel_uid", "links", ["target", "rel", "uid"])
