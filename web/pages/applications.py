"""Applications for membership, for operators: listed, and decided by a form."""

from __future__ import annotations

from collections.abc import Mapping

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain.errors import CommonsError, Conflict, FourEyes, InvalidInput, NotFound, Problem
from registry.domain.membership import UNDECIDED, ApplicationDecision, ApplicationId, ApplicationState
from registry.domain.pages import MAX_PAGE, PageRequest
from registry.service import admission, organisations
from web.authentication import actor_of
from web.forms import read_form
from web.pages.apply import INTENDED, KINDS, STATES
from web.pages.caching import page
from web.pages.me import for_members
from web.site import site_of

PATH = "/admin/applications"
DECISIONS: dict[ApplicationDecision, str] = {
    ApplicationDecision.APPROVE: "Approve",
    ApplicationDecision.ASK: "Ask something first",
    ApplicationDecision.DECLINE: "Decline",
}
_NOTHING: Mapping[str, str] = {}


@for_members(PATH)
async def applications(request: Request) -> Response:
    """Those that wait, the oldest first; with ``?all`` the decided ones too."""
    return await _shown(request, _NOTHING)


@for_members(PATH)
async def decide_application(request: Request) -> Response:
    """Decide about one, or grant production to an organisation that was admitted."""
    said = await read_form(request)
    registry, actor, reason = site_of(request).registry, actor_of(request), said.get("reason", "")

    def work() -> None:
        if said.get("step") == "grant":
            admission.grant_production(registry, actor, said.get("organisation", ""), reason=reason)
            return
        try:
            decision = ApplicationDecision(said.get("decision", ""))
        except ValueError:
            raise InvalidInput([Problem(("decision",), "REQUIRED", "choose what to do")]) from None
        admission.decide(
            registry,
            actor,
            ApplicationId(said.get("id", "")),
            decision=decision,
            reason=reason,
            slug=said.get("slug") or None,
            join=said.get("join") or None,
            production="production" in said,
        )

    try:
        await anyio.to_thread.run_sync(work)
    except (InvalidInput, Conflict, FourEyes, NotFound) as error:
        return await _shown(request, said, error)
    return await _shown(request, _NOTHING, done=True)


async def _shown(
    request: Request, said: Mapping[str, str], error: CommonsError | None = None, *, done: bool = False
) -> Response:
    registry, actor = site_of(request).registry, actor_of(request)
    every = "all" in request.query_params
    states = tuple(ApplicationState) if every else tuple(UNDECIDED)
    wanted = PageRequest(MAX_PAGE)
    found = await anyio.to_thread.run_sync(lambda: admission.page(registry, actor, states=states, request=wanted).items)
    waiting = await anyio.to_thread.run_sync(lambda: organisations.on_trial(registry, actor))
    return page(
        request,
        "applications.html",
        200 if error is None else _status(error),
        applications=found,
        waiting=waiting,
        said=said,
        problems=() if error is None else error.problems,
        done=done,
        every=every,
        kinds=KINDS,
        intended=INTENDED,
        states=STATES,
        decisions=DECISIONS,
    )


def _status(error: CommonsError) -> int:
    if isinstance(error, FourEyes):
        return 403
    return 404 if isinstance(error, NotFound) else 409 if isinstance(error, Conflict) else 400
