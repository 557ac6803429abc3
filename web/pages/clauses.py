"""One clause of a usage policy, and the incidents that broke it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from registry.domain.errors import NotFound
from registry.domain.pages import PageRequest
from registry.domain.record import Record
from registry.domain.vocabulary import Kind
from registry.service import graph
from web.authentication import actor_of
from web.pages.caching import page
from web.pages.cards import address_of, card, cards
from web.pages.record import find_record
from web.site import site_of


async def clause(request: Request) -> Response:
    """The clause of this path, and incidents that broke it, as far as the asker may see them.

    Raises:
        NotFound: no such record, none that the asker may see, no policy, or none with such a clause.
        BadCursor: the page asked for belongs to another list.
    """
    site, actor = site_of(request), actor_of(request)
    record, path = find_record(site, actor, request.path_params["ref"]), request.path_params["clause"]
    found = _clause(record, path)
    binding = ("clause", record.uid, path)
    after = request.query_params.get("after")
    position = site.registry.cursors.open(after, *binding) if after is not None else None
    broken = graph.violating(site.registry, actor, record.uid, clause=path, request=PageRequest(position=position))
    if broken is None:
        raise NotFound("no such policy")
    here = f"{address_of(record)}/clauses/{quote(path)}"
    last = site.registry.cursors.seal(broken.positions[-1], *binding) if broken.has_next else None
    return page(
        request,
        "clause.html",
        policy=card(record, None),
        clause=found,
        total=graph.violations(site.registry, actor, [record.uid]).get(record.uid, {}).get(path, 0),
        incidents=cards(site, actor, broken.items),
        first=here if position is not None else None,
        next=f"{here}?{urlencode({'after': last})}" if last else None,
    )


def _clause(record: Record, path: str) -> dict[str, Any]:
    document: Any = record.head.public.document if record.head.public else {}
    clauses = document.get("clauses", ()) if record.kind is Kind.USAGE_POLICY else ()
    found: dict[str, Any] | None = next((one for one in clauses if one["path"] == path), None)
    if found is None:
        raise NotFound("no such clause")
    return found
