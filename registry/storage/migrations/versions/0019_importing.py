"""What imports keep: sources, runs, what is gone, and findings that hold a record for review."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_TABLES = ("import_sources", "import_states", "import_documents", "import_runs", "import_absences")


def upgrade() -> None:
    """Make them; what was found before held nothing, by a run that is not known any more."""
    with op.batch_alter_table("findings") as table:
        table.add_column(sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("run", sa.String(), nullable=True))
    with op.batch_alter_table("findings") as table:
        table.alter_column("held", server_default=None)
    op.create_table(
        "import_sources",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "format", "title", "home", "licence")),
        sa.Column("attribution", sa.String(), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("obligations", "hosts")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("organisation", "trust")),
        sa.Column("urls", sa.JSON(), nullable=False),
        sa.Column("every_hours", sa.Integer(), nullable=True),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_import_sources"),
    )
    op.create_table(
        "import_states",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=True),
        sa.Column("every_hours", sa.Integer(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("cursor", "good_run")),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in ("good_at", "due_at")),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("allows_withdrawals", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_import_states"),
    )
    op.create_table(
        "import_documents",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("source", "url")),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("etag", "last_modified")),
        sa.PrimaryKeyConstraint("source", "url", name="pk_import_documents"),
    )
    op.create_table(
        "import_runs",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "source", "state")),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("started_at", "beat_at")),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_import_runs"),
    )
    op.create_index("ix_import_runs_source_id", "import_runs", ["source", "id"])
    going_on = sa.text("state = 'running'")
    op.create_index("uq_import_runs_going_on", "import_runs", ["source"], unique=True, sqlite_where=going_on)
    op.create_table(
        "import_absences",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("uid", "run")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("taken_back", "held")),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("source", "key", name="pk_import_absences"),
        sa.ForeignKeyConstraint(["uid"], ["records.uid"], name="fk_import_absences_uid_records"),
    )
    op.create_index("ix_import_absences_uid", "import_absences", ["uid"])


def downgrade() -> None:
    """Take them back."""
    for name in reversed(_TABLES):
        op.drop_table(name)
    with op.batch_alter_table("findings") as table:
        table.drop_column("run")
        table.drop_column("held")
