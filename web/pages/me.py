"""One's own account: who one is here, where one is signed in, one's records and keys, and how one signs in.

What is shown once (keys, secrets, recovery codes) is in the answer to a form, never in an address.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, TypeAlias
from urllib.parse import quote

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from registry.domain import policy
from registry.domain.account import ApiKey, KeyId
from registry.domain.actor import Actor, Permission
from registry.domain.errors import Conflict, Forbidden, InvalidInput, NotFound, Problem, Reauthenticate
from registry.domain.facets import title_of
from registry.domain.pages import PageRequest, RecordFilter, RecordOrder
from registry.domain.record import Record, State
from registry.domain.session import SessionId
from registry.domain.sign_in import HOME
from registry.service import credentials, find, oidc, second_factor, sessions
from registry.service import keys as own_keys
from registry.service.keys import NewKey
from web.authentication import actor_of, signed_in_as
from web.forms import read_form
from web.hashing import hashed
from web.pages.caching import page
from web.pages.sign_in import picture, private
from web.site import site_of

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]

STAGES: tuple[tuple[str, tuple[State, ...]], ...] = (
    ("Drafts", (State.DRAFT, State.CHANGES_REQUESTED, State.RETRACTED)),
    ("In review", (State.SUBMITTED, State.IN_REVIEW, State.APPROVED)),
    ("Published", (State.PUBLISHED,)),
)
KEY_LIVES = {"30": "30 days", "90": "90 days", "365": "a year"}
_SHOWN = 20
_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Place:
    """A page for members, and the permission without which it shows nothing."""

    href: str
    label: str
    hint: str
    permission: Permission


PLACES = (
    Place("/review", "Review", "What others submitted and waits for somebody to judge it.", Permission.RECORD_REVIEW),
    Place("/review/candidates", "Told twice", "What several sources seem to tell of.", Permission.RECORD_MERGE),
    Place(
        "/me/welfare",
        "What you read",
        "Topics kept from you, your limits, your conflicts of interest.",
        Permission.RECORD_REVIEW,
    ),
    Place("/me/keys", "Your API keys", "Programs act for you through keys.", Permission.KEY_OWN),
    Place(
        "/me/webhooks", "Webhooks and mail", "What a program of yours, and you, are told of.", Permission.WEBHOOK_OWN
    ),
    Place("/me/searches", "Saved searches", "What you follow: feeds, webhooks and letters.", Permission.SEARCH_OWN),
    Place("/admin/applications", "Applications", "Organisations that want to join.", Permission.ACCOUNT_MANAGE),
    Place("/admin/members", "Members", "Who belongs to which organisation; invitations.", Permission.ACCOUNT_MANAGE),
    Place("/policies/watched", "Watched policies", "Usage policies that change.", Permission.MEMBERSHIP_AGREE),
    Place("/imports", "Imports", "Sources, how their imports went, and what was wrong.", Permission.SOURCE_READ),
    Place("/sync", "Other nodes", "Who this node syncs with, and how that goes.", Permission.SYNC_MANAGE),
    Place("/admin/alerts", "Alerts", "What stands out; freezing and thawing.", Permission.AUDIT_READ),
    Place("/admin/events", "Events", "What happened beside the records.", Permission.AUDIT_READ),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A record in one's own list."""

    href: str
    label: str
    title: str
    record: Record


def for_members(back: str) -> Callable[[Handler], Handler]:
    """An endpoint for who has signed in; others, and who must once more, do so and come *back*, to what they asked."""

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        async def endpoint(request: Request) -> Response:
            with suppress(Reauthenticate):
                if actor_of(request).person is not None:
                    return private(await handler(request))
            asked = f"?{request.url.query}" if request.url.path == back and request.url.query else ""
            return private(RedirectResponse(f"/sign-in?next={quote(back + asked)}", 303))

        return endpoint

    return decorate


@for_members(HOME)
async def me(request: Request) -> Response:
    """Who one is here, one's sessions, and one's records."""
    return await _me(request)


@for_members(HOME)
async def end_sessions(request: Request) -> Response:
    """End one session, or all but this one."""
    said = await read_form(request)
    registry, actor = site_of(request).registry, actor_of(request)
    if said.get("end") == "others":
        await anyio.to_thread.run_sync(lambda: sessions.end_own_sessions(registry, actor))
    else:
        wanted = SessionId(said.get("end", ""))
        await anyio.to_thread.run_sync(lambda: sessions.end_session(registry, actor, wanted))
    return RedirectResponse(HOME, 303)


@for_members(HOME)
async def act_for(request: Request) -> Response:
    """Act for another organisation of one's own."""
    said = await read_form(request)
    registry, actor = site_of(request).registry, actor_of(request)
    await anyio.to_thread.run_sync(lambda: sessions.act_for(registry, actor, said.get("organisation", "")))
    return RedirectResponse(HOME, 303)


@for_members("/me/password")
async def password(request: Request) -> Response:
    """The form for another password."""
    policy.require_confirmed(actor_of(request))
    return page(request, "password.html", problems=())


@for_members("/me/password")
async def change_password(request: Request) -> Response:
    """Set another password."""
    said = await read_form(request)
    registry, actor = site_of(request).registry, actor_of(request)
    given = {name: said.get(name, "") for name in ("current", "password", "again")}
    try:
        await hashed(request, lambda: credentials.change_password(registry, actor, **given))
    except InvalidInput as error:
        return page(request, "password.html", 400, problems=error.problems)
    return await _me(request, done="Your password is changed, and every other session of yours has ended.")


