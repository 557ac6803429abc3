"""API keys: made, rotated, ended, and taken back at once when somebody finds one in the open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from registry.domain import policy
from registry.domain.account import (
    KEY_PATTERN,
    MAX_LIVE_KEYS,
    STAGING,
    ApiKey,
    KeyId,
    Member,
    format_key,
    hash_secret,
    parse_key,
    secret_fits,
)
from registry.domain.actor import Actor, Permission, Role
from registry.domain.errors import Conflict, Forbidden, InvalidInput, NotFound, Problem
from registry.domain.event import EventName
from registry.domain.record import OrganisationId, PersonId
from registry.domain.screening.plainly import label_problems
from registry.ports import Registry, Unit
from registry.service.access import note_access, tell_of_leak

KEY_LIFE_DAYS = 365
MAX_OVERLAP_HOURS = 168
MAX_REPORTED = 100
_LONGEST_KEY_LIFE = timedelta(days=10 * 365)
# A key that was given less is meant to end: only a person or an operator makes another.
_RENEWS_ITSELF = timedelta(days=30)
_MORE = "a key cannot make one that may do more"
_ANY_KEY = re.compile(KEY_PATTERN)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made. ``text`` is shown once and never kept."""

    key: ApiKey
    text: str


def create_key(
    registry: Registry,
    actor: Actor,
    *,
    person: PersonId,
    organisation_id: OrganisationId,
    label: str,
    scopes: frozenset[Permission] | None = None,
    expires_at: datetime | None = None,
    staging: bool = False,
) -> NewKey:
    """Make an API key for a member; its text is returned this once. It lives a year unless said otherwise, and never
    longer than the key it is made with.

    Args:
        staging: whether it may write drafts only; a member who tries things out has no other keys.

    Raises:
        Forbidden: *actor* is neither the member nor one who manages accounts, or asks for a key that may do more
            than its own or lives longer (a service account is not its responsible member), or as
            ``policy.require_one_name``.
        NotFound: no such member.
        Conflict: two live keys have this label, or the member only tries things out so far.
        InvalidInput: the label is empty or too long, or the expiry is past or over ten years away.
    """
    manages = Permission.ACCOUNT_MANAGE in policy.permissions_of(actor)
    policy.require(actor, Permission.ACCOUNT_MANAGE if manages else Permission.KEY_OWN)
    policy.require_confirmed(actor)
    if not manages and actor.person != person:
        raise Forbidden("keys are made by the member, or by an operator")
    if _is_wider(actor, scopes) and (not manages or actor.person == person):
        raise Forbidden(_MORE)
    now = registry.clock.now()
    problems = label_problems(label, field="label")
    if expires_at is not None and not now < expires_at <= now + _LONGEST_KEY_LIFE:
        problems.append(Problem(("expires_at",), "OUT_OF_RANGE", "the expiry must be in the future, within ten years"))
    if problems:
        raise InvalidInput(problems)
    with registry.storage.begin() as unit:
        member = _member(unit, person, organisation_id)
        acting = unit.accounts.key(KeyId(actor.key or ""))
        _require_no_more(actor, member, acting, scopes, staging=staging)
        ends_at = expires_at or now + timedelta(days=KEY_LIFE_DAYS)
        if acting is not None and ends_at > acting.expires_at:
            if expires_at is not None:
                raise Forbidden("a key cannot make one that lives longer", hint="leave expiresAt out, or sooner")
            ends_at = acting.expires_at
        made = put_key(registry, unit, member, label.strip(), scopes=scopes, expires_at=ends_at, staging=staging)
        note_access(registry, unit, actor, EventName.KEY_CREATED, f"key:{made.key.id}", staging=int(staging))
    return made


