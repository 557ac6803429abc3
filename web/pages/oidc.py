"""Signing in through an organisation's own provider. Each step that changes anything is a form of ours.

The way there is a link, since browsers that keep to our policy on forms would not follow a form elsewhere. The way back
is a page with a button: what the provider says in its address does nothing by itself.
"""

from __future__ import annotations

from collections.abc import Mapping

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from registry.domain.errors import Problem, Unauthenticated
from registry.domain.sign_in import HOME, own_path
from registry.service import oidc
from registry.service.oidc import ATTEMPT_LIFE, Pending, Start
from web.authentication import actor_of
from web.forms import read_form
from web.pages.caching import page
from web.pages.me import for_members
from web.pages.sign_in import cookie_of, private, with_session
from web.session_cookie import sent_values
from web.site import site_of


async def go(request: Request) -> Response:
    """Begin to sign in with a provider, with an invitation's code where there is one."""
    said = await read_form(request)
    registry, name = site_of(request).registry, request.path_params["provider"]
    to, invitation = own_path(said.get("next", HOME)), said.get("code", "")
    begun = await anyio.to_thread.run_sync(lambda: oidc.start(registry, name, to=to, invitation=invitation))
    return _leave(request, name, begun)


async def came_back(request: Request) -> Response:
    """What the provider sends back, in a form of ours; nothing is done yet."""
    name = request.path_params["provider"]
    provider = oidc.provider_named(site_of(request).registry, name)
    said = {one: request.query_params.get(one, "")[:4000] for one in ("code", "state", "iss", "error")}
    return _back(request, name, provider.title, said)


async def finish(request: Request) -> Response:
    """Open a session for what came back; with ``pending``, for that and a one-time code."""
    said = await read_form(request)
    registry, visitor, name = site_of(request).registry, actor_of(request), request.path_params["provider"]
    held, agent = cookie_of(request).held(request.scope), request.headers.get("user-agent", "")
    title = oidc.provider_named(registry, name).title
    attempt, pending = next(sent_values(request.scope, _cookie_name(request)), ""), said.get("pending", "")
    to = own_path(said.get("next", HOME))
    try:
        if pending:
            code = said.get("one_time_code", "")
            opened = await anyio.to_thread.run_sync(
                lambda: oidc.confirm(registry, visitor, pending, code=code, agent=agent, held=held)
            )
        else:
            outcome, to = await anyio.to_thread.run_sync(
                lambda: oidc.finish(
                    registry,
                    visitor,
                    name,
                    attempt,
                    code=said.get("code", ""),
                    state=said.get("state", ""),
                    issuer=said.get("iss", ""),
                    agent=agent,
                    held=held,
                )
            )
            if isinstance(outcome, Pending):
                return _forget(request, _back(request, name, title, {"pending": outcome.sealed, "next": to}))
            opened = outcome
    except Unauthenticated as error:
        problem = Problem((), error.code, error.message, error.hint)
        shown = {"error": "refused"} if not pending else {"pending": pending, "next": to}
        return _back(request, name, title, shown, problems=(problem,), status=401)
    return _forget(request, with_session(request, RedirectResponse(own_path(to), 303), opened))


@for_members(HOME)
async def change_identities(request: Request) -> Response:
    """Link what a provider calls one, or forget it."""
    said = await read_form(request)
    registry, actor = site_of(request).registry, actor_of(request)
    if "unlink" in said:
        await anyio.to_thread.run_sync(lambda: oidc.unlink(registry, actor, said["unlink"]))
        return RedirectResponse(HOME, 303)
    name = said.get("link", "")
    return _leave(request, name, await anyio.to_thread.run_sync(lambda: oidc.start_link(registry, actor, name)))


def _leave(request: Request, name: str, begun: Start) -> Response:
    """The page that leads to the provider; the browser holds the sealed attempt meanwhile."""
    title = oidc.provider_named(site_of(request).registry, name).title
    response = private(page(request, "oidc.html", title_of_provider=title, address=begun.address, name=name, said={}))
    is_https = site_of(request).registry.settings.base_url.startswith("https:")
    seconds = int(ATTEMPT_LIFE.total_seconds())
    response.set_cookie(
        _cookie_name(request), begun.attempt, max_age=seconds, path="/", secure=is_https, httponly=True, samesite="lax"
    )
    return response


def _back(
    request: Request,
    name: str,
    title: str,
    said: Mapping[str, str],
    *,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> Response:
    return private(
        page(
            request,
            "oidc.html",
            status,
            title_of_provider=title,
            address="",
            name=name,
            said=said,
            problems=problems,
        )
    )


def _forget(request: Request, response: Response) -> Response:
    response.delete_cookie(_cookie_name(request), path="/", secure=_cookie_name(request).startswith("__Host-"))
    return response


def _cookie_name(request: Request) -> str:
    return "__Host-attempt" if cookie_of(request).name.startswith("__Host-") else "attempt"
