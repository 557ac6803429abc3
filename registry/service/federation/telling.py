"""Telling other nodes why their records were not taken, and that theirs were let go of; and keeping what they tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.canonical import JsonValue
from registry.domain.errors import NotFound, QueueFull
from registry.domain.federation.guarding import Gone
from registry.domain.federation.message import Message, MessageType
from registry.domain.federation.peer import Peer, PeerState
from registry.domain.federation.telling import (
    LetGo,
    Refusal,
    Standing,
    acknowledged_body,
    findings_body,
    read_acknowledged,
    read_findings,
)
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid, State
from registry.ports import Reader, Registry, Unit
from registry.ports.between_nodes import Acknowledgement, Finding
from registry.service.federation.messaging import queue
from registry.service.federation.standing import known
from registry.service.naming import named

# Of each node the newest are kept, of those that it was told and of those that it told.
MOST_FINDINGS = 1000
# Would tell that a record is here which the other node may not know of, or that one is not; or whom this node trusts,
# which is no fault of who relays what that one says.
_SILENT = frozenset({"FOREIGN_RECORD", "MISSING_TARGET", "MISSING_TARGET_GIVEN_UP", "MISSING_KEY_GIVEN_UP"})


def tell(registry: Registry, unit: Unit, peer: Peer, gone: Gone) -> None:
    """Put out what follows from what *peer* gave: why some was refused, once for each, and that some was let go of."""
    new = [one for one in gone.refused if one.reason not in _SILENT and _is_news(registry, unit, peer, one)]
    if new:
        _send(registry, unit, peer.dns, MessageType.FINDING, findings_body(new))
    for recipient, records in gone.let_go.items():
        _send(registry, unit, recipient, MessageType.ACKNOWLEDGE, acknowledged_body(records))


def take_findings(registry: Registry, unit: Unit, peer: Peer, message: Message) -> None:
    """Keep why *peer* refused what this node gave it.

    Raises:
        InvalidInput: the message is no such one.
    """
    now = registry.clock.now()
    for one in read_findings(message.body):
        found = Finding(peer.dns, RecordUid(one.uid or ""), one.hash, one.reason, now)
        unit.peer_findings.add(found, told_by_us=False, at_most=MOST_FINDINGS)


def take_acknowledgements(registry: Registry, unit: Unit, peer: Peer, message: Message) -> None:
    """Keep that *peer* let go of records that it had from here; of others nothing is kept, and nothing is said.

    Raises:
        InvalidInput: the message is no such one.
    """
    said = {RecordUid(one.uid): one for one in read_acknowledged(message.body)}
    given = unit.peers.sent(peer.dns, list(said))
    records = unit.records.many(list(said), visible=EVERYTHING)
    for uid, one in said.items():
        record = records.get(uid)
        # Who had it by way of another node lets go of what was erased too.
        if record is not None and not record.received and (uid in given or record.state is State.ERASED):
            unit.acknowledgements.add(Acknowledgement(uid, peer.dns, one.what, registry.clock.now()))


def findings(registry: Registry, actor: Actor, dns: str | None = None, *, limit: int = 100) -> tuple[Finding, ...]:
    """Why other nodes refused what this one gave them, the newest first; of one node, or of all.

    Raises:
        NotFound: no such node.
    """
    policy.require(actor, Permission.SYNC_MANAGE)
    with registry.storage.read() as reader:
        if dns is not None:
            known(reader, dns)
        return reader.peer_findings.of(dns, told_by_us=False, limit=limit)


def acknowledgements(registry: Registry, actor: Actor, name: str) -> tuple[Standing, ...]:
    """Which nodes were given a record that began here, and which of them said that they let go of it, by DNS name.

    Args:
        name: its number or uid.

    Raises:
        NotFound: no such record, or *actor* is neither of its owner nor an operator.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        record = named(reader, name)
        if record is None or not may_ask(actor, record):
            raise NotFound("no such record", path=("uid",))
        return _standings(reader, [record.uid])[record.uid]


def standings(registry: Registry, actor: Actor, uids: Sequence[RecordUid]) -> dict[RecordUid, tuple[Standing, ...]]:
    """The same of some hundreds of records at once, without those that *actor* may not ask about."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        records = reader.records.many(uids, visible=EVERYTHING)
        return _standings(reader, [uid for uid, one in records.items() if may_ask(actor, one)])


def may_ask(actor: Actor, record: Record) -> bool:
    """Whether *actor* may know who was given a record: one that began here, its owner and operators."""
    is_owner = actor.organisation is not None and actor.organisation == record.owner
    return not record.received and (is_owner or Permission.SYNC_MANAGE in policy.permissions_of(actor))


def _standings(reader: Reader, uids: Collection[RecordUid]) -> dict[RecordUid, tuple[Standing, ...]]:
    said: dict[RecordUid, dict[str, LetGo | None]] = defaultdict(dict)
    for uid, node in reader.peers.given(uids):
        said[uid][node] = None
    for one in reader.acknowledgements.of(uids):
        said[one.uid][one.peer] = one.what
    return {uid: tuple(Standing(node, what) for node, what in sorted(said[uid].items())) for uid in uids}


def _is_news(registry: Registry, unit: Unit, peer: Peer, one: Refusal) -> bool:
    found = Finding(peer.dns, RecordUid(one.uid or ""), one.hash, one.reason, registry.clock.now())
    return unit.peer_findings.add(found, told_by_us=True, at_most=MOST_FINDINGS)


def _send(registry: Registry, unit: Unit, dns: str, type_: MessageType, body: Mapping[str, JsonValue]) -> None:
    peer = unit.peers.get(dns)
    if peer is None or peer.state is not PeerState.ACTIVE:
        return
    try:
        queue(registry, unit, dns, type_, None, body)
    except QueueFull:
        # Whoever does not take what waits for it is not told more; what it gave is judged all the same.
        return
