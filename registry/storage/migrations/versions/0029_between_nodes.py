"""What nodes took away, whose organisations stand here for theirs, and what nodes told each other of refusals."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_TABLES = ("peer_departures", "peer_owners", "peer_uids", "peer_drops", "peer_findings", "peer_acknowledgements")
_OWNERS = """
    SELECT r.origin, r.owner, max(e.body) AS body FROM records r
    JOIN envelope_heads h ON h.uid = r.uid JOIN envelopes e ON e.hash = h.hash
    WHERE r.received AND length(e.body) > 0 GROUP BY r.origin, r.owner
"""


def upgrade() -> None:
    """Make the tables, and remember whom the organisations stand for that were made for other nodes so far."""
    op.create_index("ix_records_received", "records", ["origin"], sqlite_where=sa.text("received"))
    op.create_table(
        "peer_departures",
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("uid", name="pk_peer_departures"),
    )
    op.create_index("ix_peer_departures_origin_at", "peer_departures", ["origin", "at"])
    owners = op.create_table(
        "peer_owners",
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("origin", "slug", name="pk_peer_owners"),
        sa.UniqueConstraint("organisation", name="uq_peer_owners_organisation"),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name="fk_peer_owners_organisation_organisations"
        ),
    )
    op.create_table(
        "peer_uids",
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("uid_here", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("origin", "uid", name="pk_peer_uids"),
        sa.UniqueConstraint("uid_here", name="uq_peer_uids_uid_here"),
    )
    op.create_table(
        "peer_drops",
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("peer", name="pk_peer_drops"),
    )
    op.create_table(
        "peer_findings",
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("told_by_us", sa.Boolean(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("peer", "told_by_us", "uid", "hash", "reason", name="pk_peer_findings"),
    )
    op.create_index("ix_peer_findings_peer_told_by_us_at", "peer_findings", ["peer", "told_by_us", "at"])
    op.create_table(
        "peer_acknowledgements",
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("uid", "peer", "what", name="pk_peer_acknowledgements"),
    )
    connection = op.get_bind()
    known: dict[str, tuple[str, str]] = {}
    for dns, organisation in connection.execute(sa.text("SELECT dns, organisation FROM peers")):
        known[organisation] = (dns, "")
    for origin, owner, body in connection.execute(sa.text(_OWNERS)):
        known.setdefault(owner, (origin, json.loads(body)["owner"]["slug"]))
    # Two whose long names were cut to the same had one organisation: it stays with one of them.
    rows = {place: owner for owner, place in known.items()}
    if rows:
        op.bulk_insert(owners, [{"origin": at[0], "slug": at[1], "organisation": one} for at, one in rows.items()])


def downgrade() -> None:
    """Take them back."""
    for table in reversed(_TABLES):
        op.drop_table(table)
    op.drop_index("ix_records_received", "records")
