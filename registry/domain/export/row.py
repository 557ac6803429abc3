"""One record of an export: the document that programs read, and the reference that bibliographies hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from registry.domain.account import Organisation
from registry.domain.canonical import Document, JsonValue
from registry.domain.citation import Reference
from registry.domain.facets import facets_of, title_of
from registry.domain.published import public_document
from registry.domain.record import Record
from registry.domain.text import without_prose
from registry.domain.vocabulary import Kind


@dataclass(frozen=True, slots=True)
class Row:
    """A record with its public part, as ``published.public_document`` tells it.

    Attributes:
        document: it also tells ``text_withheld``: where readers are to be warned of the text, no sentence but the
            title is in it.
    """

    kind: Kind
    document: dict[str, JsonValue]
    reference: Reference
    _facets: tuple[tuple[str, str], ...] | None = field(default=None, init=False, compare=False, repr=False)

    @property
    def facets(self) -> tuple[tuple[str, str], ...]:
        """What it is counted by, found once."""
        if self._facets is None:
            object.__setattr__(self, "_facets", facets_of(self.content))
        return self._facets or ()

    @property
    def content(self) -> Document:
        """The public part."""
        return cast("Document", self.document["content"])

    @property
    def marking(self) -> dict[str, Any]:
        """The terms of the public part."""
        return cast("dict[str, Any]", self.document["marking"])

    @property
    def title(self) -> str:
        """The line that stands for the record."""
        return title_of(self.kind, self.content)


def row_of(record: Record, owner: Organisation | None, *, base_url: str, registry: str) -> Row:
    """The row of a record whose public part is there.

    Args:
        registry: the title of the node.
    """
    document = public_document(record, owner, base_url=base_url)
    content = cast("Document", document["content"])
    warnings = record.head.marking.content_warnings
    title = title_of(record.kind, content)
    if warnings:
        document["content"] = without_prose(record.kind, content)
    document["text_withheld"] = bool(warnings)
    published = record.head.published_at
    reference = Reference(
        key=record.label,
        author=owner.name if owner else "Unknown",
        title=title,
        registry=registry,
        version=record.revision,
        published_on=published.date() if published else None,
        url=cast("str", document["url"]),
        licence=record.head.marking.licence,
        notes=tuple(_notes(record, content, cast("str", document["attribution"]))),
    )
    return Row(record.kind, document, reference)


def _notes(record: Record, content: Document, attribution: str) -> Iterator[str]:
    upstream: Any = content.get("upstream") or {}
    if record.imported and "url" in upstream:
        yield f"Imported from {upstream['url']}"
    if "attribution" in upstream:
        yield attribution
    if record.head.marking.content_warnings:
        yield f"Content warning: {', '.join(record.head.marking.content_warnings)}"
