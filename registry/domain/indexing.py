"""What a record says to the index: pure, from public parts only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.domain.content.base import earliest
from registry.domain.facets import TERMS_OF, facets_of, occurred_of, severity_of, summary_of, title_of
from registry.domain.record import NOT_HANDED_IN, Record, Revision, State
from registry.domain.search import IndexEntry, SearchDocument
from registry.domain.text import names_of, prose_of

_LINK = re.compile(r"!?\[([^\[\]]{0,500})\]\([^()\s]{0,2000}\)")
_REFERENCE_LINK = re.compile(r"\[((?:[^\[\]\\\n]|\\.){1,500})\]\[[^\[\]\n]{0,100}\]")
_REFERENCE = re.compile(r"^[ ]{0,3}\[[^\[\]\n]{1,100}\]:[ \t]+<?https?://.*$", re.MULTILINE)
_LINE_MARKS = re.compile(r"^[ \t]{0,3}(?:#{1,6}|>|[-*+]|\d{1,9}[.)]|`{3,}\w*)(?=\s|$)", re.MULTILINE)
_INLINE_MARKS = re.compile(r"\*+|`+|~~|(?<!\w)_+|_+(?!\w)")


def index_entry(record: Record) -> IndexEntry:
    """What each index should hold of *record*: a public record is in the public one, any other with a text in the
    restricted one, a withdrawn one too; an erased one, or one that is not handed in, in neither, nor newer work on a
    published record: whoever it is given out to would find it by words that are not out."""
    if record.state in {State.ERASED, *NOT_HANDED_IN}:
        return IndexEntry(record.uid, None, None)
    if record.is_public:
        return IndexEntry(record.uid, _document(record, record.head), None)
    return IndexEntry(record.uid, None, _document(record, record.head))


def _document(record: Record, revision: Revision) -> SearchDocument | None:
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
            (title, title, plain(summary_of(record.kind, content)), *_plain(prose_of(record.kind, content)))
        ),
        labels=(*dict.fromkeys((*_plain(names_of(record.kind, content)), *_terms(facets))), *_number(record)),
        facets=facets,
        severity=severity_of(content),
        occurred_on=None if occurred is None else earliest(occurred),
        published_at=record.published_at,
    )


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
