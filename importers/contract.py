"""What an importer is: how the documents of one format are read, and who publishes them.

A parse function opens nothing, writes nothing and never raises: what it cannot read becomes a ``Finding``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TypeAlias

from registry.domain.canonical import Document, JsonValue, canonical_bytes
from registry.domain.finding import Finding
from registry.domain.importing import Source, Trust
from registry.domain.taxonomy import Taxonomy
from registry.domain.vocabulary import Confidence, Kind, LinkRel, MappingMethod

__all__ = [
    "Draft", "Following", "Fragment", "Importer", "Mapped", "Parsed", "RawDocument", "Source", "TakenBack",
    "TaxonomyDraft", "Trust", "Wanted", "file_name", "upstream_hash",
]  # fmt: skip

_MAX_NAME = 120
_SECOND = "%Y-%m-%dT%H:%M:%S"
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One document as the source issued it; ``name`` is that of its file or page, for findings.

    ``headers`` are those that came with it, by names in lower case; a file has none. ``fetched_at`` is when it came, by
    the clock of this node.
    """

    name: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    fetched_at: datetime | None = None

    def came_before(self, when: str) -> bool:
        """Whether *when*, a time of UTC as RFC 3339 writes it, lies ahead of its fetch, to the second. What lies ahead
        must not move a cursor: all that comes until then would be passed over. No where that is not known."""
        return self.fetched_at is not None and self.fetched_at.astimezone(UTC).strftime(_SECOND) < when[:19]


@dataclass(frozen=True, slots=True)
class Mapped:
    """How a field came about that the source does not hold as it stands.

    Attributes:
        field: path in the content, such as ``misuse_categories`` or ``timeline.started``.
        method: a rule of ours, or a machine that judged.
        by: name and version of the rule or model, such as ``atlas-rules@1``.
        basis: what of the source it was made from, such as ``procedure[].technique``.
    """

    field: str
    method: MappingMethod
    by: str
    basis: str | None = None
    confidence: Confidence | None = None

    def as_document(self) -> dict[str, JsonValue]:
        """As JSON values, without what was left empty."""
        values = {"field": self.field, "method": self.method.value, "by": self.by, "basis": self.basis}
        values["confidence"] = self.confidence.value if self.confidence is not None else None
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Draft:
    """One upstream record, read.

    Attributes:
        upstream_id: the record's id at the source, stable over its releases.
        content: a document for the public part, without ``upstream``; whoever runs the import validates it.
        sha256: hash of the whole upstream record, as ``upstream_hash`` makes it: the record is unchanged while it is.
        url: the record's page at the source.
        links: relations that the source itself states, to other records of it by their upstream id.
        restricted: a document for the restricted part, such as a text that must not be public as it stands.
        mapped: which fields of the content were made by a rule or guessed by a machine.
        held: whether somebody has to look at it first, whatever the source's trust; a finding says why.
        names: parties that may be natural persons, as the source writes them; ``importers.people`` seeks them in every
            text of the public part. They are kept nowhere.
        joins: keys of fragments that other documents of the run hold of it, beside those under its upstream id.
    """

    upstream_id: str
    kind: Kind
    content: Document
    marking: Document
    sha256: str
    url: str | None = None
    links: tuple[tuple[LinkRel, str], ...] = ()
    restricted: Document = field(default_factory=dict)
    mapped: tuple[Mapped, ...] = ()
    held: bool = False
    names: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()

    def document(self, source: Source) -> Document:
        """The content with its origin."""
        upstream: dict[str, JsonValue] = {"source": source.id, "id": self.upstream_id, "sha256": self.sha256}
        upstream["attribution"] = source.attribution
        if self.url is not None:
            upstream["url"] = self.url
        if self.mapped:
            upstream["mapped"] = [one.as_document() for one in self.mapped]
        return {**self.content, "upstream": upstream}


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A record that the source says it has withdrawn; ``reason`` is ours and short, in plain words."""

    upstream_id: str
    reason: str = "Its source has withdrawn it."


@dataclass(frozen=True, slots=True)
class Fragment:
    """What one document says of a record that another document of the same run holds; ``joining`` puts them together.

    A record is what the documents of one run say: without the document that had them, a later run says its fragments no
    more, and a finding tells which part was missing.

    Attributes:
        key: the record's upstream id, or a key that its draft lists in ``joins``.
        part: what sort of thing it is, in plain words; one of the importer's ``parts`` if every run should have it.
        content: its lists are added to those of the draft; other values fill what the draft has left empty.
        sha256: hash of what was read, as ``upstream_hash`` makes it.
        is_needed: whether it is a finding that no record of the run takes it.
    """

    key: str
    part: str
    content: Document
    sha256: str
    mapped: tuple[Mapped, ...] = ()
    names: tuple[str, ...] = ()
    is_needed: bool = True


TaxonomyDraft: TypeAlias = Taxonomy
Parsed: TypeAlias = Draft | Fragment | TakenBack | TaxonomyDraft | Finding


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document to be fetched: by GET, or by POST where there is a body. ``name`` is for findings.

    ``state`` is what ``follow`` has to know again when the document has come; it is sent to nobody.
    """

    url: str
    name: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Following:
    """What a fetched document leads to.

    Attributes:
        wanted: further documents of the same run, such as the next page or the files of a manifest.
        present: upstream ids that the source still has unchanged, whose documents are not fetched again.
        cursor: where the next run goes on; ``None`` leaves it where it is. It is kept only once the run has ended well.
        edition: what tells one state of the source from another, such as its release or the number of all its records:
            documents of one run that differ in it were read while the source changed.
    """

    wanted: tuple[Wanted, ...] = ()
    present: tuple[str, ...] = ()
    cursor: str | None = None
    edition: str | None = None


