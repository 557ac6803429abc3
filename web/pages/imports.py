"""Imports, for operators: every source with how it went, and of each its runs, its findings and what can be steered.

The address at which a source reads its findings is shown once, in the answer to the form that makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain.actor import Actor
from registry.domain.errors import (
    BadCursor,
    CommonsError,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Problem,
    Reauthenticate,
)
from registry.domain.finding import FindingFilter
from registry.domain.importing import RunState, Trust
from registry.domain.pages import PageRequest
from registry.ports import Registry
from registry.service import import_feedback, importing
from registry.service.source_list import known, known_source
from web.advice import advice_on
from web.authentication import actor_of
from web.forms import read_form
from web.pages.caching import page
from web.pages.me import for_members
from web.site import site_of

PATH = "/imports"
STATES: dict[RunState, str] = {
    RunState.RUNNING: "goes on",
    RunState.DONE: "done",
    RunState.HELD: "done, nothing withdrawn",
    RunState.FAILED: "failed",
}
TRUST: dict[Trust, str] = {
    Trust.REVIEW: "A reviewer looks at each record",
    Trust.TRUSTED: "Published at once, as imported and not reviewed here",
}
_STATUSES: dict[type[CommonsError], int] = {NotFound: 404, Forbidden: 403, Conflict: 409}
_RUNS = 10
_FINDINGS = 50
_NOTHING: Mapping[str, str] = {}


@for_members(PATH)
async def imports(request: Request) -> Response:
    """Every source: its last run, when the next is due, and what is open."""
    registry, actor = site_of(request).registry, actor_of(request)
    found = await anyio.to_thread.run_sync(lambda: known(registry, actor))
    return page(request, "imports.html", sources=found, states=STATES)


@for_members(PATH)
async def import_source(request: Request) -> Response:
    """One source: its runs, its findings, and the forms that steer it.

    Raises:
        NotFound: there is no such source.
    """
    return await _shown(request)


@for_members(PATH)
async def steer_import(request: Request) -> Response:
    """Ask for a run, allow withdrawals, pause, trust, or make the link to the findings, as ``step`` says.

    Raises:
        NotFound: there is no such source.
    """
    said = await read_form(request)
    site, actor, source = site_of(request), actor_of(request), request.path_params["source"]
    work = _steps(site.registry, actor, source, said).get(said.get("step", ""))
    await anyio.to_thread.run_sync(lambda: known_source(site.registry, actor, source))
    if work is None:
        return await _shown(request, problems=(Problem(("step",), "UNKNOWN_TERM", "choose what to do"),), status=400)
    try:
        done = await anyio.to_thread.run_sync(work)
    except Reauthenticate:
        raise
    except (InvalidInput, Conflict, NotFound, Forbidden) as error:
        return await _shown(request, problems=error.problems, status=_STATUSES.get(type(error), 400))
    link = site.url(f"/sources/{source}/findings/{done}") if isinstance(done, str) else None
    return await _shown(request, done=said["step"], link=link)


def _steps(registry: Registry, actor: Actor, source: str, said: Mapping[str, str]) -> dict[str, Callable[[], object]]:
    def confirmed(work: Callable[[], object]) -> object:
        if "sure" not in said:
            raise InvalidInput([Problem(("sure",), "REQUIRED", "say that you have looked")])
        return work()

    return {
        "start": lambda: importing.ask_run(registry, actor, source),
        "pause": lambda: importing.pause(registry, actor, source),
        "resume": lambda: importing.resume(registry, actor, source),
        "withdraw": lambda: confirmed(lambda: importing.ask_run(registry, actor, source, allow_withdrawals=True)),
        "trust": lambda: confirmed(lambda: importing.set_trust(registry, actor, source, _trust(said))),
        "link": lambda: import_feedback.new_link(registry, actor, source),
        "unlink": lambda: import_feedback.end_link(registry, actor, source),
    }


def _trust(said: Mapping[str, str]) -> Trust:
    if said.get("trust") not in set(Trust):
        raise InvalidInput([Problem(("trust",), "UNKNOWN_TERM", "choose one of the two")])
    return Trust(said["trust"])


async def _shown(
    request: Request,
    *,
    done: str = "",
    link: str | None = None,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> Response:
    site, actor, source = site_of(request), actor_of(request), request.path_params["source"]
    registry, code = site.registry, request.query_params.get("code") or None
    wanted = FindingFilter(code=code, is_open=True)
    asked = _asked(request, wanted)

    def read() -> dict[str, object]:
        found = importing.findings(registry, actor, source, asked, wanted)
        after = registry.cursors.seal(found.positions[-1], "imports", source, wanted) if found.has_next else None
        query = {name: value for name, value in (("code", code), ("after", after)) if value}
        return {
            "known": known_source(registry, actor, source),
            "runs": importing.runs(registry, actor, source, PageRequest(_RUNS)).items,
            "counts": importing.finding_counts(registry, actor, source),
            "found": found.items,
            "next": f"{PATH}/{source}?{urlencode(query)}" if after else None,
            "has_link": import_feedback.has_link(registry, actor, source),
            "now": registry.clock.now(),
        }

    shown = await anyio.to_thread.run_sync(read)
    words = {"states": STATES, "trusts": TRUST, "advice_on": advice_on, "code": code}
    said = {"done": done, "link": link, "problems": problems}
    return page(request, "import_source.html", status, **shown, **words, **said)


def _asked(request: Request, wanted: FindingFilter) -> PageRequest:
    cursor = request.query_params.get("after")
    if not cursor:
        return PageRequest(_FINDINGS)
    try:
        position = site_of(request).registry.cursors.open(cursor, "imports", request.path_params["source"], wanted)
    except BadCursor:
        raise BadCursor(path=("after",)) from None
    return PageRequest(_FINDINGS, position)
