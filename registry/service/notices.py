"""Telling organisations of what a record says about them, and taking their answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.change import ChangeKind, NewChange
from registry.domain.content.base import to_bytes
from registry.domain.content.kinds import Content, parse
from registry.domain.errors import Conflict, NotFound
from registry.domain.facets import title_of
from registry.domain.job import Job, JobName
from registry.domain.link import FieldRel, references
from registry.domain.notice import (
    Notice,
    NoticeId,
    NoticeState,
    due_at,
    is_answered_by,
    is_shown,
    organisation_named,
    parties_of,
    text_to_send,
    wants_notice,
)
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid, State
from registry.domain.vocabulary import Kind
from registry.ports import Reader, Registry, Unit
from registry.service import telling
from registry.service.screening import require_clean
from registry.service.writing import hand_in, new_record

MAX_SHOWN = 200


def give(registry: Registry, unit: Unit, actor: Actor, record: Record, *, in_danger: bool = False) -> None:
    """Tell every party named in the record just approved, once for each passage; within the caller's unit."""
    public = record.newest.public
    if public is None or not wants_notice(record):
        return
    known = {(one.party, one.passage) for one in unit.notices.of_record(record.uid)}
    organisations = unit.accounts.organisations()
    now = registry.clock.now()
    for party in parties_of(record.kind, public.document, title_of(record.kind, public.document)):
        meant = organisation_named(party.name, organisations)
        is_own = meant is not None and meant.id == record.owner
        if (party.name, party.passage) in known or is_own or (meant is None and not party.is_organisation):
            continue
        due = due_at(now, in_danger=in_danger)
        member = None if meant is None else meant.id
        notice = Notice(
            NoticeId(registry.ids.uid()),
            record.uid,
            record.draft_revision,
            party.name,
            member,
            party.passage,
            now,
            due,
        )
        unit.notices.add(notice)
        unit.jobs.add(Job(registry.ids.uid(), JobName.END_NOTICE, notice.id, due))
        _log(registry, unit, actor, notice, public=False)
        if member is not None:
            telling.of_notice(registry, unit, record, member, due)


def to_us(registry: Registry, actor: Actor) -> tuple[Notice, ...]:
    """The notices to the actor's own organisation, newest first; without the passages of what is blocked.

    Raises:
        Forbidden: *actor* lacks ``record:revise``.
    """
    policy.require(actor, Permission.RECORD_REVISE)
    if actor.organisation is None:
        return ()
    with registry.storage.read() as reader:
        return _readable(reader, reader.notices.to(actor.organisation, limit=MAX_SHOWN))


def to_send(registry: Registry, actor: Actor) -> tuple[tuple[Notice, str], ...]:
    """Notices to parties that are no members, each with the text that an operator sends; none about what is blocked
    or gone.

    Raises:
        Forbidden: *actor* lacks ``account:manage``.
    """
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    with registry.storage.read() as reader:
        found = _readable(reader, reader.notices.to(None, limit=MAX_SHOWN))
        records = reader.records.many([one.uid for one in found], visible=EVERYTHING)
    node, address = registry.settings.title, registry.settings.base_url
    return tuple(
        (one, text_to_send(one, node=node, address=address, number=_number(one, records[one.uid])))
        for one in found
        if one.passage and not records[one.uid].is_tombstone
    )


def _number(notice: Notice, record: Record) -> str | None:
    """The number under which strangers read what the notice is about."""
    return record.number if record.is_public and is_shown(notice, record) else None


def beside(registry: Registry, actor: Actor, record: Record) -> tuple[Notice, ...]:
    """What stands beside the claims of a record as *actor* sees it: strangers see it of what is published."""
    policy.require(actor, Permission.RECORD_READ)
    if record.head.public is None:
        return ()
    with registry.storage.read() as reader:
        found = reader.notices.of_record(record.uid)
        stored = reader.records.get(record.uid, visible=policy.visible_to(actor))
    if stored is None or policy.visible_to(actor).sees_all_of(stored):
        return found if stored else ()
    # A passage of work that is not published yet is nobody else's business, nor is that somebody was asked about it.
    return tuple(replace(one, passage="") for one in found if is_shown(one, stored))


