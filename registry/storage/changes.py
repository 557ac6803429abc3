"""The change log: appended to within the write turn, so that ``seq`` follows the order of commits without gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC
from typing import Any

from sqlalchemy import Select, func, insert, select

from registry.domain.change import CHAIN_START, Change, ChangeKind, NewChange, link
from registry.domain.record import RecordUid
from registry.domain.workflow import Step
from registry.ports import LogHead
from registry.storage.statements import Statements
from registry.storage.tables import CHANGES

_PUBLIC_HEAD = select(func.max(CHANGES.c.public_seq)).scalar_subquery()
_HEAD = select(CHANGES.c.seq, CHANGES.c.chain_hash, _PUBLIC_HEAD).order_by(CHANGES.c.seq.desc()).limit(1)


class ChangeTable:
    """``ports.ChangeWriter``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def head(self) -> LogHead:
        """See the port."""
        seq, public_seq, _ = self._head()
        return LogHead(seq, public_seq)

    def after(self, seq: int, *, limit: int) -> tuple[Change, ...]:
        """See the port."""
        return self._changes(select(CHANGES).where(CHANGES.c.seq > seq).order_by(CHANGES.c.seq).limit(limit))

    def public_after(self, public_seq: int, *, limit: int) -> tuple[Change, ...]:
        """See the port."""
        column = CHANGES.c.public_seq
        return self._changes(select(CHANGES).where(column > public_seq).order_by(column).limit(limit))

    def of_record(self, uid: RecordUid) -> tuple[Change, ...]:
        """See the port."""
        return self._changes(select(CHANGES).where(CHANGES.c.uid == uid).order_by(CHANGES.c.seq))

    def append(self, row: NewChange) -> Change:
        """See the port."""
        seq, public_seq, before = self._head()
        row = replace(row, at=row.at.astimezone(UTC))
        change = link(row, seq=seq + 1, public_seq=public_seq + 1 if row.public else None, before=before)
        values = asdict(row)
        del values["public"]
        values |= {"seq": change.seq, "public_seq": change.public_seq, "chain_hash": change.chain_hash}
        self._statements.run(insert(CHANGES), values)
        return change

    def _head(self) -> tuple[int, int, bytes]:
        row = self._statements.run(_HEAD).one_or_none()
        return (0, 0, CHAIN_START) if row is None else (row[0], row[2] or 0, row[1])

    def _changes(self, statement: Select[Any]) -> tuple[Change, ...]:
        return tuple(_change(row) for row in self._statements.rows(statement))


def _change(row: Mapping[str, Any]) -> Change:
    new = NewChange(
        kind=ChangeKind(row["kind"]),
        actor=row["actor"],
        at=row["at"],
        public=row["public_seq"] is not None,
        uid=row["uid"],
        subject=row["subject"],
        step=None if row["step"] is None else Step(row["step"]),
        revision=row["revision"],
        draft_revision=row["draft_revision"],
        public_hash=row["public_hash"],
        restricted_hash=row["restricted_hash"],
    )
    return Change(row["seq"], row["public_seq"], new, row["chain_hash"])
