"""Reports without an account, as their authors meet them: handed in, followed by a receipt code, answered.

Of an anonymous report nothing is kept that tells who wrote it. What was written never enters a record: the record
that stands for it in the review begins empty, and a reviewer writes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from registry.domain import policy
from registry.domain import report as rules
from registry.domain.account import Organisation
from registry.domain.actor import ANONYMOUS, SYSTEM, Actor, Permission
from registry.domain.case import Author, Message
from registry.domain.change import ChangeKind, NewChange
from registry.domain.content.kinds import parse
from registry.domain.errors import Conflict, Forbidden, InvalidInput, NotFound, Problem, QueueFull
from registry.domain.form import Form
from registry.domain.job import Job, JobName
from registry.domain.policy import EVERYTHING
from registry.domain.receipt import hash_code, new_code
from registry.domain.record import OrganisationId, Record, RecordUid
from registry.domain.report import Report, ReportId, ReportKind, ReportStatus, Stage
from registry.domain.vocabulary import Kind, OrganisationKind
from registry.ports import Reader, Registry, Unit
from registry.service.accounts import put_organisation
from registry.service.screening import without_secrets
from registry.service.writing import hand_in, new_record

LOOK_EVERY = timedelta(days=1)
_INTAKE_ID = "intake_organisation"
_UNWRITTEN = {
    "title": "Report without an account, not written yet",
    "summary": "A reviewer reads the report and writes here what can be told without telling who told it.",
}
_NO_REPORT = "there is no report under this code; check that all thirty characters are as you were given them"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A new report, and the code that leads to it. The code is shown once and never kept."""

    status: ReportStatus
    code: str


def submit_report(
    registry: Registry,
    actor: Actor,
    *,
    kind: str,
    title: str,
    words: str,
    provider: str = "",
    model: str = "",
    links: Sequence[str] = (),
    contact: str = "",
) -> HandedIn:
    """Take in a report; nobody needs an account.

    Args:
        kind: a value of ``ReportKind``; *contact* goes with ``confidential`` and with nothing else.

    Raises:
        Forbidden: this node takes no reports without an account.
        InvalidInput: with every field that is missing, too long or not allowed.
        QueueFull: as many reports wait as the node takes in.
    """
    policy.require(actor, Permission.REPORT_SUBMIT)
    if not registry.settings.anonymous_reports:
        raise Forbidden("this node takes no reports without an account")
    report = _read(registry, kind, title, words, provider, model, links, contact)
    code = new_code(registry.ids.salt() + registry.ids.salt())
    with registry.storage.begin() as unit:
        if unit.reports.waiting() >= registry.settings.report_queue:
            raise QueueFull("more reports wait here than can be read; please come back in some days")
        record = _new_record(registry, unit, report.opened_at)
        report = replace(report, record=record.uid)
        unit.reports.add(report, hash_code(code))
        look_at = report.opened_at + LOOK_EVERY
        unit.jobs.add(Job(registry.ids.uid(), JobName.PURGE_REPORT, record.uid, look_at))
    return HandedIn(rules.status_of(report, record), code)


def read_report(registry: Registry, actor: Actor, code: str) -> ReportStatus:
    """Where the report under a receipt code stands, with questions and answers.

    Raises:
        NotFound: there is none; mistyped, unknown, deleted and another node's are not told apart.
    """
    policy.require(actor, Permission.REPORT_SUBMIT)
    with registry.storage.read() as reader:
        report = _by_code(reader, code)
        return rules.status_of(report, reader.records.get(report.record, visible=EVERYTHING))


def answer_report(registry: Registry, actor: Actor, code: str, *, text: str) -> ReportStatus:
    """Answer a question, or add something, while the report is undecided; the same text twice is kept once.

    Raises:
        InvalidInput: the text is empty or too long, or there are too many already.
        Conflict: it is decided.
        NotFound: as ``read_report``.
    """
    policy.require(actor, Permission.REPORT_SUBMIT)
    form = Form()
    said = without_secrets(form.text("text", text, limit=rules.MAX_MESSAGE, missing="write something"))
    form.close()
    with registry.storage.begin() as unit:
        report = _by_code(unit, code)
        record = unit.records.get(report.record, visible=EVERYTHING)
        if rules.status_of(report, record).stage in {Stage.PUBLISHED, Stage.DECLINED}:
            raise Conflict("this report is decided; hand in a new one")
        if not (report.messages and report.messages[-1].text == said):
            report = with_message(registry, report, Author.PERSON, said)
            unit.reports.save(report)
            note(registry, unit, ANONYMOUS, report, "answered")
    return rules.status_of(report, record)


def prepare_intake(registry: Registry, actor: Actor) -> None:
    """Make the organisation that owns what is reported without an account, so that the first report is no sign."""
    policy.require(actor, Permission.NODE_MAINTAIN)
    if registry.settings.anonymous_reports:
        with registry.storage.begin() as unit:
            _intake(registry, unit)


