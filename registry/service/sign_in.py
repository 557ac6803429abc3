"""Signing in with name, password and one-time code.

Whatever does not fit is refused in the same words, by the same statements and after the same work: an unknown name, a
wrong password, a wrong or used code, a frozen account, and one whose person has not answered the invitation.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from registry.domain.account import Member
from registry.domain.actor import Actor
from registry.domain.credential import Credential, sign_in_name
from registry.domain.errors import Unauthenticated
from registry.domain.event import EventName
from registry.domain.network import party_of, place_of
from registry.domain.record import OrganisationId, PersonId
from registry.domain.session import Session, SessionId, agent_family
from registry.domain.sign_in import BUCKETS, hour_of, is_told
from registry.ports import Registry, Unit
from registry.service import events, limits
from registry.service.passwords import fits, hash_password, is_outdated
from registry.service.second_factor import hash_recovery, step_of
from registry.service.sessions import end_held, hash_session

_NOBODY = PersonId("")


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just opened. ``secret`` is what the browser holds; it is not kept here."""

    session: Session
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found out before the unit: whether the password fits what was ``known`` then, and what the code is."""

    known: Credential | None
    password_fits: bool
    step: int | None
    recovery: bytes


def sign_in(
    registry: Registry, visitor: Actor, *, name: str, password: str, code: str, agent: str = "", held: str = ""
) -> Opened:
    """Open a session for whoever knows all three; for the first of their organisations, by id.

    Args:
        visitor: whoever asks, for the address and the id of the request.
        code: of the app, or a recovery code.
        agent: what the browser calls itself.
        held: the secret of the session that the browser holds, which ends: none outlives a sign-in.

    Raises:
        Unauthenticated: something does not fit; which is not told.
        RateLimited: too many attempts from this address, or from it for this account.
    """
    wanted = sign_in_name(name) or ""
    # Counted for each network apart: nobody is locked out by failures of strangers elsewhere.
    account = f"{wanted} from {party_of(visitor.address)}"
    limits.attempt(registry, address=visitor.address, account=account)
    with registry.storage.read() as reader:
        known = reader.credentials.by_name(wanted)
    proof = Proof(
        known=known,
        password_fits=fits(registry, known.password_hash if known else None, password),
        step=_step(registry, known, code),
        recovery=hash_recovery(registry, code),
    )
    # Who knows the password could guess codes from many networks; who does not fills a bucket that nobody asks for.
    guessed = wanted if proof.password_fits else ""
    if not limits.try_code(registry, account=guessed):
        proof = replace(proof, step=None, recovery=b"")
    with registry.storage.begin() as unit:
        member = _accepted(unit, wanted, proof)
        if member is None:
            _count_refused(registry, unit, visitor, wanted, known)
        else:
            opened = open_session(registry, unit, visitor, member, agent=agent, held=held, how="password")
    if member is None or known is None:
        raise Unauthenticated("name, password or code do not fit", hint="a code is good for one sign-in only")
    limits.succeeded(registry, address=visitor.address, account=account)
    limits.code_fitted(registry, account=guessed)
    _renew(registry, known, password)
    return opened


def open_session(
    registry: Registry, unit: Unit, visitor: Actor, member: Member, *, agent: str, held: str, how: str
) -> Opened:
    """A new session of somebody who has proved who they are, within a unit of the caller; the one held ends."""
    end_held(registry, unit, held)
    now = registry.clock.now()
    unit.sessions.end_old(now)
    secret = registry.ids.secret()
    session = Session(
        id=SessionId(registry.ids.uid()),
        secret_hash=hash_session(registry, secret),
        person=member.person,
        organisation=member.organisation,
        created_at=now,
        confirmed_at=now,
        seen_at=now,
        expires_at=now + timedelta(hours=registry.settings.session_hours),
        network=place_of(visitor.address) or "",
        agent=agent_family(agent),
        is_bound=how == "oidc",
    )
    unit.sessions.add(session)
    who = replace(visitor, id=f"person:{member.person}", organisation=member.organisation)
    events.note(registry, unit, who, EventName.SESSION_CREATED, subject=f"session:{session.id}", how=how)
    return Opened(session, secret)


def _step(registry: Registry, known: Credential | None, code: str) -> int | None:
    if known is None:
        return step_of(registry, _NOBODY, None, code, after=0)
    return step_of(registry, known.person, known.factor, code, after=known.last_step)


def _accepted(unit: Unit, wanted: str, proof: Proof) -> Member | None:
    """As whom the proof lets in, with its code used up. The same statements are run for all that is refused."""
    kept = unit.credentials.by_name(wanted)
    person = kept.person if kept else _NOBODY
    recovery = unit.credentials.recovery(person)
    member = free_member(unit, person)
    if (
        kept is None
        or member is None
        or not kept.is_usable
        or not proof.password_fits
        or not _is_same(kept, proof.known)
    ):
        return None
    if proof.step is not None and proof.step > kept.last_step:
        return member if unit.credentials.take_step(person, proof.step) else None
    if proof.recovery in recovery:
        return member if unit.credentials.use_recovery(person, proof.recovery) else None
    return None


def free_member(unit: Unit, person: PersonId, home: OrganisationId | None = None) -> Member | None:
    """As whom a natural person acts first, of all organisations by id, or in *home*; nobody who is frozen."""
    found = [
        one for one in unit.accounts.memberships(person) if one.responsible is None and home in (None, one.organisation)
    ]
    subjects = {f"person:{person}", *(f"organisation:{one.organisation}" for one in found)}
    frozen = {one.subject for one in unit.freezes.current(sorted(subjects))}
    if f"person:{person}" in frozen:
        return None
    return next((one for one in found if f"organisation:{one.organisation}" not in frozen), None)


def _is_same(kept: Credential, known: Credential | None) -> bool:
    """Whether nothing was changed and no session was ended while the password was hashed."""
    if known is None:
        return False
    return (kept.generation, kept.password_hash, kept.factor) == (known.generation, known.password_hash, known.factor)


def _count_refused(registry: Registry, unit: Unit, visitor: Actor, wanted: str, known: Credential | None) -> None:
    """Count the attempt, by a hash of the name whether it is known or not, and tell of it now and then."""
    bucket = int.from_bytes(registry.vault.mac("refused", wanted.encode())[:4], "big") % BUCKETS
    count = unit.credentials.count_refused(bucket, hour_of(registry.clock.now()))
    if is_told(count):
        subject = f"person:{known.person}" if known else None
        events.note(registry, unit, visitor, EventName.SESSION_REFUSED, subject=subject, count=count)


def _renew(registry: Registry, known: Credential, password: str) -> None:
    """Hash the password anew where the settings have changed since."""
    if is_outdated(registry, known.password_hash):
        renewed = hash_password(registry, password)
        with registry.storage.begin() as unit:
            unit.credentials.replace_hash(known.person, was=known.password_hash, now=renewed)
