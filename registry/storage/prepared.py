"""Statements put into words once: the text, how each value goes in, and how each column comes out.

Building and compiling a statement at each call costs several times what SQLite takes to run it. A statement is
still written with SQLAlchemy's tables, so that there is one description of them; what varies is a named parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import BindParameter, ClauseElement, Select, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import Boolean, TypeEngine
from sqlmodel.sql.sqltypes import UTCDateTime

Converter: TypeAlias = Callable[[Any], Any]
Values: TypeAlias = Mapping[str, Any]
Type = TypeVar("Type")

_DIALECT = sqlite.dialect(paramstyle="qmark")


class Prepared:
    """One statement. ``text`` is what the driver runs."""

    def __init__(self, statement: ClauseElement) -> None:
        compiled: Any = statement.compile(dialect=_DIALECT)
        self.text = str(compiled)
        binds: list[BindParameter[Any]] = [compiled.binds[name] for name in compiled.positiontup]
        self._names = tuple(bind.key if bind.required else None for bind in binds)
        self._constants = tuple(bind.value for bind in binds)
        writers = enumerate(_writer(bind.type) for bind in binds)
        self._writers = tuple((at, writer) for at, writer in writers if writer is not None)
        columns = statement.selected_columns if isinstance(statement, Select) else ()
        readers = enumerate(_reader(column.type) for column in columns)
        self._readers = tuple((at, reader) for at, reader in readers if reader is not None)

    def parameters(self, values: Values) -> list[Any]:
        """What the driver is given for *values*, which are by name; none may be missing."""
        given = [
            constant if name is None else values[name]
            for name, constant in zip(self._names, self._constants, strict=True)
        ]
        for at, writer in self._writers:
            if given[at] is not None:
                given[at] = writer(given[at])
        return given

    def read(self, row: Sequence[Any]) -> list[Any]:
        """A row of the driver's as Python values."""
        values = list(row)
        for at, reader in self._readers:
            value = values[at]
            if value is not None:
                values[at] = reader(value)
        return values


def named(name: str, type_: TypeEngine[Type]) -> BindParameter[Type]:
    """A value that is given at each call."""
    return bindparam(name, type_=type_)


def _writer(type_: TypeEngine[Any]) -> Converter | None:
    if isinstance(type_, UTCDateTime):
        return _write_instant
    if isinstance(type_, Boolean):
        return None
    return type_.dialect_impl(_DIALECT).bind_processor(_DIALECT)


def _reader(type_: TypeEngine[Any]) -> Converter | None:
    if isinstance(type_, UTCDateTime):
        return _read_instant
    if isinstance(type_, Boolean):
        return bool
    return type_.dialect_impl(_DIALECT).result_processor(_DIALECT, None)


def _write_instant(instant: datetime) -> str:
    """As SQLAlchemy writes it: UTC without saying so, always with microseconds."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _read_instant(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")
