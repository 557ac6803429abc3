"""Screening what is handed in, before anything of it is stored; and what is found in records later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from registry.domain import policy, redaction
from registry.domain.actor import Actor, Permission
from registry.domain.content.base import validate as read_part
from registry.domain.content.kinds import PUBLIC, RESTRICTED, Content
from registry.domain.errors import FindingsOpen, InvalidInput, NotFound, Problem
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid
from registry.domain.screening import plainly
from registry.domain.screening.acceptance import UNANSWERED, Accepted, Answers, hash_of
from registry.domain.screening.finding import Code, Path, ScreeningFinding
from registry.domain.screening.settling import OF_IMPORTS, Seen, Settled, found_in, settle
from registry.domain.screening.text import ALL, matches_in
from registry.ports import Reader, Registry, Unit
from registry.service.acceptance import require_acceptable


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding of a stored record, and by whom and why it was accepted, if it was."""

    finding: ScreeningFinding
    accepted: Accepted | None = None


def admitted(
    registry: Registry,
    content: Content,
    answers: Answers,
    *,
    actor: Actor,
    external_ref: str | None = None,
    uid: RecordUid | None = None,
) -> Settled:
    """Let a submission of *actor* pass whose findings are answered; nothing is stored before that.

    Args:
        uid: the record that it revises; else the one that *external_ref* names. What was accepted of it stays so.

    Raises:
        Forbidden: as ``require_acceptable``.
        FindingsOpen: with all that is wrong, findings that are not answered among it.
        InvalidInput: as ``require_acceptable``, or what takes the place of a passage does not fit.
    """
    problems: tuple[Problem, ...] = ()
    try:
        require_acceptable(actor, content, registry.clocks, external_ref)
    except InvalidInput as error:
        problems = error.problems
    settled = settle(content, answers, external_ref=external_ref, is_known=_known(registry, actor, external_ref, uid))
    if settled.problems:
        raise FindingsOpen([*problems, *settled.problems], settled.findings)
    if problems:
        raise InvalidInput(problems)
    return settled


def keep(registry: Registry, unit: Unit, actor: Actor, uid: RecordUid, settled: Settled) -> None:
    """Keep what was accepted with a submission, in the transaction that stores it."""
    now = registry.clock.now()
    rows = []
    for one in settled.seen:
        if one.is_new:
            salt = registry.ids.salt()
            finding, hash_ = one.finding, hash_of(salt, one.passage)
            where = (uid, finding.code, finding.rule, finding.path, one.reason, salt, hash_)
            rows.append((registry.ids.uid(), Accepted(*where, actor.person, actor.organisation, now)))
    unit.screening.keep(rows)


def require_clean(text: str, *path: str) -> None:
    """Refuse a short text of our own forms, such as a reason, that holds what nobody accepts there.

    Raises:
        InvalidInput: it holds a secret, or a way to reach a person.
    """
    found = {match.code for match in matches_in(text, codes=OF_IMPORTS)}
    if found:
        message = "this looks like a secret or personal data: say it without"
        raise InvalidInput([Problem(path, code.value, message) for code in sorted(found)])


def without_secrets(text: str) -> str:
    """*text* without its secrets, for those who report without an account: only reviewers read what they wrote."""
    return plainly.without_secrets(text)


def of_import(content: Content) -> tuple[Content, frozenset[Code]]:
    """What a source says, without its secrets, and which codes were found; what is personal holds it for review."""
    codes = frozenset(seen.finding.code for seen in found_in(content, codes=OF_IMPORTS))
    if Code.SECRET_DETECTED in codes:
        secrets = frozenset({Code.SECRET_DETECTED})
        content = settle(content, Answers(redact_all=True), is_known=is_known_by(()), codes=secrets).content
    return content, codes


