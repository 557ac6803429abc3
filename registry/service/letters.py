"""Letters: posting them within a transaction, and sending them after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from registry.domain import policy
from registry.domain.actor import Actor, Permission, Role
from registry.domain.case import CaseId
from registry.domain.delivery import pause_after
from registry.domain.errors import InvalidInput, MailFailed, MailRefused, Problem
from registry.domain.event import EventName
from registry.domain.letter import (
    Letter,
    LetterId,
    LetterState,
    MailAddress,
    MailKind,
    is_address,
)
from registry.domain.record import OrganisationId, PersonId, RecordUid
from registry.ports import Reader, Registry, Unit
from registry.ports.outbound import Mail
from registry.service import digests
from registry.service.digests import Written
from registry.service.events import note

LEASE = timedelta(minutes=5)
_HOUR = timedelta(hours=1)


def tell(
    registry: Registry,
    unit: Unit,
    kind: MailKind,
    subject: str,
    body: str,
    *,
    person: PersonId | None = None,
    address: str | None = None,
    about: RecordUid | CaseId | None = None,
) -> None:
    """Post a letter to a person or to a plain address, within a unit of the caller.

    Args:
        subject, body: words of our own, with links; never what somebody wrote in a record.
        about: the record or case that it tells of; the letter goes when that is erased.
    """
    now = registry.clock.now()
    letter_id = LetterId(registry.ids.uid())
    unit.letters.post(Letter(letter_id, kind, subject, body, now, now, person=person, address=address, about=about))


def tell_organisation(
    registry: Registry,
    unit: Unit,
    organisation: OrganisationId,
    kind: MailKind,
    subject: str,
    body: str,
    *,
    about: RecordUid | CaseId | None = None,
) -> None:
    """Post a letter to everybody who submits for an organisation, once a person, within a unit of the caller."""
    members = unit.accounts.members(organisation)
    for person in sorted({one.answerable for one, _ in members if Role.SUBMITTER in one.roles}):
        tell(registry, unit, kind, subject, body, person=person, about=about)


def send_next(registry: Registry, actor: Actor) -> int:
    """Send the letter that has been due longest, if there is one; how many were sent or given up.

    Whoever dies between sending and noting it leaves it to be sent again, under the same Message-ID.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    if not registry.outbound.sends_mail:
        return 0
    now = registry.clock.now()
    with registry.storage.read() as reader:
        if not reader.letters.is_due(now):
            return 0
    with registry.storage.begin() as unit:
        letter = unit.letters.claim_due(now, lease_until=now + LEASE)
        if letter is None:
            return 0
        to = _recipient(unit, letter)
        hourly = unit.letters.sent_since(now - _HOUR, letter.recipient)
        words = digests.written(registry, unit, letter) if letter.kind is MailKind.SEARCH else None
        if to is None or (letter.kind is MailKind.SEARCH and words is None):
            # Nobody wants it, nobody has said where to, or there is nothing to tell any more.
            unit.letters.save(replace(letter, state=LetterState.DROPPED, done_at=now, lease_until=None))
            return 1
        if hourly >= registry.settings.mail_hourly:
            held = replace(letter, due_at=now + _HOUR, lease_until=None, attempts=letter.attempts - 1)
            unit.letters.save(held)
            return 1
    after = _sent(registry, letter, to, words)
    with registry.storage.begin() as unit:
        # Erased meanwhile, or taken over by somebody else.
        if unit.letters.get(letter.id) == letter:
            unit.letters.save(after)
            if after.state is LetterState.FAILED:
                note(
                    registry,
                    unit,
                    actor,
                    EventName.LETTER_FAILED,
                    subject=f"letter:{letter.id}",
                    kind=letter.kind.value,
                )
    return 1


def tidy(registry: Registry, actor: Actor) -> int:
    """Give up letters that have waited too long, forget those that were sent long ago; how many were given up."""
    policy.require(actor, Permission.NODE_MAINTAIN)
    now = registry.clock.now()
    settings = registry.settings
    with registry.storage.begin() as unit:
        dropped = unit.letters.drop(created_before=now - timedelta(days=settings.mail_kept_days), now=now)
        unit.letters.forget(done_before=now - timedelta(days=settings.delivery_kept_days))
        if dropped:
            note(registry, unit, actor, EventName.LETTERS_DROPPED, count=dropped)
    return dropped


