"""What the writing services share: finding the record, checking the revision, building rows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from registry.domain import policy, redaction
from registry.domain.actor import Actor
from registry.domain.canonical import canonical_bytes, part_hash
from registry.domain.change import ChangeKind, NewChange, visibility_of
from registry.domain.content.base import SCHEMA_VERSION, to_document
from registry.domain.content.kinds import Content
from registry.domain.errors import IdempotencyMismatch, InvalidInput, NotFound, Problem, StaleRevision
from registry.domain.federation.errors import ForeignRecord
from registry.domain.likeness import Lookalike
from registry.domain.policy import EVERYTHING
from registry.domain.record import OrganisationId, PersonId, Record, RecordUid, Revision, State, StoredPart
from registry.domain.screening.finding import ScreeningFinding
from registry.domain.screening.settling import OF_IMPORTS
from registry.domain.screening.text import matches_in
from registry.domain.workflow import Step, advance
from registry.ports import Registry, Unit
from registry.service.ready import Ready, made_ready

MAX_REASON = 2000
# What is told where a reason is missing that a tombstone will show.
PUBLIC_REASON = "say why; of a record that was public everybody reads the reason"


@dataclass(frozen=True, slots=True)
class Written:
    """The answer to a write: the record as the actor may see it, and what deserves a second look.

    ``replayed`` tells that nothing was written: the same request had been answered before; ``unchanged`` that nothing
    was to be written. ``candidates`` look like the record, which then stays a draft until its owner confirms it.
    ``findings`` are what screening found and left.
    """

    record: Record
    replayed: bool = False
    unchanged: bool = False
    warnings: tuple[Problem, ...] = ()
    candidates: tuple[Lookalike, ...] = ()
    findings: tuple[ScreeningFinding, ...] = ()


def load(unit: Unit, actor: Actor, uid: RecordUid, *, elsewhere: bool = False) -> Record:
    """The record as stored, for a change by *actor*; with *elsewhere* one of another node too.

    Raises:
        NotFound: there is none, or none that the actor may see.
        ForeignRecord: it began at another node.
    """
    record = unit.records.get(uid, visible=policy.visible_to(actor))
    if record is None:
        raise NotFound("no such record", path=("uid",))
    if record.received and not elsewhere:
        raise ForeignRecord
    return record


def expect(record: Record, revision: int | None) -> None:
    """Refuse to change a record that was revised meanwhile. Ask for permission first: the answer tells its revision.

    Raises:
        StaleRevision: its draft revision is not *revision*.
    """
    if revision is not None and record.draft_revision != revision:
        raise StaleRevision(record.draft_revision)


def reason_given(reason: str, *, missing: str = "say why; the owner will read it") -> str:
    """The reason, trimmed.

    Args:
        missing: what is told where there is none.

    Raises:
        InvalidInput: it is empty, longer than 2,000 characters or holds control characters.
    """
    text = reason.strip()
    if any(not character.isprintable() and character != "\n" for character in text):
        message = "control characters are not allowed here"
        raise InvalidInput([Problem(("reason",), "INVALID_TEXT", message)])
    if not text:
        raise InvalidInput([Problem(("reason",), "REQUIRED", missing)])
    if len(text) <= MAX_REASON and matches_in(text, codes=OF_IMPORTS):
        message = "this looks like a secret or personal data: say it without"
        raise InvalidInput([Problem(("reason",), "NOT_ALLOWED", message)])
    if len(text) > MAX_REASON:
        raise InvalidInput([Problem(("reason",), "TOO_LONG", f"at most {MAX_REASON} characters are allowed")])
    return text


def store_part(registry: Registry, body: bytes) -> StoredPart:
    """A part with a new salt, and the hash over both."""
    salt = registry.ids.salt()
    return StoredPart(SCHEMA_VERSION, body, salt, part_hash(salt, body))


def new_revision(
    registry: Registry, content: Content | Ready, *, author: PersonId | None, draft_revision: int, now: datetime
) -> Revision:
    """A draft revision of *content*; the restricted part is hashed even where it is empty.

    Raises:
        InvalidInput: a part is too large.
    """
    content = content if isinstance(content, Ready) else made_ready(content)
    public = store_part(registry, content.public)
    restricted = store_part(registry, content.restricted)
    return Revision(
        draft_revision=draft_revision,
        marking=content.marking,
        public=public,
        restricted=restricted,
        public_hash=public.hash,
        restricted_hash=restricted.hash,
        author=author,
        created_at=now,
    )


def new_record(
    registry: Registry, content: Content | Ready, *, owner: OrganisationId, author: PersonId | None, now: datetime
) -> Record:
    """A record with its first revision, as if handed in at *now*; it is not stored yet.

    Args:
        author: who has contributed; nobody of what was imported or stands for a report.

    Raises:
        InvalidInput: a part is too large.
    """
    content = content if isinstance(content, Ready) else made_ready(content)
    return Record(
        uid=RecordUid(registry.ids.uid()),
        kind=content.kind,
        origin=registry.settings.node_name,
        owner=owner,
        state=State.SUBMITTED,
        revision=0,
        draft_revision=1,
        head=new_revision(registry, content, author=author, draft_revision=1, now=now),
        created_at=now,
        changed_at=now,
        contributors=frozenset() if author is None else frozenset({author}),
        sealed=content.sealed,
        terms=registry.settings.terms_version,
    )


def hand_in(unit: Unit, actor: Actor, record: Record) -> None:
    """Store a new record, for review unless it is a draft."""
    unit.records.add(record)
    log(unit, actor, record, ChangeKind.SUBMIT, step=None if record.state is State.DRAFT else Step.SUBMIT)


def says_the_same(revision: Revision, content: Content | Ready) -> bool:
    """Whether *content* would change nothing."""
    content = content if isinstance(content, Ready) else made_ready(content)
    if revision.public is None or revision.restricted is None:
        return False
    return (
        revision.marking == content.marking
        and revision.public.body == content.public
        and revision.restricted.body == content.restricted
    )


def take_step(record: Record, step: Step, now: datetime, **changes: Any) -> Record:
    """The record after *step*, with *changes* to its envelope.

    The reason of a block stays whatever becomes of newer work meanwhile: everybody reads it on the tombstone.

    Raises:
        InvalidTransition: the workflow has no such step from here.
    """
    state, pending = advance(record, step)
    work = record.work if pending is not None else None
    if record.blocked and record.state is state is State.PUBLISHED:
        changes.pop("reason", None)
    return replace(record, **({"state": state, "pending": pending, "work": work, "changed_at": now} | changes))


def note_first_sight(record: Record, now: datetime) -> Record:
    """The record as published at the moment when strangers see it for the first time, if that is now."""
    if record.was_public or not record.is_public:
        return record
    head = record.head if record.head.published_at == now else replace(record.head, published_at=now)
    return replace(record, was_public=True, published_at=now, head=head)


def log(
    unit: Unit,
    actor: Actor,
    record: Record,
    kind: ChangeKind,
    *,
    public: bool = False,
    step: Step | None = None,
    reason: str | None = None,
    told_with: Record | None = None,
) -> None:
    """Append the row that tells of the change just saved; a *public* one tells of what strangers see.

    Args:
        told_with: another record that the row tells of; only whoever may see that too reads the row.
    """
    unit.changes.append(
        told(actor, record, kind, public=public, step=step, reason=reason, told_with=told_with or record)
    )


def told(
    actor: Actor,
    record: Record,
    kind: ChangeKind,
    *,
    public: bool,
    step: Step | None,
    reason: str | None = None,
    told_with: Record,
) -> NewChange:
    """The row that ``log`` appends."""
    revision = record.head if public else record.newest
    return NewChange(
        kind=kind,
        actor=actor.id,
        at=record.changed_at,
        public=public,
        uid=record.uid,
        step=step,
        revision=record.revision,
        draft_revision=record.draft_revision,
        public_hash=revision.public_hash,
        restricted_hash=revision.restricted_hash,
        visibility=visibility_of(max(told_with, record, key=lambda one: one.tlp.strictness)),
        reason=reason,
    )


def fingerprint(key: str | None, operation: str, content: Content, *extra: str) -> bytes:
    """What tells two requests under one idempotency *key* apart; empty where no key was given."""
    if key is None:
        return b""
    body = canonical_bytes(
        {
            "operation": operation,
            "kind": content.kind,
            "content": to_document(content.public),
            "restricted": to_document(content.restricted),
            "marking": to_document(content.marking),
            "extra": list(extra),
        }
    )
    return hashlib.sha256(body).digest()


def replayed(registry: Registry, unit: Unit, actor: Actor, key: str | None, print_: bytes) -> Written | None:
    """The answer given before under this idempotency key, if there was one.

    Raises:
        IdempotencyMismatch: the key was used with other content.
        InvalidInput: the key is empty or longer than 200 characters.
    """
    if key is None:
        return None
    if not 1 <= len(key) <= 200:
        code = "TOO_LONG" if key else "REQUIRED"
        raise InvalidInput([Problem(("idempotencyKey",), code, "use 1 to 200 characters, or leave it out")])
    before = unit.idempotency.find(_scope(actor), key, now=registry.clock.now())
    if before is None:
        return None
    known_print, uid = before
    if known_print != print_:
        raise IdempotencyMismatch
    record = unit.records.get(uid, visible=EVERYTHING)
    if record is None:
        raise NotFound("no such record")
    return Written(redaction.for_actor(record, actor), replayed=True)


def remember(registry: Registry, unit: Unit, actor: Actor, key: str | None, print_: bytes, uid: RecordUid) -> None:
    """Keep the idempotency key, in the transaction of the write it stands for."""
    if key is None:
        return
    expires_at = registry.clock.now() + timedelta(hours=registry.settings.idempotency_hours)
    unit.idempotency.keep(_scope(actor), key, fingerprint=print_, uid=uid, expires_at=expires_at)


def _scope(actor: Actor) -> str:
    scope = actor.organisation or actor.id
    # What is tried out is answered apart from what was done in earnest.
    return f"staging:{scope}" if actor.staging else scope
