"""Lists of one kind of record, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from registry.domain.actor import ANONYMOUS
from registry.domain.pages import PageRequest, RecordFilter, RecordOrder
from registry.domain.vocabulary import Kind
from registry.service import find
from web.pages.caching import page
from web.pages.cards import Card, cards
from web.pages.wording import PLURALS
from web.site import Site, site_of

_ORDERS = {
    RecordOrder.PUBLISHED: "Newest",
    RecordOrder.OCCURRED: "Latest event",
    RecordOrder.SEVERITY: "Most severe",
}
_LEADS = {
    Kind.INCIDENT: "How language models were misused or did harm, as far as it is known.",
    Kind.MITIGATION: "Measures, what they act against, and what shows that they work.",
    Kind.LESSON: "What everybody should learn; each stands without the incidents it came from.",
    Kind.WEAKNESS: "What models and deployments are known to get wrong, where it shows, and whether it is repaired.",
    Kind.USAGE_POLICY: "What providers allow and forbid, clause by clause; each version is a record of its own.",
    Kind.STATEMENT: "What organisations say about the records of others: answers, adoption, disputes, evidence.",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of cards, and the addresses of the pages beside it."""

    cards: tuple[Card, ...]
    total: int
    previous: str | None
    next: str | None


async def incidents(request: Request) -> Response:
    """Every public incident.

    Raises:
        BadCursor: the page asked for belongs to another list.
    """
    return _of_kind(request, Kind.INCIDENT)


async def mitigations(request: Request) -> Response:
    """Every public mitigation."""
    return _of_kind(request, Kind.MITIGATION)


async def lessons(request: Request) -> Response:
    """Every public lesson."""
    return _of_kind(request, Kind.LESSON)


async def weaknesses(request: Request) -> Response:
    """Every public weakness."""
    return _of_kind(request, Kind.WEAKNESS)


async def policies(request: Request) -> Response:
    """Every public version of a usage policy."""
    return _of_kind(request, Kind.USAGE_POLICY)


async def statements(request: Request) -> Response:
    """Every public statement."""
    return _of_kind(request, Kind.STATEMENT)


def listing(request: Request, wanted: RecordFilter, order: RecordOrder = RecordOrder.PUBLISHED) -> Listing:
    """The page of public records that the request's ``after`` or ``before`` names.

    Raises:
        BadCursor: the cursor was made for another list.
    """
    site: Site = site_of(request)
    cursors, params = site.registry.cursors, request.query_params
    binding = ("page", wanted, order.value)
    backwards = "before" in params
    cursor = params.get("before" if backwards else "after")
    position = cursors.open(cursor, *binding) if cursor is not None else None
    asked = PageRequest(position=position, backwards=backwards)
    found = find.page(site.registry, ANONYMOUS, wanted, order=order, request=asked)
    ends = [cursors.seal(one, *binding) for one in (*found.positions[:1], *found.positions[-1:])]
    return Listing(
        cards=cards(site, ANONYMOUS, found.items),
        total=find.count(site.registry, ANONYMOUS, wanted),
        previous=_address(request, order, before=ends[0]) if found.has_previous else None,
        next=_address(request, order, after=ends[-1]) if found.has_next else None,
    )


def _of_kind(request: Request, kind: Kind) -> Response:
    orders = {order.value: order for order in _orders_of(kind)}
    order = orders.get(request.query_params.get("sort", ""), RecordOrder.PUBLISHED)
    sorts = [(_ORDERS[one], _address(request, one), one is order) for one in orders.values()]
    return page(
        request,
        "list.html",
        heading=PLURALS[kind],
        lead=_LEADS[kind],
        kind=kind,
        listing=listing(request, RecordFilter(kinds=(kind,)), order),
        sorts=sorts if len(sorts) > 1 else [],
    )


def _orders_of(kind: Kind) -> list[RecordOrder]:
    """By what the records of a kind differ."""
    match kind:
        case Kind.INCIDENT:
            return list(_ORDERS)
        case Kind.WEAKNESS:
            return [RecordOrder.PUBLISHED, RecordOrder.SEVERITY]
        case _:
            return [RecordOrder.PUBLISHED]


def _address(request: Request, order: RecordOrder, **cursor: str) -> str:
    pairs = ({} if order is RecordOrder.PUBLISHED else {"sort": order.value}) | cursor
    return request.url.path + (f"?{urlencode(pairs)}" if pairs else "")
