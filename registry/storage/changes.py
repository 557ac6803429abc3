"""The change log: appended to within the write turn, so that ``seq`` follows the order of commits without gaps."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from typing import Any

from sqlalchemy import Integer, delete, func, insert, select

from registry.domain.alike import Alike
from registry.domain.canonical import part_hash
from registry.domain.change import CHAIN_START, Change, ChangeKind, NewChange, link, link_alike
from registry.domain.record import RecordUid
from registry.domain.workflow import Step
from registry.ports import LogHead
from registry.storage.alike import AlikeRows
from registry.storage.prepared import Prepared, Values, named
from registry.storage.statements import Statements
from registry.storage.tables import CHANGES, REASONS

_SALT_BYTES = 16
_PUBLIC_HEAD = select(func.max(CHANGES.c.public_seq)).scalar_subquery()
_HEAD = Prepared(select(CHANGES.c.seq, CHANGES.c.chain_hash, _PUBLIC_HEAD).order_by(CHANGES.c.seq.desc()).limit(1))
_APPEND = Prepared(insert(CHANGES))
_ALIKE = AlikeRows(CHANGES, "seq", "public_seq", "uid", "public_hash", "restricted_hash", "chain_hash")
_LIMIT = named("limit", Integer())
_ROWS = select(CHANGES, REASONS.c.reason, REASONS.c.salt).outerjoin(REASONS, REASONS.c.seq == CHANGES.c.seq)
_AFTER = Prepared(_ROWS.where(CHANGES.c.seq > named("seq", Integer())).order_by(CHANGES.c.seq).limit(_LIMIT))
_PUBLIC_AFTER = Prepared(
    _ROWS.where(CHANGES.c.public_seq > named("seq", Integer())).order_by(CHANGES.c.public_seq).limit(_LIMIT)
)
_ADD_REASON = Prepared(insert(REASONS))
_FORGET = Prepared(delete(REASONS).where(REASONS.c.uid == named("uid", REASONS.c.uid.type)))
_OF_RECORD = Prepared(_ROWS.where(CHANGES.c.uid == named("uid", CHANGES.c.uid.type)).order_by(CHANGES.c.seq))


class ChangeTable:
    """``ports.ChangeWriter``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        # Within a unit nobody else appends: what it appended last is the head.
        self._appended: tuple[int, int, bytes] | None = None

    def head(self) -> LogHead:
        """See the port."""
        seq, public_seq, _ = self._head()
        return LogHead(seq, public_seq)

    def after(self, seq: int, *, limit: int) -> tuple[Change, ...]:
        """See the port."""
        return self._changes(_AFTER, {"seq": seq, "limit": limit})

    def public_after(self, public_seq: int, *, limit: int) -> tuple[Change, ...]:
        """See the port."""
        return self._changes(_PUBLIC_AFTER, {"seq": public_seq, "limit": limit})

    def of_record(self, uid: RecordUid) -> tuple[Change, ...]:
        """See the port."""
        return self._changes(_OF_RECORD, {"uid": uid})

    def append(self, row: NewChange) -> Change:
        """See the port."""
        seq, public_seq, before = self._head()
        row = _completed(row)
        seq, public_seq = seq + 1, public_seq + row.public
        change = link(row, seq=seq, public_seq=public_seq if row.public else None, before=before)
        self._statements.write(_APPEND, _values(change))
        if row.reason is not None:
            self._statements.write(_ADD_REASON, _reason_values(change))
        self._appended = seq, public_seq, change.chain_hash
        return change

    def append_alike(self, row: NewChange, others: Sequence[Alike]) -> None:
        """See the port."""
        seq, public_seq, before = self._head()
        row = _completed(row)
        fixed = _ALIKE.fixed(_values(Change(seq, None, row, before)))
        chained = link_alike(row, others, seq=seq, public_seq=public_seq, before=before)
        rows: list[tuple[Any, ...]] = []
        for one, before in zip(others, chained, strict=True):
            seq, public_seq = seq + 1, public_seq + row.public
            own = one.uid, one.public.hash, one.restricted_hash, before
            rows.append((seq, public_seq if row.public else None, *own, *fixed))
        self._statements.write_rows(_ALIKE.statement, rows)
        self._appended = seq, public_seq, before

    def forget_reasons(self, uid: RecordUid) -> None:
        """See the port."""
        self._statements.write(_FORGET, {"uid": uid})

    def _head(self) -> tuple[int, int, bytes]:
        if self._appended is not None:
            return self._appended
        row = self._statements.first(_HEAD)
        return (0, 0, CHAIN_START) if row is None else (row[0], row[2] or 0, row[1])

    def _changes(self, statement: Prepared, values: Values) -> tuple[Change, ...]:
        return tuple(map(_change, self._statements.fetch(statement, values)))


def _completed(row: NewChange) -> NewChange:
    """With its time in UTC, and the hash of its reason."""
    if row.at.tzinfo is not UTC:
        row = replace(row, at=row.at.astimezone(UTC))
    if row.reason is None:
        return row
    salt = secrets.token_bytes(_SALT_BYTES)
    return replace(row, reason_salt=salt, reason_hash=part_hash(salt, row.reason.encode()))


def _values(change: Change) -> Values:
    row = change.row
    return {
        "seq": change.seq,
        "public_seq": change.public_seq,
        "kind": row.kind.value,
        "actor": row.actor,
        "at": row.at,
        "uid": row.uid,
        "subject": row.subject,
        "step": row.step and row.step.value,
        "revision": row.revision,
        "draft_revision": row.draft_revision,
        "public_hash": row.public_hash,
        "restricted_hash": row.restricted_hash,
        "chain_hash": change.chain_hash,
        "visibility": row.visibility,
        "reason_hash": row.reason_hash,
    }


def _reason_values(change: Change) -> Values:
    return {"seq": change.seq, "uid": change.row.uid, "salt": change.row.reason_salt, "reason": change.row.reason}


def _change(row: Sequence[Any]) -> Change:
    seq, public_seq, kind, actor, at, uid, subject, step, revision, draft, *rest = row
    public_hash, restricted_hash, chain, visibility, reason_hash, reason, salt = rest
    new = NewChange(
        kind=ChangeKind(kind),
        actor=actor,
        at=at,
        public=public_seq is not None,
        uid=uid,
        subject=subject,
        step=None if step is None else Step(step),
        revision=revision,
        draft_revision=draft,
        public_hash=public_hash,
        restricted_hash=restricted_hash,
        visibility=visibility,
        reason=reason,
        reason_hash=reason_hash,
        reason_salt=salt,
    )
    return Change(seq, public_seq, new, chain)
