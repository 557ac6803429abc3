"""A store that tells which statements were run, as the database itself saw them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from registry.ports import Reader, Storage, Unit


class TracedStorage:
    """The store beneath, and ``statements``: every SELECT, INSERT, UPDATE and DELETE since the list was cleared."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.statements: list[str] = []

    @contextmanager
    def begin(self) -> Iterator[Unit]:
        with self._storage.begin() as unit, self._traced(unit):
            yield unit

    @contextmanager
    def read(self) -> Iterator[Reader]:
        with self._storage.read() as reader, self._traced(reader):
            yield reader

    def backup(self, target: Path) -> None:
        self._storage.backup(target)

    def close(self) -> None:
        self._storage.close()

    @contextmanager
    def _traced(self, view: Any) -> Iterator[None]:
        driver = view.meta._statements._driver
        driver.set_trace_callback(self._seen)
        try:
            yield
        finally:
            driver.set_trace_callback(None)

    def _seen(self, statement: str) -> None:
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            self.statements.append(statement)
