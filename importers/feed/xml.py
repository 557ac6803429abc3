"""Feeds in XML, read without trusting them: Atom, RSS 0.9 to 2.0 and RDF; what a reading list needs is kept of them.

No tree is built: depth, elements and characters are counted while they pass. Definitions of the document's own, such as
entities, are refused, so that nothing expands and nothing is fetched. A document that is not in the encoding
that it claims is read again as Windows-1252, which every byte is in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from registry.domain.errors import InvalidInput, Problem

MAX_BYTES = 20 * 1024 * 1024
MAX_DEPTH = 64
MAX_ELEMENTS = 500_000
MAX_ENTRIES = 5_000
_MAX_TEXT = 50_000
_ATOM = "{http://www.w3.org/2005/Atom}"
_TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
_XML = "{http://www.w3.org/XML/1998/namespace}"
# Of other vocabularies, such as those for media, no element is an entry's own title or text.
_SPACES = frozenset(
    {
        "",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://purl.org/atom/ns#",
        "http://purl.org/dc/elements/1.1/",
        "http://purl.org/dc/terms/",
        "http://purl.org/rss/1.0/",
        "http://purl.org/rss/1.0/modules/content/",
        "http://www.w3.org/2005/Atom",
    }
)
_ENTRIES = frozenset({"entry", "item"})
_ROOTS = frozenset({"feed", "rss", "RDF", "rdf", "entry"})


@dataclass(slots=True)
class FeedEntry:
    """One entry as it is written; ``links`` are absolute where the document says against what.

    Attributes:
        fields: texts by the local name of their element, the first of each.
    """

    fields: dict[str, str] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    language: str | None = None


@dataclass(slots=True)
class FeedDocument:
    """A feed: its entries, the ids of those that were deleted, and the address of its next page.

    Attributes:
        is_cut: whether there were more entries than are read.
        is_mended: whether its encoding was another than it claims.
    """

    entries: list[FeedEntry] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    language: str | None = None
    next_page: str | None = None
    is_cut: bool = False
    is_mended: bool = False


def read_feed(body: bytes) -> FeedDocument:
    """Read a feed in XML.

    Raises:
        InvalidInput: with one problem BROKEN_DOCUMENT: it is none, it is too deep or too large, or defines entities.
    """
    if len(body) > MAX_BYTES:
        raise _broken(f"a document is limited to {MAX_BYTES} bytes")
    body = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    try:
        return _parsed(body, None)
    except (ParseError, ValueError, LookupError):
        pass
    try:
        found = _parsed(body.decode("cp1252", "replace").encode(), "utf-8")
    except ParseError as error:
        line, column = error.position
        raise _broken(f"line {line}, column {column + 1}: this is no XML") from None
    except (ValueError, LookupError):
        raise _broken("this is no XML") from None
    found.is_mended = True
    return found


def _parsed(body: bytes, encoding: str | None) -> FeedDocument:
    reader = _Reader()
    try:
        parser = DefusedXMLParser(target=reader, encoding=encoding, forbid_dtd=True)
        # Beside a name of a definition, the parser of the standard library dies of an entity that nobody defines.
        parser.feed(_NAMED_DEFINITION.sub(rb"\1", body, count=1))
        parser.close()
    except DefusedXmlException:
        raise _broken("definitions of its own, such as entities, are not read") from None
    if not reader.is_feed:
        raise _broken("a feed in Atom, RSS or RDF is expected")
    return reader.document


def _broken(message: str) -> InvalidInput:
    return InvalidInput([Problem((), "BROKEN_DOCUMENT", message)])


# What some kinds of RSS begin with: the name of a definition, and none of its own.
_NAMED_DEFINITION = re.compile(rb"\A(<\?[^>]{0,200}>)?\s{0,50}<!DOCTYPE[^\[>]{0,400}>")


@dataclass(slots=True)
class _Reader:
    """What a parser tells, element by element; ``bases`` and ``texts`` follow the open elements."""

    document: FeedDocument = field(default_factory=FeedDocument)
    is_feed: bool = False
    elements: int = 0
    bases: list[str] = field(default_factory=list)
    entry: FeedEntry | None = None
    entry_depth: int = 0
    name: str = ""
    pieces: list[str] = field(default_factory=list)
    size: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        local = _local(tag)
        if self.elements > MAX_ELEMENTS or len(self.bases) >= MAX_DEPTH:
            raise _broken(f"more than {MAX_ELEMENTS} elements, or {MAX_DEPTH} of them within each other")
        if not self.bases:
            self.is_feed = local in _ROOTS
        self.bases.append(_joined(self.bases[-1] if self.bases else "", attributes.get(f"{_XML}base", "")))
        if tag == _TOMBSTONE and "ref" in attributes and len(self.document.deleted) < MAX_ENTRIES:
            self.document.deleted.append(attributes["ref"].strip())
        elif self.entry is None and local in _ENTRIES:
            self._open(attributes)
        elif self.entry is not None and len(self.bases) == self.entry_depth + 1:
            self._field(self.entry, tag, local, attributes)
        elif self.entry is None:
            self._of_feed(tag, local, attributes)

    def data(self, text: str) -> None:
        if self.name and self.size < _MAX_TEXT:
            self.pieces.append(text[: _MAX_TEXT - self.size])
            self.size += len(text)

    def end(self, _tag: str) -> None:
        depth = len(self.bases)
        if self.entry is not None and depth == self.entry_depth + 1:
            self._close_field(self.entry)
        elif self.entry is not None and depth == self.entry_depth:
            self._keep()
        elif self.entry is None and self.name:
            self.document.language = self.document.language or "".join(self.pieces).strip()
            self.name = ""
        self.bases.pop()

    def close(self) -> FeedDocument:
        return self.document

    def _open(self, attributes: dict[str, str]) -> None:
        self.entry = FeedEntry(language=attributes.get(f"{_XML}lang"))
        self.entry_depth = len(self.bases)
        about = attributes.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about")
        if about:
            self.entry.fields["guid"] = about

    def _field(self, entry: FeedEntry, tag: str, local: str, attributes: dict[str, str]) -> None:
        is_read = tag[1:].rpartition("}")[0] in _SPACES
        self.name, self.pieces, self.size = local if is_read else "", [], 0
        if tag == f"{_ATOM}link" and "href" in attributes:
            entry.links.append((attributes.get("rel", "alternate"), _joined(self.bases[-1], attributes["href"])))
        elif local == "guid":
            # A guid is the address of the entry unless it says otherwise.
            entry.fields.setdefault("permalink", attributes.get("isPermaLink", "true"))
        elif local == "title" and f"{_XML}lang" in attributes:
            entry.language = attributes[f"{_XML}lang"]

    def _close_field(self, entry: FeedEntry) -> None:
        text = "".join(self.pieces).strip()
        if self.name == "link" and text:
            entry.links.append(("alternate", _joined(self.bases[-1], text)))
        elif self.name in {"author", "creator", "contributor"} and text:
            entry.authors.append(text)
        elif self.name != "link" and text:
            entry.fields.setdefault(self.name, text)
        self.name = ""

    def _keep(self) -> None:
        if self.entry is not None and len(self.document.entries) < MAX_ENTRIES:
            self.document.entries.append(self.entry)
        else:
            self.document.is_cut = True
        self.entry = None

    def _of_feed(self, tag: str, local: str, attributes: dict[str, str]) -> None:
        if len(self.bases) == 1:
            self.document.language = attributes.get(f"{_XML}lang")
        elif tag == f"{_ATOM}link" and attributes.get("rel") == "next" and "href" in attributes:
            self.document.next_page = _joined(self.bases[-1], attributes["href"])
        elif local == "language":
            self.name, self.pieces, self.size = local, [], 0


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _joined(base: str, address: Any) -> str:
    try:
        return urljoin(base, str(address).strip()[:2_000])
    except ValueError:
        return base
