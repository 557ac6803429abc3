"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "changes",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("public_seq", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uid", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("step", sa.String(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("draft_revision", sa.Integer(), nullable=False),
        sa.Column("public_hash", sa.LargeBinary(), nullable=True),
        sa.Column("restricted_hash", sa.LargeBinary(), nullable=True),
        sa.Column("chain_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_changes"),
        sa.UniqueConstraint("chain_hash", name="uq_changes_chain_hash"),
        sa.UniqueConstraint("public_seq", name="uq_changes_public_seq"),
    )
    op.create_index("ix_changes_uid_seq", "changes", ["uid", "seq"])

    op.create_table(
        "findings",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("source", "record", "code", "message", name="pk_findings"),
    )
    op.create_table(
        "idempotency",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name="pk_idempotency"),
    )
    op.create_index("ix_idempotency_expires_at", "idempotency", ["expires_at"])
    op.create_index("ix_idempotency_uid", "idempotency", ["uid"])

    op.create_table(
        "jobs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_due_at", "jobs", ["due_at"])

    op.create_table(
        "meta",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )
    op.create_table(
        "numbers",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "year", name="pk_numbers"),
    )
    op.create_table(
        "organisations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organisations"),
        sa.UniqueConstraint("slug", name="uq_organisations_slug"),
    )
    op.create_table(
        "person_names",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_person_names"),
    )
    op.create_table(
        "taxonomies",
        sa.Column("namespace", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("namespace", name="pk_taxonomies"),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scopes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"], name="fk_api_keys_organisation_organisations"),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
    )
    op.create_index("ix_api_keys_person", "api_keys", ["person"])

    op.create_table(
        "members",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("responsible", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"], name="fk_members_organisation_organisations"),
        sa.PrimaryKeyConstraint("person", "organisation", name="pk_members"),
    )
    op.create_index("ix_members_organisation", "members", ["organisation"])

    op.create_table(
        "records",
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("pending", sa.String(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("draft_revision", sa.Integer(), nullable=False),
        sa.Column("head_draft_revision", sa.Integer(), nullable=False),
        sa.Column("work_draft_revision", sa.Integer(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("was_public", sa.Boolean(), nullable=False),
        sa.Column("embargoed", sa.Boolean(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("external_ref", sa.String(), nullable=True),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("contributors", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("head_published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("upstream_key", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["owner"], ["organisations.id"], name="fk_records_owner_organisations"),
        sa.PrimaryKeyConstraint("uid", name="pk_records"),
        sa.UniqueConstraint("number", name="uq_records_number"),
        sa.UniqueConstraint("owner", "external_ref", name="uq_records_owner_external_ref"),
        sa.UniqueConstraint("upstream_key", name="uq_records_upstream_key"),
    )
    op.create_index("ix_records_changed_at_uid", "records", ["changed_at", "uid"])
    op.create_index("ix_records_is_public_head_published_at_uid", "records", ["is_public", "head_published_at", "uid"])
    op.create_index("ix_records_is_public_occurred_on_uid", "records", ["is_public", "occurred_on", "uid"])
    op.create_index("ix_records_is_public_published_at_uid", "records", ["is_public", "published_at", "uid"])
    op.create_index("ix_records_is_public_severity_uid", "records", ["is_public", "severity", "uid"])
    op.create_index("ix_records_owner_changed_at_uid", "records", ["owner", "changed_at", "uid"])
    op.create_index("ix_records_published_at_uid", "records", ["published_at", "uid"])
    op.create_index("ix_records_occurred_on_uid", "records", ["occurred_on", "uid"])
    op.create_index("ix_records_severity_uid", "records", ["severity", "uid"])

    op.create_table(
        "facets",
        sa.Column("facet", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["uid"], ["records.uid"], name="fk_facets_uid_records"),
        sa.PrimaryKeyConstraint("facet", "value", "uid", name="pk_facets"),
    )
    op.create_index("ix_facets_uid", "facets", ["uid"])

    op.create_table(
        "links",
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("rel", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["uid"], ["records.uid"], name="fk_links_uid_records"),
        sa.PrimaryKeyConstraint("uid", "rel", "target", name="pk_links"),
    )
    op.create_index("ix_links_target_rel_uid", "links", ["target", "rel", "uid"])

    op.create_table(
        "revisions",
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("draft_revision", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("marking", sa.Text(), nullable=False),
        sa.Column("public_schema", sa.String(), nullable=True),
        sa.Column("public_body", sa.LargeBinary(), nullable=True),
        sa.Column("public_salt", sa.LargeBinary(), nullable=True),
        sa.Column("public_hash", sa.LargeBinary(), nullable=False),
        sa.Column("restricted_schema", sa.String(), nullable=True),
        sa.Column("restricted_body", sa.LargeBinary(), nullable=True),
        sa.Column("restricted_salt", sa.LargeBinary(), nullable=True),
        sa.Column("restricted_hash", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["uid"], ["records.uid"], name="fk_revisions_uid_records"),
        sa.PrimaryKeyConstraint("uid", "draft_revision", name="pk_revisions"),
    )


def downgrade() -> None:
    """Drop every table."""
    referring = ("revisions", "links", "facets", "records", "members", "api_keys")
    others = ("taxonomies", "person_names", "organisations", "numbers", "meta", "jobs", "idempotency", "findings")
    for name in (*referring, *others, "changes"):
        op.drop_table(name)
