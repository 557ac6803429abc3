"""Reviewing in a browser: the queue, one submission without its text, its fields opened one by one, and decisions.

Text is in an answer only where somebody asked for that field: never in a list, and never before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from registry.domain.actor import Actor
from registry.domain.errors import CommonsError, FindingsOpen, InvalidInput, NotFound, Problem, Unavailable
from registry.domain.likeness import Lookalike
from registry.domain.people import CHECKLIST, PeopleCheck
from registry.domain.record import RecordUid
from registry.domain.welfare import SIGNS
from registry.ports import Registry
from registry.service import claims, duplicates, queue, review, screening_review, welfare
from registry.service.queue import Item, Queue, Revealed
from web.advice import why_it_waits
from web.authentication import actor_of
from web.errors import status_of
from web.forms import read_form
from web.pages.caching import page
from web.pages.findings import Told, accepted_by, at_findings, findings_of, redacted_by
from web.pages.me import for_members
from web.site import site_of

HOME = "/review"
# What keeps somebody from claiming, by its code.
REFUSALS = {
    "FOUR_EYES": "you worked on it, or it is your organisation's",
    "CONFLICT_OF_INTEREST": "you are bound to an organisation it is of or about, or have not declared your conflicts",
}
_NOTHING: Mapping[str, str] = {}
_STAYS = frozenset({"claim", "approve", "accept_finding", "redact_finding", "redact_all"})


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands beside a submission."""

    alike: tuple[Lookalike, ...]
    findings: tuple[Told, ...]


@for_members(HOME)
async def show_queue(request: Request) -> Response:
    """What waits for the reviewer."""
    return await _queue(request)


@for_members(HOME)
async def take_next(request: Request) -> Response:
    """Claim what waits longest, and go there."""
    await read_form(request)
    registry, actor = site_of(request).registry, actor_of(request)
    try:
        taken = await anyio.to_thread.run_sync(lambda: queue.next_to_review(registry, actor))
    except CommonsError as error:
        return await _queue(request, problems=_told(error), status=status_of(error))
    if taken is None:
        return await _queue(request, nothing=True)
    return RedirectResponse(f"{HOME}/{taken.uid}", 303)


@for_members(HOME)
async def show_item(request: Request) -> Response:
    """One submission under review: labels, findings, what may be opened, and what may be done."""
    return await _item(request)


@for_members(HOME)
async def reveal(request: Request) -> Response:
    """The same, with one field opened, which is counted."""
    said = await read_form(request)
    registry, actor, uid = site_of(request).registry, actor_of(request), _uid(request)
    field = said.get("field", "")
    try:
        opened = await anyio.to_thread.run_sync(lambda: queue.reveal(registry, actor, uid, field))
    except NotFound as error:
        if error.path != ("field",):
            raise
        return await _item(request, problems=error.problems, status=404)
    except CommonsError as error:
        return await _item(request, problems=_told(error), status=status_of(error))
    return await _item(request, opened=opened)


@for_members(HOME)
async def decide(request: Request) -> Response:
    """Claim, release, ask for a second opinion, or decide, as ``step`` says."""
    said = await read_form(request)
    registry, actor, uid = site_of(request).registry, actor_of(request), _uid(request)
    step = said.get("step", "")
    work = _steps(registry, actor, uid, said).get(step)
    if work is None:
        problem = Problem(("step",), "UNKNOWN_TERM", "choose what to do")
        return await _item(request, said=said, problems=(problem,), status=400)
    try:
        await anyio.to_thread.run_sync(work)
    except NotFound:
        raise
    except CommonsError as error:
        return await _item(request, said=said, problems=_told(error), status=status_of(error))
    return RedirectResponse(f"{HOME}/{uid}" if step in _STAYS else HOME, 303)


