"""What else a record's page names: linked records both ways, records that evidence speaks of, names of techniques."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from registry.domain.actor import Actor
from registry.domain.canonical import Document
from registry.domain.pages import PageRequest
from registry.domain.record import Record, RecordUid
from registry.domain.vocabulary import Kind, LinkRel
from registry.service import find
from web.pages.cards import Card, cards
from web.pages.wording import link_heading
from web.site import Site

MOST_LINKED = 20


@dataclass(frozen=True, slots=True)
class Linked:
    """Records that stand in one relation to the one shown."""

    rel: LinkRel
    reverse: bool
    cards: tuple[Card, ...]
    more: bool = False

    @property
    def heading(self) -> str:
        """What is said above them."""
        return link_heading(self.rel, self.reverse)

    @property
    def uids(self) -> set[RecordUid]:
        """Which records these are."""
        return {card.record.uid for card in self.cards}


def linked(site: Site, actor: Actor, record: Record, document: Document) -> tuple[Linked, ...]:
    """Everything linked with *record* that *actor* may see, relation by relation."""
    ahead = _ahead(site, actor, document)
    found: list[Linked] = []
    for rel in LinkRel:
        targets = [card for one, card in ahead if one is rel]
        if targets:
            found.append(Linked(rel, False, tuple(targets[:MOST_LINKED]), len(targets) > MOST_LINKED))
        request = PageRequest(MOST_LINKED)
        page = find.linked(site.registry, actor, record.uid, rel, request=request, reverse=True)
        if page.items:
            found.append(Linked(rel, True, cards(site, actor, page.items), page.has_next))
    return tuple(found)


def mitigations(found: Iterable[Linked]) -> tuple[Card, ...]:
    """The measures among what is linked."""
    wanted = LinkRel.MITIGATED_BY
    return tuple(card for one in found if one.rel is wanted and not one.reverse for card in one.cards)


def lessons(found: Iterable[Linked]) -> tuple[Card, ...]:
    """The lessons that were drawn from the record shown."""
    return tuple(
        card for one in found if one.reverse for card in one.cards
        if one.rel is LinkRel.DERIVED_FROM and card.record.kind is Kind.LESSON
    )  # fmt: skip


def evidence_records(site: Site, actor: Actor, documents: Iterable[Document]) -> dict[str, Record]:
    """The records that pieces of evidence speak of, by uid, as far as *actor* may see them."""
    uids = {one["incident"] for document in documents for one in _dicts(document, "evidence") if "incident" in one}
    return {str(uid): one for uid, one in find.many(site.registry, actor, sorted(uids)).items()} if uids else {}


def technique_codes(document: Document) -> tuple[str, ...]:
    """The ids of techniques and tactics that a record names, each once."""
    codes = [
        one[key]
        for field in ("procedure", "addresses")
        for one in _dicts(document, field)
        for key in ("tactic", "technique")
        if key in one
    ]
    return tuple(dict.fromkeys(codes))


def _ahead(site: Site, actor: Actor, document: Document) -> list[tuple[LinkRel, Card]]:
    links = [(LinkRel(one["rel"]), RecordUid(one["target"])) for one in _dicts(document, "links")]
    known = find.many(site.registry, actor, [target for _, target in links]) if links else {}
    shown = {one.record.uid: one for one in cards(site, actor, known.values())}
    return [(rel, shown[target]) for rel, target in links if target in shown]


def _dicts(document: Document, field: str) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", document.get(field, []))
