"""What else a record's page names: linked records both ways, records that its fields speak of, ids of techniques."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

from registry.domain.actor import Actor, Permission
from registry.domain.canonical import Document
from registry.domain.facets import facets_of
from registry.domain.pages import PageRequest, RecordFilter
from registry.domain.policy import permissions_of
from registry.domain.record import Record, RecordUid
from registry.domain.relatedness import RelationReason, Shared
from registry.domain.search_labels import value_label
from registry.domain.vocabulary import Kind, LinkRel
from registry.service import find
from registry.service import related as service
from web.pages.cards import Card, cards
from web.pages.techniques import Technique, namespace_of, technique
from web.pages.wording import link_heading
from web.site import Site

MOST_LINKED = 20
_COMPARED = 40
_MOST_SHARING = 8
_NAMED = 3
_TERMS = frozenset({RelationReason.MISUSE, RelationReason.HARM, RelationReason.SECTOR})
OVERRULING = "/review/relations"
REASONS: Mapping[RelationReason, str] = {
    RelationReason.EDITOR: "An editor says",
    RelationReason.ALIAS: "Same id elsewhere",
    RelationReason.SOURCE: "Same source",
    RelationReason.ACTOR: "Same actor",
    RelationReason.TECHNIQUE: "Same technique",
    RelationReason.WEAKNESS_CLASS: "Same class of weakness",
    RelationReason.PRODUCT: "Same product",
    RelationReason.TEXT: "Texts alike by the words",
    RelationReason.MISUSE: "Same kind of misuse",
    RelationReason.PLATFORM: "Same platform",
    RelationReason.HARM: "Same kind of harm",
    RelationReason.SECTOR: "Same sector",
    RelationReason.PROVIDER: "Same provider",
}


@dataclass(frozen=True, slots=True)
class Why:
    """One reason in words."""

    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RelatedCard:
    """A related record, and why."""

    card: Card
    reasons: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Sharing:
    """A record that names techniques which the one shown names as well."""

    card: Card
    techniques: tuple[Technique, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a usage policy that the record shown links to."""

    policy: Card
    path: str
    heading: str

    @property
    def href(self) -> str:
        """Its page."""
        return f"{self.policy.href}/clauses/{quote(self.path)}"


@dataclass(frozen=True, slots=True)
class Linked:
    """Records that stand in one relation to the one shown.

    Attributes:
        clauses: which clauses of them are meant, as far as the record shown says it.
    """

    rel: LinkRel
    reverse: bool
    cards: tuple[Card, ...]
    more: bool = False
    clauses: tuple[Clause, ...] = ()

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
            once = tuple({card.record.uid: card for card in targets}.values())
            clauses = _clauses(document, rel, once[:MOST_LINKED])
            found.append(Linked(rel, False, once[:MOST_LINKED], len(once) > MOST_LINKED, clauses))
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


def named_records(site: Site, actor: Actor, documents: Iterable[Document]) -> dict[str, Record]:
    """The records that evidence speaks of and that measures address, by uid, as far as *actor* may see them."""
    uids = {
        one[key]
        for document in documents
        for field, key in (("evidence", "incident"), ("addresses", "weakness"))
        for one in _dicts(document, field)
        if key in one
    }
    return {str(uid): one for uid, one in find.many(site.registry, actor, sorted(uids)).items()} if uids else {}


def sharing_techniques(
    site: Site, actor: Actor, document: Document, kind: Kind, *, told: AbstractSet[RecordUid]
) -> tuple[Sharing, ...]:
    """Records of *kind* that name the same techniques, those that share most first, without those already *told* of."""
    codes = frozenset(value for facet, value in facets_of(document) if facet == "technique")
    if not codes:
        return ()
    wanted = RecordFilter(kinds=(kind,), facets=tuple(("technique", code) for code in sorted(codes)))
    newest = find.page(site.registry, actor, wanted, request=PageRequest(_COMPARED))
    others = [one for one in newest.items if one.uid not in told and one.head.public is not None]
    shared = {one.uid: _shared(one, codes) for one in others}
    # The newest stand first already; sorting keeps that among equals.
    best = sorted(others, key=lambda one: -len(shared[one.uid]))[:_MOST_SHARING]
    return tuple(
        Sharing(one, tuple(technique(site, code) for code in shared[one.record.uid][:_NAMED]))
        for one in cards(site, actor, best)
    )


def related_to(site: Site, actor: Actor, record: Record) -> tuple[RelatedCard, ...]:
    """Records related to a public one, the most related first. Of what readers are warned of no words are told."""
    found = service.related(site.registry, actor, record.uid)
    shown = cards(site, actor, [one.record for one in found])
    is_plain = not record.head.marking.content_warnings
    return tuple(
        RelatedCard(
            each,
            tuple(_why(site, why, with_words=is_plain and not each.warnings) for why in one.relation.reasons),
        )
        for each, one in zip(shown, found, strict=True)
    )


def overruling(actor: Actor, record: Record) -> str | None:
    """Where *actor* overrules it; ``None`` for who does not review."""
    if not record.is_public or Permission.RECORD_REVIEW not in permissions_of(actor):
        return None
    return f"{OVERRULING}/{record.number or record.uid}"


def _shared(record: Record, codes: frozenset[str]) -> list[str]:
    document = record.head.public.document if record.head.public else {}
    own = {value for facet, value in facets_of(document) if facet == "technique"} & codes
    # A technique that is there by its sub-technique too is not said twice.
    return sorted(code for code in own if not any(other.startswith(f"{code}.") for other in own))


def technique_codes(document: Document) -> tuple[str, ...]:
    """The ids of techniques and tactics that a record names, each once; classes and classifications included."""
    codes = [
        one[key]
        for field in ("procedure", "addresses")
        for one in _dicts(document, field)
        for key in ("tactic", "technique")
        if key in one
    ]
    codes += [one["code"] for one in _dicts(document, "classes") if namespace_of(one["code"])]
    codes += [one["value"] for one in _dicts(document, "classifications") if namespace_of(one["value"])]
    return tuple(dict.fromkeys(codes))


def _why(site: Site, shared: Shared, *, with_words: bool) -> Why:
    values = shared.values
    if shared.reason is RelationReason.TECHNIQUE:
        values = tuple(technique(site, code).label for code in values)
    elif shared.reason in _TERMS:
        values = tuple(value_label(shared.reason.value, value) for value in values)
    elif shared.reason is RelationReason.TEXT and not with_words:
        return Why("Texts alike", ())
    return Why(REASONS[shared.reason], values)


def _ahead(site: Site, actor: Actor, document: Document) -> list[tuple[LinkRel, Card]]:
    links = [(LinkRel(one["rel"]), RecordUid(one["target"])) for one in _dicts(document, "links")]
    known = find.many(site.registry, actor, [target for _, target in links]) if links else {}
    shown = {one.record.uid: one for one in cards(site, actor, known.values())}
    return [(rel, shown[target]) for rel, target in links if target in shown]


def _clauses(document: Document, rel: LinkRel, among: tuple[Card, ...]) -> tuple[Clause, ...]:
    policies = {card.record.uid: card for card in among}
    return tuple(
        Clause(policies[one["target"]], one["clause"], _heading(policies[one["target"]], one["clause"]))
        for one in _dicts(document, "links")
        if one["rel"] == rel and "clause" in one and one["target"] in policies
    )


def _heading(policy: Card, path: str) -> str:
    found = next((one for one in _dicts(policy.document, "clauses") if one["path"] == path), {})
    return str(found.get("heading", ""))


def _dicts(document: Document, field: str) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", document.get(field, []))
