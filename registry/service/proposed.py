"""Reading proposals of corrections: those about a record, those one has to do with, and what they change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from registry.domain import policy, proposal, redaction
from registry.domain.actor import Actor, Permission
from registry.domain.canonical import Document, JsonValue
from registry.domain.difference import FieldChange
from registry.domain.difference import difference as differing
from registry.domain.errors import NotFound, QueueFull
from registry.domain.pages import Page, PageRequest
from registry.domain.proposal import (
    MAX_NOT_TAKEN_UP,
    MAX_OPEN_OF_ORGANISATION,
    MAX_OPEN_OF_RECORD,
    Proposal,
    ProposalId,
    ProposalState,
)
from registry.domain.record import Record, RecordUid
from registry.ports import Reader, Registry, Unit
from registry.service.references import as_seen


def of_record(registry: Registry, actor: Actor, uid: RecordUid) -> tuple[Proposal, ...]:
    """The proposals about a record that *actor* may know of, oldest first; none where the record is not visible."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        found = reader.records.get(uid, visible=policy.visible_to(actor))
        known = reader.proposals.of_record(uid) if found is not None else ()
    record = None if found is None else redaction.for_actor(found, actor)
    return tuple(proposal.for_actor(one, actor, record) for one in known if proposal.seen_by(one, actor, record))


def page(
    registry: Registry, actor: Actor, state: ProposalState | None, request: PageRequest
) -> Page[tuple[Proposal, Record | None]]:
    """Proposals that *actor* may know of, the newest first, each with what *actor* sees of its record."""
    policy.require(actor, Permission.RECORD_READ)
    visible = policy.visible_to(actor)
    with registry.storage.read() as reader:
        found = reader.proposals.page(state, request, visible=visible)
        records = reader.records.many([one.uid for one in found.items], visible=visible)
    seen = {uid: redaction.for_actor(one, actor) for uid, one in records.items()}
    items = tuple((proposal.for_actor(one, actor, seen.get(one.uid)), seen.get(one.uid)) for one in found.items)
    return Page(items, found.positions, found.has_next, found.has_previous)


def changes_of(registry: Registry, actor: Actor, proposal_id: ProposalId) -> tuple[FieldChange, ...]:
    """What a proposal changes in the revision that it was made against, as far as *actor* may read both.

    Raises:
        NotFound: no such proposal, or none that *actor* may know of.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        known, record = known_proposal(reader, actor, proposal_id)
        readable, base = proposal.for_actor(known, actor, record), base_of(reader, known)
        if readable.part is None or base is None:
            return ()
        before, after = as_seen(reader, actor, base, readable.part.document)
    if record is not None and record.hides_sources and not policy.visible_to(actor).sees_all_of(record):
        before, after = _without_known_sources(before, after)
    return differing(before, after)


def _without_known_sources(before: Document, after: Document) -> tuple[Document, Document]:
    """The two with those sources only that the second has more of: naming one shows the same whether it is known."""
    known, left = (cast("list[JsonValue]", one.get("sources", [])) for one in (before, after))
    # What was there before stands behind what is proposed.
    left = left[::-1]
    for one in known:
        if one in left:
            left.remove(one)
    return {**before, "sources": []}, {**after, "sources": left[::-1]}


def known_proposal(reader: Reader | Unit, actor: Actor, proposal_id: ProposalId) -> tuple[Proposal, Record | None]:
    """The proposal as it is stored, and what *actor* sees of its record.

    Raises:
        NotFound: there is none, or none that *actor* may know of.
    """
    known = reader.proposals.get(proposal_id)
    found = None if known is None else reader.records.get(known.uid, visible=policy.visible_to(actor))
    if known is None or not proposal.seen_by(known, actor, found):
        raise NotFound("no such proposal", path=("id",))
    return known, None if found is None else redaction.for_actor(found, actor)


def base_of(reader: Reader | Unit, known: Proposal) -> Document | None:
    """The public part that the proposal was made against; ``None`` once it was erased."""
    revisions = reader.records.revisions(known.uid)
    part = next((one.public for one in revisions if one.revision == known.base), None)
    return None if part is None else part.document


def check_queue(unit: Unit, actor: Actor, uid: RecordUid, made_before: Sequence[Proposal]) -> None:
    """Take in one more proposal about a record only while few enough wait.

    Raises:
        QueueFull: they do not.
    """
    if unit.proposals.count_open(of_record=uid) >= MAX_OPEN_OF_RECORD:
        raise QueueFull("many proposals about this record wait already; try again when they are decided")
    if unit.proposals.count_open(of=actor.organisation) >= MAX_OPEN_OF_ORGANISATION:
        raise QueueFull("many proposals of your organisation wait already", hint="withdraw some, or wait")
    own = [one for one in made_before if one.organisation == actor.organisation]
    if sum(one.state is not ProposalState.ACCEPTED for one in own) >= MAX_NOT_TAKEN_UP:
        raise QueueFull("your organisation has proposed as much about this record as is taken in")


def is_again(known: Proposal, actor: Actor, body: bytes, reason: str) -> bool:
    """Whether *actor*'s organisation proposed just this before, and it waits."""
    is_own = known.organisation == actor.organisation and known.state is ProposalState.OPEN
    return is_own and known.part is not None and known.part.body == body and known.reason == reason
