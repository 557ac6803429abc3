"""Which records name which sources, which look alike, and which are known not to be the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, LargeBinary, String, and_, delete, insert, not_, or_, select

from registry.domain.derived import Derived
from registry.domain.likeness import Candidate, Reason, keys_of
from registry.domain.policy import Visibility
from registry.domain.record import Record, RecordUid, State
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import NOT_RELATED, RECORDS, SOURCE_KEYS, SUGGESTED_DUPLICATES
from registry.storage.visibility import admitted, form_of, listed, unpublished_work, viewer

_T, _S, _N = SOURCE_KEYS.c, SUGGESTED_DUPLICATES.c, NOT_RELATED.c
_UID = named("uid", String())
_OF_RECORD = Prepared(select(_T.key, _T.is_work).where(_T.uid == _UID))
_ADD = Prepared(insert(SOURCE_KEYS))
_FORGET = Prepared(delete(SOURCE_KEYS).where(_T.uid == _UID))
_SUGGEST = Prepared(insert(SUGGESTED_DUPLICATES))
_SUGGESTED = Prepared(select(_S.other, _S.score, _S.reasons).where(_S.uid == _UID).order_by(_S.score.desc(), _S.other))
_FORGET_SUGGESTED = Prepared(delete(SUGGESTED_DUPLICATES).where(_S.uid == _UID))
_FORGET_SUGGESTING = Prepared(delete(SUGGESTED_DUPLICATES).where(_S.other == _UID))
_KEEP_APART = Prepared(insert(NOT_RELATED))
_APART = Prepared(select(_N.uid, _N.other).where(or_(_N.uid == _UID, _N.other == named("as_other", String()))))


@lru_cache
def _naming(count: int, visible: Visibility) -> Prepared:
    keys = [named(f"key_{at}", LargeBinary()) for at in range(count)]
    readable = or_(and_(not_(_T.is_work), listed(visible)), unpublished_work(visible))
    return Prepared(
        select(_T.uid)
        .distinct()
        .join(RECORDS, RECORDS.c.uid == _T.uid)
        .where(_T.key.in_(keys), _T.uid < named("before", String()), readable)
        .order_by(_T.uid.desc())
        .limit(named("limit", Integer()))
    )


@lru_cache
def _merged_naming(visible: Visibility) -> Prepared:
    return Prepared(
        select(_T.uid)
        .join(RECORDS, RECORDS.c.uid == _T.uid)
        .where(_T.key == named("key", LargeBinary()), not_(_T.is_work), RECORDS.c.state == State.MERGED.value)
        .where(not_(RECORDS.c.blocked), admitted(visible))
        .order_by(_T.uid.desc())
        .limit(named("limit", Integer()))
    )


@lru_cache
def _merged_into(count: int) -> Prepared:
    wanted = [named(f"uid_{at}", String()) for at in range(count)]
    merged = RECORDS.c.state == State.MERGED.value
    return Prepared(select(RECORDS.c.uid).where(RECORDS.c.merged_into.in_(wanted), merged).order_by(RECORDS.c.uid))


class SourceTables:
    """``ports.Sources``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def naming(
        self, keys: Sequence[bytes], *, before: RecordUid | None, limit: int, visible: Visibility
    ) -> tuple[RecordUid, ...]:
        """See the port."""
        if not keys:
            return ()
        values: dict[str, Any] = {f"key_{at}": key for at, key in enumerate(keys)}
        values |= {"before": before or "~", "limit": limit, **viewer(visible)}
        return tuple(row[0] for row in self._statements.fetch(_naming(len(keys), form_of(visible)), values))

    def merged_naming(self, key: bytes, *, limit: int, visible: Visibility) -> tuple[RecordUid, ...]:
        """See the port."""
        values = {"key": key, "limit": limit, **viewer(visible)}
        return tuple(row[0] for row in self._statements.fetch(_merged_naming(form_of(visible)), values))

    def suggest(self, uid: RecordUid, candidates: Sequence[Candidate]) -> None:
        """See the port."""
        self._statements.write(_FORGET_SUGGESTED, {"uid": uid})
        rows = (
            {"uid": uid, "other": one.uid, "score": one.score, "reasons": [str(reason) for reason in one.reasons]}
            for one in candidates
        )
        self._statements.write_each(_SUGGEST, rows)

    def suggested(self, uid: RecordUid) -> tuple[Candidate, ...]:
        """See the port."""
        rows = self._statements.fetch(_SUGGESTED, {"uid": uid})
        return tuple(Candidate(other, score, tuple(map(Reason, reasons))) for other, score, reasons in rows)

    def merged_into(self, uids: Sequence[RecordUid]) -> tuple[RecordUid, ...]:
        """See the port."""
        if not uids:
            return ()
        # How many are asked for is rounded up, so that few statements are put into words.
        size = 1 << (len(uids) - 1).bit_length()
        values = {f"uid_{at}": uids[at % len(uids)] for at in range(size)}
        return tuple(row[0] for row in self._statements.fetch(_merged_into(size), values))

    def keep_apart(self, uid: RecordUid, other: RecordUid, *, actor: str, at: datetime) -> bool:
        """See the port."""
        if other in self.apart_from(uid):
            return False
        low, high = sorted((uid, other))
        self._statements.write(_KEEP_APART, {"uid": low, "other": high, "actor": actor, "at": at})
        return True

    def apart_from(self, uid: RecordUid) -> frozenset[RecordUid]:
        """See the port."""
        rows = self._statements.fetch(_APART, {"uid": uid, "as_other": uid})
        return frozenset(RecordUid(one) for row in rows for one in row if one != uid)


def add_sources(statements: Statements, record: Record, derived: Derived) -> None:
    """Keep the keys of a record that is stored for the first time."""
    rows = [
        {"key": key, "uid": record.uid, "is_work": is_work}
        for keys, is_work in ((derived.keys, False), (keys_of(record.work), True))
        for key in sorted(keys)
    ]
    statements.write_each(_ADD, rows)


def follow_sources(statements: Statements, record: Record) -> None:
    """Bring the keys of a record that is being stored up to date with its head and its newer work."""
    wanted = {(key, False) for key in keys_of(record.head)}
    wanted |= {(key, True) for key in keys_of(record.work)}
    present = {(row[0], row[1]) for row in statements.fetch(_OF_RECORD, {"uid": record.uid})}
    if wanted == present:
        return
    if present:
        statements.write(_FORGET, {"uid": record.uid})
    rows = ({"key": key, "uid": record.uid, "is_work": is_work} for key, is_work in sorted(wanted))
    statements.write_each(_ADD, rows)


def forget_sources(statements: Statements, uid: RecordUid) -> None:
    """Forget what a record named and what it looked like; that it is apart from others tells nothing about it."""
    for statement in (_FORGET, _FORGET_SUGGESTED, _FORGET_SUGGESTING):
        statements.write(statement, {"uid": uid})
