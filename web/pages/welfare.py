"""What a reviewer need not read, how much was read, limits of one's own, and conflicts: one's own page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from registry.domain.conflict import ConflictKind, Declaration
from registry.domain.errors import InvalidInput, Problem
from registry.domain.welfare import SIGNS, Topic
from registry.service import conflicts, welfare
from registry.service.welfare import OwnWelfare
from web.authentication import actor_of
from web.forms import read_form
from web.pages.caching import page
from web.pages.me import for_members
from web.site import site_of

PATH = "/me/welfare"
KINDS: dict[ConflictKind, str] = {
    ConflictKind.EMPLOYER: "My employer, or one that I left lately",
    ConflictKind.COMPETITOR: "A competitor of my employer",
    ConflictKind.CLIENT: "A client, or somebody I work for",
    ConflictKind.HOLDING: "I hold shares, or have money in it",
    ConflictKind.PERSONAL: "A personal matter",
}
_NOTHING: Mapping[str, str] = {}


@for_members(PATH)
async def show(request: Request) -> Response:
    """The page."""
    return await _show(request)


@for_members(PATH)
async def change(request: Request) -> Response:
    """Choose topics, set limits or declare conflicts, as ``step`` says."""
    said = await read_form(request)
    registry, actor = site_of(request).registry, actor_of(request)

    def work() -> None:
        match said.get("step"):
            case "topics":
                welfare.set_opt_outs(registry, actor, [one.value for one in Topic if f"topic:{one}" in said])
            case "limits":
                day, week = (_limit(said, name) for name in ("per_day", "per_week"))
                welfare.set_own_limit(registry, actor, per_day=day, per_week=week)
            case "conflicts":
                conflicts.declare(registry, actor, _conflicts(said))
            case _:
                raise InvalidInput([Problem(("step",), "UNKNOWN_TERM", "choose what to change")])

    try:
        await anyio.to_thread.run_sync(work)
    except InvalidInput as error:
        return await _show(request, said=said, problems=error.problems, status=400)
    return RedirectResponse(f"{PATH}?kept=1", 303)


def _limit(said: Mapping[str, str], name: str) -> int | None:
    text = said.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidInput([Problem((name,), "INVALID_TYPE", "give a whole number, or leave it empty")])
    return int(text)


def _conflicts(said: Mapping[str, str]) -> list[tuple[str, str]]:
    """One organisation a line, under the kind of its field."""
    return [
        (kind.value, line) for kind in ConflictKind for line in said.get(kind.value, "").splitlines() if line.strip()
    ]


async def _show(
    request: Request,
    *,
    said: Mapping[str, str] = _NOTHING,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> Response:
    registry, actor = site_of(request).registry, actor_of(request)

    def read() -> tuple[OwnWelfare, Declaration | None]:
        return welfare.mine(registry, actor), conflicts.own(registry, actor)

    own, declared = await anyio.to_thread.run_sync(read)
    held = () if declared is None else declared.conflicts
    lines = {kind: "\n".join(one.organisation for one in held if one.kind is kind) for kind in ConflictKind}
    values: dict[str, Any] = {
        "own": own,
        "declared": declared,
        "lines": lines,
        "signs": SIGNS,
        "kinds": KINDS,
        "said": said,
        "problems": problems,
        "kept": "kept" in request.query_params,
        "wanted_first": registry.settings.conflicts_first,
    }
    return page(request, "welfare.html", status, **values)
