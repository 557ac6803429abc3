"""Imported records of one source that wait: listed with their titles and reasons, ticked, and accepted together.

Unlike the queue this page shows titles: whoever asks for it wants to look at many before deciding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain.errors import CommonsError, Problem
from registry.domain.record import Record, RecordUid
from registry.service import imported
from registry.service.imported import Accepted, Chosen
from web.authentication import actor_of
from web.errors import status_of
from web.forms import read_form
from web.pages.caching import page
from web.pages.me import for_members
from web.pages.review import HOME, number_in, words
from web.site import site_of

_TICK = "record:"
_NOTHING: tuple[Accepted, ...] = ()


@dataclass(frozen=True, slots=True)
class _Refused:
    """A record that was not accepted, by its title where it still waits, and all that was wrong."""

    uid: RecordUid
    title: str
    problems: tuple[Problem, ...]


@for_members(HOME)
async def show_imported(request: Request) -> Response:
    """What waits of a source."""
    return await _list(request)


@for_members(HOME)
async def accept_imported(request: Request) -> Response:
    """Accept what was ticked, each by itself, and tell what became of each."""
    said = await read_form(request)
    registry, actor, source = site_of(request).registry, actor_of(request), _source(request)
    chosen = _chosen(said)
    try:
        answers = await anyio.to_thread.run_sync(lambda: imported.accept(registry, actor, source, chosen))
    except CommonsError as error:
        return await _list(request, problems=error.problems, status=status_of(error))
    return await _list(request, answers=answers, status=200 if any(one.record for one in answers) else 409)


async def _list(
    request: Request,
    *,
    answers: tuple[Accepted, ...] = _NOTHING,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> Response:
    registry, actor, source = site_of(request).registry, actor_of(request), _source(request)
    skip = max(0, number_in(request.query_params.get("skip", "0")))
    found = await anyio.to_thread.run_sync(lambda: imported.listed(registry, actor, source, skip=skip))
    titles = {one.waiting.uid: one.title for one in found.records}
    refused = [_Refused(one.uid, titles.get(one.uid, one.uid), one.problems) for one in answers if one.record is None]
    done: list[Record] = [one.record for one in answers if one.record is not None]
    values: dict[str, Any] = {
        "found": found,
        "source": source,
        "skip": skip,
        "size": imported.MOST,
        "done": done,
        "refused": refused,
        "problems": problems,
        **words(registry),
    }
    return page(request, "review_imported.html", status, **values)


def _chosen(said: Mapping[str, str]) -> list[Chosen]:
    return [
        Chosen(RecordUid(name.removeprefix(_TICK)), number_in(revision))
        for name, revision in said.items()
        if name.startswith(_TICK)
    ]


def _source(request: Request) -> str:
    return str(request.path_params["source"])