@for_members(HOME)
async def second_factor_form(request: Request) -> Response:
    """Show a new secret; with ``step`` set to ``finish``, put it in force and show new recovery codes."""
    said = await read_form(request)
    registry, actor = site_of(request).registry, actor_of(request)
    code, factor = said.get("one_time_code", ""), said.get("factor", "")
    if said.get("step") != "finish":
        factor, secret = await anyio.to_thread.run_sync(lambda: credentials.start_factor(registry, actor))
        return _factor(request, factor, secret)
    try:
        codes = await anyio.to_thread.run_sync(
            lambda: credentials.change_factor(registry, actor, factor=factor, one_time_code=code)
        )
    except InvalidInput as error:
        secret = await anyio.to_thread.run_sync(lambda: credentials.secret_of_new(registry, actor, factor))
        return _factor(request, factor, secret, problems=error.problems, status=400)
    return page(request, "enrolled.html", codes=codes, name=signed_in_as(request))


@for_members("/me/keys")
async def keys(request: Request) -> Response:
    """One's own API keys, and the form for another one."""
    return await _keys(request)


@for_members("/me/keys")
async def change_keys(request: Request) -> Response:
    """Make a key, make one in the place of another, or revoke one, as ``step`` says."""
    said = await read_form(request)
    actor = actor_of(request)
    work = _key_steps(request, actor, said).get(said.get("step", ""))
    if work is None:
        problem = Problem(("step",), "UNKNOWN_TERM", "choose what to do")
        return await _keys(request, said=said, problems=(problem,), status=400)
    try:
        made = await anyio.to_thread.run_sync(work)
    except (InvalidInput, Conflict, NotFound) as error:
        status = {Conflict: 409, NotFound: 404}.get(type(error), 400)
        return await _keys(request, said=said, problems=error.problems, status=status)
    except Forbidden as error:
        if isinstance(error, Reauthenticate):
            raise
        return await _keys(request, said=said, problems=error.problems, status=403)
    return await _keys(request, made=made)


def _key_steps(request: Request, actor: Actor, said: Mapping[str, str]) -> dict[str, Callable[[], NewKey | None]]:
    registry, key = site_of(request).registry, KeyId(said.get("key", ""))

    def create() -> NewKey:
        owner, person = policy.require_member(actor)
        scopes = frozenset(one for one in Permission if f"scope:{one}" in said)
        days = said.get("days", "")
        if days not in KEY_LIVES:
            raise InvalidInput([Problem(("days",), "UNKNOWN_TERM", "choose how long it lives")])
        return own_keys.create_key(
            registry,
            actor,
            person=person,
            organisation_id=owner,
            label=said.get("label", ""),
            scopes=scopes or None,
            expires_at=registry.clock.now() + timedelta(days=int(days)),
            staging="staging" in said,
        )

    def revoke() -> None:
        own_keys.revoke_key(registry, actor, key)

    return {"create": create, "rotate": lambda: own_keys.rotate_key(registry, actor, key), "revoke": revoke}


async def _me(request: Request, *, done: str = "") -> Response:
    registry, actor = site_of(request).registry, actor_of(request)
    found = await anyio.to_thread.run_sync(lambda: sessions.own_sessions(registry, actor))
    homes = await anyio.to_thread.run_sync(lambda: sessions.homes(registry, actor))
    records = await anyio.to_thread.run_sync(lambda: [_stage(request, actor, *one) for one in STAGES])
    present = next((one for one, _ in homes if one.id == actor.organisation), None)
    values: dict[str, Any] = {
        "actor": actor,
        "places": [one for one in PLACES if one.permission in policy.permissions_of(actor)],
        "sessions": found,
        "homes": homes,
        "present": present,
        "records": records,
        "done": done,
        "linked": {one.issuer for one in await anyio.to_thread.run_sync(lambda: oidc.identities(registry, actor))},
        "providers": [
            one for one in registry.settings.oidc_providers if present is not None and present.slug == one.organisation
        ],
    }
    return page(request, "me.html", **values)


def _stage(request: Request, actor: Actor, name: str, states: tuple[State, ...]) -> tuple[str, int, list[Line]]:
    registry = site_of(request).registry
    wanted = RecordFilter(states=states, owner=actor.organisation)
    found = find.page(registry, actor, wanted, order=RecordOrder.CHANGED, request=PageRequest(_SHOWN))
    total = find.count(registry, actor, wanted) if found.has_next else len(found.items)
    return name, total, [_line(one) for one in found.items]


def _line(record: Record) -> Line:
    part = record.newest.public
    title = title_of(record.kind, part.document) if part is not None else "Without content"
    return Line(f"/r/{record.number or record.uid}", record.label, title, record)


def _factor(
    request: Request, factor: str, secret: str, *, problems: tuple[Problem, ...] = (), status: int = 200
) -> Response:
    address = second_factor.address_of(site_of(request).registry, signed_in_as(request), secret)
    values: dict[str, Any] = {"factor": factor, "secret": secret, "picture": picture(address), "problems": problems}
    return page(request, "second_factor.html", status, **values)


async def _keys(
    request: Request,
    *,
    made: NewKey | None = None,
    said: Mapping[str, str] = _NOTHING,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> Response:
    registry, actor = site_of(request).registry, actor_of(request)
    person = actor.person
    found: tuple[ApiKey, ...] = ()
    if person is not None:
        found = await anyio.to_thread.run_sync(lambda: own_keys.keys(registry, actor, person))
    values: dict[str, Any] = {
        "keys": [one for one in found if one.organisation == actor.organisation],
        "now": registry.clock.now(),
        "made": made,
        "said": said,
        "problems": problems,
        "scopes": sorted(policy.permissions_of(actor)),
        "lives": KEY_LIVES,
        "actor": actor,
    }
    return page(request, "keys.html", status, **values)
