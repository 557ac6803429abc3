"""The page on which reviewers overrule which records are shown as related to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from registry.domain.actor import Actor
from registry.domain.errors import CommonsError, InvalidInput, Problem, Reauthenticate
from registry.domain.record import Record, RecordUid
from registry.domain.relatedness import Verdict
from registry.service import relations
from web.authentication import actor_of
from web.errors import status_of
from web.forms import read_form
from web.pages.caching import page
from web.pages.cards import Card, address_of, card, cards
from web.pages.me import for_members
from web.pages.record import find_record
from web.pages.related import OVERRULING, RelatedCard, related_to
from web.site import Site, site_of

_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class DecidedCard:
    """What was decided of another record."""

    card: Card
    is_related: bool
    reason: str


@for_members(OVERRULING)
async def show_relations(request: Request) -> Response:
    """What was decided about a record, and the form to decide more."""
    return await _shown(request, _NOTHING)


@for_members(OVERRULING)
async def decide_relation(request: Request) -> Response:
    """Relate, part, or take back, as ``step`` says."""
    said = await read_form(request)
    site, actor = site_of(request), actor_of(request)

    def work() -> Record:
        record = find_record(site, actor, request.path_params["ref"])
        _decide(site, actor, record.uid, said)
        return record

    try:
        record = await anyio.to_thread.run_sync(work)
    except Reauthenticate:
        raise
    except CommonsError as error:
        return await _shown(request, said, error)
    return RedirectResponse(f"{OVERRULING}/{record.number or record.uid}", 303)


def _decide(site: Site, actor: Actor, uid: RecordUid, said: Mapping[str, str]) -> None:
    try:
        other = find_record(site, actor, said.get("other", "").strip()).uid
    except CommonsError:
        raise InvalidInput([Problem(("other",), "NOT_FOUND", "no such record")]) from None
    reason = said.get("reason", "")
    match said.get("step"):
        case "relate":
            relations.decide(site.registry, actor, uid, other, verdict=Verdict.RELATED, reason=reason)
        case "part":
            relations.decide(site.registry, actor, uid, other, verdict=Verdict.UNRELATED, reason=reason)
        case "undo":
            relations.undo(site.registry, actor, uid, other)
        case _:
            raise InvalidInput([Problem(("step",), "UNKNOWN_TERM", "choose what to do")])


async def _shown(request: Request, said: Mapping[str, str], error: CommonsError | None = None) -> Response:
    site, actor = site_of(request), actor_of(request)

    def work() -> tuple[Record, tuple[DecidedCard, ...], tuple[RelatedCard, ...]]:
        record = find_record(site, actor, request.path_params["ref"])
        kept = relations.decisions(site.registry, actor, record.uid)
        others = cards(site, actor, [one.other for one in kept])
        decided = tuple(
            DecidedCard(each, one.decision.verdict is Verdict.RELATED, one.decision.reason)
            for each, one in zip(others, kept, strict=True)
        )
        return record, decided, related_to(site, actor, record)

    record, decided, found = await anyio.to_thread.run_sync(work)
    return page(
        request,
        "relations.html",
        200 if error is None else status_of(error),
        card=card(record, None),
        record=record,
        address=address_of(record),
        action=f"{OVERRULING}/{record.number or record.uid}",
        decided=decided,
        related=found,
        said=said,
        problems=() if error is None else error.problems,
    )
