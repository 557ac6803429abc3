"""The newest documents of one physical index: in a small file of their own, and in memory, until they fill a segment.

A segment takes Whoosh as long for one document as for a dozen. So what changes a record at a time is gathered here. The
file is written anew with every change and put in its place in one step; its documents hide those of the same records
in all segments, so it does not matter whether a writer that died had already put them into one.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from pathlib import Path

import orjson

from registry.domain.record import RecordUid
from registry.search import bits
from registry.search.analysis import count_in_order
from registry.search.columns import Columns
from registry.search.engine import Damaged, files
from registry.search.segment import MAX_TERMS, Postings, postings_of

_NAME = "recent.jsonl"
_NEW = f"{_NAME}.new"
# More records, or more bytes, become a segment.
_RECORDS = 32
_BYTES = 512 << 10
# More at once are a segment from the first.
BATCH = 8


@dataclass(frozen=True, slots=True)
class Fields:
    """What an index holds of a document: how often each term stands in its text, the words it is spelled with, and
    what ``Analysed``, ``snippets`` and ``columns`` make of it."""

    uid: RecordUid
    text: Mapping[str, int]
    words: frozenset[str]
    body: str
    sequence: str
    facts: bytes


@dataclass(frozen=True, slots=True)
class Held:
    """What the file says of a record: its document, or ``None`` where the index has none any more."""

    line: bytes
    fields: Fields | None


@dataclass(frozen=True, slots=True)
class Recent:
    """The newest documents. ``generation`` is raised with every change; 0 where there has been none."""

    generation: int = 0
    held: Mapping[RecordUid, Held] = field(default_factory=dict)

    @property
    def is_full(self) -> bool:
        """Whether it is time for a segment."""
        return len(self.held) > _RECORDS or sum(len(one.line) for one in self.held.values()) > _BYTES

    def with_(self, changed: Mapping[RecordUid, Fields | None]) -> Recent:
        """With *changed* in the place of what was held of the same records."""
        held = {uid: one for uid, one in self.held.items() if uid not in changed}
        held |= {uid: Held(_line(uid, fields), fields) for uid, fields in changed.items()}
        return Recent(self.generation + 1, held)

    def emptied(self) -> Recent:
        """Without any; all of them are in segments."""
        return Recent(self.generation + 1)

    @property
    def documents(self) -> list[Fields]:
        """In the order in which they changed."""
        return [one.fields for one in self.held.values() if one.fields is not None]


NOTHING = Recent()


def read_recent(directory: Path, *, reuse: Recent = NOTHING) -> Recent:
    """What the file in *directory* holds; lines that *reuse* holds too are not taken apart again.

    Raises:
        Damaged: the file is not as it was written.
    """
    with files():
        try:
            body = (directory / _NAME).read_bytes()
        except FileNotFoundError:
            return NOTHING
        head, _, rest = body.partition(b"\n")
        number, crc = orjson.loads(head)
        if zlib.crc32(rest) != crc:
            raise Damaged("the file of the newest documents is not as it was written")
        known = {one.line: (uid, one) for uid, one in reuse.held.items()}
        return Recent(number, dict(known.get(line) or _held(line) for line in rest.split(b"\n") if line))


def generation(directory: Path) -> int:
    """The generation of the file in *directory*.

    Raises:
        Damaged: the file is not as it was written.
    """
    with files():
        try:
            with (directory / _NAME).open("rb") as file:
                return int(orjson.loads(file.readline())[0])
        except FileNotFoundError:
            return NOTHING.generation


def write_recent(directory: Path, recent: Recent) -> None:
    """Put *recent* in the place of what the file in *directory* holds."""
    rest = b"\n".join(one.line for one in recent.held.values())
    new = directory / _NEW
    new.write_bytes(orjson.dumps([recent.generation, zlib.crc32(rest)]) + b"\n" + rest)
    new.replace(directory / _NAME)


def drop_unfinished(directory: Path) -> None:
    """Remove what a writer left that died before it had put its documents in their place."""
    with files():
        (directory / _NEW).unlink(missing_ok=True)


class RecentSegment:
    """The newest documents as a segment. Immutable, shared by threads; see ``Segment``."""

    name = "recent"

    def __init__(self, documents: Sequence[Fields]) -> None:
        self.size = len(documents)
        self.columns = Columns(one.facts for one in documents)
        self._documents = documents

    def close(self) -> None:
        """Nothing is open."""

    def read_through(self) -> None:
        """Everything was read when it was opened."""

    def body(self, document: int) -> str:
        """The text of a document, for snippets."""
        return self._documents[document].body

    def postings(self, term: str, *, field: str = "text") -> Postings:
        """The documents with *term*."""
        return postings_of(self._counts(term, field), self.size)

    def frequency(self, term: str, *, field: str = "text") -> int:
        """How many documents hold *term*."""
        return sum(1 for _ in self._counts(term, field))

    def in_order(self, terms: list[str], documents: int) -> Iterator[tuple[int, int]]:
        """Those of *documents* in which *terms* stand one behind the other, and how often they do."""
        for document in bits.documents(documents):
            count = count_in_order(terms, self._documents[document].sequence)
            if count:
                yield document, count

    def terms_with(self, prefix: str, *, field: str = "text") -> tuple[str, ...]:
        """The terms that begin with *prefix*, sorted."""
        terms = self._terms if field == "text" else self._words
        begin = bisect_left(terms, prefix)
        return tuple(takewhile(lambda term: term.startswith(prefix), terms[begin : begin + MAX_TERMS]))

    @cached_property
    def _terms(self) -> list[str]:
        return sorted(set[str]().union(*(one.text for one in self._documents)))

    @cached_property
    def _words(self) -> list[str]:
        return sorted(set[str]().union(*(one.words for one in self._documents)))

    def _counts(self, term: str, field: str) -> Iterable[tuple[int, float]]:
        if field == "text":
            return ((at, one.text[term]) for at, one in enumerate(self._documents) if term in one.text)
        return ((at, 1.0) for at, one in enumerate(self._documents) if term in one.words)


def _line(uid: RecordUid, fields: Fields | None) -> bytes:
    if fields is None:
        return orjson.dumps([uid])
    return orjson.dumps([uid, fields.text, sorted(fields.words), fields.body, fields.sequence, fields.facts.decode()])


def _held(line: bytes) -> tuple[RecordUid, Held]:
    uid, *rest = orjson.loads(line)
    if not rest:
        return RecordUid(uid), Held(line, None)
    text, words, body, sequence, facts = rest
    return RecordUid(uid), Held(line, Fields(uid, text, frozenset(words), body, sequence, facts.encode()))
