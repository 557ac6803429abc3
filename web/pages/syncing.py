"""Other nodes, for operators: how syncing with each goes, and what can be steered without a script."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain.actor import Actor
from registry.domain.errors import CommonsError, Conflict, Forbidden, InvalidInput, NotFound, Problem, Reauthenticate
from registry.domain.federation.health import Trouble
from registry.domain.federation.peer import PeerState
from registry.ports import Registry
from registry.service.federation import guarding, health, peering
from web.authentication import actor_of
from web.errors import status_of
from web.forms import read_form
from web.pages.caching import page
from web.pages.me import for_members
from web.site import site_of

PATH = "/sync"
STATES: dict[PeerState, str] = {
    PeerState.ASKED: "not confirmed",
    PeerState.ACTIVE: "trusted",
    PeerState.PAUSED: "paused",
}
TROUBLES: dict[Trouble, str] = {
    Trouble.FAILING: "asked in vain for a day",
    Trouble.SKEWED: "its clock is more than five minutes off",
    Trouble.REFUSED: "items were refused within a day",
    Trouble.HELD: "held: nothing is taken from it before you have looked",
    Trouble.FROZEN: "it contradicts itself about records, which are frozen",
}
_NOTHING: Mapping[str, str] = {}


@for_members(PATH)
async def nodes(request: Request) -> Response:
    """Every node that is known, with what can be steered."""
    return await _shown(request, _NOTHING)


@for_members(PATH)
async def steer_node(request: Request) -> Response:
    """Ask a node soon, pause it, go on, or let pass what is held, as ``step`` says."""
    said = await read_form(request)
    registry, actor = site_of(request).registry, actor_of(request)
    steps = _steps(registry, actor, said)
    try:
        await anyio.to_thread.run_sync(steps.get(said.get("step", ""), _nothing))
    except Reauthenticate:
        raise
    except (InvalidInput, Conflict, NotFound, Forbidden) as error:
        return await _shown(request, said, error)
    return await _shown(request, said, done=True)


def _steps(registry: Registry, actor: Actor, said: Mapping[str, str]) -> dict[str, Callable[[], object]]:
    node = said.get("node", "")

    def release() -> None:
        # What passes then may be erased for good.
        if "sure" not in said:
            raise InvalidInput([Problem(("sure",), "REQUIRED", "say that you have asked its operator")])
        guarding.release(registry, actor, node)

    return {
        "release": release,
        "pull": lambda: peering.ask_soon(registry, actor, node),
        "pause": lambda: peering.change(registry, actor, node, paused=True),
        "resume": lambda: peering.change(registry, actor, node, paused=False),
    }


def _nothing() -> None:
    raise InvalidInput([Problem(("step",), "UNKNOWN_TERM", "choose what to do")])


async def _shown(
    request: Request, said: Mapping[str, str], error: CommonsError | None = None, *, done: bool = False
) -> Response:
    registry, actor = site_of(request).registry, actor_of(request)
    found = await anyio.to_thread.run_sync(lambda: health.every(registry, actor))
    problems = () if error is None else error.problems
    values = {"nodes": found, "states": STATES, "troubles": TROUBLES, "said": said, "problems": problems, "done": done}
    return page(request, "sync.html", 200 if error is None else status_of(error), **values)
