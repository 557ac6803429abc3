"""Proposals of corrections: make and withdraw them, accept and decline them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from registry.domain import policy, proposal, redaction
from registry.domain.actor import Actor, Permission
from registry.domain.canonical import Document
from registry.domain.change import ChangeKind, NewChange
from registry.domain.content.base import to_bytes, to_document
from registry.domain.content.base import validate as read_part
from registry.domain.content.kinds import PUBLIC, RESTRICTED, Content
from registry.domain.correction import Edit, edited, rebased, restored, touched
from registry.domain.errors import Conflict, Forbidden, InvalidInput, NotFound, Problem, StaleRevision
from registry.domain.policy import EVERYTHING
from registry.domain.proposal import Proposal, ProposalId, ProposalState
from registry.domain.record import Record, RecordUid, State
from registry.ports import Registry, Unit
from registry.service import conflicts
from registry.service.acceptance import require_references
from registry.service.federation import outgoing
from registry.service.proposed import base_of, check_queue, is_again, known_proposal
from registry.service.references import as_seen
from registry.service.screening import require_clean
from registry.service.submit import make_revision
from registry.service.writing import expect, load, reason_given, store_part


@dataclass(frozen=True, slots=True)
class Proposed:
    """The answer to a proposal, and to what is decided about one; *record* is what the actor sees of the record.

    ``replayed`` tells that nothing was written: the same proposal waits already.
    """

    proposal: Proposal
    record: Record | None
    replayed: bool = False


def propose(
    registry: Registry,
    actor: Actor,
    uid: RecordUid,
    edits: Sequence[Edit],
    *,
    reason: str,
    expected_revision: int,
) -> Proposed:
    """Propose a correction of a published record; its owner decides, of a record of another node there.

    Only the public part can be corrected, as far as *actor* sees it: links to records that *actor* does not see stay.
    A proposal that one's own organisation made before, and that waits, is answered again.

    Args:
        expected_revision: the published revision that was read, counted from 1.

    Raises:
        Forbidden: *actor* lacks ``proposal:make`` or belongs to no organisation.
        NotFound: no such record, or none that *actor* may see.
        StaleRevision: another revision was published meanwhile.
        InvalidTransition: the record is not published.
        InvalidInput: an edit cannot be made, the result is no valid content, nothing would change, it says where the
            record was imported from, or a new link leads to no record that *actor* may see.
        QueueFull: too many proposals wait, about the record or from the organisation, or it made too many about it.
        Conflict: it began at another node, with which this one exchanges no messages now.
    """
    policy.require(actor, Permission.PROPOSAL_MAKE)
    given = reason_given(reason)
    organisation, person = policy.require_member(actor)
    for at, edit in enumerate(edits):
        require_clean(str(edit.value), "changes", str(at), "value")
    with registry.storage.begin() as unit:
        record = load(unit, actor, uid, elsewhere=True)
        shown = redaction.for_actor(record, actor)
        proposal.require_published(shown)
        if record.revision != expected_revision:
            raise StaleRevision(record.revision, counted="revision")
        body = proposed_part(unit, actor, record, shown, edits)
        made_before = unit.proposals.of_record(uid)
        again = next((one for one in made_before if is_again(one, actor, body, given)), None)
        if again is not None:
            return Proposed(proposal.for_actor(again, actor, shown), shown, replayed=True)
        check_queue(unit, actor, uid, made_before)
        made = Proposal(
            id=ProposalId(registry.ids.uid()),
            uid=uid,
            organisation=organisation,
            proposer=person,
            base=record.revision,
            part=store_part(registry, body),
            reason=given,
            created_at=registry.clock.now(),
        )
        unit.proposals.add(made)
        log_proposal(registry, unit, actor.id, record, made, ChangeKind.PROPOSAL)
        if record.received:
            outgoing.send(registry, unit, record, made, published_part(record))
    return Proposed(proposal.for_actor(made, actor, shown), shown)


def withdraw(registry: Registry, actor: Actor, proposal_id: ProposalId) -> Proposed:
    """Take back a proposal of one's own organisation that waits.

    Raises:
        Forbidden: *actor* lacks ``proposal:make``, or another organisation made it.
        NotFound: no such proposal, or none that *actor* may know of.
        InvalidTransition: it was decided or withdrawn already.
    """
    policy.require(actor, Permission.PROPOSAL_MAKE)
    with registry.storage.begin() as unit:
        known, shown = known_proposal(unit, actor, proposal_id)
        if known.organisation != actor.organisation:
            raise Forbidden("only the organisation that made the proposal may withdraw it")
        proposal.require_open(known)
        known = replace(known, state=ProposalState.WITHDRAWN, decided_at=registry.clock.now())
        unit.proposals.save(known)
        record = stored(unit, known)
        log_proposal(registry, unit, actor.id, record, known, ChangeKind.PROPOSAL)
        if record.received:
            outgoing.take_back(registry, unit, record, known)
    return Proposed(proposal.for_actor(known, actor, shown), shown)


def accept(
    registry: Registry,
    actor: Actor,
    proposal_id: ProposalId,
    *,
    reason: str | None = None,
    expected_revision: int | None = None,
) -> Proposed:
    """Make a revision of a proposal, for review as every revision; the proposer counts as who contributed to it.

    If the record was changed since, what the proposal changes is put into the newest work.

    Args:
        expected_revision: the draft revision that was read, counted from 1.

    Raises:
        Forbidden: *actor* does not decide about corrections of this record.
        FourEyes: *actor* made the proposal.
        NotFound: no such proposal, or none that *actor* may know of.
        InvalidTransition: it was decided or withdrawn already, or the record cannot be revised from where it is.
        StaleRevision: the record is not at *expected_revision*.
        Conflict: a field that the proposal changes was changed meanwhile, or the record says all of it already.
        InvalidInput: what results is no valid content, or a new link leads to no record that *actor* may see.
    """
    permission = _deciding(actor)
    policy.require(actor, permission)
    given = None if reason is None else reason_given(reason)
    with registry.storage.begin() as unit:
        known, record, by_reviewer = _to_decide(registry, unit, actor, proposal_id)
        proposal.require_published(redaction.for_actor(record, actor))
        expect(record, expected_revision)
        content = _taken_up(unit, actor, record, known)
        author = known.proposer if known.node is None else None
        revised = make_revision(registry, unit, actor, record, content, author=author)
        if revised.draft_revision == record.draft_revision:
            raise Conflict("the record says all of this already", path=("id",), hint="decline the proposal")
        known = _decided(registry, actor, known, ProposalState.ACCEPTED, given, by_reviewer=by_reviewer)
        known = replace(known, draft_revision=revised.draft_revision)
        unit.proposals.save(known)
        log_proposal(registry, unit, actor.id, revised, known, ChangeKind.DECISION)
        outgoing.answer(registry, unit, known)
    return _shown(known, actor, revised)


def decline(registry: Registry, actor: Actor, proposal_id: ProposalId, *, reason: str) -> Proposed:
    """Turn a proposal down; its proposer reads the reason.

    Raises:
        Forbidden, FourEyes, NotFound, InvalidTransition: as ``accept``.
        InvalidInput: the reason is missing.
    """
    permission = _deciding(actor)
    policy.require(actor, permission)
    given = reason_given(reason, missing="say why; the proposer will read it")
    with registry.storage.begin() as unit:
        known, record, by_reviewer = _to_decide(registry, unit, actor, proposal_id)
        known = _decided(registry, actor, known, ProposalState.DECLINED, given, by_reviewer=by_reviewer)
        unit.proposals.save(known)
        log_proposal(registry, unit, actor.id, record, known, ChangeKind.DECISION)
        outgoing.answer(registry, unit, known)
    return _shown(known, actor, record)


def _deciding(actor: Actor) -> Permission:
    """The permission by which *actor* decides: as one who revises, or else as a reviewer."""
    revises = Permission.RECORD_REVISE in policy.permissions_of(actor)
    return Permission.RECORD_REVISE if revises else Permission.RECORD_REVIEW


def proposed_part(unit: Unit, actor: Actor, record: Record, shown: Record, edits: Sequence[Edit]) -> bytes:
    """The whole public part that *edits* of what is *shown* of *record* lead to, as canonical bytes."""
    base = published_part(record)
    (seen,) = as_seen(unit, actor, published_part(shown))
    said = read_part(PUBLIC[record.kind], edited(seen, edits), path=("content",))
    to_bytes(said, path=("content",))
    changed = touched(seen, to_document(said))
    if not changed:
        raise InvalidInput([Problem(("changes",), "NO_CHANGE", "the record says all of this already")])
    if "upstream" in changed:
        message = "where a record was imported from is not corrected"
        raise InvalidInput([Problem(("content", "upstream"), "NOT_ALLOWED", message)])
    require_references(unit, actor, _with_public(record, to_document(said)), record)
    whole = restored(base, seen, to_document(said))
    return to_bytes(read_part(PUBLIC[record.kind], whole, path=("content",)), path=("content",))


def _taken_up(unit: Unit, actor: Actor, record: Record, known: Proposal) -> Content:
    """The content of *record* with what the proposal changes."""
    # What was rejected or taken back is not what the record will say.
    newest = record.head if record.stage in {State.REJECTED, State.RETRACTED} else record.newest
    base = base_of(unit, known)
    if base is None or known.part is None or newest.public is None or newest.restricted is None:
        raise NotFound("no such proposal", path=("id",))
    model = PUBLIC[record.kind]
    present = to_document(read_part(model, newest.public.document))
    merged = rebased(to_document(read_part(model, base)), known.part.document, present)
    public = read_part(model, merged, path=("content",))
    to_bytes(public, path=("content",))
    # What the newest work refers to already may be hidden from whoever decides; what is new may not.
    (checked,) = as_seen(unit, actor, merged, leaving=present)
    require_references(unit, actor, _with_public(record, checked), record)
    restricted = read_part(RESTRICTED[record.kind], newest.restricted.document)
    return Content(record.kind, public, restricted, newest.marking)


def published_part(record: Record) -> Document:
    """The public part of the published revision, as it would be written today."""
    part = record.head.public
    return {} if part is None else to_document(read_part(PUBLIC[record.kind], part.document))


def _with_public(record: Record, document: Document) -> Content:
    """Content that says *document* in its public part and nothing in the other."""
    kind = record.kind
    return Content(kind, read_part(PUBLIC[kind], document), RESTRICTED[kind](), record.head.marking)


def _to_decide(registry: Registry, unit: Unit, actor: Actor, proposal_id: ProposalId) -> tuple[Proposal, Record, bool]:
    """A proposal that waits and that *actor* decides about, its record, and whether as a reviewer."""
    known, _ = known_proposal(unit, actor, proposal_id)
    record = stored(unit, known)
    has_members = bool(unit.accounts.members(record.owner))
    by_reviewer = proposal.require_decider(actor, record, known, owner_has_members=has_members)
    if by_reviewer:
        conflicts.require_judge(registry, unit, actor, record)
    proposal.require_open(known)
    return known, record, by_reviewer


def _decided(
    registry: Registry, actor: Actor, known: Proposal, state: ProposalState, reason: str | None, *, by_reviewer: bool
) -> Proposal:
    return replace(
        known,
        state=state,
        decided_at=registry.clock.now(),
        decided_by=actor.person,
        by_reviewer=by_reviewer,
        decision_reason=reason,
    )


def stored(unit: Unit, known: Proposal) -> Record:
    """The record that a proposal is about, whoever asks; raises ``NotFound``."""
    record = unit.records.get(known.uid, visible=EVERYTHING)
    if record is None:
        raise NotFound("no such record", path=("id",))
    return record


def _shown(known: Proposal, actor: Actor, record: Record) -> Proposed:
    shown = redaction.for_actor(record, actor)
    return Proposed(proposal.for_actor(known, actor, shown), shown)


def log_proposal(
    registry: Registry, unit: Unit, actor_id: str, record: Record, about: Proposal, kind: ChangeKind
) -> None:
    """Append the row that tells of a proposal; the record itself is not changed by it."""
    unit.changes.append(
        NewChange(
            kind=kind,
            actor=actor_id,
            at=registry.clock.now(),
            public=False,
            uid=record.uid,
            subject=about.subject,
            revision=record.revision,
            draft_revision=record.draft_revision,
        )
    )
