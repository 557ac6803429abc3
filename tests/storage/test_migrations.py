"""Migrations: they make exactly the tables of the models, and all of them or nothing."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from registry.domain.errors import Misconfigured, StoreUnavailable
from registry.settings import Settings
from registry.storage.engine import write_engine
from registry.storage.migrations import upgrade as migrations
from registry.storage.store import open_storage
from registry.storage.tables import Row
from tests.forking import Forked

BROKEN = '''
"""Makes a table, then fails."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "NEWEST"


def upgrade() -> None:
    op.create_table("half", sa.Column("id", sa.String(), primary_key=True))
    op.execute("DELETE FROM meta")
    op.execute("INSERT INTO nowhere VALUES (1)")
'''


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "registry.db"


def tables_of(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        return {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_the_migrations_make_exactly_the_tables_of_the_models(database: Path) -> None:
    migrations.upgrade(database)

    engine = write_engine(database, busy_seconds=1)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert [] == compare_metadata(context, Row.metadata)
    engine.dispose()


def test_the_newest_revision_is_the_one_that_opening_a_store_expects() -> None:
    scripts = ScriptDirectory.from_config(migrations.config())

    assert [migrations.NEWEST] == scripts.get_heads()


def test_a_store_that_is_up_to_date_is_left_alone(database: Path) -> None:
    assert migrations.stored_revision(database) is None

    migrations.upgrade(database)
    migrations.upgrade(database)

    assert migrations.NEWEST == migrations.stored_revision(database)


def test_processes_that_open_an_empty_store_at_once_make_it_once(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from registry.storage.migrations.upgrade import upgrade; "
    arguments = ["-c", code + "upgrade(Path(sys.argv[1]))", str(tmp_path / "registry.db")]
    running = [Forked("loaded-python", *arguments) for _ in range(3)]

    assert [0, 0, 0] == [process.wait() for process in running]
    assert migrations.NEWEST == migrations.stored_revision(tmp_path / "registry.db")


def test_a_migration_can_be_taken_back(database: Path) -> None:
    migrations.upgrade(database)

    engine = write_engine(database, busy_seconds=1)
    with engine.connect() as connection, connection.begin():
        alembic = migrations.config()
        alembic.attributes["connection"] = connection
        command.downgrade(alembic, "base")
    engine.dispose()

    assert {"alembic_version"} == tables_of(database)


def test_releases_of_taxonomies_outlive_the_migration_and_its_return(database: Path) -> None:
    put = "INSERT INTO taxonomies VALUES ('atlas', ?, 'ATLAS', 'Apache-2.0', 'https://x.example', '[]')"
    kept = "SELECT version FROM taxonomies ORDER BY version"

    _migrate(database, "0002")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(put, ("4.9.1",))
    _migrate(database, "0003")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(put, ("5.3.0",))
        both = connection.execute(kept).fetchall()
    _migrate(database, "0002")
    with closing(sqlite3.connect(database)) as connection:
        last = connection.execute(kept).fetchall()

    assert [("4.9.1",), ("5.3.0",)] == both
    assert [("5.3.0",)] == last


def test_facets_outlive_the_migration_to_numbers_and_its_return(database: Path) -> None:
    facets = [("misuse", "fraud", "b"), ("misuse", "spam", "a"), ("misuse", "spam", "b"), ("year", "2026", "a")]
    in_words = (
        "SELECT facet, value, uid FROM facets f JOIN facet_terms t ON t.id = f.term"
        " JOIN records r ON r.id = f.record ORDER BY 1, 2, 3"
    )
    by_lists = (
        "SELECT uid, (SELECT group_concat(t.value) FROM json_each(r.facets) j JOIN facet_terms t ON t.id = j.value)"
        " FROM records r ORDER BY uid"
    )

    _migrate(database, "0024")
    with closing(sqlite3.connect(database)) as connection, connection:
        _put(connection, "organisations", id="acme")
        for uid in ("c", "b", "a"):
            _put(connection, "records", uid=uid, owner="acme", number=uid, contributors="[]")
        connection.executemany("INSERT INTO facets (facet, value, uid) VALUES (?, ?, ?)", facets)
    _migrate(database, "0025")
    with closing(sqlite3.connect(database)) as connection:
        numbered = connection.execute(in_words).fetchall()
        lists = connection.execute(by_lists).fetchall()
        terms = connection.execute("SELECT facet, value FROM facet_terms ORDER BY id").fetchall()
    _migrate(database, "0024")
    with closing(sqlite3.connect(database)) as connection:
        last = connection.execute("SELECT facet, value, uid FROM facets ORDER BY 1, 2, 3").fetchall()
        uids = connection.execute("SELECT uid FROM records ORDER BY uid").fetchall()

    assert facets == numbered
    assert [("a", "spam,2026"), ("b", "fraud,spam"), ("c", None)] == lists
    assert [("misuse", "fraud"), ("misuse", "spam"), ("year", "2026")] == terms
    assert facets == last
    assert [("a",), ("b",), ("c",)] == uids


def _put(connection: sqlite3.Connection, table: str, **given: str) -> None:
    """A row of the table as it is now: what has to be there is empty or nought unless it is given."""
    columns = connection.execute(f"SELECT name, type FROM pragma_table_info('{table}') WHERE \"notnull\"").fetchall()
    values = {name: given.get(name, 0 if type_ in {"INTEGER", "BOOLEAN"} else "") for name, type_ in columns} | given
    places = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})", list(values.values()))


def _migrate(database: Path, revision: str) -> None:
    """Bring a store to *revision*, forwards or back."""
    engine = write_engine(database, busy_seconds=1)
    with engine.connect() as connection, connection.begin():
        alembic = migrations.config()
        alembic.attributes["connection"] = connection
        step = command.downgrade if _has(connection, revision) else command.upgrade
        step(alembic, revision)
    engine.dispose()


def _has(connection: Connection, revision: str) -> bool:
    found = MigrationContext.configure(connection).get_current_revision()
    return found is not None and found > revision


def test_a_migration_that_fails_leaves_nothing_behind(settings: Settings, tmp_path: Path) -> None:
    scripts = tmp_path / "scripts"
    shutil.copytree(migrations.SCRIPTS, scripts)
    (scripts / "versions" / "9999_broken.py").write_text(BROKEN.replace("NEWEST", migrations.NEWEST), encoding="utf-8")
    store = open_storage(settings)
    with store.begin() as unit:
        unit.meta.put("log_id", "one")
    store.close()

    with pytest.raises(StoreUnavailable):
        migrations.upgrade(settings.database_path, scripts=scripts)

    assert "half" not in tables_of(settings.database_path)
    assert migrations.NEWEST == migrations.stored_revision(settings.database_path)
    store = open_storage(settings)
    with store.read() as view:
        assert "one" == view.meta.get("log_id")
    store.close()


def test_a_store_of_a_newer_version_is_refused(settings: Settings) -> None:
    with closing(sqlite3.connect(settings.database_path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9998'")

    with pytest.raises(Misconfigured, match="another version") as refusal:
        open_storage(settings)

    assert f"commons upgrade --data-dir {settings.data_dir}" in (refusal.value.hint or "")


def test_a_file_that_is_no_database_is_refused(settings: Settings) -> None:
    settings.database_path.write_bytes(b"no database at all" * 1000)

    with pytest.raises(StoreUnavailable):
        open_storage(settings)
