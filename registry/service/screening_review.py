"""What is done about findings of a record that is stored: accepted with a reason, or redacted and purged."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from registry.domain import policy, redaction
from registry.domain.actor import Actor, Permission
from registry.domain.canonical import canonical_bytes
from registry.domain.change import ChangeKind
from registry.domain.content.base import to_bytes
from registry.domain.errors import Conflict, FindingsOpen, NotFound
from registry.domain.proposal import Proposal
from registry.domain.record import Record, RecordUid, Revision
from registry.domain.screening.acceptance import Acceptance, Answers, Redaction
from registry.domain.screening.finding import Code, stand_in
from registry.domain.screening.settling import Settled, found_in, settle
from registry.ports import Registry, Unit
from registry.service import conflicts, screening
from registry.service.acceptance import require_references
from registry.service.submit import make_revision
from registry.service.writing import expect, load, log


def accept_findings(
    registry: Registry, actor: Actor, uid: RecordUid, accept: Sequence[Acceptance], *, expected_revision: int
) -> Record:
    """Say of findings in the newest revision why they may stand; the owner and reviewers read it.

    Raises:
        Forbidden: *actor* neither revises records of the owner nor holds the claim.
        NotFound, StaleRevision: as for every step.
        InvalidInput: a reason is missing, or does not say that a key is harmless.
    """
    policy.require(actor, _permission(actor))
    with registry.storage.begin() as unit:
        record = _to_answer(registry, unit, actor, uid, expected_revision)
        settled = _settled(unit, record, Answers(accept=tuple(accept)), actor)
        named = {(one.code, tuple(one.path)) for one in accept}
        problems = [one for one in settled.problems if one.path[:1] == ("screening",)]
        problems += [one for one in settled.problems if (Code(one.code), one.path) in named] if not problems else []
        if problems:
            raise FindingsOpen(problems, settled.findings)
        screening.keep(registry, unit, actor, uid, settled)
    return redaction.for_actor(record, actor)


def redact_findings(
    registry: Registry,
    actor: Actor,
    uid: RecordUid,
    redact: Sequence[Redaction] = (),
    *,
    redact_all: bool = False,
    expected_revision: int,
) -> Record:
    """Take findings out by a new revision, and purge the drafts, reasons, proposals and remembered requests that held
    them; of notices the passage alone goes.

    A published revision is not touched: it is replaced once the new one is published, and erased by a case. A reviewer
    who only takes out words has not contributed to the record.

    Raises:
        Forbidden: *actor* neither revises records of the owner nor holds the claim.
        NotFound, StaleRevision, InvalidTransition: as ``submit.revise``.
        Conflict: there is nothing to redact.
        InvalidInput: what takes the place of a passage does not fit.
    """
    policy.require(actor, _permission(actor))
    with registry.storage.begin() as unit:
        record = _to_answer(registry, unit, actor, uid, expected_revision)
        settled = _settled(unit, record, Answers(redact=tuple(redact), redact_all=redact_all), actor)
        passages = _taken_out(record, settled)
        if not passages:
            raise Conflict("screening finds nothing of the kind there: nothing was redacted", path=("redact",))
        contributors = record.contributors
        require_references(unit, actor, settled.content, record)
        is_own = actor.organisation == record.owner
        record = make_revision(registry, unit, actor, record, settled.content)
        reason = None if _holds(record.reason, passages) else record.reason
        record = replace(record, contributors=record.contributors if is_own else contributors, reason=reason)
        unit.records.save(record)
        _purge(unit, record, passages)
        log(unit, actor, record, ChangeKind.REDACT)
    return redaction.for_actor(record, actor)


def _permission(actor: Actor) -> Permission:
    """The permission by which *actor* answers: as one who revises, or else as a reviewer."""
    revises = Permission.RECORD_REVISE in policy.permissions_of(actor)
    return Permission.RECORD_REVISE if revises else Permission.RECORD_REVIEW


def _to_answer(registry: Registry, unit: Unit, actor: Actor, uid: RecordUid, expected_revision: int) -> Record:
    record = load(unit, actor, uid)
    if actor.organisation is None or actor.organisation != record.owner:
        policy.require(actor, Permission.RECORD_REVIEW)
        policy.require_second_person(actor, record)
        policy.require_claim(actor, record)
        conflicts.require_judge(registry, unit, actor, record)
    else:
        policy.require(actor, Permission.RECORD_REVISE)
    expect(record, expected_revision)
    return record


def _settled(unit: Unit, record: Record, answers: Answers, actor: Actor) -> Settled:
    content = screening.content_of(record)
    if content is None:
        raise NotFound("no such record", path=("uid",))
    if redaction.for_actor(record, actor).newest.restricted is None:
        # What one may not read, one does not answer for.
        accept = tuple(one for one in answers.accept if "restricted" not in one.path[:2])
        redact = tuple(one for one in answers.redact if "restricted" not in one.path[:2])
        answers = replace(answers, accept=accept, redact=redact, redact_all=False)
    known = screening.is_known_by(unit.screening.of_record(record.uid))
    return settle(content, answers, is_known=known, codes=screening.codes_for(content))


def _taken_out(record: Record, settled: Settled) -> dict[str, str]:
    """The passages that stood in the newest revision and stand in no finding any more, with the words for each."""
    content = screening.content_of(record)
    if content is None:
        return {}
    left = {(one.finding.path, one.passage) for one in settled.seen}
    before = found_in(content, codes=screening.codes_for(content))
    return {
        one.passage: stand_in(one.finding.code, one.finding.rule)
        for one in before
        if (one.finding.path, one.passage) not in left
    }


def _purge(unit: Unit, record: Record, passages: Mapping[str, str]) -> None:
    """Forget, of unpublished earlier work and what is said about it, all that holds one of *passages*."""
    uid = record.uid
    for one in unit.records.revisions(uid):
        if one.revision is None and one.draft_revision < record.draft_revision:
            held = _parts_holding(one, passages)
            if held:
                unit.records.forget_parts(uid, one.draft_revision, held)
    if any(_holds(one.row.reason, passages) for one in unit.changes.of_record(uid)):
        unit.changes.forget_reasons(uid)
        unit.letters.erase(uid)
    proposals = [one.id for one in unit.proposals.of_record(uid) if _is_said_in(one, passages)]
    if proposals:
        unit.proposals.forget(proposals)
    for notice in unit.notices.of_record(uid):
        if _holds(notice.passage, passages) or _holds(notice.party, passages):
            party, passage = _without(notice.party, passages), _without(notice.passage, passages)
            unit.notices.save(replace(notice, party=party, passage=passage))
    unit.idempotency.forget(uid)


def _is_said_in(proposal: Proposal, passages: Collection[str]) -> bool:
    in_part = proposal.part is not None and _in_body(proposal.part.body, passages)
    return in_part or _holds(proposal.reason, passages) or _holds(proposal.decision_reason, passages)


def _parts_holding(revision: Revision, passages: Collection[str]) -> Collection[str]:
    bodies = {
        "public": revision.public and revision.public.body,
        "restricted": revision.restricted and revision.restricted.body,
        "marking": to_bytes(revision.marking),
    }
    return {name for name, body in bodies.items() if body and _in_body(body, passages)}


def _in_body(body: bytes, passages: Collection[str]) -> bool:
    return any(canonical_bytes(one)[1:-1] in body for one in passages)


def _holds(text: str | None, passages: Collection[str]) -> bool:
    return text is not None and any(one in text for one in passages)


def _without(text: str, passages: Mapping[str, str]) -> str:
    for one in sorted(passages, key=len, reverse=True):
        text = text.replace(one, passages[one])
    return text
