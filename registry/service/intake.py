"""Reports without an account, as reviewers meet them: claimed by one, asked about, checked, written, deleted."""

from __future__ import annotations

from datetime import timedelta

from registry.domain import policy, redaction
from registry.domain import report as rules
from registry.domain.actor import Actor, Permission, Role
from registry.domain.case import Author
from registry.domain.content.kinds import Content
from registry.domain.errors import Conflict, Forbidden, NotFound
from registry.domain.form import Form
from registry.domain.job import Job, JobName
from registry.domain.pages import Page, PageRequest
from registry.domain.policy import EVERYTHING
from registry.domain.record import PersonId, RecordUid
from registry.domain.report import Check, CheckItem, Report, ReportId
from registry.domain.screening.acceptance import UNANSWERED, Answers
from registry.domain.welfare import topics_of
from registry.ports import Reader, Registry, Unit
from registry.service import conflicts, screening
from registry.service.acceptance import require_references
from registry.service.reports import LOOK_EVERY, note, with_message
from registry.service.submit import make_revision
from registry.service.writing import Written, expect, load


def page(registry: Registry, actor: Actor, request: PageRequest | None = None) -> Page[Report]:
    """The reports that are kept, the oldest first; of those that another reviewer holds, only that they are there."""
    policy.require(actor, Permission.REPORT_HANDLE)
    with registry.storage.read() as reader:
        found = reader.reports.page(request or PageRequest())
        kept = [one for one in zip(found.items, found.positions, strict=True) if not _is_avoided(reader, actor, one[0])]
    items = tuple(rules.for_reviewer(one, actor.person) for one, _ in kept)
    return Page(items, tuple(position for _, position in kept), found.has_next, found.has_previous)


def report(registry: Registry, actor: Actor, report_id: ReportId) -> Report:
    """One report: whole for the reviewer who holds it, with the contact for the one who claimed it first.

    Raises:
        NotFound: there is none, or its texts are deleted.
    """
    policy.require(actor, Permission.REPORT_HANDLE)
    with registry.storage.read() as reader:
        return rules.for_reviewer(_by_id(reader, actor, report_id), actor.person)


def claim_report(registry: Registry, actor: Actor, report_id: ReportId) -> Report:
    """Take a report: from now on this reviewer alone reads it. A lead reviewer may take it over, but not the contact.

    Raises:
        ConflictOfInterest: *actor* is bound to whom it is about.
        Conflict: another reviewer has claimed it.
        NotFound: as ``report``.
    """
    policy.require(actor, Permission.REPORT_HANDLE)
    person = _person(actor)
    with registry.storage.begin() as unit:
        found = _by_id(unit, actor, report_id)
        _require_unbound(registry, unit, actor, found)
        takes_over = Role.LEAD_REVIEWER in actor.roles
        found = rules.claimed(found, person, registry.clock.now(), takes_over=takes_over)
        unit.reports.save(found)
        note(registry, unit, actor, found, "claimed")
        # Read again: who claims it first may read the contact from now on.
        return rules.for_reviewer(_by_id(unit, actor, report_id), person)


def ask_reporter(registry: Registry, actor: Actor, report_id: ReportId, *, text: str) -> Report:
    """Ask the reporter, who reads and answers it with the receipt code.

    Raises:
        Forbidden: *actor* does not hold the report.
        InvalidInput: the text is empty or too long.
        NotFound: as ``report``.
    """
    policy.require(actor, Permission.REPORT_HANDLE)
    form = Form()
    said = form.text("text", text, limit=rules.MAX_MESSAGE, missing="write what you want to know")
    form.close()
    with registry.storage.begin() as unit:
        found = with_message(registry, _held(registry, unit, actor, report_id), Author.NODE, said)
        unit.reports.save(found)
        note(registry, unit, actor, found, "asked")
    return found


