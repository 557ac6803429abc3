"""Alerts, what keys usually do, who is kept out; and events that stay as they were written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_INDEXES = {f"ix_events_{name}_id": [name, "id"] for name in ("address", "subject", "organisation", "request_id")}
_TABLES = ("alerts", "activity_hours", "activity_places", "freezes")
# Only an address may be taken away from a row, and nothing else be changed with it.
_STAY = """CREATE TRIGGER events_stay BEFORE UPDATE ON events
WHEN NEW.address IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.name IS NOT OLD.name OR NEW.at IS NOT OLD.at
  OR NEW.actor IS NOT OLD.actor OR NEW.organisation IS NOT OLD.organisation OR NEW."key" IS NOT OLD."key"
  OR NEW.request_id IS NOT OLD.request_id OR NEW.subject IS NOT OLD.subject OR NEW.detail IS NOT OLD.detail
BEGIN SELECT RAISE(ABORT, 'events are appended, never changed'); END"""
_KEPT = """CREATE TRIGGER events_kept BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are appended, never deleted'); END"""

# Replacing a row deletes one without asking the trigger above.
_NEW = """CREATE TRIGGER events_new BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'events are appended, never replaced'); END"""


def upgrade() -> None:
    """Make the tables and the triggers."""
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_by", sa.String(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
    )
    op.create_index("ix_alerts_kind_subject", "alerts", ["kind", "subject", "id"])
    live = sa.text("state != 'dismissed'")
    op.create_index("uq_alerts_live", "alerts", ["kind", "subject"], unique=True, sqlite_where=live)
    op.create_table(
        "activity_hours",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("requests", "cost", "restricted", "edits")),
        sa.PrimaryKeyConstraint("subject", "hour", name="pk_activity_hours"),
    )
    op.create_table(
        "activity_places",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("network", sa.String(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("first_at", "since", "last_at")),
        sa.PrimaryKeyConstraint("subject", "network", name="pk_activity_places"),
    )
    op.create_table(
        "freezes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("thawed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("thawed_by", sa.String(), nullable=True),
        sa.Column("thaw_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_freezes"),
    )
    current = sa.text("thawed_at IS NULL")
    op.create_index("uq_freezes_current", "freezes", ["subject"], unique=True, sqlite_where=current)
    for name, columns in _INDEXES.items():
        op.create_index(name, "events", columns)
    for trigger in (_STAY, _KEPT, _NEW):
        op.execute(trigger)


def downgrade() -> None:
    """Take them back."""
    for trigger in ("events_new", "events_kept", "events_stay"):
        op.execute(f"DROP TRIGGER {trigger}")
    for name in _INDEXES:
        op.drop_index(name, "events")
    for name in _TABLES:
        op.drop_table(name)
