"""The store of record on SQLite: one connection that writes, several that read."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from registry.domain.errors import Misconfigured
from registry.ports import Reader, Storage, Unit
from registry.settings import Settings
from registry.storage import engine
from registry.storage.counts import PublicCounts
from registry.storage.migrations.upgrade import NEWEST, stored_revision, upgrade
from registry.storage.repositories import Repositories
from registry.storage.unit import Turns
from registry.storage.views import Views


class SqliteStorage:
    """``ports.Storage`` in one file, which several processes may open at once."""

    def __init__(self, path: Path, *, batch_units: int, busy_seconds: float) -> None:
        self._path = path
        self._write_engine = engine.write_engine(path, busy_seconds=busy_seconds)
        self._views = Views(engine.read_engine(path, busy_seconds=busy_seconds), busy_seconds=busy_seconds)
        self._counts = PublicCounts()
        self._turns = Turns(self._write_engine, batch_units=batch_units)

    def begin(self) -> AbstractContextManager[Unit]:
        """See the port."""
        return self._turns.begin()

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """See the port.

        Raises:
            StoreUnavailable: the store cannot be read now.
        """
        with self._views.read() as statements:
            yield Repositories(statements, self._counts)

    def backup(self, target: Path) -> None:
        """See the port.

        Raises:
            AlreadyExists: there is a file at *target*.
            StoreUnavailable: it could not be written; nothing is left at *target*.
        """
        engine.copy(self._path, target)

    def close(self) -> None:
        """See the port."""
        self._views.close()
        self._write_engine.dispose()


def open_storage(settings: Settings, *, busy_seconds: float = engine.BUSY_SECONDS) -> Storage:
    """Open the store of a node; an empty one is made where there is none.

    Args:
        busy_seconds: how long a unit waits while another process writes.

    Raises:
        Misconfigured: the store was written by another version; an older one wants ``commons upgrade``.
        StoreUnavailable: it cannot be opened.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    stored = stored_revision(settings.database_path)
    if stored is None:
        upgrade(settings.database_path, busy_seconds=busy_seconds)
    elif stored != NEWEST:
        command = f"commons upgrade --data-dir {shlex.quote(str(settings.data_dir))}"
        raise Misconfigured("the store is of another version", hint=f"bring it up to date with: {command}")
    return SqliteStorage(settings.database_path, batch_units=settings.write_batch_units, busy_seconds=busy_seconds)
