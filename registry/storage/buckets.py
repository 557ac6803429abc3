"""What is held of the records of an origin, bucket by bucket, for comparing with another node."""

from __future__ import annotations

from sqlalchemy import Integer, String, func, or_, select

from registry.domain.federation.comparing import Entry, HeldEntry
from registry.domain.federation.header import TAKEN_BACK
from registry.domain.record import RecordUid, State
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import ENVELOPE_HEADS, ENVELOPES, RECORDS

_HEADS = ENVELOPE_HEADS.c
POSITION = Prepared(select(_HEADS.position).where(_HEADS.uid == named("of_uid", String())))
_LET_GO = ENVELOPES.c.hops >= TAKEN_BACK
_CLOSED = or_(_HEADS.frozen, func.coalesce(RECORDS.c.state, "") == State.ERASED.value)
_BUCKET = Prepared(
    select(_HEADS.uid, ENVELOPES.c.rev, _HEADS.hash, _LET_GO.label("let_go"), _CLOSED.label("closed"))
    .select_from(
        ENVELOPE_HEADS.join(ENVELOPES, ENVELOPES.c.hash == _HEADS.hash).outerjoin(RECORDS, RECORDS.c.uid == _HEADS.uid)
    )
    .where(_HEADS.bucket == named("of_bucket", Integer()), ENVELOPES.c.origin == named("of_origin", String()))
    .order_by(_HEADS.uid)
)


def held(statements: Statements, origin: str, bucket: int) -> tuple[HeldEntry, ...]:
    """What is held of the records of an origin that are in this bucket, by uid."""
    rows = statements.fetch(_BUCKET, {"of_origin": origin, "of_bucket": bucket})
    return tuple(
        HeldEntry(Entry(RecordUid(uid), rev, hash_), bool(let_go), bool(closed))
        for uid, rev, hash_, let_go, closed in rows
    )
