"""Connections to SQLite, and all that is peculiar to it: pragmas, transactions, error codes, copies.

The driver is kept from beginning transactions by itself: it would begin them late, so that a unit that reads
before it writes fails as soon as another process has written meanwhile.
"""

from __future__ import annotations

import functools
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import LRUCache

from registry.domain.errors import AlreadyExists, StoreUnavailable

BUSY_SECONDS = 10.0
READ_CONNECTIONS = 8
_CHECKPOINT_MILLISECONDS = 200

_DUPLICATE = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
_COMPILED: LRUCache[Any, Any] = LRUCache(500)
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
# Of the connection that writes. An import touches the same pages of many indexes time and again: 32 MB hold them, which
# SQLite takes as it needs them; and a page that stands in a journal of up to 16 MB many times goes into the file once.
_WRITING = ("cache_size=-32000", "wal_autocheckpoint=4000")


def write_engine(path: Path, *, busy_seconds: float) -> Engine:
    """One connection whose transactions begin by taking the write lock of the file."""
    return _engine(path, busy_seconds, connections=1, begin="BEGIN IMMEDIATE", pragmas=(*_PRAGMAS, *_WRITING))


def read_engine(path: Path, *, busy_seconds: float) -> Engine:
    """Several connections that cannot write; ``Views`` begins and ends their transactions."""
    return _engine(path, busy_seconds, connections=READ_CONNECTIONS, begin=None, pragmas=(*_PRAGMAS, "query_only=ON"))


def _engine(
    path: Path, busy_seconds: float, *, connections: int, begin: str | None, pragmas: tuple[str, ...]
) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"timeout": busy_seconds, "check_same_thread": False},
        pool_size=connections,
        max_overflow=0,
        pool_timeout=busy_seconds,
        # What somebody wrote must not stand in the message of an error.
        hide_parameters=True,
        execution_options={"compiled_cache": _COMPILED},
    )
    engine.dialect = _dialect()
    event.listen(engine, "connect", _prepare(pragmas))
    if begin is not None:
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


@functools.cache
def _dialect() -> Dialect:
    """What all connections of this process speak: statements are kept by it, and so compiled once for all of them."""
    memory = create_engine("sqlite://")
    # It learns the version of SQLite as it connects.
    with memory.connect():
        pass
    memory.dispose()
    return memory.dialect


def _prepare(pragmas: tuple[str, ...]) -> Callable[[DBAPIConnection, ConnectionPoolEntry], None]:
    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        with closing(connection.cursor()) as cursor:
            for pragma in pragmas:
                cursor.execute(f"PRAGMA {pragma}")

    return prepare


def in_transaction(connection: Connection) -> bool:
    """Whether the transaction still stands: SQLite ends it by itself, for example on a full disk."""
    return bool(driver_connection(connection).in_transaction)


def is_duplicate(error: sqlite3.IntegrityError) -> bool:
    """Whether a key was taken, as opposed to another broken constraint."""
    return error.sqlite_errorcode in _DUPLICATE


def is_dangling(error: sqlite3.IntegrityError) -> bool:
    """Whether a row refers to one that does not exist."""
    return error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY


def without_foreign_keys(connection: Connection) -> None:
    """Let a migration rebuild tables; to be called before its transaction begins."""
    driver_connection(connection).execute("PRAGMA foreign_keys=OFF")


def broken_foreign_keys(connection: Connection) -> int:
    """How many rows refer to nothing."""
    return len(connection.exec_driver_sql("PRAGMA foreign_key_check").all())


def empty_journal(connection: Connection) -> None:
    """Move the write-ahead log into the file, so that what was erased is in neither.

    Where readers hold it, or the disk does not take it now, the next erasure does it, or the end of the node: the
    commit stands already.
    """
    driver = driver_connection(connection)
    timeout = driver.execute("PRAGMA busy_timeout").fetchone()[0]
    driver.execute(f"PRAGMA busy_timeout={_CHECKPOINT_MILLISECONDS}")
    with suppress(sqlite3.Error):
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    driver.execute(f"PRAGMA busy_timeout={timeout}")


def copy(path: Path, target: Path) -> None:
    """Write a consistent, compact copy of the store to *target*, which must not exist, durably.

    Raises:
        AlreadyExists: there is a file at *target*.
        StoreUnavailable: it could not be written; nothing is left at *target*.
    """
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise AlreadyExists("there is a file of this name already", hint="name a new file") from None
    except OSError as error:
        raise StoreUnavailable(f"the copy cannot be written: {error.strerror}") from error
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
        sync(target)
        sync(target.parent)
    except (sqlite3.Error, OSError) as error:
        target.unlink(missing_ok=True)
        raise StoreUnavailable("the copy could not be written; is the disk full?") from error


def damage(path: Path) -> tuple[str, ...]:
    """What the database itself finds wrong with its file, in words; nothing where it is whole.

    Raises:
        StoreUnavailable: the file cannot be opened now.
    """
    try:
        with closing(sqlite3.connect(path)) as connection:
            rows = connection.execute("PRAGMA integrity_check").fetchall()
    except sqlite3.OperationalError as error:
        raise StoreUnavailable("the store cannot be read now; try again") from error
    except sqlite3.DatabaseError:
        return ("the store's file is damaged, or is no database",)
    return tuple(f"the store's file is damaged: {text}" for (text,) in rows if text != "ok")


def sync(path: Path) -> None:
    """Make a file's content, or a folder's names, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def driver_connection(connection: Connection) -> sqlite3.Connection:
    """What prepared statements run on: the same transaction as *connection*'s."""
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)
