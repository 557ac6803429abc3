"""Everything that a record's page tells beside the record itself, as far as its reader may see it."""

from __future__ import annotations

from dataclasses import dataclass

from registry.domain.actor import Actor
from registry.domain.canonical import Document
from registry.domain.link import FieldRel
from registry.domain.notice import Notice
from registry.domain.pages import PageRequest
from registry.domain.record import Record, RecordUid
from registry.domain.vocabulary import Kind, LinkRel
from registry.service import find, merge, notices
from web.pages import related
from web.pages.cards import Card, cards
from web.pages.related import Linked, Sharing
from web.pages.statements import StatementGroup, statements_about
from web.pages.techniques import Technique, techniques
from web.pages.versions import Version, versions
from web.site import Site


@dataclass(frozen=True, slots=True)
class Asked:
    """A party that the record names and that was asked to answer, with its answer where the reader may see it."""

    notice: Notice
    answer: Card | None


@dataclass(frozen=True, slots=True)
class Around:
    """What surrounds one record.

    Attributes:
        known: records that evidence and addresses name, by uid; those the reader may not see are not among them.
        addressed_by: mitigations that say they act against the weakness shown.
        subject: the record that the statement shown is about.
        merged: records that were found to be the same, which the one shown stands for, by uid.
        statements: what organisations say about the record shown, and about those merged into it.
        asked: parties named in the record shown, oldest first.
    """

    techniques: dict[str, Technique]
    known: dict[str, Record]
    linked: tuple[Linked, ...]
    merged: dict[str, Record]
    statements: tuple[StatementGroup, ...]
    measures: tuple[Card, ...] = ()
    lessons: tuple[Card, ...] = ()
    near: tuple[Sharing, ...] = ()
    addressed_by: tuple[Card, ...] = ()
    versions: tuple[Version, ...] = ()
    subject: Card | None = None
    asked: tuple[Asked, ...] = ()


def around(site: Site, actor: Actor, shown: Card) -> Around:
    """What surrounds the record *shown*."""
    record, document = shown.record, shown.document
    linked = related.linked(site, actor, record, document)
    is_incident = record.kind is Kind.INCIDENT
    measures = related.mitigations(linked) if is_incident else ()
    lessons = related.lessons(linked) if is_incident else ()
    told = {one.record.uid for one in (*measures, *lessons)}
    addressed_by = _addressed_by(site, actor, record)
    merged = merge.merged_from(site.registry, actor, record.uid)
    known_versions = versions(site, actor, record)
    told |= {one.record.uid for one in addressed_by} | {one.card.record.uid for one in known_versions}
    return Around(
        techniques=techniques(site, related.technique_codes(document)),
        known=related.named_records(site, actor, [document, *(one.document for one in measures)]),
        linked=tuple(one for one in linked if not one.uids <= told and not _is_told(one, record)),
        merged={str(one.uid): one for one in merged},
        statements=statements_about(site, actor, record.uid, *(one.uid for one in merged)),
        measures=measures,
        lessons=lessons,
        near=_near(site, actor, record, document, told),
        addressed_by=addressed_by,
        versions=known_versions,
        subject=_subject(site, actor, document),
        asked=_asked(site, actor, record),
    )


def _is_told(linked: Linked, record: Record) -> bool:
    """Whether the page says it in a section of its own."""
    return linked.rel is LinkRel.SUPERSEDES and record.kind is Kind.USAGE_POLICY


def _near(site: Site, actor: Actor, record: Record, document: Document, told: set[RecordUid]) -> tuple[Sharing, ...]:
    other = {Kind.INCIDENT: Kind.MITIGATION, Kind.MITIGATION: Kind.INCIDENT}.get(record.kind)
    if other is None:
        return ()
    return related.sharing_techniques(site, actor, document, other, told=told | {record.uid})


def _addressed_by(site: Site, actor: Actor, record: Record) -> tuple[Card, ...]:
    if record.kind is not Kind.WEAKNESS:
        return ()
    request = PageRequest(related.MOST_LINKED)
    page = find.linked(site.registry, actor, record.uid, FieldRel.ADDRESSES, request=request, reverse=True)
    return cards(site, actor, page.items)


def _asked(site: Site, actor: Actor, record: Record) -> tuple[Asked, ...]:
    given = notices.beside(site.registry, actor, record)
    found = find.many(site.registry, actor, [one.answer for one in given if one.answer is not None])
    shown = {one.record.uid: one for one in cards(site, actor, found.values())}
    return tuple(Asked(one, shown.get(one.answer) if one.answer else None) for one in given)


def _subject(site: Site, actor: Actor, document: Document) -> Card | None:
    about = document.get("about")
    if not isinstance(about, str):
        return None
    found = find.many(site.registry, actor, [RecordUid(about)])
    return next(iter(cards(site, actor, found.values())), None)
