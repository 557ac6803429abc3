"""Turns to write, and the only commit: units that wait for one another share one durable commit.

A unit is a SAVEPOINT within the open batch. Leaving it hands the turn to a unit that waits, which joins the
batch; where nobody waits, or the batch is full, the batch is committed. Every unit of it returns only then.
A block must therefore not wait for anything that another caller holds around a block of its own.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from registry.domain.errors import CommonsError, StoreUnavailable
from registry.storage import engine as driver
from registry.storage.repositories import Repositories
from registry.storage.statements import Statements

_LOST = "the change could not be made durable; nothing of it was kept, try again"


class Batch:
    """One transaction of the write connection, and the units that share it."""

    def __init__(self, engine: Engine) -> None:
        self._connection = engine.connect()
        try:
            self._transaction = self._connection.begin()
        except BaseException:
            self._connection.close()
            raise
        self._kept = 0
        self._erases = False
        self._is_sound = True
        self._is_durable = False
        self._ended = threading.Event()
        self.units = 0

    @property
    def is_sound(self) -> bool:
        """Whether it may be committed: the store can end a transaction by itself, and then nothing of it is kept."""
        return self._is_sound and driver.in_transaction(self._connection)

    @contextmanager
    def unit(self) -> Iterator[Repositories]:
        """A unit that is kept within the batch, or rolled back alone."""
        self.units += 1
        self._run("SAVEPOINT unit")
        statements = Statements(self._connection)
        try:
            yield Repositories(statements)
        except BaseException:
            if self.is_sound:
                self._settle("ROLLBACK TO unit", "RELEASE unit")
            raise
        finally:
            statements.close()
        self._settle("RELEASE unit")
        self._kept += 1
        self._erases = self._erases or statements.erases

    def _settle(self, *statements: str) -> None:
        """A savepoint that ends with an error leaves the batch in doubt: nothing of it may be committed then."""
        self._is_sound = False
        for statement in statements:
            self._run(statement)
        self._is_sound = True

    def _run(self, statement: str) -> None:
        driver.driver_connection(self._connection).execute(statement)

    def end(self) -> None:
        """Commit what the units wrote, if they wrote anything, and let go of the connection."""
        try:
            if self._kept and self.is_sound:
                self._transaction.commit()
                self._is_durable = True
                if self._erases:
                    driver.empty_journal(self._connection)
            else:
                self._transaction.rollback()
        except SQLAlchemyError:
            self._connection.invalidate()
        finally:
            try:
                self._connection.close()
            finally:
                # Whatever else fails, nobody may wait for this batch for ever.
                self._ended.set()

    def wait(self, *, was_kept: bool) -> None:
        """Return when the batch has ended well: a unit that was kept is durable then, one that failed was right to.

        Raises:
            StoreUnavailable: what the batch held was lost.
        """
        self._ended.wait()
        if not self._is_durable and (was_kept or self._kept):
            raise StoreUnavailable(_LOST)


class Turns:
    """Who may write now: one thread at a time, in batches of at most *batch_units*."""

    def __init__(self, engine: Engine, *, batch_units: int) -> None:
        self._engine = engine
        self._batch_units = batch_units
        self._changed = threading.Condition()
        self._holder: int | None = None
        self._waiting = 0
        self._batch: Batch | None = None

    @contextmanager
    def begin(self) -> Iterator[Repositories]:
        """See ``ports.Storage.begin``.

        Raises:
            RuntimeError: this thread has a unit open already; it would wait for itself.
        """
        batch = self._take()
        try:
            with batch.unit() as unit:
                yield unit
        except CommonsError:
            # What the unit refused may rest on a change of the same batch: answer once that is durable.
            self._pass_on(batch)
            batch.wait(was_kept=False)
            raise
        except BaseException as error:
            self._pass_on(batch)
            if isinstance(error, (SQLAlchemyError, sqlite3.Error)) and not isinstance(error, IntegrityError):
                raise StoreUnavailable(_LOST) from error
            raise
        self._pass_on(batch)
        batch.wait(was_kept=True)

    def _take(self) -> Batch:
        me = threading.get_ident()
        if self._holder == me:
            raise RuntimeError("a unit is open in this thread already: hand it on instead of beginning another")
        with self._changed:
            self._waiting += 1
            try:
                while self._holder is not None:
                    self._changed.wait()
                self._holder = me
            finally:
                self._waiting -= 1
                if self._holder != me:
                    self._give_up()
        try:
            if self._batch is None:
                self._batch = Batch(self._engine)
        except BaseException as error:
            self._release()
            if isinstance(error, SQLAlchemyError):
                raise StoreUnavailable("the store is busy or cannot be written now; try again") from error
            raise
        return self._batch

    def _pass_on(self, batch: Batch) -> None:
        try:
            goes_on = batch.units < self._batch_units and batch.is_sound
        except SQLAlchemyError:
            goes_on = False
        with self._changed:
            joined = goes_on and self._waiting > 0
            if joined:
                self._holder = None
                self._changed.notify()
        if not joined:
            self._end(batch)

    def _give_up(self) -> None:
        """Leave the queue after an interruption; nobody else may be there to end the open batch."""
        if self._holder is not None:
            return
        if self._waiting:
            self._changed.notify()
        elif self._batch is not None:
            batch, self._batch = self._batch, None
            batch.end()

    def _end(self, batch: Batch) -> None:
        try:
            batch.end()
        finally:
            self._batch = None
            self._release()

    def _release(self) -> None:
        with self._changed:
            self._holder = None
            self._changed.notify()