def file_name(url: str, otherwise: str = "document") -> str:
    """What a document is called in findings: the end of its address's path. A query may hold a key, and is left out."""
    path = url.partition("#")[0].partition("?")[0].partition("://")[2]
    return path.partition("/")[2].rsplit("/", 1)[-1][:_MAX_NAME] or otherwise


def begin_at_urls(source: Source, _cursor: str | None) -> tuple[Wanted, ...]:
    """Each address of the source, by GET."""
    return tuple(Wanted(url, file_name(url, source.id)) for url in source.urls)


def ends_here(_document: RawDocument, _wanted: Wanted, _source: Source, _cursor: str | None) -> Following:
    """A document that leads to no other."""
    return Following()


@dataclass(frozen=True, slots=True)
class Importer:
    """One format, and its publisher or the defaults for those who issue it.

    Attributes:
        source: the publisher; for a format that many issue, what holds until a row says otherwise.
        parse: reads one document of a source; pure, never raises.
        begin: which documents a fetch begins with, given the cursor of the last run.
        follow: what a fetched document leads to, given how it was asked for, its source and the cursor of the last
            run; pure, never raises.
        is_whole: whether the documents of a run hold all that the source has, so that what is not among them is gone.
        is_format: whether many publish it; then the licence has to be said for each.
        never_publishes: whether its records wait for review even if the source is trusted.
        parts: what the records of a run are to be completed with, from documents beside those that hold them.
    """

    source: Source
    parse: Callable[[RawDocument, Source], Iterable[Parsed]]
    begin: Callable[[Source, str | None], Iterable[Wanted]] = begin_at_urls
    follow: Callable[[RawDocument, Wanted, Source, str | None], Following] = ends_here
    is_whole: bool = True
    is_format: bool = False
    never_publishes: bool = False
    parts: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The name of its module, and of its source unless there are several."""
        return self.source.format

    def of(self, source: Source) -> Importer:
        """The same format, for another publisher."""
        return replace(self, source=source)


def upstream_hash(record: Document) -> str:
    """SHA-256, hexadecimal, over the canonical upstream record.

    Raises:
        InvalidInput: it cannot be written as canonical JSON.
    """
    return hashlib.sha256(canonical_bytes(record)).hexdigest()