def put_key(
    registry: Registry,
    unit: Unit,
    member: Member,
    label: str,
    *,
    scopes: frozenset[Permission] | None = None,
    expires_at: datetime | None = None,
    staging: bool,
) -> NewKey:
    """Store a new key within a unit of the caller, who has asked for permission and notes it.

    Raises:
        Conflict: two live keys of the member have this label, or the member only tries things out so far.
    """
    now = registry.clock.now()
    if member.staging and not staging:
        hint = "an operator grants production; until then make a staging key"
        raise Conflict("this member only tries things out so far", hint=hint)
    live = [
        one
        for one in unit.accounts.keys(member.person)
        if one.organisation == member.organisation and one.label == label and one.is_usable(now)
    ]
    if len(live) >= MAX_LIVE_KEYS:
        hint = "revoke one of them, or use another label for another program"
        raise Conflict(f"{MAX_LIVE_KEYS} live keys have this label already", path=("label",), hint=hint)
    secret = registry.ids.secret()
    key = ApiKey(
        id=KeyId(registry.ids.token(12)),
        person=member.person,
        organisation=member.organisation,
        secret_hash=hash_secret(secret),
        label=label,
        created_at=now,
        expires_at=expires_at or now + timedelta(days=KEY_LIFE_DAYS),
        scopes=scopes,
        staging=staging,
    )
    unit.accounts.add_key(key)
    environment = STAGING if staging else registry.settings.key_environment
    return NewKey(key, format_key(environment, key.id, secret))


def rotate_key(registry: Registry, actor: Actor, key_id: KeyId, *, overlap_hours: int = 24) -> NewKey:
    """Make a key to take the place of another, with its label, scopes and span of life; both work for a while.

    Args:
        overlap_hours: 0 to 168; then the old key expires, if it does not before.

    Raises:
        NotFound: no such key, or none that *actor* may rotate.
        Forbidden: as ``create_key``; or a key that was given under 30 days is rotated with a key.
        Conflict: the key is revoked, frozen or expired, or was rotated and the old one still lives.
        InvalidInput: the overlap is out of range.
    """
    manages = Permission.ACCOUNT_MANAGE in policy.permissions_of(actor)
    policy.require(actor, Permission.ACCOUNT_MANAGE if manages else Permission.KEY_OWN)
    policy.require_confirmed(actor)
    if not 0 <= overlap_hours <= MAX_OVERLAP_HOURS:
        message = f"let both work for 0 to {MAX_OVERLAP_HOURS} hours"
        raise InvalidInput([Problem(("overlap_hours",), "OUT_OF_RANGE", message)])
    now = registry.clock.now()
    with registry.storage.begin() as unit:
        key = _own_key(unit, actor, key_id, manages=manages)
        if not key.is_usable(now):
            raise Conflict("this key is not in use any more", hint="make a new one")
        acting = unit.accounts.key(KeyId(actor.key or ""))
        member = _member(unit, key.person, key.organisation)
        if _is_wider(actor, key.scopes) and (not manages or actor.person == key.person):
            raise Forbidden(_MORE)
        _require_no_more(actor, member, acting, key.scopes, staging=key.staging)
        span = key.expires_at - key.created_at
        if acting is not None and span < _RENEWS_ITSELF:
            raise Forbidden("this key was made to end soon and is not renewed", hint="sign in and make a new one")
        ends_at = now + span
        if acting is not None and acting.id != key.id:
            ends_at = min(ends_at, acting.expires_at)
        made = put_key(registry, unit, member, key.label, scopes=key.scopes, expires_at=ends_at, staging=key.staging)
        until = min(key.expires_at, now + timedelta(hours=overlap_hours))
        unit.accounts.save_key(replace(key, expires_at=until))
        detail: dict[str, str | int] = {"new": made.key.id, "overlap_hours": overlap_hours}
        note_access(registry, unit, actor, EventName.KEY_ROTATED, f"key:{key.id}", **detail)
    return made


def revoke_key(registry: Registry, actor: Actor, key_id: KeyId) -> ApiKey:
    """End a key at once; revoking it again changes nothing.

    Raises:
        NotFound: no such key, or none that *actor* may revoke.
    """
    manages = Permission.ACCOUNT_MANAGE in policy.permissions_of(actor)
    policy.require(actor, Permission.ACCOUNT_MANAGE if manages else Permission.KEY_OWN)
    with registry.storage.begin() as unit:
        key = _own_key(unit, actor, key_id, manages=manages)
        if key.revoked_at is None:
            key = _revoked(registry, unit, key)
            note_access(registry, unit, actor, EventName.KEY_REVOKED, f"key:{key.id}")
    return key


