"""What is held of the records of an origin, bucket by bucket, for comparing with another node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, String, func, or_, select

from registry.domain.federation.comparing import Entry, HeldEntry, bucket_of
from registry.domain.federation.header import TAKEN_BACK
from registry.domain.record import RecordUid, State
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import ENVELOPE_HEADS, ENVELOPES, PEER_UIDS, RECORDS

_HEADS = ENVELOPE_HEADS.c
POSITION = Prepared(select(_HEADS.position).where(_HEADS.uid == named("of_uid", String())))
_LET_GO = ENVELOPES.c.hops >= TAKEN_BACK
_CLOSED = or_(_HEADS.frozen, func.coalesce(RECORDS.c.state, "") == State.ERASED.value)
_HELD = select(_HEADS.uid, ENVELOPES.c.rev, _HEADS.hash, _LET_GO.label("let_go"), _CLOSED.label("closed")).select_from(
    ENVELOPE_HEADS.join(ENVELOPES, ENVELOPES.c.hash == _HEADS.hash).outerjoin(RECORDS, RECORDS.c.uid == _HEADS.uid)
)
_BUCKET = Prepared(
    _HELD.where(
        _HEADS.bucket == named("of_bucket", Integer()), ENVELOPES.c.origin == named("of_origin", String())
    ).order_by(_HEADS.uid)
)
_ONE = Prepared(_HELD.where(_HEADS.uid == named("of_uid", String())))
_CONTESTED = Prepared(
    select(PEER_UIDS.c.uid_here, PEER_UIDS.c.uid).where(PEER_UIDS.c.origin == named("of_origin", String()))
)


def held(statements: Statements, origin: str, bucket: int) -> tuple[HeldEntry, ...]:
    """What is held of the records of an origin that are in this bucket, by uid; one that stands here under another uid
    is told, and lies, under its own."""
    contested: dict[str, str] = dict(statements.fetch(_CONTESTED, {"of_origin": origin}))
    rows = statements.fetch(_BUCKET, {"of_origin": origin, "of_bucket": bucket})
    found = [_entry(row[0], row) for row in rows if row[0] not in contested]
    for uid_here, uid in contested.items():
        if bucket_of(uid) == bucket:
            found += [_entry(uid, row, contested=True) for row in statements.fetch(_ONE, {"of_uid": uid_here})]
    return tuple(sorted(found, key=lambda one: one.entry.uid))


def _entry(uid: str, row: Sequence[Any], *, contested: bool = False) -> HeldEntry:
    _, rev, hash_, let_go, closed = row
    return HeldEntry(Entry(RecordUid(uid), rev, hash_), bool(let_go), bool(closed), contested)
