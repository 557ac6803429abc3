"""Cases as those who handle them meet them: read, answered, what is urgent hidden at once, decided, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from registry.domain import case as rules
from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.case import Author, Case, CaseDecision, CaseId, CaseOutcome, CaseState, Reply
from registry.domain.change import ChangeKind, NewChange
from registry.domain.errors import FourEyes, InvalidInput, InvalidTransition, NotFound, Problem
from registry.domain.form import Form
from registry.domain.job import Job, JobName
from registry.domain.pages import Page, PageRequest
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid, State
from registry.ports import Reader, Registry, Unit
from registry.service import conflicts, telling
from registry.service.cases import deadlines, note, text_given, with_message
from registry.service.erasure import blocked_record
from registry.service.writing import PUBLIC_REASON, reason_given


def page(
    registry: Registry, actor: Actor, *, states: Sequence[CaseState] = (), request: PageRequest | None = None
) -> Page[Case]:
    """Cases in these states, or in any, what is due first; for those who handle them."""
    policy.require(actor, Permission.CASE_HANDLE)
    with registry.storage.read() as reader:
        return reader.cases.page(states, request or PageRequest())


def case(registry: Registry, actor: Actor, case_id: CaseId) -> Case:
    """One case, whole; for those who handle them.

    Raises:
        NotFound: there is none, or its texts are deleted.
    """
    policy.require(actor, Permission.CASE_HANDLE)
    with registry.storage.read() as reader:
        return _by_id(reader, case_id)


def answer_case(registry: Registry, actor: Actor, case_id: CaseId, *, text: str) -> Case:
    """Write to the person concerned, who reads it with the receipt code.

    Raises:
        InvalidInput: the text is empty or too long.
        InvalidTransition: the case is decided.
        NotFound: as ``case``.
    """
    policy.require(actor, Permission.CASE_HANDLE)
    said = text_given(text)
    with registry.storage.begin() as unit:
        found = _by_id(unit, case_id)
        if not found.is_waiting:
            raise InvalidTransition("this case is decided")
        found = with_message(registry, found, Author.NODE, said)
        unit.cases.save(found)
        note(registry, unit, actor, found, "answered")
        telling.of_case(registry, unit, found)
    return found


def block_record(
    registry: Registry, actor: Actor, case_id: CaseId, *, reason: str, uid: RecordUid | None = None
) -> tuple[Case, RecordUid | None]:
    """Hide at once what an urgent case concerns, before anybody judges it: one person is enough.

    Args:
        uid: the record meant; the one that the case names, if left out.

    Returns the case and the record that is hidden now, or ``None`` where nothing was found that could be: then the
    case says that precautions were taken all the same, so that the person learns nothing about hidden records.

    Raises:
        NotFound: as ``case``.
        InvalidTransition: the case is decided.
        InvalidInput: the reason is missing or too long.
    """
    policy.require(actor, Permission.CASE_HANDLE)
    policy.require(actor, Permission.RECORD_BLOCK)
    given = reason_given(reason, missing=PUBLIC_REASON)
    with registry.storage.begin() as unit:
        found = rules.secured(_by_id(unit, case_id), registry.clock.now(), deadlines(registry.settings))
        record = _record_of(unit, found, uid)
        if record is not None and not record.blocked and record.state is not State.ERASED:
            record = blocked_record(registry, unit, actor, record, given)
        if record is not None:
            # Whoever told of it in words only meant this one: its owner does not decide about it either.
            found = replace(found, named=found.named or record.uid)
        unit.cases.save(found)
        note(registry, unit, actor, found, "secured")
    return found, record.uid if record is not None and record.blocked else None


def decide(
    registry: Registry, actor: Actor, case_id: CaseId, *, outcome: CaseOutcome, reasons: str, reply: str = ""
) -> Case:
    """Answer a case with reasons, which the person reads. What the outcome says is done by its own steps.

    Args:
        reply: with the outcome ``reply_shown``, the text that is shown beside the record from now on.

    Raises:
        FourEyes: an appeal against one's own decision, or the record concerned is of one's own organisation.
        InvalidTransition: it is decided.
        InvalidInput: reasons or reply are missing or too long, or there is no record to show a reply at.
        NotFound: as ``case``.
    """
    policy.require(actor, Permission.CASE_HANDLE)
    form = Form()
    because = form.text("reasons", reasons, limit=rules.MAX_REASONS, missing="give reasons; the person reads them")
    is_shown = outcome is CaseOutcome.REPLY_SHOWN
    missing = "say the words to be shown beside the record" if is_shown else None
    said = form.text("reply", reply, limit=rules.MAX_REPLY, missing=missing)
    form.close()
    now = registry.clock.now()
    with registry.storage.begin() as unit:
        found = _by_id(unit, case_id)
        record = _record_of(unit, found, None)
        if record is not None and actor.organisation is not None and actor.organisation == record.owner:
            raise FourEyes("the organisation that owns the record does not decide about it")
        if record is not None:
            conflicts.require_judge(registry, unit, actor, record)
        found = rules.decided(found, CaseDecision(now, actor.id, outcome, because))
        unit.cases.save(found)
        if is_shown:
            about = _replied_to(record)
            unit.cases.put_reply(Reply(found.id, about.uid, said, now))
            _log_reply(unit, actor, about, now)
        note(registry, unit, actor, found, "decided")
        telling.of_case(registry, unit, found)
        ends_at = found.ends_at(deadlines(registry.settings))
        if ends_at is not None:
            unit.jobs.add(Job(registry.ids.uid(), JobName.PURGE_CASE, found.id, ends_at))
    return found


def purge(registry: Registry, actor: Actor, case_id: CaseId) -> bool:
    """Delete the texts of a case whose time is over; tells whether it was."""
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.begin() as unit:
        found = unit.cases.get(case_id)
        ends_at = None if found is None else found.ends_at(deadlines(registry.settings))
        # An appeal, or its decision, has put the end off; the job for that end is another one.
        if found is None or ends_at is None or ends_at > registry.clock.now():
            return False
        unit.cases.purge(case_id)
        unit.letters.erase(case_id)
        note(registry, unit, actor, found, "purged")
    return True


def _replied_to(record: Record | None) -> Record:
    """The record that a reply is shown at.

    Raises:
        InvalidInput: the case names none, or one that is erased.
    """
    if record is None or record.state is State.ERASED:
        message = "this case names no record that is here; name it to the person, or decide otherwise"
        raise InvalidInput([Problem(("outcome",), "NOT_FOUND", message)])
    return record


def _log_reply(unit: Unit, actor: Actor, about: Record, at: datetime) -> None:
    row = NewChange(ChangeKind.REPLY, actor.id, at, public=about.is_public, uid=about.uid, revision=about.revision)
    unit.changes.append(row)


def _by_id(view: Reader | Unit, case_id: CaseId) -> Case:
    found = view.cases.get(case_id)
    if found is None:
        raise NotFound("no such case", path=("id",))
    return found


def _record_of(view: Reader | Unit, found: Case, uid: RecordUid | None) -> Record | None:
    """The record that a case is about, hidden ones too; *uid* where whoever handles it knows better."""
    if uid is not None:
        return view.records.get(uid, visible=EVERYTHING)
    if found.named is None:
        return None
    by_number = view.records.by_number(found.named, visible=EVERYTHING)
    return by_number or view.records.get(RecordUid(found.named), visible=EVERYTHING)
