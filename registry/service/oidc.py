"""Signing in through an organisation's own OpenID provider: authorization code with PKCE, state and nonce.

Who somebody is follows from issuer and subject alone, which an invitation or the signed-in person has linked; an e-mail
address is never an identity. Where the provider does not vouch for a second factor, our own one-time code is asked.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from registry.domain import policy
from registry.domain.account import Member
from registry.domain.actor import Actor, Permission
from registry.domain.credential import Identity
from registry.domain.errors import Corrupt, NotFound
from registry.domain.event import EventName
from registry.domain.record import PersonId
from registry.ports import Registry, Unit
from registry.service import events, limits
from registry.service.invitations import person_invited
from registry.service.oidc_provider import describe, refused, token_for
from registry.service.second_factor import step_of
from registry.service.sign_in import Opened, free_member, open_session
from registry.settings.sign_in import OidcProvider

ATTEMPT_LIFE = timedelta(minutes=10)
_ATTEMPT, _PENDING = "sign-in attempt", "sign-in that waits for a code"


@dataclass(frozen=True, slots=True)
class Start:
    """Where to go, and what the browser holds meanwhile; sealed."""

    address: str
    attempt: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pending:
    """Who it is, proved by the provider, but for a one-time code; sealed."""

    sealed: str = field(repr=False)


def provider_named(registry: Registry, name: str) -> OidcProvider:
    """The provider with this name in the settings.

    Raises:
        NotFound: there is none.
    """
    found = next((one for one in registry.settings.oidc_providers if one.name == name), None)
    if found is None:
        raise NotFound("no such provider")
    return found


def back_address(registry: Registry, provider: OidcProvider) -> str:
    """Where the provider sends people back to; one for each provider, so that none answers for another."""
    return f"{registry.settings.base_url}/sign-in/with/{provider.name}/back"


def start(registry: Registry, name: str, *, to: str, link: PersonId | None = None, invitation: str = "") -> Start:
    """Begin to sign in.

    Args:
        to: the path where one wants to go afterwards.
        link: whom the identity is to be linked with, who has signed in otherwise.
        invitation: code of the invitation by which the identity is to be linked.

    Raises:
        NotFound: no such provider.
        Unauthenticated: the provider cannot be asked.
    """
    provider = provider_named(registry, name)
    state, nonce, verifier = registry.ids.secret(), registry.ids.secret(), registry.ids.secret() + registry.ids.secret()
    said = {
        "provider": name,
        "state": state,
        "nonce": nonce,
        "verifier": verifier,
        "to": to,
        "link": link,
        "invitation": invitation,
        "until": (registry.clock.now() + ATTEMPT_LIFE).isoformat(),
    }
    address = prepare_grant_uri(
        describe(registry, provider).authorization_endpoint,
        provider.client_id,
        "code",
        redirect_uri=back_address(registry, provider),
        scope="openid email" if provider.email_domains else "openid",
        state=state,
        nonce=nonce,
        code_challenge=create_s256_code_challenge(verifier),
        code_challenge_method="S256",
    )
    return Start(address, registry.vault.seal(_ATTEMPT, json.dumps(said).encode()))


def finish(
    registry: Registry,
    visitor: Actor,
    name: str,
    attempt: str,
    *,
    code: str,
    state: str,
    issuer: str = "",
    agent: str = "",
    held: str = "",
) -> tuple[Opened | Pending, str]:
    """Open a session for whom the provider sends back, or ask for a one-time code; and where one wanted to go.

    Args:
        attempt: what the browser held, as ``start`` gave it.
        issuer: the ``iss`` that came back, if any (RFC 9207).
        agent, held: as of ``sign_in``.

    Raises:
        Unauthenticated: anything at all does not fit; what, is not told.
        RateLimited: too many attempts from this address.
    """
    provider = provider_named(registry, name)
    limits.attempt(registry, address=visitor.address)
    said = _opened_seal(registry, _ATTEMPT, attempt)
    is_ours = said.get("provider") == name and hmac.compare_digest(str(said.get("state")).encode(), state.encode())
    tells = describe(registry, provider).tells_issuer
    if not is_ours or not code or ((issuer or tells) and issuer != provider.issuer):
        raise refused()
    claims = token_for(
        registry,
        provider,
        code,
        verifier=said["verifier"],
        nonce=said["nonce"],
        back=back_address(registry, provider),
    )
    _require_domain(provider, claims)
    has_factor = bool(_factors(claims) & set(provider.second_factors))
    with registry.storage.begin() as unit:
        person = _person(registry, unit, visitor, provider, claims, said)
        member = _member(unit, provider, person)
        kept = unit.credentials.of(person)
        if has_factor:
            opened = open_session(registry, unit, visitor, member, agent=agent, held=held, how="oidc")
    limits.succeeded(registry, address=visitor.address)
    if has_factor:
        return opened, said["to"]
    until = (registry.clock.now() + ATTEMPT_LIFE).isoformat()
    pending = {
        "person": person,
        "provider": name,
        "generation": kept.generation if kept is not None else 0,
        "until": until,
    }
    return Pending(registry.vault.seal(_PENDING, json.dumps(pending).encode())), said["to"]


def confirm(registry: Registry, visitor: Actor, pending: str, *, code: str, agent: str = "", held: str = "") -> Opened:
    """Open a session for who was proved by a provider, with the code that their app shows now.

    Raises:
        Unauthenticated: the code does not fit, too much time has passed, all sessions were ended meanwhile, or a reset
            waits for the person, who may have lost what shows the codes.
        RateLimited: too many attempts.
    """
    said = _opened_seal(registry, _PENDING, pending)
    person, provider = PersonId(said["person"]), provider_named(registry, said["provider"])
    limits.attempt(registry, address=visitor.address, account=f"{person} by a provider")
    with registry.storage.begin() as unit:
        kept = unit.credentials.of(person)
        if kept is not None and not (kept.is_usable and kept.generation == said["generation"]):
            kept = None
        step = step_of(registry, person, kept.factor if kept else None, code, after=kept.last_step if kept else 0)
        if step is None or not unit.credentials.take_step(person, step):
            opened = None
            events.note(registry, unit, visitor, EventName.SESSION_REFUSED, subject=f"person:{person}", how="oidc")
        else:
            member = _member(unit, provider, person)
            opened = open_session(registry, unit, visitor, member, agent=agent, held=held, how="oidc")
    if opened is None:
        raise refused()
    limits.succeeded(registry, address=visitor.address, account=f"{person} by a provider")
    return opened


def identities(registry: Registry, actor: Actor) -> tuple[Identity, ...]:
    """Whom providers know the actor as."""
    policy.require(actor, Permission.SESSION_OWN)
    with registry.storage.read() as reader:
        return reader.credentials.identities(actor.person) if actor.person else ()


def start_link(registry: Registry, actor: Actor, name: str) -> Start:
    """Begin to link the actor with what a provider calls them.

    Raises:
        Reauthenticate: the session was not confirmed.
        NotFound: no such provider, or it is of another organisation than the actor acts for now.
    """
    policy.require(actor, Permission.SESSION_OWN)
    policy.require_confirmed(actor)
    organisation, person = policy.require_member(actor)
    with registry.storage.read() as reader:
        home = reader.accounts.organisation(organisation)
    if home is None or home.slug != provider_named(registry, name).organisation:
        raise NotFound("no such provider")
    return start(registry, name, to="/me", link=person)


def unlink(registry: Registry, actor: Actor, issuer: str) -> None:
    """Forget what a provider calls the actor.

    Raises:
        Reauthenticate: the session was not confirmed.
        NotFound: nothing was linked.
    """
    policy.require(actor, Permission.SESSION_OWN)
    policy.require_confirmed(actor)
    _, person = policy.require_member(actor)
    with registry.storage.begin() as unit:
        if not unit.credentials.unlink(person, issuer):
            raise NotFound("nothing is linked with this provider")
        events.note(registry, unit, actor, EventName.IDENTITY_UNLINKED, subject=f"person:{person}")


def _person(
    registry: Registry, unit: Unit, visitor: Actor, provider: OidcProvider, claims: Mapping[str, Any], said: Any
) -> PersonId:
    """Who is meant, linked now where an invitation or the signed-in person asks for it."""
    known = unit.credentials.identity(provider.issuer, claims["sub"])
    if said["link"] is not None:
        wanted = PersonId(said["link"])
        if visitor.person != wanted or not visitor.session:
            raise refused()
    elif said["invitation"]:
        wanted = person_invited(registry, unit, said["invitation"])
    elif known is None:
        raise refused()
    else:
        return known.person
    if known is not None:
        if known.person != wanted:
            raise refused()
        return wanted
    _member(unit, provider, wanted)
    unit.credentials.link(Identity(provider.issuer, claims["sub"], wanted, registry.clock.now()))
    if said["invitation"]:
        unit.credentials.drop_invitation(wanted)
    events.note(registry, unit, visitor, EventName.IDENTITY_LINKED, subject=f"person:{wanted}")
    return wanted


def _member(unit: Unit, provider: OidcProvider, person: PersonId) -> Member:
    """As whom the person acts in the provider's organisation: it speaks for no other one."""
    home = unit.accounts.organisation_by_slug(provider.organisation)
    free = free_member(unit, person, home.id) if home else None
    if free is None:
        raise refused()
    return free


def _require_domain(provider: OidcProvider, claims: Mapping[str, Any]) -> None:
    if provider.email_domains:
        domain = str(claims.get("email", "")).rpartition("@")[2].lower()
        if claims.get("email_verified") is not True or domain not in {one.lower() for one in provider.email_domains}:
            raise refused()


def _factors(claims: Mapping[str, Any]) -> set[str]:
    methods = claims.get("amr")
    found = {one for one in methods if isinstance(one, str)} if isinstance(methods, list) else set()
    return found | ({claims["acr"]} if isinstance(claims.get("acr"), str) else set())


def _opened_seal(registry: Registry, purpose: str, sealed: str) -> dict[str, Any]:
    try:
        said: dict[str, Any] = json.loads(registry.vault.open(purpose, sealed))
    except (Corrupt, ValueError):
        raise refused() from None
    if registry.clock.now() >= datetime.fromisoformat(said["until"]):
        raise refused()
    return said
