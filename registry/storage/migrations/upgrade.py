"""Bringing a store's tables up to date, all at once or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from registry.domain.errors import Misconfigured, StoreUnavailable
from registry.storage import engine

if TYPE_CHECKING:
    from alembic.config import Config

NEWEST = "0032"
SCRIPTS = Path(__file__).parent


def upgrade(path: Path, *, busy_seconds: float = engine.BUSY_SECONDS, scripts: Path = SCRIPTS) -> None:
    """Run the migrations that the store at *path* lacks, in one transaction; make the store if there is none.

    Raises:
        Misconfigured: the store has a revision that this version does not know.
        StoreUnavailable: a migration failed, or the store cannot be opened; it is as it was.
    """
    if scripts == SCRIPTS and stored_revision(path) == NEWEST:
        return
    # Loading Alembic takes longer than all the rest of opening a store, and is seldom needed.
    from alembic import command
    from alembic.util import CommandError

    writing = engine.write_engine(path, busy_seconds=busy_seconds)
    try:
        with writing.connect() as connection:
            engine.without_foreign_keys(connection)
            with connection.begin():
                alembic = config(scripts)
                alembic.attributes["connection"] = connection
                command.upgrade(alembic, "head")
                if engine.broken_foreign_keys(connection):
                    raise StoreUnavailable("the migration would leave rows that refer to nothing; nothing was changed")
    except CommandError as error:
        raise Misconfigured("the store was written by a newer version of this software; upgrade it") from error
    except SQLAlchemyError as error:
        raise StoreUnavailable("the store could not be opened or brought up to date; nothing was changed") from error
    finally:
        writing.dispose()


def config(scripts: Path = SCRIPTS) -> Config:
    """Alembic's configuration, without a file."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(scripts).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    return made


def stored_revision(path: Path) -> str | None:
    """The revision of the tables at *path*; ``None`` where there are none yet."""
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(path)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:
        return None
    except sqlite3.Error as error:
        raise StoreUnavailable("the store's file cannot be read as a database") from error
    return None if row is None else str(row[0])