def counts(registry: Registry, actor: Actor) -> Mapping[LetterState, int]:
    """How many letters wait, were sent, failed or were given up; for operators."""
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    with registry.storage.read() as reader:
        return reader.letters.counts()


def try_mail(registry: Registry, actor: Actor, address: str) -> None:
    """Send a letter to *address* now, past the outbox; for operators.

    Raises:
        InvalidInput: it is no mail address.
        MailFailed, MailRefused: it could not be handed over.
    """
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    _require_address(address)
    title = registry.settings.title
    body = f"This node, {title}, can send mail.\n\n{registry.settings.base_url}\n"
    registry.outbound.send(Mail(registry.ids.uid(), address, f"{title}: mail works", body))


def keep_address(unit: Unit, person: PersonId, address: str) -> None:
    """Let a person get mail at *address*, within a unit of the caller, who knows that it is theirs.

    Raises:
        InvalidInput: it is no mail address.
    """
    _require_address(address)
    known = unit.letters.address_of(person)
    unit.letters.keep_address(MailAddress(person, address, known.muted if known else frozenset()))


def own_mail(registry: Registry, actor: Actor) -> MailAddress | None:
    """Where the actor gets mail, and which kinds are turned off.

    Raises:
        Forbidden: *actor* is nobody's member.
    """
    policy.require(actor, Permission.KEY_OWN)
    _, person = policy.require_member(actor)
    with registry.storage.read() as reader:
        return reader.letters.address_of(person)


def choose_mail(registry: Registry, actor: Actor, *, address: str, muted: frozenset[MailKind]) -> MailAddress | None:
    """Set where the actor gets mail, and turn kinds of it off; an empty address means none at all.

    Raises:
        InvalidInput: it is no mail address.
        Forbidden: *actor* is nobody's member.
    """
    policy.require(actor, Permission.KEY_OWN)
    _, person = policy.require_member(actor)
    if address:
        _require_address(address)
    with registry.storage.begin() as unit:
        unit.letters.forget_address(person)
        if address:
            unit.letters.keep_address(MailAddress(person, address, muted))
        note(registry, unit, actor, EventName.MAIL_CHOSEN, subject=actor.id)
        return unit.letters.address_of(person)


def _recipient(reader: Reader | Unit, letter: Letter) -> str | None:
    if letter.person is None:
        return letter.address
    known = reader.letters.address_of(letter.person)
    return known.address if known is not None and known.wants(letter.kind) else None


def _sent(registry: Registry, letter: Letter, to: str, words: Written | None) -> Letter:
    """The letter after one try; *words* are those of one that was put together now."""
    settings = registry.settings
    choices = f"{settings.base_url}/me/webhooks" if letter.person is not None else None
    why = f"You get this because you are a member at {settings.title}. " if letter.person is not None else ""
    footer = f"\n-- \n{why}{settings.base_url}\n" + (f"Mail you do not want: {choices}\n" if choices else "")
    subject, body = (letter.subject, letter.body) if words is None else (words.subject, words.body)
    unsubscribe = choices if words is None else words.unsubscribe
    mail = Mail(letter.id, to, f"{settings.title}: {subject}", body.rstrip() + "\n" + footer, unsubscribe)
    try:
        registry.outbound.send(mail)
    except MailRefused as refusal:
        return _done(registry, letter, LetterState.FAILED, refusal.code)
    except MailFailed as failure:
        due_at = registry.clock.now() + pause_after(letter.attempts, spread=0.0)
        return replace(letter, due_at=due_at, lease_until=None, error=failure.code)
    return _done(registry, letter, LetterState.SENT, None)


def _done(registry: Registry, letter: Letter, state: LetterState, error: str | None) -> Letter:
    return replace(letter, state=state, error=error, done_at=registry.clock.now(), lease_until=None)


def _require_address(address: str) -> None:
    if not is_address(address):
        raise InvalidInput([Problem(("address",), "INVALID_FORMAT", "write a mail address, such as name@example.org")])
