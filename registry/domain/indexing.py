"""What a record says to the index: pure, from public parts only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from registry.domain.canonical import Document
from registry.domain.content.base import earliest, precision_of
from registry.domain.facets import TERMS_OF, facets_of, occurred_of, severity_of, summary_of, title_of
from registry.domain.record import NOT_HANDED_IN, Record, RecordUid, Revision, State
from registry.domain.search import IndexEntry, SearchDocument
from registry.domain.search_fields import BESIDE, Has, Reported, Review
from registry.domain.text import names_of, prose_of
from registry.domain.vocabulary import Kind, Precision, ReportedBy

_LINK = re.compile(r"!?\[([^\[\]]{0,500})\]\([^()\s]{0,2000}\)")
_REFERENCE_LINK = re.compile(r"\[((?:[^\[\]\\\n]|\\.){1,500})\]\[[^\[\]\n]{0,100}\]")
_REFERENCE = re.compile(r"^[ ]{0,3}\[[^\[\]\n]{1,100}\]:[ \t]+<?https?://.*$", re.MULTILINE)
_LINE_MARKS = re.compile(r"^[ \t]{0,3}(?:#{1,6}|>|[-*+]|\d{1,9}[.)]|`{3,}\w*)(?=\s|$)", re.MULTILINE)
# How often the title stands in the text, so that a word of it counts for more. Measured: docs/relevance.md.
_TITLE_TIMES = 3
_INLINE_MARKS = re.compile(r"\*+|`+|~~|(?<!\w)_+|_+(?!\w)")

_HAS: dict[Kind, Has] = {
    Kind.MITIGATION: Has.MITIGATION,
    Kind.LESSON: Has.LESSON,
    Kind.WEAKNESS: Has.WEAKNESS,
    Kind.INCIDENT: Has.INCIDENT,
    Kind.USAGE_POLICY: Has.POLICY,
    Kind.STATEMENT: Has.STATEMENT,
}
# Fields of a public part that ``has`` tells of.
_HELD: dict[str, Has] = {
    "sources": Has.SOURCE,
    "evidence": Has.EVIDENCE,
    "classifications": Has.CLASSIFICATION,
    "timeline": Has.TIMELINE,
    "enforcement": Has.ENFORCEMENT,
}
_REPORTED = {ReportedBy.SELF: Reported.SELF, ReportedBy.OTHERS: Reported.OTHER, None: Reported.UNKNOWN}
# Lengths of time, each between two points of the timeline.
_MEASURES: dict[str, tuple[str, str]] = {
    "time_to_detection": ("started", "detected"),
    "time_to_containment": ("detected", "contained"),
    "time_to_enforcement": ("detected", "enforced"),
    "time_to_disclosure": ("detected", "disclosed"),
    "duration": ("started", "ended"),
}


@dataclass(frozen=True, slots=True)
class Around:
    """What a record's own content does not tell: its owner, by slug, and the public records that public links connect
    it with."""

    owner: str | None = None
    beside: Mapping[RecordUid, Kind] = field(default_factory=dict)


ALONE = Around()


def index_entry(record: Record, around: Around = ALONE) -> IndexEntry:
    """What each index should hold of *record*: a public record is in the public one, any other with a text in the
    restricted one, a withdrawn one too; an erased one, or one that is not handed in, in neither, nor newer work on a
    published record: whoever it is given out to would find it by words that are not out."""
    if record.state in {State.ERASED, *NOT_HANDED_IN}:
        return IndexEntry(record.uid, None, None)
    if record.is_public:
        return IndexEntry(record.uid, _document(record, record.head, around), None)
    return IndexEntry(record.uid, None, _document(record, record.head, around))


def _document(record: Record, revision: Revision, around: Around) -> SearchDocument | None:
    if revision.public is None:
        return None
    content = {
        name: value
        for name, value in revision.public.document.items()
        # What waits to be cleared is not found either.
        if name != "sources" or not record.hides_sources
    }
    title = plain(title_of(record.kind, content))
    occurred = occurred_of(content)
    facets = facets_of(content)
    return SearchDocument(
        kind=str(record.kind),
        number=record.number,
        title=title,
        text="\n\n".join(
            (*(title,) * _TITLE_TIMES, plain(summary_of(record.kind, content)), *_plain(prose_of(record.kind, content)))
        ),
        labels=(*dict.fromkeys((*_plain(names_of(record.kind, content)), *_terms(facets))), *_number(record)),
        facets=(*facets, *sorted(_index_only(record, revision, content, around))),
        severity=severity_of(content),
        occurred_on=None if occurred is None else earliest(occurred),
        published_at=record.published_at,
        measures=tuple(_measures(content)),
    )


def _index_only(record: Record, revision: Revision, content: Document, around: Around) -> Iterator[tuple[str, str]]:
    marking, upstream = revision.marking, content.get("upstream")
    yield "state", record.state
    yield "licence", marking.licence
    yield "reported", _REPORTED[marking.reported_by]
    if record.revision:
        yield "review", Review.IMPORTED if record.imported else Review.REVIEWED
    if isinstance(upstream, dict):
        yield "source", str(upstream["source"])
        yield "id", str(upstream["id"])
    aliases = content.get("aliases")
    yield from (("id", str(alias)) for alias in (aliases if isinstance(aliases, list) else ()))
    if any(facet == "technique" for facet, _ in facets_of(content)):
        yield "has", Has.TECHNIQUE
    if around.owner is not None:
        yield "owner", around.owner
    yield from (("has", held) for held in {held for name, held in _HELD.items() if content.get(name)})
    # One record of each kind stands for all: when it goes, whatever counts on it is indexed anew.
    for kind in sorted(set(around.beside.values())):
        yield "has", _HAS[kind]
        yield BESIDE, min(uid for uid, one in around.beside.items() if one is kind)


def _measures(content: Document) -> Iterator[tuple[str, float]]:
    timeline = content.get("timeline")
    points = timeline.items() if isinstance(timeline, dict) else ()
    days = {name: earliest(when) for name, when in points if isinstance(when, str) and _is_known_to_the_day(when)}
    for measure, (first, last) in _MEASURES.items():
        if first in days and last in days and days[first] <= days[last]:
            yield measure, float((days[last] - days[first]).days)


def _is_known_to_the_day(when: str) -> bool:
    return precision_of(when) in {Precision.DAY, Precision.INSTANT}


def plain(markdown: str) -> str:
    """The words of *markdown* without the signs that shape it; link texts stay, addresses go."""
    text = _REFERENCE_LINK.sub(r"\1", _LINK.sub(r"\1", _REFERENCE.sub("", markdown)))
    return _INLINE_MARKS.sub("", _LINE_MARKS.sub("", text)).strip()


def _terms(facets: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """The labels of the terms that people see on the page, so that they find by them."""
    for facet, value in facets:
        term = TERMS_OF[facet].find(value) if facet in TERMS_OF else None
        if term is not None:
            yield term.label


def _number(record: Record) -> tuple[str, ...]:
    return () if record.number is None else (record.number,)


def _plain(texts: tuple[str, ...]) -> Iterator[str]:
    yield from filter(None, map(plain, texts))
