"""The bucket of each record that has a header: two nodes compare what they hold bucket by bucket."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_AT_ONCE = 5000


def upgrade() -> None:
    """Add the column, and fill it."""
    op.add_column("envelope_heads", sa.Column("bucket", sa.Integer(), nullable=False, server_default="0"))
    connection = op.get_bind()
    uids = [row[0] for row in connection.execute(sa.text("SELECT uid FROM envelope_heads"))]
    put = sa.text("UPDATE envelope_heads SET bucket = :bucket WHERE uid = :uid")
    for at in range(0, len(uids), _AT_ONCE):
        rows = [{"uid": uid, "bucket": hashlib.sha256(uid.encode()).digest()[0]} for uid in uids[at : at + _AT_ONCE]]
        connection.execute(put, rows)
    op.create_index("ix_envelope_heads_bucket", "envelope_heads", ["bucket"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_envelope_heads_bucket", "envelope_heads")
    with op.batch_alter_table("envelope_heads") as heads:
        heads.drop_column("bucket")
