"""Applying for membership without an account, and following the application by its receipt code.

A receipt code and a key are in the body of a request or an answer only: never in an address, a header or a log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain.actor import ANONYMOUS, Actor
from registry.domain.errors import CommonsError, Conflict, InvalidInput, NotFound, Problem, QueueFull
from registry.domain.membership import MAX_WHY, ApplicationState, Intended
from registry.domain.vocabulary import OrganisationKind
from registry.service import guidelines, membership
from registry.service.keys import NewKey
from registry.service.membership import ApplicationStatus
from web.authentication import actor_of
from web.forms import at_code, read_form
from web.pages.caching import PRIVATE, page
from web.site import site_of

KINDS: dict[OrganisationKind, str] = {
    OrganisationKind.PROVIDER: "A provider of language models, or of services built on them",
    OrganisationKind.RESEARCH: "A research group",
    OrganisationKind.CIVIL_SOCIETY: "Civil society",
    OrganisationKind.GOVERNMENT: "A public authority",
    OrganisationKind.PRESS: "Press",
    OrganisationKind.ISAC: "A body that shares information for a sector, such as an ISAC or a CERT",
    OrganisationKind.OTHER: "Something else",
}
INTENDED: dict[Intended, str] = {
    Intended.MEMBER: "We want to record incidents, mitigations and lessons",
    Intended.VETTED_RESEARCHER: "We want to read for research what members share, and record what we find",
    Intended.REVIEWER: "We want to review what others submit, too",
}
STATES: dict[ApplicationState, str] = {
    ApplicationState.WAITING: "Waiting to be read",
    ApplicationState.ASKED: "We have asked you something",
    ApplicationState.APPROVED: "Approved",
    ApplicationState.DECLINED: "Declined",
}
_FIELDS = ("organisation", "slug", "kind", "site", "contact", "email", "why", "intended")
_NOTHING: Mapping[str, str] = {}


async def apply(request: Request) -> Response:
    """The form."""
    return _form(request, _NOTHING)


async def send_application(request: Request) -> Response:
    """Take in an application, and show its receipt code this once."""
    said = await read_form(request)
    given = {name: said.get(name, "") for name in _FIELDS}
    agreed = _revision(said.get("revision", "")) if "agreed_revision" in said else None
    registry, actor = site_of(request).registry, stranger(request)
    try:
        applied = await anyio.to_thread.run_sync(
            lambda: membership.apply_for_membership(registry, actor, agreed_revision=agreed, **given)
        )
    except InvalidInput as error:
        return _form(request, said, problems=error.problems, status=400)
    except QueueFull as error:
        return _form(request, said, full=error, status=503)
    except Conflict as error:
        return _form(request, said, full=error, status=409)
    return _private(page(request, "apply_receipt.html", 200, code=applied.code))


async def own_application(request: Request) -> Response:
    """The form that asks for a receipt code."""
    return _status(request, None, code="")


async def follow_application(request: Request) -> Response:
    """Where the application under a receipt code stands; with ``step`` set, after adding to it or taking a key."""
    said = await read_form(request)
    code, text, step = said.get("code", ""), said.get("text", ""), said.get("step")
    registry, actor = site_of(request).registry, stranger(request)

    def work() -> tuple[ApplicationStatus, NewKey | None]:
        made = None
        if step == "add":
            return membership.answer_application(registry, actor, code, text=text), None
        if step in {"staging", "production"}:
            made = membership.obtain_key(registry, actor, code, staging=step == "staging")
        return membership.read_application(registry, actor, code), made

    try:
        found, made = await anyio.to_thread.run_sync(work)
    except NotFound as error:
        return _status(request, None, code="", problems=at_code(error), status=404)
    except (InvalidInput, Conflict) as error:
        shown = await anyio.to_thread.run_sync(lambda: membership.read_application(registry, actor, code))
        status = 409 if isinstance(error, Conflict) else 400
        return _status(request, shown, code=code, problems=error.problems, said=said, status=status)
    return _status(request, found, code=code, made=made)


def stranger(request: Request) -> Actor:
    """Whoever makes the request, as somebody without an account."""
    actor = actor_of(request)
    return replace(ANONYMOUS, address=actor.address, request_id=actor.request_id)


def _revision(text: str) -> int:
    """The revision that the form named; 0, which there never is, where it names none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _status(
    request: Request,
    found: ApplicationStatus | None,
    *,
    code: str,
    made: NewKey | None = None,
    problems: tuple[Problem, ...] = (),
    said: Mapping[str, str] = _NOTHING,
    status: int = 200,
) -> Response:
    values = {"found": found, "code": code, "made": made, "problems": problems, "said": said, "states": STATES}
    kept_days = site_of(request).registry.settings.application_kept_days
    return _private(page(request, "application.html", status, kept_days=kept_days, **values))


def _form(
    request: Request,
    said: Mapping[str, str],
    *,
    problems: tuple[Problem, ...] = (),
    full: CommonsError | None = None,
    status: int = 200,
) -> Response:
    registry = site_of(request).registry
    values = {"said": said, "problems": problems, "full": full, "kinds": KINDS, "intended": INTENDED}
    more = {"rules": guidelines.current(registry, ANONYMOUS), "max_why": MAX_WHY}
    kept_days = registry.settings.application_kept_days
    response = page(request, "apply.html", status, kept_days=kept_days, **values, **more)
    if status == 503:
        response.headers["Retry-After"] = "86400"
    return response if request.method in {"GET", "HEAD"} else _private(response)


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = PRIVATE
    return response
