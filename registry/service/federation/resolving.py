"""What operators decide: which header holds of a record whose origin contradicts itself, and what is tried again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from registry.domain import policy
from registry.domain.actor import SYSTEM, Actor, Permission
from registry.domain.alert import AlertKind
from registry.domain.canonical import parse_json
from registry.domain.errors import Conflict, InvalidInput, NotFound, Problem
from registry.domain.event import EventName
from registry.domain.federation.envelope import Envelope, read_item
from registry.domain.federation.guarding import Gone
from registry.domain.federation.peer import Peer
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid, State
from registry.ports import Reader, Registry, Unit
from registry.ports.federation import Head, KeptHeader, Refused
from registry.service.events import note
from registry.service.federation.applying import Applied, apply_parked
from registry.service.federation.guarding import holding, settle
from registry.service.federation.quarantine import FORK, FROZEN
from registry.service.federation.receiving import receive
from registry.service.naming import named

_MOST = 500
_MOST_OTHERS = 100


@dataclass(frozen=True, slots=True)
class Fork:
    """A record whose origin contradicts itself.

    Attributes:
        held: the header that the record goes by.
        others: headers that contradict it, each signed by the origin too.
    """

    record: Record
    held: KeptHeader
    others: tuple[KeptHeader, ...]


def forks(registry: Registry, actor: Actor) -> tuple[Fork, ...]:
    """Frozen records with the headers that contradict each other, as evidence; at most 500."""
    policy.require(actor, Permission.SYNC_MANAGE)
    with registry.storage.read() as reader:
        uids = reader.envelopes.frozen_records(limit=_MOST)
        records, heads = reader.records.many(uids, visible=EVERYTHING), reader.envelopes.heads(uids)
        return tuple(_fork(reader, records[uid], heads[uid]) for uid in uids if uid in records)


def resolve(registry: Registry, actor: Actor, name: str, *, keep: str) -> Record:
    """Let one of the headers of a frozen record hold; the record goes on from there, with what came since.

    Args:
        name: uid or number of the record.
        keep: the hash of the header, or how it begins, from eight characters on.

    Raises:
        NotFound: no such record, or it is not frozen.
        InvalidInput: none, or more than one, of its headers has this hash.
        Conflict: its origin is not known any more, or the content of that header is not kept.
        MassWithdrawal: more of the origin's records would go than an operator need not look at.
    """
    policy.require(actor, Permission.SYNC_MANAGE)
    with registry.storage.begin() as unit:
        fork = _frozen(unit, name)
        uid = fork.record.uid
        kept = _chosen(fork, keep)
        origin = unit.peers.get(fork.record.origin)
        if origin is None:
            raise Conflict("the node that it began at is not known any more")
        gone = Gone()
        if kept.hash != fork.held.hash:
            _go_by(registry, unit, actor, fork, kept, origin, gone)
        unit.envelopes.freeze(uid, on=False)
        unit.envelopes.place([uid])
        waiting = _taken_out(unit, uid, kept)
        note(registry, unit, actor, EventName.FORK_RESOLVED, subject=uid, node=origin.dns, kept=kept.hash)
        _clear_alert(registry, unit, origin)
        settle(registry, unit, origin, gone)
        for one in waiting:
            giver = unit.peers.get(one.peer)
            if giver is not None and one.item:
                apply_parked(registry, unit, giver, [one])
        return unit.records.get(uid, visible=EVERYTHING) or fork.record


def retry(registry: Registry, actor: Actor, refused_id: str) -> Applied:
    """Try an item again that was not taken; it goes back where it was if it is refused again.

    Raises:
        NotFound: no such item, or its node is not known any more.
        Conflict: it was too large to be kept.
        MassWithdrawal: more would go than an operator need not look at.
    """
    policy.require(actor, Permission.SYNC_MANAGE)
    with registry.storage.read() as reader:
        found = reader.refusals.get(refused_id)
    if found is None:
        raise NotFound("no such item", path=("id",))
    if not found.item:
        raise Conflict("it was too large to be kept, or is no JSON")
    with holding(registry, found.peer), registry.storage.begin() as unit:
        peer = unit.peers.get(found.peer)
        if peer is None:
            raise NotFound("its node is not known any more")
        unit.refusals.drop(found.id)
        note(registry, unit, actor, EventName.REFUSED_RETRIED, subject=f"node:{peer.dns}", reason=found.reason)
        return apply_parked(registry, unit, peer, [found])


def _fork(view: Reader | Unit, record: Record, head: Head) -> Fork:
    held = head.header
    newest = reversed(view.envelopes.history(record.uid, limit=_MOST_OTHERS))
    return Fork(record, held, tuple(one for one in newest if one.hash != held.hash and one.rev >= held.rev))


def _frozen(unit: Unit, name: str) -> Fork:
    record = named(unit, name)
    head = None if record is None else unit.envelopes.heads([record.uid]).get(record.uid)
    if record is None or head is None or not head.frozen:
        raise NotFound("no such frozen record", path=("uid",))
    return _fork(unit, record, head)


def _chosen(fork: Fork, keep: str) -> KeptHeader:
    begin = keep.strip().lower()
    found = [one for one in (fork.held, *fork.others) if one.hash.startswith(begin)]
    if len(begin) < 8 or len(found) != 1:
        message = "give the hash of one of its headers, eight characters of it at least"
        raise InvalidInput([Problem(("keep",), "NOT_FOUND", message)])
    return found[0]


def _go_by(
    registry: Registry, unit: Unit, actor: Actor, fork: Fork, kept: KeptHeader, origin: Peer, gone: Gone
) -> None:
    """Make the record what *kept* says; its parts are kept with what was put aside when it came."""
    record = fork.record
    evidence = unit.refusals.about(record.uid, reasons=[FORK])
    item = next((one.item for one in evidence if one.hash == kept.hash and one.item), None)
    if record.state is State.ERASED or item is None:
        raise Conflict("the content of that header is not kept, or the record is erased", hint="keep the other one")
    envelope = read_item(parse_json(item))
    if not isinstance(envelope, Envelope):
        raise Conflict("the content of that header is not kept")
    receive(registry, unit, replace(SYSTEM, id=actor.id), origin, record, envelope, gone)
    unit.envelopes.put_head(record.uid, kept.hash)


def _taken_out(unit: Unit, uid: RecordUid, kept: KeptHeader) -> list[Refused]:
    """What came while the record was frozen, in the order of its headers; all of it leaves the quarantine."""
    found = unit.refusals.about(uid, reasons=[FORK, FROZEN])
    for one in found:
        unit.refusals.drop(one.id)
    later = [(rev, one) for one in found if one.reason == FROZEN and (rev := _rev(one)) is not None and rev > kept.rev]
    return [one for _, one in sorted(later, key=lambda each: each[0])]


def _rev(one: Refused) -> int | None:
    if not one.item:
        return None
    try:
        read = read_item(parse_json(one.item))
    except InvalidInput:
        return None
    return read.header.rev if isinstance(read, Envelope) else None


def _clear_alert(registry: Registry, unit: Unit, origin: Peer) -> None:
    """End the alert about a node that contradicts itself once nothing of it is frozen."""
    if unit.envelopes.frozen().get(origin.dns):
        return
    for alert in unit.alerts.live(AlertKind.SYNC_FORK):
        if alert.subject == f"node:{origin.dns}":
            unit.alerts.save(alert.cleared(registry.clock.now()))
            note(registry, unit, SYSTEM, EventName.ALERT_CLEARED, subject=f"alert:{alert.id}", kind=alert.kind.value)
