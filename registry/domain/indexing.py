"""What a record says to the index: pure, from public parts only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from registry.domain.canonical import Document, JsonValue
from registry.domain.content.base import earliest
from registry.domain.facets import TERMS_OF, facets_of, occurred_of, severity_of, summary_of, title_of
from registry.domain.record import Record, Revision, State
from registry.domain.search import IndexEntry, SearchDocument

# What is read, in the order in which a reader meets it. The title and the summary come before.
_PROSE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("narrative", ()),
    ("contributing_factors", ()),
    ("what_worked", ()),
    ("what_failed", ()),
    ("recommendation", ()),
    ("procedure", ("text",)),
    ("addresses", ("use",)),
    ("evidence", ("text",)),
    ("enforcement", ("text",)),
    ("side_effects", ()),
    ("cost", ()),
)
# What is looked for and makes no sentence: names, codes, figures.
_LABELS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("systems", ("provider", "model", "version")),
    ("applies_to", ("model", "use_case", "role")),
    ("actors", ("label",)),
    ("targets", ("label",)),
    ("platforms", ()),
    ("detection", ("by",)),
    ("lifecycle", ()),
    ("harms", ("unit",)),
    ("evidence", ("metric", "before", "after")),
    ("sources", ("title", "publisher")),
    ("procedure", ("tactic", "technique")),
    ("addresses", ("technique",)),
    ("aliases", ()),
)

_LINK = re.compile(r"!?\[([^\[\]]{0,500})\]\([^()\s]{0,2000}\)")
_REFERENCE_LINK = re.compile(r"\[((?:[^\[\]\\\n]|\\.){1,500})\]\[[^\[\]\n]{0,100}\]")
_REFERENCE = re.compile(r"^[ ]{0,3}\[[^\[\]\n]{1,100}\]:[ \t]+<?https?://.*$", re.MULTILINE)
_LINE_MARKS = re.compile(r"^[ \t]{0,3}(?:#{1,6}|>|[-*+]|\d{1,9}[.)]|`{3,}\w*)(?=\s|$)", re.MULTILINE)
_INLINE_MARKS = re.compile(r"\*+|`+|~~|(?<!\w)_+|_+(?!\w)")


def index_entry(record: Record) -> IndexEntry:
    """What each index should hold of *record*: a public record is in the public one, any other with a text in the
    restricted one, a withdrawn one too; an erased or retracted one in neither, nor work on a public record."""
    if record.state in {State.ERASED, State.RETRACTED}:
        return IndexEntry(record.uid, None, None)
    if record.is_public:
        return IndexEntry(record.uid, _document(record, record.head), None)
    return IndexEntry(record.uid, None, _document(record, record.newest))


def _document(record: Record, revision: Revision) -> SearchDocument | None:
    if revision.public is None:
        return None
    content = revision.public.document
    title = plain(title_of(record.kind, content))
    occurred = occurred_of(content)
    facets = facets_of(content)
    return SearchDocument(
        kind=str(record.kind),
        number=record.number,
        title=title,
        text="\n\n".join((title, title, plain(summary_of(record.kind, content)), *_lines(content, _PROSE))),
        labels=(*dict.fromkeys((*_lines(content, _LABELS), *_terms(facets))), *_number(record)),
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


def _lines(content: Document, places: tuple[tuple[str, tuple[str, ...]], ...]) -> Iterator[str]:
    for field, keys in places:
        value = content.get(field)
        for item in value if isinstance(value, list) else [value]:
            line = " ".join(_strings(item, keys))
            if line:
                yield line


def _strings(item: JsonValue, keys: tuple[str, ...]) -> Iterator[str]:
    if isinstance(item, str):
        yield plain(item)
    elif isinstance(item, dict):
        values = cast("Document", item)
        yield from (plain(found) for key in keys if isinstance(found := values.get(key), str))
