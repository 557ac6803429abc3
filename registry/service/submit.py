"""Submitting: new records, dry runs, and new revisions of records of one's own organisation."""

from __future__ import annotations

from dataclasses import dataclass, replace

from registry.domain import policy, redaction
from registry.domain.actor import Actor, Permission
from registry.domain.change import ChangeKind
from registry.domain.content.advice import advise
from registry.domain.content.base import validate as read_part
from registry.domain.content.kinds import RESTRICTED, Content
from registry.domain.content.marking import Marking
from registry.domain.errors import Conflict, Forbidden, InvalidInput, Problem
from registry.domain.likeness import Lookalike
from registry.domain.record import PersonId, Record, RecordUid, State
from registry.domain.screening.acceptance import UNANSWERED, Answers
from registry.domain.screening.finding import ScreeningFinding
from registry.domain.sealed import is_sealed
from registry.domain.workflow import Step
from registry.ports import Reader, Registry, Unit
from registry.service import duplicates, notices, numbers, screening, staging
from registry.service.acceptance import require_references
from registry.service.writing import (
    Written,
    expect,
    fingerprint,
    hand_in,
    load,
    log,
    new_record,
    new_revision,
    reason_given,
    remember,
    replayed,
    says_the_same,
    take_step,
)

MAX_REVISIONS = 1000


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer to a dry run: what deserves a second look, which records look like the submission, and what screening
    found and was answered."""

    warnings: tuple[Problem, ...]
    candidates: tuple[Lookalike, ...]
    findings: tuple[ScreeningFinding, ...] = ()


def submit(
    registry: Registry,
    actor: Actor,
    content: Content,
    *,
    external_ref: str | None = None,
    number: str | None = None,
    answers: Answers = UNANSWERED,
    idempotency_key: str | None = None,
) -> Written:
    """Store a new record and hand it in for review; a known *external_ref* makes a new revision instead.

    Through a staging key it stays a draft that tries things out: see ``staging``.

    Args:
        number: a reserved number of the actor's organisation, given to the record at its publication.
        answers: what is said to what screening finds; what it redacts is never stored.

    Returns the record as *actor* may see it: state ``submitted``, or as it was where nothing changed; ``draft`` where
    it looks like a record that *actor* sees: ``duplicates.confirm`` then hands it in.

    Raises:
        Forbidden: *actor* lacks ``record:submit`` or belongs to no organisation.
        InvalidInput: a part is too large, an upstream is claimed, a link leads to no visible record, or
            *external_ref* is not one line of 1 to 120 characters, or *number* is no unused one of the organisation,
            or is named with a staging key.
        FindingsOpen: screening found what *answers* neither accepts nor redacts.
        AlreadyExists: through a staging key, of an *external_ref* that is in use.
        IdempotencyMismatch: the key was used with other content.
    """
    policy.require(actor, Permission.RECORD_DRAFT if actor.staging else Permission.RECORD_SUBMIT)
    owner, author = policy.require_member(actor)
    staging.require_no_number(actor, number)
    settled = screening.admitted(registry, content, answers, actor=actor, external_ref=external_ref)
    content = settled.content
    print_ = fingerprint(idempotency_key, "submit", content, external_ref or "", *([number] if number else []))
    alike = duplicates.of_submission(registry, content, external_ref, actor=actor)
    with registry.storage.begin() as unit:
        before = replayed(registry, unit, actor, idempotency_key, print_)
        if before is not None:
            return duplicates.with_candidates(unit, actor, before)
        known = _known(unit, actor, external_ref)
        staging.require_own_ref(actor, known)
        require_references(unit, actor, content, known)
        if known is None:
            record = new_record(registry, content, owner=owner, author=author, now=registry.clock.now())
            state = State.DRAFT if alike or actor.staging else State.SUBMITTED
            record = replace(record, state=state, external_ref=external_ref, staging=actor.staging)
            hand_in(unit, actor, record)
            staging.schedule_purge(registry, unit, record)
            if not record.staging:
                notices.note_response(registry, unit, actor, record)
            unit.sources.suggest(record.uid, [one.candidate for one in alike])
        else:
            content = _completed(known, content)
            record = make_revision(registry, unit, actor, known, content)
        numbers.ask_for_number(unit, record, number)
        screening.keep(registry, unit, actor, record.uid, settled)
        remember(registry, unit, actor, idempotency_key, print_, record.uid)
        warnings = (*advise(content, _shown_marking(known)), *settled.warnings)
        written = Written(
            redaction.for_actor(record, actor),
            unchanged=record is known,
            warnings=warnings,
            findings=settled.findings,
        )
        return duplicates.with_candidates(unit, actor, written)


def revise(
    registry: Registry,
    actor: Actor,
    uid: RecordUid,
    content: Content,
    *,
    expected_revision: int,
    answers: Answers = UNANSWERED,
    idempotency_key: str | None = None,
) -> Written:
    """Replace the content of a record of one's own organisation by a new revision, for review.

    A published record stays as it is until the new revision is published. Content that changes nothing makes
    no revision.

    Args:
        expected_revision: the draft revision that was read, counted from 1.
        answers: as for ``submit``; what was accepted before need not be accepted again.

    Raises:
        Forbidden: *actor* lacks ``record:revise``, or the record is another organisation's.
        NotFound: no such record, or none that *actor* may see.
        FindingsOpen: as for ``submit``.
        StaleRevision: somebody revised it meanwhile.
        InvalidTransition: it cannot be revised from where it is.
        InvalidInput: the kind differs, a part is too large, or a link leads to no visible record.
    """
    policy.require(actor, Permission.RECORD_DRAFT if actor.staging else Permission.RECORD_REVISE)
    settled = screening.admitted(registry, content, answers, actor=actor, uid=uid)
    content = settled.content
    print_ = fingerprint(idempotency_key, "revise", content, uid, str(expected_revision))
    with registry.storage.begin() as unit:
        before = replayed(registry, unit, actor, idempotency_key, print_)
        if before is not None:
            return before
        record = load(unit, actor, uid)
        policy.require_own(actor, record)
        expect(record, expected_revision)
        require_references(unit, actor, content, record)
        known, content = record, _completed(record, content)
        record = make_revision(registry, unit, actor, known, content)
        screening.keep(registry, unit, actor, uid, settled)
        remember(registry, unit, actor, idempotency_key, print_, record.uid)
    warnings = (*advise(content, _shown_marking(known)), *settled.warnings)
    return Written(redaction.for_actor(record, actor), warnings=warnings, findings=settled.findings)


def retract(
    registry: Registry, actor: Actor, uid: RecordUid, *, reason: str, expected_revision: int | None = None
) -> Record:
    """Take back what was submitted and is not published; reviewers no longer read it. Revising hands it in again.

    Of a published record the revision under review is taken back, and the published one stays.

    Raises:
        Forbidden: *actor* lacks ``record:revise``, or the record is another organisation's.
        NotFound, StaleRevision, InvalidTransition, InvalidInput: as for every step with a reason.
    """
    policy.require(actor, Permission.RECORD_REVISE)
    given = reason_given(reason)
    with registry.storage.begin() as unit:
        record = load(unit, actor, uid)
        policy.require_own(actor, record)
        expect(record, expected_revision)
        now = registry.clock.now()
        record = take_step(record, Step.RETRACT, now, reason=given, claimed_by=None, approved_by=None)
        unit.records.save(record)
        log(unit, actor, record, ChangeKind.REVIEW, step=Step.RETRACT, reason=given)
    return redaction.for_actor(record, actor)


def validate(
    registry: Registry,
    actor: Actor,
    content: Content,
    *,
    external_ref: str | None = None,
    number: str | None = None,
    answers: Answers = UNANSWERED,
) -> Checked:
    """Check a submission as ``submit`` would, store nothing, and return the warnings and what looks like it.

    Raises:
        InvalidInput: as ``submit``.
    """
    policy.require(actor, Permission.RECORD_VALIDATE)
    settled = screening.admitted(registry, content, answers, actor=actor, external_ref=external_ref)
    content = settled.content
    with registry.storage.read() as reader:
        require_references(reader, actor, content)
        if number is not None:
            known = _known(reader, actor, external_ref)
            numbers.check_number(reader, actor.organisation, content.kind, number, known=known)
    alike = duplicates.of_submission(registry, content, external_ref, actor=actor)
    warnings = (*advise(content), *duplicates.warnings_of(alike), *settled.warnings)
    return Checked(warnings, alike, settled.findings)


def _known(reader: Reader | Unit, actor: Actor, external_ref: str | None) -> Record | None:
    if actor.organisation is None or not external_ref:
        return None
    return reader.records.by_external_ref(actor.organisation, external_ref)


def make_revision(
    registry: Registry,
    unit: Unit,
    actor: Actor,
    record: Record,
    content: Content,
    *,
    author: PersonId | None = None,
) -> Record:
    """Revise *record* within a unit of the caller, who has asked for permission and checked the content.

    Args:
        author: who wrote it, if not *actor*; both have contributed.

    Raises:
        Forbidden: the record is sealed, and *actor* may not read sealed records, or as ``policy.require_draft``.
        InvalidInput, InvalidTransition: as ``revise``.
        Conflict: it has as many revisions as a record may have.
    """
    if not policy.reads_sealed(actor, record):
        raise Forbidden("this record is sealed: to revise it needs the permission record:sealed")
    policy.require_draft(actor, record)
    if record.kind is not content.kind:
        raise InvalidInput([Problem(("kind",), "KIND_DIFFERS", f"this record is of the kind {record.kind}")])
    if says_the_same(record.newest, content) and record.stage not in {State.REJECTED, State.RETRACTED}:
        return staging.kept_for_good(unit, actor, record, registry.clock.now())
    if is_sealed(content) and record.state is State.PUBLISHED and not record.sealed:
        message = "a published record is not sealed: withdraw it, and submit a new one"
        raise InvalidInput([Problem(("content", "misuse_categories"), "SEALED", message)])
    if record.draft_revision >= MAX_REVISIONS:
        raise Conflict(f"a record has at most {MAX_REVISIONS} revisions", hint="submit a new record and link the two")
    now = registry.clock.now()
    number = record.draft_revision + 1
    revision = new_revision(registry, content, author=author or actor.person, draft_revision=number, now=now)
    people = record.contributors | {one for one in (actor.person, author) if one is not None}
    claimed_by = record.claimed_by if record.stage is State.IN_REVIEW else None
    changes = {"draft_revision": number, "contributors": people, "claimed_by": claimed_by, "approved_by": None}
    record = take_step(
        record,
        Step.REVISE,
        now,
        **changes,
        sealed=record.sealed or is_sealed(content),
        terms=registry.settings.terms_version,
        staging=record.staging and actor.staging,
    )
    record = replace(record, work=revision) if record.state is State.PUBLISHED else replace(record, head=revision)
    unit.records.save(record)
    log(unit, actor, record, ChangeKind.REVISE, step=Step.REVISE)
    return record


def _shown_marking(known: Record | None) -> Marking | None:
    """How the published revision is marked, if there is one."""
    return known.head.marking if known is not None and known.revision else None


def _completed(record: Record, content: Content) -> Content:
    """What the revision leaves out stays as it is."""
    newest = record.newest
    if not content.leaves_out or newest.restricted is None:
        return content
    restricted = read_part(RESTRICTED[record.kind], newest.restricted.document)
    return content.completed_from(restricted, newest.marking)
