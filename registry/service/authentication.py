"""Who acts through a credential."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from registry.domain import actor as actors
from registry.domain.account import ApiKey, Member, parse_key, secret_fits
from registry.domain.actor import Actor
from registry.domain.errors import StoreUnavailable, Unauthenticated
from registry.domain.session import SessionId
from registry.domain.vocabulary import OrganisationKind
from registry.ports import Reader, Registry
from registry.service.freezing import is_frozen
from registry.service.guidelines import is_overdue
from registry.service.welfare import avoided_by

_NOTE_USE_EVERY = timedelta(hours=1)


def authenticate(registry: Registry, text: str | None) -> Actor:
    """Who acts through the credential *text*; a stranger where there is none.

    Raises:
        Unauthenticated: the key is mistyped, unknown, expired or revoked; which of these is not told.
    """
    if text is None:
        return actors.ANONYMOUS
    parsed = parse_key(text)
    if parsed is None:
        raise _refused()
    key_id, secret = parsed
    with registry.storage.read() as reader:
        key = reader.accounts.key(key_id)
        # Whoever does not know the secret learns nothing, not even by the statements that were run.
        known = key if key is not None and secret_fits(key, secret) else None
        member = reader.accounts.member(known.person, known.organisation) if known else None
        actor = acting(registry, reader, member, key=known)
    now = registry.clock.now()
    if key is None or actor is None or not key.is_usable(now):
        raise _refused()
    if key.last_used_at is None or now - key.last_used_at > _NOTE_USE_EVERY:
        # Members go on reading while nothing can be written.
        with suppress(StoreUnavailable), registry.storage.begin() as unit:
            # Read again: what was revoked since must not be given back.
            present = unit.accounts.key(key_id)
            if present is not None:
                unit.accounts.save_key(replace(present, last_used_at=now))
    return actor


def acting(
    registry: Registry,
    reader: Reader,
    member: Member | None,
    *,
    key: ApiKey | None = None,
    session: SessionId | None = None,
    confirmed: bool = False,
) -> Actor | None:
    """Who *member* acts as through *key* or a session, by the membership, roles and groups of now.

    Nobody where there is no member, or one who is kept out.
    """
    if member is None or is_frozen(reader, member):
        return None
    staging = (key is not None and key.staging) or member.staging or is_overdue(registry, reader, member)
    home = reader.accounts.organisation(member.organisation)
    return actors.member(
        member.answerable,
        member.organisation,
        member.roles,
        scopes=None if key is None else key.scopes,
        key=None if key is None else key.id,
        groups=frozenset() if staging else reader.groups.of(member.organisation),
        in_government=home is not None and home.kind is OrganisationKind.GOVERNMENT,
        staging=staging,
        session=session,
        confirmed=confirmed,
        avoids=avoided_by(reader, member),
    )


def _refused() -> Unauthenticated:
    return Unauthenticated("this API key is not valid", hint="check that it was copied whole and has not expired")
