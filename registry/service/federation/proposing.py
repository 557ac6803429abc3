"""Proposals that come from other nodes, and what these decide about those that were made here.

A proposal of another node changes nothing: it waits for the owner or a reviewer as one that was made here does.
"""

from __future__ import annotations

from dataclasses import replace

from registry.domain import policy, proposal, redaction
from registry.domain.actor import Actor
from registry.domain.change import ChangeKind
from registry.domain.errors import CommonsError, InvalidInput, NotFound, QueueFull, StaleRevision
from registry.domain.federation.header import kept_header
from registry.domain.federation.message import Message, read_message
from registry.domain.federation.peer import Peer
from registry.domain.federation.proposing import Outcome, ProposalBody, read_decision, read_proposal
from registry.domain.proposal import (
    MAX_NOT_TAKEN_UP,
    MAX_OPEN_OF_NODE,
    MAX_OPEN_OF_RECORD,
    MAX_OPEN_OF_RECORD_AND_NODE,
    Proposal,
    ProposalId,
    ProposalState,
)
from registry.domain.record import OrganisationId, PersonId, Record, RecordUid
from registry.ports import Registry, Unit
from registry.ports.messages import KeptMessage
from registry.service.federation import outgoing
from registry.service.federation.entitlement import actor_of
from registry.service.federation.owning import owner_here
from registry.service.federation.unfit import Unfit
from registry.service.proposals import log_proposal, proposed_part, stored
from registry.service.screening import require_clean
from registry.service.writing import MAX_REASON, reason_given, store_part

_CAN_BE_DECIDED = frozenset({ProposalState.OPEN, ProposalState.WITHDRAWN})


def take_proposal(registry: Registry, unit: Unit, peer: Peer, message: Message) -> None:
    """Put a proposal of *peer* before those who decide about the record, or answer why not.

    What *peer* may not see is answered as what there is not.

    Raises:
        InvalidInput: the message is no proposal.
        QueueFull: the answer cannot be put out now.
    """
    said = read_proposal(message.body)
    known = unit.proposals.of_node(peer.dns, said.proposal)
    if said.withdrawn:
        if known is not None and known.state is ProposalState.OPEN:
            _take_back(registry, unit, peer, known)
        return
    if known is not None:
        return
    uid = RecordUid(message.about or "")
    try:
        _propose(registry, unit, peer, uid, said)
    except StaleRevision:
        words = "the record was changed meanwhile: propose it again in what it says now"
        outgoing.decide(registry, unit, peer.dns, uid, said.proposal, Outcome.SUPERSEDED, reason=words, code="STALE")
    except CommonsError as error:
        words = "; ".join(dict.fromkeys(one.message for one in error.problems))[:MAX_REASON]
        code = error.code if not isinstance(error, InvalidInput) else error.problems[0].code
        outgoing.decide(registry, unit, peer.dns, uid, said.proposal, Outcome.REJECTED, reason=words, code=code)


def take_decision(registry: Registry, unit: Unit, peer: Peer, message: Message) -> None:
    """Note what *peer*, which the record began at, has decided about a proposal that was made here.

    Raises:
        InvalidInput: the message is no decision.
        Unfit: no such proposal was made here to *peer*.
    """
    said = read_decision(message.body)
    known = unit.proposals.get(ProposalId(said.proposal))
    record = None if known is None else stored(unit, known)
    is_theirs = record is not None and record.received and (record.origin, record.uid) == (peer.dns, message.about)
    if known is None or record is None or not is_theirs:
        raise Unfit("UNKNOWN_PROPOSAL")
    if known.state not in _CAN_BE_DECIDED:
        return
    reason = _words(said.reason) or said.code
    _settle(registry, unit, f"node:{peer.dns}", record, replace(known, state=said.state, decision_reason=reason))


def note_undelivered(registry: Registry, unit: Unit, kept: KeptMessage, outcome: str) -> None:
    """Take back a proposal that the other node never took, so that its proposer knows and may propose again."""
    said = read_proposal(read_message(kept.text).body)
    known = unit.proposals.get(ProposalId(said.proposal))
    if known is None or said.withdrawn or known.state is not ProposalState.OPEN:
        return
    words = f"the node that the record began at has not taken the proposal ({outcome})"
    after = replace(known, state=ProposalState.WITHDRAWN, decision_reason=words)
    _settle(registry, unit, "system", stored(unit, known), after)