def write_report(
    registry: Registry,
    actor: Actor,
    report_id: ReportId,
    content: Content,
    *,
    expected_revision: int,
    answers: Answers = UNANSWERED,
) -> Written:
    """Write the record that is made from a report. Who writes it has contributed to it: another reviewer approves.

    Raises:
        Forbidden: *actor* does not hold the report.
        StaleRevision, InvalidTransition, InvalidInput, FindingsOpen: as ``submit.revise``.
        NotFound: as ``report``.
    """
    policy.require(actor, Permission.REPORT_HANDLE)
    settled = screening.admitted(registry, content, answers, actor=actor)
    content = settled.content
    with registry.storage.begin() as unit:
        found = _held(registry, unit, actor, report_id)
        record = load(unit, actor, found.record)
        expect(record, expected_revision)
        require_references(unit, actor, content, record)
        record = make_revision(registry, unit, actor, record, content)
        screening.keep(registry, unit, actor, record.uid, settled)
        note(registry, unit, actor, found, "written")
    return Written(redaction.for_actor(record, actor), warnings=settled.warnings, findings=settled.findings)


def check_report(
    registry: Registry, actor: Actor, report_id: ReportId, *, item: CheckItem, done: bool, remark: str = ""
) -> Report:
    """Answer one question of the list for what the record says now; writing it anew asks all of them again.

    Raises:
        Forbidden: *actor* does not hold the report.
        Conflict: nobody has written the record yet.
        InvalidInput: the remark is too long.
        NotFound: as ``report``.
    """
    policy.require(actor, Permission.REPORT_HANDLE)
    form = Form()
    said = form.text("note", remark, limit=rules.MAX_NOTE)
    form.close()
    with registry.storage.begin() as unit:
        found = _held(registry, unit, actor, report_id)
        record = load(unit, actor, found.record)
        if record.draft_revision == 1:
            raise Conflict("nobody has written the record yet", hint="write it with writeReport, then check it")
        found = rules.with_check(found, Check(item, done, said, record.draft_revision))
        unit.reports.save(found)
        note(registry, unit, actor, found, f"checked:{item.value}")
    return found


def purge_report(registry: Registry, actor: Actor, uid: RecordUid) -> bool:
    """Delete the texts of a report that was decided long enough ago, and its contact; tells whether it was.

    While it is not, the next look at it is scheduled.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    now = registry.clock.now()
    with registry.storage.begin() as unit:
        record = unit.records.get(uid, visible=EVERYTHING)
        found = unit.reports.of_record(uid)
        if record is None or found is None:
            return False
        decided_at = rules.decided_at(record)
        ends_at = None if decided_at is None else decided_at + timedelta(days=registry.settings.report_kept_days)
        if ends_at is None or ends_at > now:
            due_at = now + LOOK_EVERY if ends_at is None else min(ends_at, now + LOOK_EVERY)
            unit.jobs.add(Job(registry.ids.uid(), JobName.PURGE_REPORT, uid, due_at))
            return False
        unit.reports.purge(uid)
        note(registry, unit, actor, found, "purged")
    return True


def _by_id(view: Reader | Unit, actor: Actor, report_id: ReportId) -> Report:
    found = view.reports.get(report_id, reader=actor.person)
    if found is None or _is_avoided(view, actor, found):
        raise NotFound("no such report", path=("id",))
    return found


def _is_avoided(view: Reader | Unit, actor: Actor, found: Report) -> bool:
    """Whether what was written of a report is about something that *actor* need not read."""
    if not actor.avoids:
        return False
    record = view.records.get(found.record, visible=EVERYTHING)
    return record is not None and not actor.avoids.isdisjoint(topics_of(record))


def _require_unbound(registry: Registry, unit: Unit, actor: Actor, found: Report) -> None:
    record = unit.records.get(found.record, visible=EVERYTHING)
    conflicts.require_handler(registry, unit, actor, found, record)


def _held(registry: Registry, unit: Unit, actor: Actor, report_id: ReportId) -> Report:
    """The report, for the reviewer who holds it.

    Raises:
        Forbidden: *actor* does not.
        ConflictOfInterest: *actor* is bound to whom it is about.
    """
    found = _by_id(unit, actor, report_id)
    if actor.person is None or found.claimed_by != actor.person:
        raise Forbidden("claim the report first: only the reviewer who holds it may do this")
    _require_unbound(registry, unit, actor, found)
    return found


def _person(actor: Actor) -> PersonId:
    if actor.person is None:
        raise Forbidden("only a person claims a report")
    return actor.person
