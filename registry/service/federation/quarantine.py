"""What other nodes sent and was not taken: kept with its reason, until it is taken or an operator has looked."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.canonical import JsonValue, canonical_bytes, parse_json
from registry.domain.errors import InvalidInput, NotFound
from registry.domain.event import EventName
from registry.domain.federation.envelope import Envelope, Revocation, uid_said
from registry.domain.federation.peer import Peer
from registry.domain.federation.telling import Refusal, refusal
from registry.domain.record import RecordUid
from registry.domain.vocabulary import Kind
from registry.ports import Registry, Unit
from registry.ports.federation import Refused
from registry.service.events import note
from registry.service.federation.parts import is_closed
from registry.service.federation.standing import known
from registry.service.federation.unfit import WAITING

_MAX_KEPT_ITEM = 600_000
# Of a header that contradicts another, and of what came after.
FORK, FROZEN = "FORK", "FROZEN"
# Only what was taken in is contradicted: of a statement that would tell whether what it is about is known here.
_OF_TAKEN = frozenset({FORK, FROZEN, "NUMBER_TAKEN", "CHANGED_IDENTITY"})


def keep(
    registry: Registry,
    unit: Unit,
    peer: Peer,
    item: JsonValue,
    read: Envelope | Revocation | InvalidInput,
    reason: str,
    *,
    until: datetime | None = None,
) -> Refusal | None:
    """Keep an item that is not taken. Of a record that was erased or taken back here nothing else is kept either.

    Returns what its giver is told of it; ``None`` of what only waits, or would tell by that what is known here.
    """
    said = _uid(read, item)
    uid = said if said is None or not isinstance(read, Envelope) else _here(unit, read.header.origin, said)
    if uid is not None and reason in WAITING:
        supersede(unit, peer, uid, but=None if isinstance(read, InvalidInput) else read.hash)
    written = _written(item)
    # What is told of it is the same whether or not: it must not say what was erased or taken back here.
    body = b"" if any(one is not None and is_closed(unit, one) for one in {uid, said}) else written
    kept = Refused(
        id=registry.ids.uid(),
        peer=peer.dns,
        uid=uid,
        hash=hashlib.sha256(written).hexdigest() if isinstance(read, InvalidInput) else read.hash,
        reason=reason,
        item=body if len(body) <= _MAX_KEPT_ITEM else b"",
        at=registry.clock.now(),
        parked_until=until,
    )
    unit.refusals.add(kept)
    is_silent = until is not None or (_is_statement(read) and reason in _OF_TAKEN)
    return None if is_silent else refusal(said, kept.hash, reason)


def give_up(unit: Unit, waited: Refused) -> Refusal | None:
    """Let an item wait no more, which stays in quarantine; what its giver is told of it."""
    unit.refusals.drop(waited.id)
    after = replace(waited, reason=f"{waited.reason}_GIVEN_UP", parked_until=None)
    unit.refusals.add(after)
    # By the uid that its giver knows: here it may stand under another.
    said = uid_said(parse_json(waited.item)) if waited.item else waited.uid
    return refusal(said, after.hash, after.reason)


def _here(unit: Unit, origin: str, uid: RecordUid) -> RecordUid:
    """Under which uid a record stands here: what is kept of it goes when it is erased."""
    return unit.peer_owners.uid_here(origin, uid) or uid


def _is_statement(read: Envelope | Revocation | InvalidInput) -> bool:
    return isinstance(read, Envelope) and read.header.kind is Kind.STATEMENT


def supersede(unit: Unit, peer: Peer, uid: RecordUid, *, but: str | None = None) -> bool:
    """Forget what *peer* gave of a record of which nothing is known yet: it says something newer now, perhaps that the
    record was erased or is not for this node any more. Whether there was something.

    Args:
        but: hash of the header that stays.
    """
    return unit.refusals.supersede(peer.dns, uid, reasons=WAITING, but=but)


def _uid(read: Envelope | Revocation | InvalidInput, item: JsonValue) -> RecordUid | None:
    """Which record an item is about, or says it is."""
    match read:
        case Envelope():
            return RecordUid(read.header.uid)
        case Revocation():
            return RecordUid(read.uid)
        case _:
            said = uid_said(item)
            return None if said is None else RecordUid(said)


def _written(item: JsonValue) -> bytes:
    try:
        return canonical_bytes(item)
    except InvalidInput:
        return b""


def bound(registry: Registry, unit: Unit, peer: Peer) -> int:
    """Keep no more of a peer than the settings allow; how many items had to go. What waits and is signed goes last."""
    settings = registry.settings
    return unit.refusals.bound(
        peer.dns, items=settings.federation_quarantine_items, size=settings.federation_quarantine_bytes
    )


def page(registry: Registry, actor: Actor, dns: str, *, limit: int = 100) -> tuple[Refused, ...]:
    """What of a node was not taken, or waits, the newest first.

    Raises:
        NotFound: no such node.
    """
    policy.require(actor, Permission.SYNC_MANAGE)
    with registry.storage.read() as reader:
        known(reader, dns)
        return reader.refusals.of(dns, limit=limit)


def forgotten(registry: Registry, actor: Actor) -> dict[str, int]:
    """How many items of each node were let go for want of room, ever, by DNS name."""
    policy.require(actor, Permission.SYNC_MANAGE)
    with registry.storage.read() as reader:
        return reader.refusals.bounded()


def get(registry: Registry, actor: Actor, refused_id: str) -> Refused:
    """One item that was not taken.

    Raises:
        NotFound: no such item.
    """
    policy.require(actor, Permission.SYNC_MANAGE)
    with registry.storage.read() as reader:
        found = reader.refusals.get(refused_id)
    if found is None:
        raise NotFound("no such item", path=("id",))
    return found


def drop(registry: Registry, actor: Actor, refused_id: str) -> None:
    """Forget an item that was not taken.

    Raises:
        NotFound: no such item.
    """
    policy.require(actor, Permission.SYNC_MANAGE)
    with registry.storage.begin() as unit:
        found = unit.refusals.get(refused_id)
        if found is None:
            raise NotFound("no such item", path=("id",))
        unit.refusals.drop(refused_id)
        note(registry, unit, actor, EventName.REFUSED_DROPPED, subject=f"node:{found.peer}", reason=found.reason)
