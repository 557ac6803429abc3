"""Dumps for everybody: the table of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from registry.domain.dump.made import DumpFile, Gone, Made
from registry.storage.statements import Statements
from registry.storage.tables import DUMPS

_COLUMN = DUMPS.c
_NEWEST_FIRST = (_COLUMN.made_at.desc(), _COLUMN.name.desc())


class DumpTable:
    """``ports.Dumps``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, made: Made) -> None:
        """See the port."""
        self._statements.run(insert(DUMPS), _values(made), taken="there was a dump of this name")

    def get(self, name: str) -> Made | None:
        """See the port."""
        row = self._statements.row(select(DUMPS).where(_COLUMN.name == name))
        return None if row is None else _made(row)

    def all(self) -> tuple[Made, ...]:
        """See the port."""
        return tuple(map(_made, self._statements.rows(select(DUMPS).order_by(*_NEWEST_FIRST))))

    def standing(self) -> tuple[Made, ...]:
        """See the port."""
        these = select(DUMPS).where(_COLUMN.gone_at.is_(None)).order_by(*_NEWEST_FIRST)
        return tuple(map(_made, self._statements.rows(these)))

    def take_down(self, names: Collection[str], *, at: datetime, because: Gone) -> None:
        """See the port."""
        these = update(DUMPS).where(_COLUMN.name.in_(sorted(names)), _COLUMN.gone_at.is_(None))
        self._statements.run(these.values(gone_at=at, because=because.value))


def _values(made: Made) -> dict[str, Any]:
    return asdict(made) | {"because": made.because.value if made.because else None}


def _made(row: Mapping[str, Any]) -> Made:
    because = Gone(row["because"]) if row["because"] else None
    return Made(**{**row, "files": tuple(DumpFile(**one) for one in row["files"]), "because": because})
