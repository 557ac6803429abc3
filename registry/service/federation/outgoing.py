"""Telling other nodes of proposed corrections: what is proposed to them, and what was decided about theirs."""

from __future__ import annotations

from registry.domain.canonical import Document, JsonValue
from registry.domain.errors import Conflict
from registry.domain.federation.message import MessageType
from registry.domain.federation.peer import PeerState
from registry.domain.federation.proposing import Outcome, changes_between
from registry.domain.proposal import Proposal, ProposalState
from registry.domain.record import Record, RecordUid
from registry.ports import Registry, Unit
from registry.service.federation.messaging import queue

_CALLED = {ProposalState.ACCEPTED: Outcome.ACCEPTED, ProposalState.DECLINED: Outcome.REJECTED}


def send(registry: Registry, unit: Unit, record: Record, made: Proposal, base: Document) -> None:
    """Propose to the node that *record* began at what *made* changes in *base*, within a unit of the caller.

    The message names the organisation that proposes, and no person.

    Raises:
        Conflict: this node exchanges no messages with that one now.
        QueueFull: too much waits for it.
    """
    peer, head = unit.peers.get(record.origin), unit.envelopes.heads([record.uid]).get(record.uid)
    if peer is None or peer.state is not PeerState.ACTIVE or head is None or head.frozen:
        message = "this record began at a node with which this one exchanges no messages now"
        raise Conflict(message, path=("uid",), hint="an operator of this node can change that")
    owner = unit.accounts.organisations_by_id([made.organisation])[made.organisation]
    body: dict[str, JsonValue] = {
        "proposal": made.id,
        "base": head.header.hash,
        "changes": changes_between(base, {} if made.part is None else made.part.document),
        "reason": made.reason,
        "proposer": {"slug": owner.slug, "name": owner.name},
    }
    queue(registry, unit, peer.dns, MessageType.PROPOSAL, record.uid, body)


def take_back(registry: Registry, unit: Unit, record: Record, known: Proposal) -> None:
    """Tell the node that *record* began at that a proposal is taken back, if there is such a node still."""
    if unit.peers.get(record.origin) is not None:
        queue(
            registry,
            unit,
            record.origin,
            MessageType.PROPOSAL,
            record.uid,
            {"proposal": known.id, "withdrawn": True},
        )


def answer(registry: Registry, unit: Unit, known: Proposal) -> None:
    """Tell the node that a proposal came from what was decided; of one that was made here nobody is told."""
    if known.node is not None and known.node_ref is not None and known.state in _CALLED:
        outcome, reason = _CALLED[known.state], known.decision_reason or ""
        decide(registry, unit, known.node, known.uid, known.node_ref, outcome, reason=reason)


def decide(
    registry: Registry,
    unit: Unit,
    node: str,
    uid: RecordUid,
    ref: str,
    outcome: Outcome,
    *,
    reason: str,
    code: str | None = None,
) -> None:
    """Tell a node what was decided about the proposal that stands there as *ref*, if that node is known still.

    Args:
        code: why, as a stable word, where this node decided by itself.

    Raises:
        QueueFull: too much waits for it.
    """
    if unit.peers.get(node) is None:
        return
    body: dict[str, JsonValue] = {"proposal": ref, "outcome": outcome.value, "reason": reason}
    if code is not None:
        body["code"] = code
    queue(registry, unit, node, MessageType.DECISION, uid, body)
