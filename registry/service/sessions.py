"""Sessions: who acts through one, listing and ending them, and acting for another organisation of one's own."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from registry.domain import policy
from registry.domain.account import Member, Organisation
from registry.domain.actor import Actor, Permission
from registry.domain.errors import Forbidden, NotFound, StoreUnavailable, Unauthenticated
from registry.domain.event import EventName
from registry.domain.record import PersonId
from registry.domain.session import SECRET, Session, SessionId
from registry.ports import Registry, Unit
from registry.service import events
from registry.service.authentication import acting


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who acts through a session, and the name that was signed in with."""

    actor: Actor
    name: str


def hash_session(registry: Registry, secret: str) -> bytes:
    """What is kept of the secret that a browser holds; nobody who has the store alone can make it of a guess."""
    return registry.vault.mac("session", secret.encode("utf-8", "replace"))


def authenticate_session(registry: Registry, secret: str) -> SignedIn | None:
    """Who acts through the session with this secret; nobody where there is none, or none any more.

    Membership and roles are those of now, not those at the sign-in.
    """
    if not SECRET.fullmatch(secret):
        return None
    now = registry.clock.now()
    with registry.storage.read() as reader:
        session = reader.sessions.by_secret(hash_session(registry, secret))
        if session is None:
            return None
        kept = reader.credentials.of(session.person)
        member = reader.accounts.member(session.person, session.organisation)
        actor = acting(registry, reader, member, session=session.id, confirmed=session.is_confirmed(now))
    idle = timedelta(minutes=registry.settings.session_idle_minutes)
    if actor is None or not session.is_alive(now, idle=idle):
        return None
    if now - session.seen_at >= idle / 10:
        # Members go on reading while nothing can be written.
        with suppress(StoreUnavailable), registry.storage.begin() as unit:
            unit.sessions.see(session.id, now)
    return SignedIn(actor, kept.name if kept else "")


def own_sessions(registry: Registry, actor: Actor) -> tuple[Session, ...]:
    """The sessions of the actor that still hold, the one last seen first."""
    policy.require(actor, Permission.SESSION_OWN)
    with registry.storage.read() as reader:
        found = reader.sessions.of(_person(actor))
    return _alive(registry, found)


def sessions_of(registry: Registry, actor: Actor, person: PersonId) -> tuple[Session, ...]:
    """The sessions of anybody; for operators."""
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    with registry.storage.read() as reader:
        found = reader.sessions.of(person)
    return _alive(registry, found)


def end_session(registry: Registry, actor: Actor, session_id: SessionId) -> None:
    """End a session of the actor's own.

    Raises:
        NotFound: the actor has no such session.
    """
    policy.require(actor, Permission.SESSION_OWN)
    with registry.storage.begin() as unit:
        if not unit.sessions.end(session_id, _person(actor)):
            raise NotFound("no such session", path=("id",))
        _note_ended(registry, unit, actor, f"session:{session_id}", 1)


def end_own_sessions(registry: Registry, actor: Actor) -> int:
    """End every session of the actor's own but the one that asks; how many ended."""
    policy.require(actor, Permission.SESSION_OWN)
    with registry.storage.begin() as unit:
        ended = unit.sessions.end_all(_person(actor), but=SessionId(actor.session or ""))
        _note_ended(registry, unit, actor, f"person:{actor.person}", ended)
    return ended


def end_sessions_of(registry: Registry, actor: Actor, person: PersonId) -> int:
    """End every session of anybody; for operators. How many ended."""
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    with registry.storage.begin() as unit:
        ended = unit.sessions.end_all(person)
        _note_ended(registry, unit, actor, f"person:{person}", ended)
    return ended


def sign_out(registry: Registry, visitor: Actor, secret: str) -> None:
    """End the session with this secret; nothing happens where there is none."""
    with registry.storage.begin() as unit:
        ended = end_held(registry, unit, secret)
        if ended is not None:
            _note_ended(registry, unit, visitor, f"session:{ended.id}", 1)


def end_held(registry: Registry, unit: Unit, secret: str) -> Session | None:
    """End the session with this secret, within a unit of the caller; the one that ended."""
    session = unit.sessions.by_secret(hash_session(registry, secret))
    if session is not None:
        unit.sessions.end(session.id, session.person)
    return session


def homes(registry: Registry, actor: Actor) -> tuple[tuple[Organisation, Member], ...]:
    """The organisations that the actor may act for, by slug."""
    policy.require(actor, Permission.SESSION_OWN)
    with registry.storage.read() as reader:
        found = [one for one in reader.accounts.memberships(_person(actor)) if one.responsible is None]
        known = reader.accounts.organisations_by_id([one.organisation for one in found])
    return tuple(sorted(((known[one.organisation], one) for one in found), key=lambda pair: pair[0].slug))


def act_for(registry: Registry, actor: Actor, slug: str) -> None:
    """Let the session that asks act for another organisation of its person.

    Raises:
        NotFound: the person is no member there.
        Forbidden: an organisation's own provider vouched for the person.
        Unauthenticated: *actor* is no session.
    """
    policy.require(actor, Permission.SESSION_OWN)
    person = _person(actor)
    if actor.session is None:
        raise Unauthenticated("sign in for this")
    with registry.storage.begin() as unit:
        found = unit.accounts.organisation_by_slug(slug)
        member = unit.accounts.member(person, found.id) if found else None
        if member is None or member.responsible is not None:
            raise NotFound("no such organisation of yours", path=("organisation",))
        if any(one.is_bound for one in unit.sessions.of(person) if one.id == actor.session):
            message = "you signed in through an organisation's provider, which speaks for that one alone"
            raise Forbidden(message, hint="sign in with your password to act for another")
        unit.sessions.move(SessionId(actor.session), member.organisation)
        events.note(registry, unit, actor, EventName.SESSION_MOVED, subject=f"session:{actor.session}")


def _person(actor: Actor) -> PersonId:
    if actor.person is None:
        raise Unauthenticated("sign in for this")
    return actor.person


def _alive(registry: Registry, found: tuple[Session, ...]) -> tuple[Session, ...]:
    now: datetime = registry.clock.now()
    idle = timedelta(minutes=registry.settings.session_idle_minutes)
    return tuple(one for one in found if one.is_alive(now, idle=idle))


def _note_ended(registry: Registry, unit: Unit, actor: Actor, subject: str, count: int) -> None:
    if count:
        events.note(registry, unit, actor, EventName.SESSION_ENDED, subject=subject, count=count)