def answer(registry: Registry, actor: Actor, notice_id: NoticeId, *, title: str, text: str) -> Record:
    """Answer a notice to one's own organisation by a statement beside the record, which is reviewed as any other.

    The record may be unpublished still: the notice has told of it, and the statement waits for it.

    Raises:
        NotFound: no such notice to this organisation.
        Conflict: it was answered already.
        InvalidInput: title or text are missing, too long, or hold a secret or personal data: a statement that is
            submitted as any other is where these are answered for.
    """
    policy.require(actor, Permission.RECORD_SUBMIT)
    owner, author = policy.require_member(actor)
    for name, said in (("title", title), ("text", text)):
        require_clean(said, name)
    with registry.storage.begin() as unit:
        notice = unit.notices.get(notice_id)
        if notice is None or notice.organisation != owner:
            raise NotFound("no such notice", path=("id",))
        if notice.answer is not None:
            raise Conflict("this notice was answered already", hint="revise the statement that you answered with")
        about = unit.records.get(notice.uid, visible=EVERYTHING)
        if about is None or about.state is State.ERASED:
            raise NotFound("no such notice", path=("id",))
        content = _answer(about, title, text)
        record = new_record(registry, content, owner=owner, author=author, now=registry.clock.now())
        hand_in(unit, actor, record)
        _note_answer(registry, unit, actor, notice, record)
    return record


def note_response(registry: Registry, unit: Unit, actor: Actor, statement: Record) -> None:
    """Take a response that was submitted as any other statement for the answer to what its owner was asked; within the
    caller's unit."""
    if statement.kind is not Kind.STATEMENT or statement.head.public is None:
        return
    for reference in references(statement.head.public.document):
        if reference.rel == FieldRel.ABOUT:
            for notice in unit.notices.of_record(reference.target):
                if is_answered_by(notice, statement):
                    _note_answer(registry, unit, actor, notice, statement)


def _note_answer(registry: Registry, unit: Unit, actor: Actor, notice: Notice, statement: Record) -> None:
    notice = replace(notice, state=NoticeState.ANSWERED, answer=statement.uid)
    unit.notices.save(notice)
    about = unit.records.get(notice.uid, visible=EVERYTHING)
    public = about is not None and about.is_public and is_shown(notice, about)
    _log(registry, unit, actor, notice, public=public)


def end_notice(registry: Registry, actor: Actor, notice_id: NoticeId) -> bool:
    """Note that the time to answer is over; tells whether nobody had answered.

    Raises:
        Forbidden: *actor* is not the registry itself.
    """
    policy.require(actor, Permission.RECORD_LIFT)
    with registry.storage.begin() as unit:
        notice = unit.notices.get(notice_id)
        if notice is None or notice.state is not NoticeState.ASKED:
            return False
        notice = replace(notice, state=NoticeState.NO_REPLY)
        unit.notices.save(notice)
        record = unit.records.get(notice.uid, visible=EVERYTHING)
        _log(registry, unit, actor, notice, public=record is not None and record.is_public and is_shown(notice, record))
    return True


def stay_with(unit: Unit, uid: RecordUid, before: int, now: int) -> None:
    """Let the notices about work stay with it where its draft revision is counted anew; within the caller's unit."""
    for one in unit.notices.of_record(uid):
        if one.draft_revision == before:
            unit.notices.save(replace(one, draft_revision=now))


def _readable(reader: Reader, found: Sequence[Notice]) -> tuple[Notice, ...]:
    """Notices without the passages of records that are blocked: what somebody has to judge first is told to nobody."""
    records = reader.records.many([one.uid for one in found], visible=EVERYTHING)
    blocked = {uid for uid, record in records.items() if record.blocked}
    return tuple(replace(one, passage="") if one.uid in blocked else one for one in found)


def _answer(about: Record, title: str, text: str) -> Content:
    said = {"about": about.uid, "statement_kind": "response", "title": title, "summary": text}
    content = parse(Kind.STATEMENT, content=said, marking={"tlp": about.newest.marking.tlp})
    to_bytes(content.public, path=("content",))
    return content


def _log(registry: Registry, unit: Unit, actor: Actor, notice: Notice, *, public: bool) -> None:
    now = registry.clock.now()
    row = NewChange(ChangeKind.NOTICE, actor.id, now, public=public, subject=f"notice:{notice.id}")
    unit.changes.append(row)
