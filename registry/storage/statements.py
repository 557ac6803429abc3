"""Running statements within one transaction, with the driver's errors told in the registry's own words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.exc import DBAPIError, IntegrityError

from registry.domain.errors import AlreadyExists, InvalidInput, NotFound, Problem, StoreUnavailable
from registry.storage import engine
from registry.storage.prepared import Prepared, Values

_GONE = "the store could not be read or written now; try again"
_TAKEN = "something with this key exists already"
_NOTHING: Values = {}


class Statements:
    """The statements of one unit or one view; of no use once its block was left.

    Each method raises:
        AlreadyExists: a unique key is taken; *taken* is the message.
        NotFound: a row refers to one that does not exist.
        InvalidInput: a text holds half a surrogate pair, or a number has more than 64 bits.
        StoreUnavailable: the store cannot be used now, or has ended the transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection: Connection | None = connection
        self._driver = engine.driver_connection(connection)
        self.erases = False

    def run(
        self,
        statement: Executable,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        taken: str = _TAKEN,
    ) -> CursorResult[*tuple[Any, ...]]:
        """Execute *statement*, which is built for this call."""
        if self._connection is None:
            raise StoreUnavailable("this transaction has ended")
        try:
            return self._connection.execute(statement, parameters)
        except DBAPIError as error:
            raise self._told(error.orig, taken, error) from error
        except (UnicodeEncodeError, OverflowError) as error:
            raise _not_storable() from error

    def rows(self, statement: Executable) -> Sequence[Mapping[str, Any]]:
        """Every row of *statement*, by column names."""
        return cast("Sequence[Mapping[str, Any]]", self.run(statement).mappings().all())

    def row(self, statement: Executable) -> Mapping[str, Any] | None:
        """The one row of *statement*, if there is one."""
        return cast("Mapping[str, Any] | None", self.run(statement).mappings().one_or_none())

    def fetch(self, prepared: Prepared, values: Values = _NOTHING) -> list[list[Any]]:
        """Every row of a prepared statement."""
        return [prepared.read(row) for row in self._execute(prepared, values)]

    def fetch_listed(self, prepared: Prepared, given: Sequence[Any]) -> list[list[Any]]:
        """Every row of a prepared statement that is given the driver's values in their order."""
        return [prepared.read(row) for row in self._run_with(prepared, given)]

    def first(self, prepared: Prepared, values: Values = _NOTHING) -> list[Any] | None:
        """The first row of a prepared statement, if there is one."""
        rows = self._execute(prepared, values)
        return prepared.read(rows[0]) if rows else None

    def write(self, prepared: Prepared, values: Values, *, taken: str = _TAKEN) -> None:
        """Run a prepared statement that gives no rows."""
        self._execute(prepared, values, taken)

    def write_each(self, prepared: Prepared, rows: Iterable[Values], *, taken: str = _TAKEN) -> None:
        """Run a prepared statement once for each of *rows*."""
        self.write_rows(prepared, [prepared.parameters(row) for row in rows], taken=taken)

    def write_rows(self, prepared: Prepared, rows: Iterable[Sequence[Any]], *, taken: str = _TAKEN) -> None:
        """Run a prepared statement once for each of *rows*, each of which is what the driver is given."""
        if self._connection is None:
            raise StoreUnavailable("this transaction has ended")
        try:
            self._driver.executemany(prepared.text, rows)
        except sqlite3.Error as error:
            raise self._told(error, taken) from error
        except (UnicodeEncodeError, OverflowError) as error:
            raise _not_storable() from error

    def _execute(self, prepared: Prepared, values: Values, taken: str = _TAKEN) -> list[tuple[Any, ...]]:
        return self._run_with(prepared, prepared.parameters(values), taken)

    def _run_with(self, prepared: Prepared, given: Sequence[Any], taken: str = _TAKEN) -> list[tuple[Any, ...]]:
        if self._connection is None:
            raise StoreUnavailable("this transaction has ended")
        try:
            return self._driver.execute(prepared.text, given).fetchall()
        except sqlite3.Error as error:
            raise self._told(error, taken) from error
        except (UnicodeEncodeError, OverflowError) as error:
            raise _not_storable() from error

    def _told(self, error: BaseException | None, taken: str, wrapped: DBAPIError | None = None) -> Exception:
        """What to raise for an error of the driver."""
        # The store may have ended the transaction with the error; nothing may then be written outside it.
        if not self._driver.in_transaction:
            self.close()
            return StoreUnavailable(_GONE)
        if not isinstance(error, sqlite3.IntegrityError):
            return StoreUnavailable(_GONE)
        if engine.is_duplicate(error):
            return AlreadyExists(taken)
        if engine.is_dangling(error):
            return NotFound("this refers to something that does not exist")
        return wrapped or IntegrityError(None, None, error)

    def close(self) -> None:
        """Refuse every further statement."""
        self._connection = None


def _not_storable() -> InvalidInput:
    problem = Problem((), "INVALID_FORMAT", "a text or a number in this request cannot be stored")
    return InvalidInput([problem])