def still_open(registry: Registry, uid: RecordUid, *, expected_revision: int) -> tuple[ScreeningFinding, ...]:
    """The findings by the present rules of a revision that nobody has accepted; none of another revision."""
    with registry.storage.read() as reader:
        record = reader.records.get(uid, visible=EVERYTHING)
        if record is None or record.draft_revision != expected_revision:
            return ()
        return tuple(one.finding for one in _of_newest(reader, record) if one.finding.is_open)


def require_none_open(findings: Sequence[ScreeningFinding]) -> None:
    """Let a record be approved or published whose findings are answered.

    Raises:
        FindingsOpen: with each that is not.
    """
    if findings:
        message = "screening found this, and nobody has answered it: accept it with a reason, or redact it"
        code = FindingsOpen.code
        raise FindingsOpen([Problem(one.path, code, message, f"{one.code}: {one.hint}") for one in findings], findings)


def screening(registry: Registry, actor: Actor, uid: RecordUid) -> tuple[Shown, ...]:
    """What screening finds in the newest revision of a record, for its owner and reviewers.

    Of the restricted part only to whoever may read it.

    Raises:
        NotFound: no such record, or none whose work *actor* sees.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        record = reader.records.get(uid, visible=policy.visible_to(actor))
        if record is None or not policy.visible_to(actor).sees_all_of(record):
            raise NotFound("no such record", path=("uid",))
        known = reader.screening.of_record(uid)
        seen = _readable(_of_newest(reader, record), record, actor)
    return tuple(Shown(one.finding, _acceptance(known, one)) for one in seen)


def content_of(record: Record) -> Content | None:
    """What the newest revision says; ``None`` once it is erased."""
    newest = record.newest
    if newest.public is None or newest.restricted is None:
        return None
    public = read_part(PUBLIC[record.kind], newest.public.document)
    return Content(record.kind, public, read_part(RESTRICTED[record.kind], newest.restricted.document), newest.marking)


def codes_for(content: Content) -> frozenset[Code]:
    """What is looked for: of what another source has published, less."""
    return ALL if content.public.upstream is None else OF_IMPORTS


def is_known_by(known: Sequence[Accepted]) -> Callable[[Code, Path, str], bool]:
    """Whether one of *known* covers a passage."""
    return lambda code, path, passage: any(one.covers(code, path, passage) for one in known)


def _of_newest(reader: Reader | Unit, record: Record) -> tuple[Seen, ...]:
    content = content_of(record)
    if content is None:
        return ()
    known = is_known_by(reader.screening.of_record(record.uid))
    return settle(content, UNANSWERED, is_known=known, codes=codes_for(content)).seen


def _readable(seen: Sequence[Seen], record: Record, actor: Actor) -> tuple[Seen, ...]:
    reads_restricted = redaction.for_actor(record, actor).newest.restricted is not None
    return tuple(one for one in seen if reads_restricted or one.finding.path[0] != "restricted")


def _acceptance(known: Sequence[Accepted], seen: Seen) -> Accepted | None:
    finding = seen.finding
    return next((one for one in known if one.covers(finding.code, finding.path, seen.passage)), None)


def _known(
    registry: Registry, actor: Actor, external_ref: str | None, uid: RecordUid | None
) -> Callable[[Code, Path, str], bool]:
    """Whether a passage was accepted before of a record of the actor's own organisation; read at the first question."""

    @cache
    def earlier() -> tuple[Accepted, ...]:
        if actor.organisation is None or (uid is None and not external_ref):
            return ()
        with registry.storage.read() as reader:
            if uid is not None:
                record = reader.records.get(uid, visible=policy.visible_to(actor))
            else:
                record = reader.records.by_external_ref(actor.organisation, external_ref or "")
            is_own = record is not None and record.owner == actor.organisation
            return reader.screening.of_record(record.uid) if record is not None and is_own else ()

    def is_known(code: Code, path: Path, passage: str) -> bool:
        return is_known_by(earlier())(code, path, passage)

    return is_known
