"""How to cite a record: as a sentence and as BibTeX, both bound to the version that was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from registry.domain.citation import Reference, bibtex
from registry.service.federation.provenance import Provenance
from web.pages.cards import Card, address_of
from web.pages.origin import origin_of
from web.pages.wording import day
from web.site import Site


@dataclass(frozen=True, slots=True)
class Citation:
    """One record's citation."""

    text: str
    bibtex: str


def cite(site: Site, card: Card, came: Provenance | None) -> Citation | None:
    """The citation of a published record; there is none before it has a number. One that *came* from another node is of
    the day on which it was published there."""
    record = card.record
    published = (came.published_at if came else None) or record.head.published_at
    if record.number is None or published is None:
        return None
    owner = card.owner.name if card.owner else "Unknown"
    address, title = site.url(address_of(record)), site.registry.settings.title
    original = _original(card)
    text = (
        f"{owner} ({published.year}). {card.title}. {title}, {record.number}, version {record.revision}, "
        f"{day(published)}. {address}{f' (imported from {original})' if original else ''}"
    )
    said = _terms(card)
    text += f". {said}" if said else ""
    notes = tuple(part for part in (f"Imported from {original}" if original else "", said) if part)
    number, revision = record.number, record.revision
    return Citation(
        text, bibtex(Reference(number, owner, card.title, title, revision, published.date(), address, notes=notes))
    )


def _terms(card: Card) -> str:
    """Whom to name, and the licence where it is the publisher's own; nothing for what members of the registry wrote."""
    origin = origin_of(card.record, card.document)
    licence = f"Licence {origin.licence}" if origin.attribution or card.licence_note else ""
    return ". ".join(part.rstrip(".") for part in (origin.attribution or "", licence) if part)


def _original(card: Card) -> str | None:
    """Where an imported record stands at its source."""
    upstream = card.document.get("upstream")
    url = upstream.get("url") if card.record.imported and isinstance(upstream, Mapping) else None
    return url if isinstance(url, str) else None
