"""Messages between nodes, and proposals that travel by them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table; proposals say from which node they came."""
    op.create_table(
        "peer_messages",
        sa.Column("direction", sa.String(), primary_key=True),
        sa.Column("peer", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("kept_at", _INSTANT, nullable=False),
        sa.Column("due_at", _INSTANT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done_at", _INSTANT, nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
    )
    op.create_index("ix_peer_messages_about", "peer_messages", ["about"])
    op.create_index("ix_peer_messages_direction_peer_kept_at", "peer_messages", ["direction", "peer", "kept_at"])
    op.create_index(
        "ix_peer_messages_waiting",
        "peer_messages",
        ["peer", "kept_at"],
        sqlite_where=sa.text("direction = 'out' AND done_at IS NULL"),
    )
    op.add_column("proposals", sa.Column("node", sa.String(), nullable=True))
    op.add_column("proposals", sa.Column("node_ref", sa.String(), nullable=True))
    op.create_index("ix_proposals_node_node_ref", "proposals", ["node", "node_ref"], unique=True)


def downgrade() -> None:
    """Forget them."""
    op.drop_index("ix_proposals_node_node_ref", "proposals")
    with op.batch_alter_table("proposals") as proposals:
        proposals.drop_column("node_ref")
        proposals.drop_column("node")
    op.drop_table("peer_messages")
