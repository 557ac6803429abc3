"""Signing in and out, and answering an invitation. Nothing secret is ever in an address, and nothing here is cached."""

from __future__ import annotations

from collections.abc import Mapping

import anyio.to_thread
import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from registry.domain.errors import Conflict, InvalidInput, NotFound, Problem, RateLimited, Unauthenticated
from registry.domain.sign_in import HOME, own_path
from registry.service import invitations, second_factor, sessions
from registry.service import sign_in as signing_in
from registry.service.sign_in import Opened
from web.authentication import actor_of, signed_in_as
from web.forms import read_form
from web.hashing import hashed
from web.pages.caching import PRIVATE, page
from web.session_cookie import SessionCookie
from web.site import site_of

_NOTHING: Mapping[str, str] = {}


async def sign_in_form(request: Request) -> Response:
    """The form; ``next`` says where one goes afterwards, if it is a path of this node."""
    return _form(request, {"next": request.query_params.get("next", HOME), "name": signed_in_as(request)})


async def sign_in(request: Request) -> Response:
    """Open a session, or say that something does not fit; never what."""
    said = await read_form(request)
    registry, visitor = site_of(request).registry, actor_of(request)
    held, agent = cookie_of(request).held(request.scope), request.headers.get("user-agent", "")
    given = {name: said.get(name, "") for name in ("name", "password", "code")}
    try:
        opened = await hashed(request, lambda: signing_in.sign_in(registry, visitor, **given, agent=agent, held=held))
    except Unauthenticated as error:
        return _form(request, said, problems=(Problem((), error.code, error.message, error.hint),), status=401)
    except RateLimited as error:
        return _form(request, said, problems=error.problems, status=429, wait=error.retry_after_seconds)
    return with_session(request, _to(own_path(said.get("next", HOME))), opened)


async def sign_out(request: Request) -> Response:
    """End the session that the browser holds."""
    registry, visitor, cookie = site_of(request).registry, actor_of(request), cookie_of(request)
    held = cookie.held(request.scope)
    await anyio.to_thread.run_sync(lambda: sessions.sign_out(registry, visitor, held))
    response = _to("/")
    cookie.take(response)
    return response


async def invitation(request: Request) -> Response:
    """The form that asks for an invitation's code."""
    return _invitation(request, _NOTHING)


async def answer_invitation(request: Request) -> Response:
    """Show what is to be set for the code that was entered; with ``step`` set to ``finish``, set it."""
    said = await read_form(request)
    registry, visitor = site_of(request).registry, actor_of(request)
    code = said.get("code", "")
    try:
        if said.get("step") != "finish":
            return await _enrolment(request, said, code)
        held, agent = cookie_of(request).held(request.scope), request.headers.get("user-agent", "")
        given = {name: said.get(name, "") for name in ("name", "password", "again", "one_time_code")}
        done = await hashed(
            request, lambda: invitations.enrol(registry, visitor, code, **given, agent=agent, held=held)
        )
    except NotFound as error:
        return _invitation(request, _NOTHING, error.problems, status=404)
    except InvalidInput as error:
        return await _enrolment(request, said, code, error.problems, status=400)
    except Conflict as error:
        problem = Problem(("name",), error.code, error.message, "choose another one")
        return await _enrolment(request, said, code, (problem,), status=409)
    name = done.credential.name
    if done.opened is None:
        return private(page(request, "enrolled.html", codes=done.recovery_codes, name=name))
    response = page(request, "enrolled.html", codes=done.recovery_codes, name=name, signed_in_as=name)
    return with_session(request, response, done.opened)


def cookie_of(request: Request) -> SessionCookie:
    """The cookie of this node."""
    return SessionCookie(https=site_of(request).registry.settings.base_url.startswith("https:"))


def with_session(request: Request, response: Response, opened: Opened) -> Response:
    """Let the browser hold the session just opened."""
    cookie_of(request).give(response, opened.secret, hours=site_of(request).registry.settings.session_hours)
    return private(response)


def picture(address: str) -> Markup:
    """A QR code as SVG without styles, which the policy on content would not let through."""
    made = segno.make(address, error="m").svg_inline(scale=5, light="#ffffff", dark="#000000", svgclass="qr")
    # It is made of numbers: no character of the address stands in it.
    return Markup(made)  # noqa: S704


def private(response: Response) -> Response:
    """Never kept by anything in between, nor by the browser."""
    response.headers["Cache-Control"] = PRIVATE
    return response


def _form(
    request: Request,
    said: Mapping[str, str],
    *,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
    wait: int | None = None,
) -> Response:
    providers = site_of(request).registry.settings.oidc_providers
    shown = {"name": said.get("name", "")[:100], "next": own_path(said.get("next", HOME))}
    values = {"said": shown, "problems": problems, "providers": providers}
    response = page(request, "sign_in.html", status, **values)
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    return private(response)


def _invitation(
    request: Request, said: Mapping[str, str], problems: tuple[Problem, ...] = (), *, status: int = 200
) -> Response:
    return private(page(request, "invitation.html", status, said=said, problems=problems, enrolment=None, code=""))


async def _enrolment(
    request: Request, said: Mapping[str, str], code: str, problems: tuple[Problem, ...] = (), *, status: int = 200
) -> Response:
    registry = site_of(request).registry
    found = await anyio.to_thread.run_sync(lambda: invitations.enrolment(registry, code))
    name = found.name or said.get("name", "")[:100]
    address = second_factor.address_of(registry, name or "member", found.secret)
    providers = registry.settings.oidc_providers
    values = {
        "enrolment": found,
        "providers": providers,
        "picture": picture(address),
        "code": code,
        "said": said,
        "problems": problems,
    }
    return private(page(request, "invitation.html", status, **values))


def _to(path: str) -> Response:
    return private(RedirectResponse(path, 303))
