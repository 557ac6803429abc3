"""Cases as the person concerned meets them: opened without an account, followed by a receipt code.

Nothing that a person is answered depends on the record they name, so no answer tells whether it exists.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from registry.domain import case as rules
from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.case import (
    Author,
    Case,
    CaseId,
    Deadlines,
    Ground,
    Message,
    Reply,
    Wish,
)
from registry.domain.change import ChangeKind, NewChange
from registry.domain.errors import InvalidInput, InvalidTransition, NotFound, Problem, QueueFull
from registry.domain.form import Form
from registry.domain.receipt import hash_code, new_code
from registry.domain.record import RecordUid
from registry.ports import Reader, Registry, Unit
from registry.settings import Settings

_NO_CASE = "there is no case under this code; check that all thirty characters are as you were given them"


@dataclass(frozen=True, slots=True)
class Opened:
    """A new case, and the code that leads to it. The code is shown once and never kept."""

    case: Case
    code: str


def deadlines(settings: Settings) -> Deadlines:
    """How long this node takes at most."""
    return Deadlines(
        urgent=timedelta(hours=settings.case_urgent_hours),
        answer=timedelta(days=settings.case_answer_days),
        kept=timedelta(days=settings.case_kept_days),
    )


def open_case(
    registry: Registry, actor: Actor, *, wish: str, ground: str, about: str, words: str, contact: str
) -> Opened:
    """Take in what somebody asks for; nobody needs an account.

    Args:
        wish, ground: values of ``Wish`` and ``Ground``.
        about: the record, by number, address or in words; may be empty.

    Raises:
        InvalidInput: with every field that is missing or too long.
        QueueFull: as many such cases wait as the node takes in.
    """
    policy.require(actor, Permission.CASE_OPEN)
    form = Form()
    asked, because = form.term("wish", wish, Wish), form.term("ground", ground, Ground)
    named = form.line("about", about, limit=rules.MAX_ABOUT)
    said = form.text("words", words, limit=rules.MAX_WORDS, missing="say in your own words what you ask for, and why")
    reached = form.line("contact", contact, limit=rules.MAX_CONTACT)
    form.close()
    if asked is None or because is None:
        raise InvalidInput(form.problems)
    now = registry.clock.now()
    case = Case(
        id=CaseId(registry.ids.uid()),
        wish=asked,
        ground=because,
        about=named,
        named=rules.named_in(named),
        words=said,
        contact=reached,
        opened_at=now,
        due_at=rules.first_due(because, now, deadlines(registry.settings)),
    )
    code = new_code(registry.ids.salt() + registry.ids.salt())
    with registry.storage.begin() as unit:
        if unit.cases.waiting(urgent=case.is_urgent) >= registry.settings.case_queue:
            raise QueueFull("more requests wait here than can be handled; please come back in some days")
        unit.cases.add(case, hash_code(code))
        note(registry, unit, actor, case, "opened")
    return Opened(rules.as_told(case), code)


def read_case(registry: Registry, actor: Actor, code: str) -> Case:
    """The case under a receipt code, as the person concerned is told of it.

    Raises:
        NotFound: there is none; mistyped, unknown, ended and another node's are not told apart.
    """
    policy.require(actor, Permission.CASE_OPEN)
    with registry.storage.read() as reader:
        return rules.as_told(_by_code(reader, code))


def add_to_case(registry: Registry, actor: Actor, code: str, *, text: str) -> Case:
    """Add something to one's case while it waits; the same text twice is kept once.

    Raises:
        InvalidInput: the text is empty or too long, or there are too many already.
        InvalidTransition: the case is decided.
        NotFound: as ``read_case``.
    """
    policy.require(actor, Permission.CASE_OPEN)
    said = text_given(text)
    with registry.storage.begin() as unit:
        case = _by_code(unit, code)
        if not case.is_waiting:
            raise InvalidTransition(
                "this case is decided", hint="appeal if you do not agree, once and with your reasons"
            )
        if not (case.messages and case.messages[-1].text == said):
            case = with_message(registry, case, Author.PERSON, said)
            unit.cases.save(case)
            note(registry, unit, actor, case, "written")
    return rules.as_told(case)


def appeal_case(registry: Registry, actor: Actor, code: str, *, text: str) -> Case:
    """Appeal once against the decision of one's case; another person decides then.

    Raises:
        InvalidInput: there are no reasons, or too long ones.
        InvalidTransition: it is not decided yet, or was appealed against before.
        NotFound: as ``read_case``.
    """
    policy.require(actor, Permission.CASE_OPEN)
    said = text_given(text)
    with registry.storage.begin() as unit:
        case = _by_code(unit, code)
        case = rules.appealed(case, registry.clock.now(), deadlines(registry.settings))
        case = with_message(registry, case, Author.PERSON, said)
        unit.cases.save(case)
        note(registry, unit, actor, case, "appealed")
    return rules.as_told(case)


def replies(registry: Registry, actor: Actor, uid: RecordUid) -> tuple[Reply, ...]:
    """What people concerned say beside a record, oldest first; nothing where *actor* may not read the record."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        record = reader.records.get(uid, visible=policy.visible_to(actor))
        if record is None or not policy.visible_to(actor).lists(record):
            return ()
        return reader.cases.replies(uid)


def text_given(text: str) -> str:
    """A message, trimmed.

    Raises:
        InvalidInput: it is empty or too long.
    """
    form = Form()
    said = form.text("text", text, limit=rules.MAX_MESSAGE, missing="write something")
    form.close()
    return said


def with_message(registry: Registry, found: Case, author: Author, text: str) -> Case:
    """The case with one more message.

    Raises:
        InvalidInput: there are too many of this author already.
    """
    if sum(one.author is author for one in found.messages) >= rules.MAX_MESSAGES:
        raise InvalidInput([Problem(("text",), "TOO_MANY", f"at most {rules.MAX_MESSAGES} messages are taken")])
    return replace(found, messages=(*found.messages, Message(registry.clock.now(), author, text)))


def note(registry: Registry, unit: Unit, actor: Actor, found: Case, what: str) -> None:
    """That something happened stands in the log, with none of its words; strangers never see these rows."""
    subject = f"case:{found.id}:{what}"
    unit.changes.append(NewChange(ChangeKind.CASE, actor.id, registry.clock.now(), public=False, subject=subject))


def _by_code(view: Reader | Unit, code: str) -> Case:
    found = view.cases.by_receipt(hash_code(code))
    if found is None:
        raise NotFound(_NO_CASE, path=("receipt_code",))
    return found
