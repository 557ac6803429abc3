"""Taking in messages of another node: each by itself, once, and only if that node signed it for this one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.canonical import JsonValue
from registry.domain.errors import CommonsError, InvalidInput, NotFound, Unavailable
from registry.domain.federation.message import (
    MAX_DAILY,
    MAX_DAILY_BYTES,
    Message,
    MessageType,
    SignedMessage,
    guessed_id,
    is_understood,
    read_signed,
    wrong_with,
)
from registry.domain.federation.peer import Peer, PeerState, is_good
from registry.domain.record import RecordUid
from registry.ports import Registry, Unit
from registry.ports.messages import Direction, KeptMessage
from registry.service.federation.handlers import HANDLERS
from registry.service.federation.messaging import LATER, TAKEN
from registry.service.federation.parts import is_closed
from registry.service.federation.unfit import Unfit
from registry.signing import PublicKey, kid_of

# Kept as it came, for a version that knows what it means.
UNKNOWN_VERSION = "UNKNOWN_VERSION"
_DAY = timedelta(days=1)


def take(registry: Registry, actor: Actor, items: Sequence[JsonValue]) -> dict[str, str]:
    """Take in what the node that *actor* is sent, and say by id what became of each message that has one.

    ``TAKEN`` of what was taken now or before; otherwise why not, as a stable word in capitals. ``TOO_MANY`` is tried
    again later.

    Raises:
        NotFound: there is no such node any more.
    """
    policy.require(actor, Permission.SYNC_PULL)
    with registry.storage.read() as reader:
        peer = reader.peers.get(actor.node or "")
    if peer is None or peer.state is not PeerState.ACTIVE:
        raise NotFound("no such node")
    return take_from(registry, peer, items)


def take_from(registry: Registry, peer: Peer, items: Sequence[JsonValue]) -> dict[str, str]:
    """Take in messages that *peer* has handed over; as ``take``."""
    outcomes: dict[str, str] = {}
    for item in items:
        try:
            message, signed = read_signed(item)
        except InvalidInput as error:
            outcomes |= _refused_by_form(item, error)
            continue
        outcomes[message.id] = _one(registry, peer, message, signed)
    return outcomes


def _one(registry: Registry, peer: Peer, message: Message, signed: SignedMessage) -> str:
    wrong = _wrong_with(registry, peer, message, signed)
    if wrong is not None:
        # Whoever did not sign it, or not for this node, leaves no trace.
        return wrong
    try:
        return _dealt_with(registry, peer, message, signed)
    except Unfit as unfit:
        reason = unfit.reason
    except Unavailable:
        return LATER
    except CommonsError as error:
        reason = error.code
    # What the handler had written is gone with its unit; that it was refused stays.
    with registry.storage.begin() as unit:
        known = unit.messages.get(Direction.IN, peer.dns, message.id)
        if known is None:
            unit.messages.add(_kept(registry, peer, message, signed, reason))
    return reason if known is None else known.outcome or reason


def _wrong_with(registry: Registry, peer: Peer, message: Message, signed: SignedMessage) -> str | None:
    own, now = registry.settings.node_name, registry.clock.now()
    wrong = wrong_with(message, sender=peer.dns, recipient=own, now=now)
    if wrong is not None:
        return wrong
    kid = kid_of(signed.signature)
    key = next((one for one in peer.keys if one.kid == kid), None)
    if key is None or not is_good(key, message.made_at) or not PublicKey(key.x).verify(signed.text, signed.signature):
        return "BAD_SIGNATURE"
    return None


def _dealt_with(registry: Registry, peer: Peer, message: Message, signed: SignedMessage) -> str:
    """Hand the message to whoever deals with its type, and note that it came, in one transaction."""
    with registry.storage.begin() as unit:
        known = unit.messages.get(Direction.IN, peer.dns, message.id)
        if known is not None:
            return known.outcome or TAKEN
        load = unit.messages.taken_load(peer.dns, since=registry.clock.now() - _DAY)
        handler = HANDLERS.get(MessageType(message.type)) if is_understood(message) else None
        size = 0 if handler is not None else len(signed.text)
        if load.count >= MAX_DAILY or (size and load.size + size > MAX_DAILY_BYTES):
            return LATER
        outcome = UNKNOWN_VERSION if handler is None else TAKEN
        # Nobody knows what it says: of what was erased or taken back here it may be the text.
        is_about_gone = message.about is not None and is_closed(unit, RecordUid(message.about))
        kept = _kept(registry, peer, message, signed, outcome)
        unit.messages.add(replace(kept, text=b"", signature="") if is_about_gone else kept)
        if handler is not None:
            handler(registry, unit, _present(unit, peer), message)
    return outcome


def _present(unit: Unit, peer: Peer) -> Peer:
    found = unit.peers.get(peer.dns)
    if found is None:
        raise NotFound("no such node")
    return found


def _kept(registry: Registry, peer: Peer, message: Message, signed: SignedMessage, outcome: str) -> KeptMessage:
    now = registry.clock.now()
    is_opaque = outcome == UNKNOWN_VERSION
    return KeptMessage(
        direction=Direction.IN,
        peer=peer.dns,
        id=message.id,
        type=message.type,
        about=None if message.about is None else RecordUid(message.about),
        text=signed.text if is_opaque else b"",
        signature=signed.signature if is_opaque else "",
        made_at=message.made_at,
        kept_at=now,
        done_at=now,
        outcome=outcome,
    )


def _refused_by_form(item: JsonValue, error: InvalidInput) -> dict[str, str]:
    """Why a message that cannot be read is refused, if it can be told which one it is."""
    found = guessed_id(item)
    return {} if found is None else {found: error.problems[0].code}