def _steps(
    registry: Registry, actor: Actor, uid: RecordUid, said: Mapping[str, str]
) -> dict[str, Callable[[], object]]:
    expected = number_in(said.get("revision", ""))
    reason = said.get("reason", "")
    checked = frozenset(one for one in PeopleCheck if f"checked:{one}" in said)
    at = {"expected_revision": expected}
    return {
        "claim": lambda: review.claim(registry, actor, uid, **at),
        "release": lambda: review.release(registry, actor, uid, **at),
        "opinion": lambda: claims.ask_opinion(registry, actor, uid, **at),
        "request_changes": lambda: review.request_changes(registry, actor, uid, reason=reason, **at),
        "reject": lambda: review.reject(registry, actor, uid, reason=reason, **at),
        "publish": lambda: review.publish(registry, actor, uid, **at),
        "accept_finding": lambda: screening_review.accept_findings(registry, actor, uid, accepted_by(said), **at),
        "redact_finding": lambda: screening_review.redact_findings(
            registry, actor, uid, redacted_by(said), expected_revision=expected
        ),
        "redact_all": lambda: screening_review.redact_findings(
            registry, actor, uid, redact_all=True, expected_revision=expected
        ),
        "approve": lambda: review.approve(
            registry,
            actor,
            uid,
            reason=reason if reason.strip() else None,
            checked=checked,
            in_danger="in_danger" in said,
            **at,
        ),
    }


async def _queue(
    request: Request, *, problems: tuple[Problem, ...] = (), nothing: bool = False, status: int = 200
) -> Response:
    registry, actor = site_of(request).registry, actor_of(request)
    skip = max(0, number_in(request.query_params.get("skip", "0")))
    source = request.query_params.get("source") or None

    def read() -> tuple[Queue, bool]:
        own = welfare.mine(registry, actor)
        return queue.queue(registry, actor, skip=skip, source=source), own.exposure.is_at_limit

    found, is_at_limit = await anyio.to_thread.run_sync(read)
    values: dict[str, Any] = {
        "queue": found,
        "skip": skip,
        "source": source,
        "size": queue.PAGE,
        "at_limit": is_at_limit,
        "problems": problems,
        "nothing": nothing,
        **words(registry),
    }
    return page(request, "review.html", status, **values)


async def _item(
    request: Request,
    *,
    opened: Revealed | None = None,
    said: Mapping[str, str] = _NOTHING,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> Response:
    registry, actor, uid = site_of(request).registry, actor_of(request), _uid(request)

    def read() -> tuple[Item, _Around]:
        found = queue.item(registry, actor, uid)
        return found, _around(registry, actor, uid)

    found, around = await anyio.to_thread.run_sync(read)
    values: dict[str, Any] = {
        "item": found,
        "one": found.waiting,
        "around": around,
        "opened": opened,
        "said": said,
        "problems": problems,
        "checklist": CHECKLIST,
        **words(registry),
    }
    return page(request, "review_item.html", status, **values)


def _around(registry: Registry, actor: Actor, uid: RecordUid) -> _Around:
    try:
        alike = duplicates.candidates(registry, actor, uid)
    except Unavailable:
        alike = ()
    return _Around(alike, findings_of(registry, actor, uid))


def words(registry: Registry) -> dict[str, object]:
    """What the templates of reviewers say things with."""
    now = registry.clock.now()
    return {"signs": SIGNS, "refusals": REFUSALS, "age": lambda since: age(now, since), "why": why_it_waits}


def age(now: datetime, since: datetime) -> str:
    """How long ago, in whole hours or days."""
    passed = max(now - since, timedelta())
    if passed < timedelta(hours=1):
        return "less than an hour"
    count, unit = (passed.days, "day") if passed.days >= 2 else (int(passed.total_seconds() // 3600), "hour")
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _told(error: CommonsError) -> tuple[Problem, ...]:
    """All that is wrong, told at the form's own fields."""
    if isinstance(error, FindingsOpen):
        return at_findings(error)
    if isinstance(error, InvalidInput):
        return error.problems
    return tuple(Problem((), one.code, one.message, one.hint) for one in error.problems)


def number_in(text: str) -> int:
    """The whole number that *text* writes, or 0."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _uid(request: Request) -> RecordUid:
    return RecordUid(str(request.path_params["uid"]))
