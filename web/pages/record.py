"""A record's own page, its JSON, and what is left of it once it is gone."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from registry.domain.actor import Actor
from registry.domain.errors import NotFound
from registry.domain.federation.telling import Standing
from registry.domain.numbering import NUMBER
from registry.domain.published import public_document
from registry.domain.record import Record, RecordUid
from registry.service import cases, find, welfare
from registry.service.federation import provenance, telling
from web.authentication import actor_of
from web.pages.around import around
from web.pages.caching import page
from web.pages.cards import Card, address_of, card, owners_of
from web.pages.citation import cite
from web.pages.findings import findings_of
from web.pages.origin import origin_of
from web.pages.related import overruling, related_to
from web.pages.statements import statements_about
from web.site import Site, site_of


async def record(request: Request) -> Response:
    """The record; its number is its address, and every other way of writing it leads there.

    Raises:
        NotFound: no such record, or none that the asker may see; the two are not told apart.
    """
    site, actor = site_of(request), actor_of(request)
    ref = request.path_params["ref"]
    found = find_record(site, actor, ref)
    if found.number is not None and ref != found.number:
        return RedirectResponse(address_of(found), 308)
    shown = card(found, owners_of(site, actor, [found]).get(found.owner))
    if found.head.public is None:
        said = statements_about(site, actor, found.uid)
        survivor = _survivor(site, actor, found)
        came = provenance.of_record(site.registry, actor, found.uid)
        values = {"card": shown, "record": found, "statements": said, "survivor": survivor, "came": came}
        values["standings"] = _standings(site, actor, found)
        return _unlisted(page(request, "tombstone.html", 410, **values))
    return _full(request, site, actor, shown)


async def record_json(request: Request) -> Response:
    """The public envelope and the public part, as JSON.

    Raises:
        NotFound: as ``record``.
    """
    site, actor = site_of(request), actor_of(request)
    found = find_record(site, actor, request.path_params["ref"])
    owner = owners_of(site, actor, [found]).get(found.owner)
    body = public_document(found, owner, base_url=site.registry.settings.base_url)
    gone = found.head.public is None
    if gone:
        withdrawn = found.withdrawn_at
        body |= {"withdrawn_at": withdrawn.isoformat() if withdrawn else None, "reason": found.reason}
    answer = JSONResponse(body, 410 if gone else 200)
    return _unlisted(answer) if gone or found.sensitive else answer


def find_record(site: Site, actor: Actor, ref: str) -> Record:
    """The record that *ref* names, by number or uid; what a reviewer is shown of it before it is published, is counted.

    Raises:
        NotFound: no such record, or none that *actor* may see.
        ExposureLimit: *actor* has read enough for now.
    """
    found = _named(site, actor, ref)
    if welfare.is_reviewing(actor, found, found.head):
        welfare.note_work(site.registry, actor, [(found.uid, found.head)])
    return found


def _named(site: Site, actor: Actor, ref: str) -> Record:
    number = ref.upper()
    if NUMBER.fullmatch(number):
        return find.by_number(site.registry, actor, number)
    try:
        uid = RecordUid(str(UUID(ref)))
    except ValueError:
        raise NotFound("no such record") from None
    return find.record(site.registry, actor, uid)


def _survivor(site: Site, actor: Actor, found: Record) -> Card | None:
    """The record that stands for a merged one, if *actor* may see it."""
    if found.merged_into is None:
        return None
    seen = find.many(site.registry, actor, (found.merged_into,)).get(found.merged_into)
    return None if seen is None else card(seen, owners_of(site, actor, [seen]).get(seen.owner))


def _full(request: Request, site: Site, actor: Actor, shown: Card) -> Response:
    found = shown.record
    came = provenance.of_record(site.registry, actor, found.uid)
    answer = page(
        request,
        "record.html",
        card=shown,
        record=found,
        doc=shown.document,
        marking=found.head.marking,
        citation=cite(site, shown, came),
        origin=origin_of(found, shown.document),
        came=came,
        standings=_standings(site, actor, found),
        around=around(site, actor, shown),
        address=address_of(found),
        related=related_to(site, actor, found),
        overruling=overruling(actor, found),
        replies=cases.replies(site.registry, actor, found.uid),
        findings=findings_of(site.registry, actor, found.uid),
        noindex=found.sensitive,
    )
    return _unlisted(answer) if found.sensitive else answer


def _standings(site: Site, actor: Actor, found: Record) -> tuple[Standing, ...]:
    """How other nodes stand to it; nothing for whoever may not ask, of which the store is not even read."""
    if not telling.may_ask(actor, found):
        return ()
    return telling.standings(site.registry, actor, [found.uid]).get(found.uid, ())


def _unlisted(response: Response) -> Response:
    """The response, which search engines are asked not to keep."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response