def _propose(registry: Registry, unit: Unit, peer: Peer, uid: RecordUid, said: ProposalBody) -> None:
    actor = actor_of(unit, peer)
    record = _load(registry, unit, actor, peer, uid)
    shown = redaction.for_actor(record, actor)
    proposal.require_published(shown)
    _require_base(unit, record, said)
    given = reason_given(said.reason)
    for at, edit in enumerate(said.edits):
        require_clean(str(edit.value), "changes", str(at), "value")
    body = proposed_part(unit, actor, record, shown, said.edits)
    _check_queue(unit, peer, uid)
    made = Proposal(
        id=ProposalId(registry.ids.uid()),
        uid=uid,
        organisation=_proposer(registry, unit, peer, said),
        proposer=PersonId(actor.id),
        base=record.revision,
        part=store_part(registry, body),
        reason=given,
        created_at=registry.clock.now(),
        node=peer.dns,
        node_ref=said.proposal,
    )
    unit.proposals.add(made)
    log_proposal(registry, unit, actor.id, record, made, ChangeKind.PROPOSAL)


def _proposer(registry: Registry, unit: Unit, peer: Peer, said: ProposalBody) -> OrganisationId:
    """The organisation here that stands for the one that proposes there; where none is named, for the node."""
    if said.proposer is None:
        return peer.organisation
    return owner_here(registry, unit, peer.dns, peer.short_name, said.proposer, is_open=False)


def _load(registry: Registry, unit: Unit, actor: Actor, peer: Peer, uid: RecordUid) -> Record:
    """The record, if it began here and *peer* may see it."""
    record = unit.records.get(uid, visible=policy.visible_to(actor))
    if record is None or record.origin != registry.settings.node_name or (record.imported and not peer.imports):
        raise NotFound("no such record")
    return record


def _require_base(unit: Unit, record: Record, said: ProposalBody) -> None:
    """Refuse a proposal about what the record no longer says.

    Raises:
        StaleRevision: its public part is another than that of the header that was read.
    """
    read = unit.envelopes.held(record.uid, said.base or "")
    if read is None or not read.body or kept_header(read.body).public_hash != record.head.public_hash.hex():
        raise StaleRevision(record.revision, counted="revision")


def _check_queue(unit: Unit, peer: Peer, uid: RecordUid) -> None:
    """Take in one more proposal of a node only while few enough wait.

    Raises:
        QueueFull: they do not.
    """
    if unit.proposals.count_open(of_record=uid) >= MAX_OPEN_OF_RECORD:
        raise QueueFull("many proposals about this record wait already; try again when they are decided")
    if unit.proposals.count_open(of_record=uid, node=peer.dns) >= MAX_OPEN_OF_RECORD_AND_NODE:
        raise QueueFull("several proposals of your node about this record wait already")
    if unit.proposals.count_open(node=peer.dns) >= MAX_OPEN_OF_NODE:
        raise QueueFull("many proposals of your node wait already; try again when they are decided")
    own = [one for one in unit.proposals.of_record(uid) if one.node == peer.dns]
    if sum(one.state is not ProposalState.ACCEPTED for one in own) >= MAX_NOT_TAKEN_UP:
        raise QueueFull("your node has proposed as much about this record as is taken in")


def _take_back(registry: Registry, unit: Unit, peer: Peer, known: Proposal) -> None:
    after = replace(known, state=ProposalState.WITHDRAWN, decided_at=registry.clock.now())
    unit.proposals.save(after)
    log_proposal(registry, unit, f"node:{peer.dns}", stored(unit, known), after, ChangeKind.PROPOSAL)


def _settle(registry: Registry, unit: Unit, actor_id: str, record: Record, after: Proposal) -> None:
    after = replace(after, decided_at=registry.clock.now())
    unit.proposals.save(after)
    log_proposal(registry, unit, actor_id, record, after, ChangeKind.DECISION)


def _words(text: str) -> str | None:
    """What another node says why, as a reason given here may be written; nothing of it where it may not."""
    try:
        return reason_given(text)
    except InvalidInput:
        return None
