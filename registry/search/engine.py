"""What we use of Whoosh, imported once with the warnings of its old code kept quiet.

Whoosh keeps the files: terms, postings with positions, stored text and one column. Evaluating, scoring, facets and
snippets are ours, so that an answer depends on the live documents only and not on how they came into segments.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from registry.search.term_files import TermsWriter

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh.codec.whoosh3 import W3Codec
    from whoosh.columns import VarBytesColumn
    from whoosh.fields import COLUMN, ID, STORED, FieldType, Schema
    from whoosh.filedb.filestore import FileStorage
    from whoosh.formats import Existence
    from whoosh.index import TOC, LockError
    from whoosh.lang.porter import stem as porter_stem
    from whoosh.reading import SegmentReader, TermNotFound

__all__ = [
    "CODEC",
    "SCHEMA",
    "TOC",
    "Damaged",
    "FileStorage",
    "LockError",
    "SegmentReader",
    "TermNotFound",
    "VarBytesColumn",
    "porter_stem",
]


class Terms(FieldType):  # type: ignore[misc]  # Whoosh has no types
    """Terms, of which ``writing`` says how often each stands in a document: Whoosh neither analyses text nor keeps
    lengths."""

    def __init__(self) -> None:
        super().__init__(format=Existence(), analyzer=None)


class _Codec(W3Codec):  # type: ignore[misc]  # Whoosh has no types
    def field_writer(self, storage: Any, segment: Any) -> TermsWriter:
        terms, postings = (segment.create_file(storage, ending).file for ending in (self.TERMS_EXT, self.POSTS_EXT))
        return TermsWriter(terms, postings)


# To be raised with every change to the schema, to ``analysis`` or to what a column or a body holds.
SCHEMA_VERSION = 9
INDEX_NAME = "MAIN"
SCHEMA = Schema(
    uid=ID(unique=True),
    text=Terms(),
    words=Terms(),
    body=STORED(),
    sequence=COLUMN(VarBytesColumn()),
    facts=COLUMN(VarBytesColumn()),
)
CODEC = _Codec()


class Damaged(Exception):
    """A file of the index cannot be read: it is damaged, or a writer removed it meanwhile."""


def blocks(matcher: Any) -> Iterator[tuple[Any, Any]]:
    """Documents and weights of a posting list. The matcher hands out one posting a call; whole blocks are quicker."""
    while matcher.is_active():
        matcher.id()
        matcher.weight()
        yield matcher._ids, matcher._weights  # noqa: SLF001
        matcher._next_block()  # noqa: SLF001


@contextmanager
def files() -> Iterator[None]:
    """Around every use of Whoosh that touches files: whatever it raises becomes ``Damaged``.

    On damaged files Whoosh raises anything, bare ``Exception`` included, so nothing narrower can be caught.
    """
    try:
        yield
    except (Damaged, LockError):
        raise
    except Exception as error:
        raise Damaged(str(error)) from error
