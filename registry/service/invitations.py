"""Invitations: how a person comes by password and second factor, for the first time or after a reset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from registry.domain import policy
from registry.domain.account import Member
from registry.domain.actor import Actor, Permission
from registry.domain.credential import INVITATION_LIFE, Credential, Invitation, password_problems, sign_in_name
from registry.domain.errors import InvalidInput, NotFound, Problem
from registry.domain.event import EventName
from registry.domain.receipt import hash_code, is_well_formed, new_code
from registry.domain.record import PersonId
from registry.ports import Reader, Registry, Unit
from registry.service import events
from registry.service.credentials import end_sessions, typed_problems, words_about, wrong_code
from registry.service.passwords import hash_password
from registry.service.second_factor import hash_recovery, new_factor, new_recovery_codes, secret_of, step_of
from registry.service.sign_in import Opened, free_member, open_session


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an invited person is shown: the name they have, if any, and the secret for their app."""

    person: PersonId
    name: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A credential just set. The recovery codes are shown this once.

    Attributes:
        opened: a session, unless the account is frozen.
    """

    credential: Credential
    recovery_codes: tuple[str, ...] = field(repr=False)
    opened: Opened | None


def invite(registry: Registry, actor: Actor, person: PersonId) -> str:
    """A code with which *person* sets password and second factor, once and within seven days, and where to enter it.

    Earlier invitations of the person end. Who gets the text can sign in as the person.

    Raises:
        NotFound: no such person, or a service account: those use keys.
        Forbidden: *actor* does not manage accounts, or as ``policy.require_one_name``.
        Reauthenticate: the session was not confirmed.
    """
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    policy.require_confirmed(actor)
    with registry.storage.begin() as unit:
        for one in _natural(unit, person):
            policy.require_one_name(actor, one.answerable, one.roles)
        return write_invitation(registry, unit, actor, person)


def write_invitation(registry: Registry, unit: Unit, actor: Actor, person: PersonId) -> str:
    """As ``invite``, within a unit of the caller, who has asked for permission and tells the text to the person alone.

    Raises:
        NotFound: no such person.
    """
    _natural(unit, person)
    code = new_code(registry.ids.salt() + registry.ids.salt())
    expires_at = registry.clock.now() + INVITATION_LIFE
    factor = new_factor(registry, person)
    unit.credentials.put_invitation(Invitation(person, hash_code(code), factor, expires_at))
    events.note(registry, unit, actor, EventName.INVITED, subject=f"person:{person}")
    return invitation_text(registry, code)


def invitation_text(registry: Registry, code: str) -> str:
    """Where a code is entered; the code itself is never part of an address."""
    place = f"{registry.settings.base_url}/invitation"
    return f"Open {place} and enter this code, once and within {INVITATION_LIFE.days} days: {code}"


def reset(registry: Registry, actor: Actor, person: PersonId) -> str:
    """Take the person's password away, end all sessions, and invite anew: the text of ``invite``.

    Raises:
        NotFound, Forbidden, Reauthenticate: as ``invite``.
    """
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    policy.require_confirmed(actor)
    with registry.storage.begin() as unit:
        for one in _natural(unit, person):
            policy.require_one_name(actor, one.answerable, one.roles)
        kept = unit.credentials.of(person)
        if kept is not None:
            unit.credentials.put(replace(kept, password_hash="", changed_at=registry.clock.now()))
        end_sessions(registry, unit, actor, person)
        return write_invitation(registry, unit, actor, person)


def enrolment(registry: Registry, code: str) -> Enrolment:
    """What the invitation with this code is for.

    Raises:
        NotFound: no such invitation, or none any more.
    """
    with registry.storage.read() as reader:
        found = _invitation(registry, reader, code)
        kept = reader.credentials.of(found.person)
    return Enrolment(found.person, kept.name if kept else "", secret_of(registry, found.person, found.factor))


def person_invited(registry: Registry, unit: Unit, code: str) -> PersonId:
    """Whom an invitation is for, within a unit of the caller.

    Raises:
        NotFound: no such invitation, or none any more.
    """
    return _invitation(registry, unit, code).person


def enrol(
    registry: Registry,
    visitor: Actor,
    code: str,
    *,
    name: str,
    password: str,
    again: str,
    one_time_code: str,
    agent: str = "",
    held: str = "",
) -> Enrolled:
    """Set name, password and second factor by an invitation, which is used up by it; every session ends but a new one.

    Args:
        name: ignored where the person has one.
        one_time_code: from the app, which proves that it was set up.
        agent, held: as of ``sign_in``.

    Raises:
        NotFound: no such invitation, or none any more.
        InvalidInput: all that is wrong with the fields.
        AlreadyExists: somebody else has this name.
    """
    with registry.storage.read() as reader:
        found = _invitation(registry, reader, code)
        kept = reader.credentials.of(found.person)
        about = words_about(registry, reader, found.person)
    chosen = kept.name if kept else sign_in_name(name)
    step = step_of(registry, found.person, found.factor, one_time_code, after=0)
    problems = [
        *_name_problems(chosen),
        *password_problems(password, (*about, chosen or "")),
        *typed_problems(password, again),
    ]
    if step is None:
        problems.append(wrong_code())
    if problems:
        raise InvalidInput(problems)
    hashed = hash_password(registry, password)
    codes = new_recovery_codes(registry)
    with registry.storage.begin() as unit:
        if _invitation(registry, unit, code) != found:
            raise _no_invitation()
        before = unit.credentials.of(found.person)
        made = Credential(
            found.person,
            chosen or "",
            hashed,
            found.factor,
            registry.clock.now(),
            last_step=step or 0,
            generation=before.generation if before else 0,
        )
        unit.credentials.put(made)
        unit.credentials.put_recovery(found.person, frozenset(hash_recovery(registry, one) for one in codes))
        unit.credentials.drop_invitation(found.person)
        events.note(registry, unit, visitor, EventName.CREDENTIAL_SET, subject=f"person:{found.person}")
        end_sessions(registry, unit, visitor, found.person)
        opened = None
        member = free_member(unit, found.person)
        if member is not None:
            opened = open_session(registry, unit, visitor, member, agent=agent, held=held, how="invitation")
    return Enrolled(made, codes, opened)


def _natural(unit: Unit, person: PersonId) -> tuple[Member, ...]:
    """The memberships of a natural person."""
    found = tuple(one for one in unit.accounts.memberships(person) if one.responsible is None)
    if not found:
        raise NotFound("no such member", path=("person",))
    return found


def _invitation(registry: Registry, reader: Reader | Unit, code: str) -> Invitation:
    found = reader.credentials.invitation(hash_code(code if is_well_formed(code) else ""))
    if found is None or registry.clock.now() >= found.expires_at:
        raise _no_invitation()
    return found


def _no_invitation() -> NotFound:
    return NotFound("there is no invitation with this code, or no longer", path=("code",))


def _name_problems(name: str | None) -> Iterator[Problem]:
    if name is None:
        message = "use 3 to 100 plain letters, digits and . _ + @ -, such as your e-mail address"
        yield Problem(("name",), "INVALID_FORMAT", message)
