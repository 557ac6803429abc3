"""Connections that read, kept open: taking one for a view costs little beside the statements it runs."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from registry.domain.errors import StoreUnavailable
from registry.storage import engine as driver
from registry.storage.statements import Statements

_BUSY = "the store cannot be read now; try again"


class Views:
    """At most ``READ_CONNECTIONS`` views at a time; whoever comes then waits *busy_seconds* at most."""

    def __init__(self, engine: Engine, *, busy_seconds: float) -> None:
        self._engine = engine
        self._busy_seconds = busy_seconds
        self._free = threading.Semaphore(driver.READ_CONNECTIONS)
        # Around both: what ends its view while the store is closed is closed by one or the other.
        self._closing = threading.Lock()
        self._idle: deque[Connection] = deque()
        self._is_open = True

    @contextmanager
    def read(self) -> Iterator[Statements]:
        """A transaction that sees one state of the store.

        Raises:
            StoreUnavailable: the store cannot be read now.
        """
        if not self._free.acquire(timeout=self._busy_seconds):
            raise StoreUnavailable(_BUSY)
        try:
            connection = self._begin()
            statements = Statements(connection)
            try:
                yield statements
            finally:
                statements.close()
                self._end(connection)
        finally:
            self._free.release()

    def close(self) -> None:
        """Let go of every connection; one that is in use is closed at the end of its view."""
        with self._closing:
            self._is_open = False
        # A view that begins just now may take the last one away.
        with suppress(IndexError):
            while True:
                self._idle.pop().close()
        self._engine.dispose()

    def _connect(self) -> Connection:
        try:
            return self._engine.connect()
        except SQLAlchemyError as error:
            raise StoreUnavailable(_BUSY) from error

    def _begin(self) -> Connection:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        try:
            driver.driver_connection(connection).execute("BEGIN")
        except sqlite3.Error as error:
            connection.invalidate()
            connection.close()
            raise StoreUnavailable(_BUSY) from error
        return connection

    def _end(self, connection: Connection) -> None:
        try:
            if connection.in_transaction():
                connection.rollback()
            else:
                driver.driver_connection(connection).rollback()
        except (SQLAlchemyError, sqlite3.Error):
            connection.invalidate()
            connection.close()
        else:
            with self._closing:
                if self._is_open:
                    self._idle.append(connection)
                    return
            connection.close()
