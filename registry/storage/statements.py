"""Running statements within one transaction, with the driver's errors told in the registry's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.exc import DBAPIError, IntegrityError

from registry.domain.errors import AlreadyExists, InvalidInput, NotFound, Problem, StoreUnavailable
from registry.storage import engine

_GONE = "the store could not be read or written now; try again"


class Statements:
    """The statements of one unit or one view; of no use once its block was left."""

    def __init__(self, connection: Connection) -> None:
        self._connection: Connection | None = connection
        self.erases = False

    def run(
        self,
        statement: Executable,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        taken: str = "something with this key exists already",
    ) -> CursorResult[*tuple[Any, ...]]:
        """Execute *statement*.

        Raises:
            AlreadyExists: a unique key is taken; *taken* is the message.
            NotFound: a row refers to one that does not exist.
            InvalidInput: a text holds half a surrogate pair, or a number has more than 64 bits.
            StoreUnavailable: the store cannot be used now, or has ended the transaction.
        """
        connection = self._connection
        if connection is None:
            raise StoreUnavailable("this transaction has ended")
        try:
            return connection.execute(statement, parameters)
        except IntegrityError as error:
            # The store may have ended the transaction with the error; nothing may then be written outside it.
            if not engine.in_transaction(connection):
                self.close()
                raise StoreUnavailable(_GONE) from error
            if engine.is_duplicate(error):
                raise AlreadyExists(taken) from error
            if engine.is_dangling(error):
                raise NotFound("this refers to something that does not exist") from error
            raise
        except DBAPIError as error:
            if not engine.in_transaction(connection):
                self.close()
            raise StoreUnavailable(_GONE) from error
        except (UnicodeEncodeError, OverflowError) as error:
            problem = Problem((), "INVALID_FORMAT", "a text or a number in this request cannot be stored")
            raise InvalidInput([problem]) from error

    def rows(self, statement: Executable) -> Sequence[Mapping[str, Any]]:
        """Every row of *statement*, by column names. Raises as ``run`` does."""
        return cast("Sequence[Mapping[str, Any]]", self.run(statement).mappings().all())

    def row(self, statement: Executable) -> Mapping[str, Any] | None:
        """The one row of *statement*, if there is one. Raises as ``run`` does."""
        return cast("Mapping[str, Any] | None", self.run(statement).mappings().one_or_none())

    def close(self) -> None:
        """Refuse every further statement."""
        self._connection = None
