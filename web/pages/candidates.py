"""Pairs of records of different sources that may tell of the same event: side by side, and decided by a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain.account import Organisation
from registry.domain.candidate import CandidateReason, CandidateState
from registry.domain.errors import CommonsError, Conflict, Forbidden, InvalidInput, NotFound, Problem, Reauthenticate
from registry.domain.facets import occurred_of, title_of
from registry.domain.pages import PageRequest
from registry.domain.record import OrganisationId, Record, RecordUid
from registry.service import candidates as service
from registry.service import merge
from web.authentication import actor_of
from web.forms import read_form
from web.pages.caching import page
from web.pages.cards import address_of, owners_of
from web.pages.me import for_members
from web.site import site_of

PATH = "/review/candidates"
_MOST_SOURCES = 8
REASONS: dict[CandidateReason, str] = {
    CandidateReason.SAME_ID: "the same id elsewhere",
    CandidateReason.SAME_ADDRESS: "the same source",
    CandidateReason.SAME_ALIAS: "the same alias",
    CandidateReason.SIMILAR_TITLE: "similar titles",
}
SHOWN = 20
_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two records. Of what waits for review no text is shown here: it is read, and counted, there."""

    record: Record
    label: str
    href: str
    title: str
    owner: str
    licence: str
    occurred: str | None = None
    ids: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A pair, side by side."""

    a: Side
    b: Side
    score: int
    why: tuple[str, ...]


@for_members(PATH)
async def candidates(request: Request) -> Response:
    """Those that nobody has decided about, the likeliest first."""
    return await _shown(request, _NOTHING)


@for_members(PATH)
async def decide_candidate(request: Request) -> Response:
    """Merge one into the other, or say that they are not the same, or belong together."""
    said = await read_form(request)
    registry, actor = site_of(request).registry, actor_of(request)
    a, b, reason = RecordUid(said.get("a", "")), RecordUid(said.get("b", "")), said.get("reason", "")

    def work() -> None:
        match said.get("step"):
            case "into_a":
                merge.merge(registry, actor, b, into=a, reason=reason)
            case "into_b":
                merge.merge(registry, actor, a, into=b, reason=reason)
            case "dismiss":
                service.decide(registry, actor, a, b, state=CandidateState.DISMISSED)
            case "link":
                service.decide(registry, actor, a, b, state=CandidateState.LINKED)
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

    def work() -> tuple[tuple[Shown, ...], bool]:
        found = service.page(registry, actor, CandidateState.OPEN, PageRequest(SHOWN))
        records = [record for pair in found.items for record in (pair.a, pair.b)]
        owners = owners_of(site_of(request), actor, records)
        return tuple(_pair(one, owners) for one in found.items), found.has_next

    pairs, more = await anyio.to_thread.run_sync(work)
    problems = () if error is None else error.problems
    values = {"pairs": pairs, "more": more, "said": said, "problems": problems}
    return page(request, "candidates.html", 200 if error is None else _status(error), **values, done=done)


def _pair(pair: service.Pair, owners: Mapping[OrganisationId, Organisation]) -> Shown:
    why = tuple(REASONS[one] for one in pair.candidate.reasons)
    return Shown(_side(pair.a, owners), _side(pair.b, owners), pair.candidate.score, why)


def _side(record: Record, owners: Mapping[OrganisationId, Organisation]) -> Side:
    owner = owners[record.owner].name if record.owner in owners else ""
    label, licence = record.label, record.head.marking.licence
    if not record.is_out or record.head.public is None:
        return Side(record, label, f"/review/{record.uid}", label, owner, licence)
    document: Any = record.head.public.document
    urls = dict.fromkeys(urlsplit(one["url"]).hostname or "" for one in document.get("sources", ()))
    return Side(
        record,
        label,
        address_of(record),
        title_of(record.kind, document),
        owner,
        licence,
        occurred_of(document),
        tuple(document.get("aliases", ())),
        tuple(urls)[:_MOST_SOURCES],
    )


def _status(error: CommonsError) -> int:
    if isinstance(error, Forbidden):
        return 403
    return 404 if isinstance(error, NotFound) else 409 if isinstance(error, Conflict) else 400
