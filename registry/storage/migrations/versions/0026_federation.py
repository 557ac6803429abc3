"""Other nodes, signed headers, the log that peers read, what they were sent, and what was not taken from them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and tell which records began at another node: none so far."""
    op.add_column("records", sa.Column("received", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "peers",
        sa.Column("dns", sa.String(), nullable=False),
        sa.Column("short_name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("base_url", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("added_at", _INSTANT, nullable=False),
        sa.Column("log_id", sa.String(), nullable=True),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("pulls", sa.Boolean(), nullable=False),
        sa.Column("serves", sa.Boolean(), nullable=False),
        sa.Column("imports", sa.Boolean(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("last_asked_at", _INSTANT, nullable=True),
        sa.Column("last_success_at", _INSTANT, nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=True),
        sa.Column("skew_seconds", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("dns", name="pk_peers"),
        sa.UniqueConstraint("short_name", name="uq_peers_short_name"),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"], name="fk_peers_organisation_organisations"),
    )
    op.create_table(
        "envelopes",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("kept_at", _INSTANT, nullable=False),
        sa.Column("came_from", sa.String(), nullable=True),
        sa.Column("hops", sa.Integer(), nullable=False),
        sa.Column("reason_salt", sa.LargeBinary(), nullable=True),
        sa.Column("reason_body", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("hash", name="pk_envelopes"),
    )
    op.create_index("ix_envelopes_uid_rev", "envelopes", ["uid", "rev"])
    op.create_table(
        "envelope_heads",
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("uid", name="pk_envelope_heads"),
        sa.UniqueConstraint("position", name="uq_envelope_heads_position"),
        sa.ForeignKeyConstraint(["hash"], ["envelopes.hash"], name="fk_envelope_heads_hash_envelopes"),
    )
    op.create_index("ix_envelope_heads_frozen", "envelope_heads", ["uid"], sqlite_where=sa.text("frozen"))
    op.create_table(
        "peer_sent",
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("peer", "uid", name="pk_peer_sent"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "peer_nonces",
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("kid", "nonce", name="pk_peer_nonces"),
    )
    op.create_index("ix_peer_nonces_expires_at", "peer_nonces", ["expires_at"])
    op.create_table(
        "peer_refusals",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("uid", sa.String(), nullable=True),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("item", sa.LargeBinary(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("parked_until", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_peer_refusals"),
    )
    op.create_index("ix_peer_refusals_uid", "peer_refusals", ["uid"])
    op.create_index("ix_peer_refusals_peer_at", "peer_refusals", ["peer", "at"])
    op.create_table(
        "channel_places",
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("placed_at", sa.Integer(), nullable=False),
        sa.Column("modified_at", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("indicators", sa.Integer(), nullable=False),
        sa.Column("patterns", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uid", "channel", name="pk_channel_places"),
        sa.UniqueConstraint("channel", "placed_at", name="uq_channel_places_channel_placed_at"),
        sa.UniqueConstraint("channel", "name", name="uq_channel_places_channel_name"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take them back."""
    op.drop_table("channel_places")
    for table in ("peer_refusals", "peer_nonces", "peer_sent", "envelope_heads", "envelopes", "peers"):
        op.drop_table(table)
    with op.batch_alter_table("records") as records:
        records.drop_column("received")
