"""Alerts, for operators: what stood out with its evidence, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain.alert import AlertId, AlertKind, AlertState
from registry.domain.errors import CommonsError, Conflict, Forbidden, InvalidInput, NotFound, Problem, Reauthenticate
from registry.domain.pages import MAX_PAGE, PageRequest
from registry.service import alerts as service
from registry.service import freezing
from web.authentication import actor_of
from web.forms import read_form
from web.pages.caching import page
from web.pages.me import for_members
from web.site import site_of

PATH = "/admin/alerts"
KINDS: dict[AlertKind, str] = {
    AlertKind.VOLUME: "Much more than usual",
    AlertKind.NEW_NETWORK: "From a new network",
    AlertKind.FAILED_SIGN_INS: "Many keys or sign-ins that fit nobody",
    AlertKind.SPRAY: "One account tried after the other",
    AlertKind.MASS_READS: "Many restricted parts read",
    AlertKind.MASS_EDITS: "Many records changed",
    AlertKind.TWO_PLACES: "Used from two places at once",
    AlertKind.IMPORTS_OVERDUE: "Imports are overdue: no worker runs them",
    AlertKind.IMPORT_FAILING: "A source keeps failing",
    AlertKind.SYNC_FAILING: "Another node is asked in vain",
    AlertKind.SYNC_HELD: "Another node would take away many records",
    AlertKind.SYNC_FORK: "Another node contradicts itself",
}
_NOTHING: Mapping[str, str] = {}


@for_members(PATH)
async def alerts(request: Request) -> Response:
    """Those that are not dismissed, newest first; with ``?all`` the dismissed ones too."""
    return await _shown(request, _NOTHING)


@for_members(PATH)
async def judge_alert(request: Request) -> Response:
    """Acknowledge or dismiss one, or freeze what it is about, or thaw it."""
    said = await read_form(request)
    registry, actor, reason = site_of(request).registry, actor_of(request), said.get("reason", "")

    def work() -> None:
        alert_id, subject = AlertId(said.get("id", "")), said.get("subject", "")
        match said.get("step"):
            case "acknowledge":
                service.acknowledge(registry, actor, alert_id, reason=reason)
            case "dismiss":
                service.dismiss(registry, actor, alert_id, reason=reason)
            case "freeze":
                freezing.freeze(registry, actor, subject, reason=reason)
            case "thaw":
                freezing.thaw(registry, actor, subject, reason=reason)
            case _:
                raise InvalidInput([Problem(("step",), "REQUIRED", "choose what to do")])

    try:
        await anyio.to_thread.run_sync(work)
    except Reauthenticate:
        raise
    except (InvalidInput, Conflict, NotFound, Forbidden) as error:
        return await _shown(request, said, error)
    return await _shown(request, _NOTHING, done=True)


async def _shown(
    request: Request, said: Mapping[str, str], error: CommonsError | None = None, *, done: bool = False
) -> Response:
    registry, actor = site_of(request).registry, actor_of(request)
    every = "all" in request.query_params
    found = await anyio.to_thread.run_sync(lambda: service.page(registry, actor, None, PageRequest(MAX_PAGE)).items)
    shown = [one for one in found if every or one.state is not AlertState.DISMISSED]
    problems = () if error is None else error.problems
    values = {"alerts": shown, "kinds": KINDS, "said": said, "problems": problems, "every": every, "done": done}
    return page(request, "alerts.html", 200 if error is None else 400, **values)