def revoke_leaked(registry: Registry, actor: Actor, texts: Sequence[str]) -> None:
    """End at once every key whose whole text stands in *texts*; nobody needs an account.

    Nothing is told of what was found: known and unknown keys, right and wrong secrets are answered alike. The owner
    and the operators get a letter.

    Raises:
        InvalidInput: nothing in *texts* looks like a key, or more than 100 different ones do.
    """
    policy.require(actor, Permission.KEY_REPORT)
    found = {match[0] for text in texts for match in _ANY_KEY.finditer(text)}
    if not found:
        raise InvalidInput([Problem(("keys",), "REQUIRED", "send whole keys; they begin with ic_")])
    if len(found) > MAX_REPORTED:
        raise InvalidInput([Problem(("keys",), "TOO_MANY", f"send at most {MAX_REPORTED} keys at once")])
    parsed = [one for one in map(parse_key, sorted(found)) if one is not None]
    with registry.storage.read() as reader:
        known = [(reader.accounts.key(key_id), secret) for key_id, secret in parsed]
    leaked = [key.id for key, secret in known if key is not None and secret_fits(key, secret)]
    if not leaked:
        return
    with registry.storage.begin() as unit:
        for key_id in leaked:
            key = unit.accounts.key(key_id)
            if key is not None and key.revoked_at is None:
                _revoked(registry, unit, key)
                note_access(registry, unit, actor, EventName.KEY_REMOVED_LEAK, f"key:{key.id}")
                tell_of_leak(registry, unit, key)


def revoke_all(registry: Registry, unit: Unit, actor: Actor, member: Member) -> int:
    """End every key of a member within a unit of the caller, who has asked for permission; how many there were."""
    live = [
        one
        for one in unit.accounts.keys(member.person)
        if one.organisation == member.organisation and one.revoked_at is None
    ]
    for key in live:
        _revoked(registry, unit, key)
        note_access(registry, unit, actor, EventName.KEY_REVOKED, f"key:{key.id}")
    return len(live)


def keys(registry: Registry, actor: Actor, person: PersonId) -> tuple[ApiKey, ...]:
    """The keys of a member, newest first; the member's own, or for operators anybody's.

    Raises:
        NotFound: no such member, or none whose keys *actor* may see.
    """
    manages = Permission.ACCOUNT_MANAGE in policy.permissions_of(actor)
    policy.require(actor, Permission.ACCOUNT_MANAGE if manages else Permission.KEY_OWN)
    if not manages and actor.person != person:
        raise NotFound("no such member")
    with registry.storage.read() as reader:
        return reader.accounts.keys(person)


def _is_wider(actor: Actor, scopes: frozenset[Permission] | None) -> bool:
    return actor.scopes is not None and (scopes is None or bool(scopes - actor.scopes))


def _require_no_more(
    actor: Actor, member: Member, acting: ApiKey | None, scopes: frozenset[Permission] | None, *, staging: bool
) -> None:
    """Keep *actor*, through the key *acting*, from a key of *member* that may do more than it may itself."""
    is_another = member.organisation != actor.organisation or (acting is not None and acting.person != member.person)
    if actor.staging and not staging:
        raise Forbidden(_MORE)
    if Permission.ACCOUNT_MANAGE in policy.permissions_of(actor):
        policy.require_one_name(actor, member.answerable, member.roles)
        if _is_wider(actor, scopes) and Role.OPERATOR in member.roles:
            raise Forbidden(_MORE)
    elif is_another or member.roles - actor.roles:
        raise Forbidden(_MORE)


def _own_key(unit: Unit, actor: Actor, key_id: KeyId, *, manages: bool) -> ApiKey:
    key = unit.accounts.key(key_id)
    if key is None or not (manages or key.person == actor.person):
        raise NotFound("no such key")
    return key


def _member(unit: Unit, person: PersonId, organisation_id: OrganisationId) -> Member:
    member = unit.accounts.member(person, organisation_id)
    if member is None:
        raise NotFound("no such member", path=("person",))
    return member


def _revoked(registry: Registry, unit: Unit, key: ApiKey) -> ApiKey:
    key = replace(key, revoked_at=registry.clock.now())
    unit.accounts.save_key(key)
    return key
