"""What other nodes sent and was not taken: kept with its reason, until it is taken or an operator has looked."""

from __future__ import annotations

from datetime import datetime

from registry.domain.canonical import JsonValue, canonical_bytes
from registry.domain.errors import InvalidInput
from registry.domain.federation.envelope import Envelope, Revocation, uid_said
from registry.domain.federation.peer import Peer
from registry.domain.record import RecordUid
from registry.ports import Registry, Unit
from registry.ports.federation import Refused
from registry.service.federation.parts import is_closed

_MAX_KEPT_ITEM = 600_000


def keep(
    registry: Registry,
    unit: Unit,
    peer: Peer,
    item: JsonValue,
    read: Envelope | Revocation | InvalidInput,
    reason: str,
    *,
    until: datetime | None = None,
) -> None:
    """Keep an item that is not taken. Of a record that was erased or taken back here nothing else is kept either."""
    uid = _uid(read, item)
    unit.refusals.add(
        Refused(
            id=registry.ids.uid(),
            peer=peer.dns,
            uid=uid,
            hash="" if isinstance(read, InvalidInput) else read.hash,
            reason=reason,
            item=b"" if uid is not None and is_closed(unit, uid) else _bounded(item),
            at=registry.clock.now(),
            parked_until=until,
        )
    )


def _uid(read: Envelope | Revocation | InvalidInput, item: JsonValue) -> RecordUid | None:
    """Which record an item is about, or says it is: it goes when that record is erased."""
    match read:
        case Envelope():
            return RecordUid(read.header.uid)
        case Revocation():
            return RecordUid(read.uid)
        case _:
            said = uid_said(item)
            return None if said is None else RecordUid(said)


def _bounded(item: JsonValue) -> bytes:
    try:
        body = canonical_bytes(item)
    except InvalidInput:
        return b""
    return body if len(body) <= _MAX_KEPT_ITEM else b""
