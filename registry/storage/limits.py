"""The buckets in a SQLite file of their own: ``limits.db``, beside the store and never backed up with it.

Nothing in it is worth a disk flush, so a charge costs microseconds. What cannot be read is deleted and made anew; where
there can be no file at all, each process counts for itself until there can be one again.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TypeVar

from registry.domain.budget import Balance, Charge, balance_of, nanoseconds
from registry.locking import locked
from registry.settings import Settings

BUSY_SECONDS = 1.0
SWEEP_SECONDS = 60.0
RETRY_SECONDS = 5.0

_TABLE = "CREATE TABLE IF NOT EXISTS buckets (name BLOB PRIMARY KEY, full_at INTEGER NOT NULL) WITHOUT ROWID"
# The arithmetic of ``Allowance.missing``.
_TAKE = """WITH asked (name, span, charge) AS (VALUES {rows}),
  missing (name, span, charge, missing) AS MATERIALIZED (
    SELECT asked.name, span, charge, CASE
      WHEN buckets.full_at IS NULL OR buckets.full_at > ?1 + 2 * span THEN 0
      ELSE min(max(buckets.full_at - ?1, 0), span) END
    FROM asked LEFT JOIN buckets ON buckets.name = asked.name)
INSERT INTO buckets (name, full_at)
SELECT name, ?1 + missing + charge FROM missing WHERE (SELECT max(missing + charge - span) FROM missing) <= 0
ON CONFLICT (name) DO UPDATE SET full_at = excluded.full_at
RETURNING name, full_at"""
_GIVE_BACK = """WITH unused (name, charge) AS (VALUES {rows})
UPDATE buckets SET full_at = full_at - (SELECT charge FROM unused WHERE unused.name = buckets.name)
WHERE name IN (SELECT name FROM unused)"""
_LOOK = "SELECT name, full_at FROM buckets WHERE name IN ({marks})"
_SWEEP = "DELETE FROM buckets WHERE full_at <= ? OR full_at > ?"
# No window is longer.
_LONGEST = 24 * 3600 * 1_000_000_000

Result = TypeVar("Result")


class SqliteLimits:
    """``Limits`` over one file, for all processes that open it."""

    def __init__(
        self, path: Path, secret: bytes, *, sweep_seconds: float = SWEEP_SECONDS, retry_seconds: float = RETRY_SECONDS
    ) -> None:
        """Open the file, or make it.

        Args:
            secret: 16 to 64 bytes; names of buckets are kept as their hash with it.
            sweep_seconds: how often full buckets are deleted.
            retry_seconds: how long this process counts for itself before it tries the file again.
        """
        self._path = path
        self._secret = secret
        self._lock = threading.Lock()
        self._inode = 0
        self._retry_at = 0.0
        self._memory: sqlite3.Connection | None = None
        self._sweep_seconds = sweep_seconds
        self._retry_seconds = retry_seconds
        self._sweep_at = time.monotonic() + sweep_seconds
        self._connection = self._open()

    def take(self, charges: Sequence[Charge], now: datetime) -> tuple[bool, tuple[Balance, ...]]:
        """See ``Limits.take``."""
        at = nanoseconds(now)
        names = self._names(charges)

        def run(connection: sqlite3.Connection) -> tuple[bool, dict[bytes, int]]:
            rows = connection.execute(_take(len(charges)), self._values(charges, names, at)).fetchall()
            return (True, dict(rows)) if rows else (False, _full_at(connection, names))

        taken, full_at = self._run(run) if charges else (True, {})
        self._sweep_sometimes(at)
        return taken, _balances(charges, names, full_at, at, taken=taken)

    def give_back(self, charges: Sequence[Charge]) -> None:
        """See ``Limits.give_back``."""
        if charges:
            values: list[bytes | int] = []
            for one, name in zip(charges, self._names(charges), strict=True):
                values += (name, one.bucket.allowance.duration(one.amount))
            self._run(lambda connection: connection.execute(_give_back(len(charges)), values))

    def close(self) -> None:
        """See ``Limits.close``."""
        with self._lock:
            self._let_go()
            if self._memory is not None:
                self._memory.close()

    def _names(self, charges: Sequence[Charge]) -> list[bytes]:
        return [hashlib.blake2b(one.bucket.name.encode(), digest_size=16, key=self._secret).digest() for one in charges]

    @staticmethod
    def _values(charges: Sequence[Charge], names: Sequence[bytes], now: int) -> list[bytes | int]:
        values: list[bytes | int] = [now]
        for one, name in zip(charges, names, strict=True):
            allowance = one.bucket.allowance
            values += (name, allowance.window, allowance.duration(one.amount))
        return values

    def _sweep_sometimes(self, now: int) -> None:
        """Delete the buckets that are full: they say nothing that an absent one does not say."""
        if time.monotonic() < self._sweep_at:
            return
        self._sweep_at = time.monotonic() + self._sweep_seconds
        self._run(lambda connection: connection.execute(_SWEEP, (now, now + _LONGEST)))

    def _run(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run *work* on the file that is there now; on a new one where it cannot be used."""
        with self._lock:
            if self._is_replaced():
                self._let_go()
                self._connection = self._open()
            for another in (self._mended, self._in_memory):
                try:
                    return work(self._connection)
                except sqlite3.Error:
                    self._let_go()
                    self._connection = another()
            return work(self._connection)

    def _is_replaced(self) -> bool:
        """Whether the file was deleted or made anew by another process, or may be tried again."""
        if not self._inode:
            return time.monotonic() >= self._retry_at
        try:
            return self._path.stat().st_ino != self._inode
        except OSError:
            return True

    def _open(self) -> sqlite3.Connection:
        """A connection to the file; one to memory where there can be no file."""
        try:
            with self._alone():
                return self._connected()
        except (sqlite3.Error, OSError):
            return self._mended()

    def _mended(self) -> sqlite3.Connection:
        try:
            with self._alone():
                if self._path.exists() and not _is_sound(self._path):
                    self._delete()
                return self._connected()
        except (sqlite3.Error, OSError):
            return self._in_memory()

    def _in_memory(self) -> sqlite3.Connection:
        """What this process counts for itself, kept for as long as it runs: trying the file again empties no bucket."""
        self._inode, self._retry_at = 0, time.monotonic() + self._retry_seconds
        if self._memory is None:
            self._memory = _prepared(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))
        return self._memory

    def _let_go(self) -> None:
        if self._connection is not self._memory:
            self._connection.close()

    def _connected(self) -> sqlite3.Connection:
        # Opening a file that SQLite has open, and closing it, would let go of its locks: only what is new is opened.
        with suppress(FileExistsError):
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        inode = self._path.stat().st_ino
        connection = sqlite3.connect(
            self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=32
        )
        try:
            _prepared(connection)
        except sqlite3.Error:
            connection.close()
            raise
        self._inode = inode
        return connection

    def _delete(self) -> None:
        for end in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                self._path.with_name(self._path.name + end).unlink()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Only one process at a time opens or deletes the file."""
        with locked(self._path.with_name(self._path.name + ".lock"), wait=True):
            yield


def open_limits(settings: Settings, secret: bytes) -> SqliteLimits:
    """The buckets of the node in the data directory of *settings*."""
    return SqliteLimits(settings.limits_path, secret)


@cache
def _take(count: int) -> str:
    rows = ", ".join(f"(?{at}, ?{at + 1}, ?{at + 2})" for at in range(2, 2 + 3 * count, 3))
    return _TAKE.format(rows=rows)


@cache
def _give_back(count: int) -> str:
    return _GIVE_BACK.format(rows=", ".join(["(?, ?)"] * count))


def _full_at(connection: sqlite3.Connection, names: Sequence[bytes]) -> dict[bytes, int]:
    marks = ", ".join("?" * len(names))
    return dict(connection.execute(_LOOK.format(marks=marks), names).fetchall())


def _balances(
    charges: Sequence[Charge], names: Sequence[bytes], full_at: dict[bytes, int], now: int, *, taken: bool
) -> tuple[Balance, ...]:
    return tuple(
        balance_of(one, full_at.get(name, 0), now, taken=taken) for one, name in zip(charges, names, strict=True)
    )


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    # A write-ahead log outlives a process that is killed in the middle of a write; a rollback journal would not.
    for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=OFF", "PRAGMA temp_store=MEMORY", _TABLE):
        connection.execute(statement)
    return connection


def _is_sound(path: Path) -> bool:
    """Whether SQLite can use the file; one that is only busy, or on a full disk, is sound."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        return bool(connection.execute("PRAGMA quick_check").fetchone()[0] == "ok")
    except sqlite3.OperationalError:
        return True
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()
