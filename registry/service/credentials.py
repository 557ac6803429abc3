"""Changing and freezing what people sign in with. Hashing stands outside every unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.credential import Credential, password_problems
from registry.domain.errors import Corrupt, InvalidInput, Problem, Unauthenticated
from registry.domain.event import EventName
from registry.domain.record import PersonId
from registry.domain.session import SessionId
from registry.ports import Reader, Registry, Unit
from registry.service import events
from registry.service.passwords import fits, hash_password
from registry.service.second_factor import hash_recovery, new_factor, new_recovery_codes, secret_of, step_of


def change_password(registry: Registry, actor: Actor, *, current: str, password: str, again: str) -> None:
    """Set another password; every other session of the person ends.

    Raises:
        Reauthenticate: the session was not confirmed.
        InvalidInput: all that is wrong, a wrong current password included.
        Unauthenticated: *actor* is no session of a person with a password.
    """
    policy.require(actor, Permission.SESSION_OWN)
    policy.require_confirmed(actor)
    with registry.storage.read() as reader:
        kept = _own(reader, actor)
        about = (*words_about(registry, reader, kept.person), kept.name)
    problems = [*password_problems(password, about), *typed_problems(password, again)]
    if not fits(registry, kept.password_hash, current):
        problems.insert(0, Problem(("current",), "WRONG", "this is not your present password"))
    if problems:
        raise InvalidInput(problems)
    hashed = hash_password(registry, password)
    with registry.storage.begin() as unit:
        now = _own(unit, actor)
        if now.password_hash != kept.password_hash:
            raise Unauthenticated("the password was changed meanwhile; sign in again")
        unit.credentials.put(replace(now, password_hash=hashed, changed_at=registry.clock.now()))
        events.note(registry, unit, actor, EventName.CREDENTIAL_SET, subject=f"person:{now.person}", what="password")
        end_sessions(registry, unit, actor, now.person, but=SessionId(actor.session or ""))


def start_factor(registry: Registry, actor: Actor) -> tuple[str, str]:
    """A new secret for the own app, not in force yet: sealed, to be given back to ``change_factor``, and as typed.

    Raises:
        Reauthenticate, Unauthenticated: as ``change_password``.
    """
    policy.require(actor, Permission.SESSION_OWN)
    policy.require_confirmed(actor)
    with registry.storage.read() as reader:
        person = _own(reader, actor).person
    factor = new_factor(registry, person)
    return factor, secret_of(registry, person, factor)


def secret_of_new(registry: Registry, actor: Actor, factor: str) -> str:
    """The secret that ``start_factor`` sealed, once more.

    Raises:
        Reauthenticate, Unauthenticated: as ``change_password``.
        InvalidInput: it is none of ours.
    """
    policy.require(actor, Permission.SESSION_OWN)
    policy.require_confirmed(actor)
    with registry.storage.read() as reader:
        person = _own(reader, actor).person
    try:
        return secret_of(registry, person, factor)
    except Corrupt:
        raise InvalidInput([Problem(("factor",), "INVALID_FORMAT", "start once more")]) from None


def change_factor(registry: Registry, actor: Actor, *, factor: str, one_time_code: str) -> tuple[str, ...]:
    """Put the secret of ``start_factor`` in force, with new recovery codes, which are shown once; other sessions end.

    Raises:
        Reauthenticate, Unauthenticated: as ``change_password``.
        InvalidInput: the code is not the one of the new secret, or the secret is none of ours.
    """
    policy.require(actor, Permission.SESSION_OWN)
    policy.require_confirmed(actor)
    codes = new_recovery_codes(registry)
    with registry.storage.begin() as unit:
        kept = _own(unit, actor)
        step = step_of(registry, kept.person, factor, one_time_code, after=0)
        if step is None:
            raise InvalidInput([wrong_code()])
        unit.credentials.put(replace(kept, factor=factor, last_step=step, changed_at=registry.clock.now()))
        unit.credentials.put_recovery(kept.person, frozenset(hash_recovery(registry, one) for one in codes))
        events.note(registry, unit, actor, EventName.CREDENTIAL_SET, subject=f"person:{kept.person}", what="factor")
        end_sessions(registry, unit, actor, kept.person, but=SessionId(actor.session or ""))
    return codes


def end_sessions(
    registry: Registry, unit: Unit, actor: Actor, person: PersonId, *, but: SessionId | None = None
) -> None:
    """End the sessions of a person, within a unit of the caller, and tell of it."""
    ended = unit.sessions.end_all(person, but=but)
    if ended:
        events.note(registry, unit, actor, EventName.SESSION_ENDED, subject=f"person:{person}", count=ended)


def _own(reader: Reader | Unit, actor: Actor) -> Credential:
    found = reader.credentials.of(actor.person) if actor.person and actor.session else None
    if found is None or not found.is_usable:
        raise Unauthenticated("sign in with your password for this")
    return found


def words_about(registry: Registry, reader: Reader, person: PersonId) -> tuple[str, ...]:
    """What others would try first as the password of a person: names of theirs, of their organisations, of the node."""
    homes = [reader.accounts.organisation(one.organisation) for one in reader.accounts.memberships(person)]
    names = [
        name
        for one in homes
        if one is not None
        for member, name in reader.accounts.members(one.id)
        if member.person == person
    ]
    return (
        registry.settings.title,
        registry.settings.node_name,
        *names,
        *(word for one in homes if one is not None for word in (one.slug, one.name, *one.aliases)),
    )


def typed_problems(password: str, again: str) -> Iterator[Problem]:
    """What is wrong with a password that was typed twice."""
    if password != again:
        yield Problem(("again",), "INCONSISTENT", "the two passwords differ")


def wrong_code() -> Problem:
    """A code that does not prove that the app was set up."""
    return Problem(("one_time_code",), "WRONG", "this is not the code that the app shows now; is its clock right?")