def require_checked(unit: Unit, record: Record) -> None:
    """Refuse to approve a record that was made from a report before the list about its author was gone through.

    Raises:
        InvalidInput: with each question that is not answered with yes for the newest draft revision.
    """
    report = unit.reports.of_record(record.uid)
    problems = [] if report is None else rules.unchecked(report, record.draft_revision)
    if problems:
        raise InvalidInput(problems)


def with_message(registry: Registry, report: Report, author: Author, text: str) -> Report:
    """The report with one more message.

    Raises:
        InvalidInput: there are too many of this author already.
    """
    if rules.said_by(report, author) >= rules.MAX_MESSAGES:
        raise InvalidInput([Problem(("text",), "TOO_MANY", f"at most {rules.MAX_MESSAGES} messages are taken")])
    return replace(report, messages=(*report.messages, Message(registry.clock.now(), author, text)))


def note(registry: Registry, unit: Unit, actor: Actor, report: Report, what: str) -> None:
    """That something happened stands in the log, with none of its words; strangers never see these rows."""
    subject = f"report:{report.id}:{what}"
    unit.changes.append(NewChange(ChangeKind.REPORT, actor.id, registry.clock.now(), public=False, subject=subject))


def _read(
    registry: Registry,
    kind: str,
    title: str,
    words: str,
    provider: str,
    model: str,
    links: Sequence[str],
    contact: str,
) -> Report:
    form = Form()
    chosen = form.term("kind", kind, ReportKind)
    report = Report(
        id=ReportId(registry.ids.uid()),
        kind=chosen or ReportKind.ANONYMOUS,
        record=RecordUid(""),
        title=without_secrets(
            form.line("title", title, limit=rules.MAX_TITLE, missing="say in one line what it is about")
        ),
        words=without_secrets(form.text("words", words, limit=rules.MAX_WORDS, missing="say what happened")),
        provider=form.line("provider", provider, limit=rules.MAX_NAME),
        model=form.line("model", model, limit=rules.MAX_NAME),
        links=_links(form, links),
        opened_at=registry.clock.now(),
        contact=form.line("contact", contact, limit=rules.MAX_CONTACT),
    )
    if chosen is ReportKind.CONFIDENTIAL and not report.contact:
        form.refuse("contact", "REQUIRED", "say how one reviewer can reach you, or report anonymously")
    if chosen is ReportKind.ANONYMOUS and report.contact:
        form.refuse("contact", "NOT_ALLOWED", "leave this empty to stay anonymous, or report confidentially")
    form.close()
    return report


def _links(form: Form, links: Sequence[str]) -> tuple[str, ...]:
    said = tuple(filter(None, (form.line("links", one, limit=rules.MAX_LINK) for one in links[: rules.MAX_LINKS + 1])))
    if len(said) > rules.MAX_LINKS:
        form.refuse("links", "TOO_MANY", f"at most {rules.MAX_LINKS} links are taken")
    if any(urlsplit(one).scheme not in {"http", "https"} or " " in one for one in said):
        form.refuse("links", "INVALID_FORMAT", "write each as an address that begins with https:// or http://")
    return said


def _new_record(registry: Registry, unit: Unit, now: datetime) -> Record:
    """The record that stands for the report: RED, without a word of it, contributed to by nobody, signed in or not."""
    content = parse(Kind.INCIDENT, content=dict(_UNWRITTEN), marking={"tlp": "RED"})
    record = new_record(registry, content, owner=_intake(registry, unit), author=None, now=now)
    hand_in(unit, ANONYMOUS, record)
    return record


def is_intake(view: Reader | Unit, organisation: OrganisationId) -> bool:
    """Whether this is the node's own intake organisation."""
    return view.meta.get(_INTAKE_ID) == organisation


def _intake(registry: Registry, unit: Unit) -> OrganisationId:
    """The node's own intake organisation, made if there is none; recognised by its id, never by its name."""
    known = unit.meta.get(_INTAKE_ID)
    if known is not None:
        return OrganisationId(known)
    slug, count = rules.INTAKE, 1
    while unit.accounts.organisation_by_slug(slug) is not None:
        count += 1
        slug = f"{rules.INTAKE}-{count}"
    made_at = registry.clock.now()
    made = Organisation(OrganisationId(registry.ids.uid()), slug, rules.INTAKE_NAME, OrganisationKind.OTHER, made_at)
    put_organisation(unit, SYSTEM, made)
    unit.meta.put(_INTAKE_ID, made.id)
    return made.id


def _by_code(view: Reader | Unit, code: str) -> Report:
    found = view.reports.by_receipt(hash_code(code))
    if found is None:
        raise NotFound(_NO_REPORT, path=("receipt_code",))
    return found
