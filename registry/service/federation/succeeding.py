"""Successors: nodes that take away for another one that has been silent for long, by a signature of their own.

A node names them in its discovery document, and others remember that. Nobody else makes anybody a successor.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.content.marking import Marking
from registry.domain.errors import Conflict, Forbidden, NotFound
from registry.domain.event import EventName
from registry.domain.federation.discovery import Successor
from registry.domain.federation.envelope import Envelope, Part
from registry.domain.federation.errors import NotYetSilent
from registry.domain.federation.guarding import Gone
from registry.domain.federation.header import FederatedChange, header_bytes, read_header
from registry.domain.federation.peer import Peer, PeerState
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, State
from registry.ports import Registry, Unit
from registry.ports.federation import KeptHeader
from registry.service.events import note
from registry.service.federation.guarding import write_down
from registry.service.federation.identity import SUCCESSORS, named_successors
from registry.service.federation.receiving import receive
from registry.service.federation.stand_ins import has_fallen_silent, names_this_node, own_kids
from registry.service.federation.standing import known
from registry.service.naming import named
from registry.service.writing import PUBLIC_REASON, reason_given

_MOST = 10
_STATES = {FederatedChange.WITHDRAW: State.WITHDRAWN, FederatedChange.ERASE: State.ERASED}


@dataclass(frozen=True, slots=True)
class Precursor:
    """A node that has named this one, and whether it has been silent long enough for this one to act."""

    dns: str
    is_silent: bool


def successors(registry: Registry, actor: Actor) -> tuple[Successor, ...]:
    """The nodes that this one names, each with the key that it has now."""
    policy.require(actor, Permission.SYNC_MANAGE)
    with registry.storage.read() as reader:
        return named_successors(reader)


def precursors(registry: Registry, actor: Actor) -> tuple[Precursor, ...]:
    """The nodes that have named this one."""
    policy.require(actor, Permission.SYNC_MANAGE)
    with registry.storage.read() as reader:
        own = own_kids(registry, reader)
        found = [one for one in reader.peers.all() if names_this_node(registry, one, own)]
    return tuple(Precursor(one.dns, has_fallen_silent(registry, one)) for one in found)


def add(registry: Registry, actor: Actor, dns: str) -> None:
    """Name a node that is trusted as a successor of this one.

    Raises:
        NotFound: no such node.
        Conflict: it was never confirmed, is named already, or there are ten.
    """
    policy.require(actor, Permission.SYNC_MANAGE)
    with registry.storage.begin() as unit:
        peer = known(unit, dns)
        kept: list[str] = json.loads(unit.meta.get(SUCCESSORS) or "[]")
        if peer.state is PeerState.ASKED:
            raise Conflict("confirm its fingerprint first")
        if dns in kept or len(kept) >= _MOST:
            raise Conflict("it is a successor already, or there are ten")
        unit.meta.put(SUCCESSORS, json.dumps([*kept, dns]))
        note(registry, unit, actor, EventName.SUCCESSOR_NAMED, subject=f"node:{dns}")


def remove(registry: Registry, actor: Actor, dns: str) -> None:
    """Name a node as a successor no more; others learn of it with their next question.

    Raises:
        NotFound: it was none.
    """
    policy.require(actor, Permission.SYNC_MANAGE)
    with registry.storage.begin() as unit:
        kept: list[str] = json.loads(unit.meta.get(SUCCESSORS) or "[]")
        if dns not in kept:
            raise NotFound("this is no successor", path=("node",))
        unit.meta.put(SUCCESSORS, json.dumps([one for one in kept if one != dns]))
        note(registry, unit, actor, EventName.SUCCESSOR_REMOVED, subject=f"node:{dns}")


def act_for(registry: Registry, actor: Actor, dns: str, change: FederatedChange, name: str, *, reason: str) -> Record:
    """Withdraw or erase a record of a node that has named this one and has been silent for long, and tell everybody
    whom this node tells of the record.

    Args:
        change: ``WITHDRAW`` or ``ERASE``.
        name: uid or number of the record.

    Raises:
        NotFound: no such node, or no record of it here.
        Forbidden: *actor* may not, or that node does not name this one.
        NotYetSilent: it was heard of too lately.
        Conflict: the record is gone already, frozen or under legal hold.
        InvalidInput: the reason is missing.
    """
    policy.require(actor, Permission.SYNC_MANAGE)
    given = reason_given(reason, missing=PUBLIC_REASON)
    with registry.storage.begin() as unit:
        origin = known(unit, dns)
        if not names_this_node(registry, origin, own_kids(registry, unit)):
            raise Forbidden("that node has not named this one as its successor")
        if not has_fallen_silent(registry, origin):
            raise NotYetSilent
        record, before = _held(unit, origin, name)
        _require_possible(record, change)
        envelope = _envelope(registry, before, change, Part(registry.ids.salt(), given.encode()))
        gone = Gone()
        receive(registry, unit, actor, origin, record, envelope, gone)
        write_down(registry, gone)
        unit.envelopes.add(_kept(registry, before, envelope), is_head=True)
        note(registry, unit, actor, EventName.ACTED_FOR, subject=record.uid, node=dns, change=change.value)
        after = unit.records.get(record.uid, visible=EVERYTHING)
    return after or record


def _held(unit: Unit, origin: Peer, name: str) -> tuple[Record, KeptHeader]:
    record = named(unit, name)
    head = None if record is None else unit.envelopes.heads([record.uid]).get(record.uid)
    if record is None or head is None or not record.received or record.origin != origin.dns:
        raise NotFound("no such record of that node", path=("uid",))
    if head.frozen:
        raise Conflict("the record is frozen: decide first which of its headers holds")
    return record, head.header


def _require_possible(record: Record, change: FederatedChange) -> None:
    is_gone = record.state is State.ERASED or (change is FederatedChange.WITHDRAW and record.state is State.WITHDRAWN)
    if is_gone or (record.legal_hold and change is FederatedChange.ERASE):
        raise Conflict("the record is gone already, or under legal hold")


def _envelope(registry: Registry, before: KeptHeader, change: FederatedChange, reason: Part) -> Envelope:
    """The next header of the record, in the name of its origin."""
    header = read_header(before.body)
    marking = header.marking
    if change is FederatedChange.ERASE:
        # A marking holds words of its author too.
        marking = Marking(tlp=marking.tlp, restricted_tlp=marking.restricted_tlp, audience=marking.audience)
    said = header.model_copy(
        update={
            "change": change,
            "state": _STATES[change],
            "rev": before.rev + 1,
            "prev_hash": before.hash,
            "signed_at": registry.clock.now(),
            "marking": marking,
            "merged_into": None,
            "reason_hash": reason.hash,
        }
    )
    body = header_bytes(said)
    return Envelope(said, body, registry.key.sign(body), {"reason": reason}, before.hops)


def _kept(registry: Registry, before: KeptHeader, envelope: Envelope) -> KeptHeader:
    return KeptHeader(
        uid=before.uid,
        origin=before.origin,
        rev=envelope.header.rev,
        hash=envelope.hash,
        body=envelope.body,
        signature=envelope.signature,
        kept_at=registry.clock.now(),
        hops=before.hops,
        reason=envelope.parts["reason"],
    )
