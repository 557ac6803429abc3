"""What we use of Whoosh, imported once with the warnings of its old code kept quiet.

Whoosh keeps the files: terms, postings with positions, stored text and one column. Evaluating, scoring, facets and
snippets are ours, so that an answer depends on the live documents only and not on how they came into segments.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh.analysis import SpaceSeparatedTokenizer
    from whoosh.columns import VarBytesColumn
    from whoosh.fields import COLUMN, ID, STORED, TEXT, Schema
    from whoosh.filedb.filestore import FileStorage
    from whoosh.index import TOC, LockError
    from whoosh.lang.porter import stem as porter_stem
    from whoosh.reading import SegmentReader, TermNotFound
    from whoosh.writing import MERGE_SMALL

__all__ = ["SCHEMA", "TOC", "Damaged", "FileStorage", "LockError", "SegmentReader", "TermNotFound", "porter_stem"]

# To be raised with every change to the schema, to ``analysis`` or to what a column or a body holds.
SCHEMA_VERSION = 6
INDEX_NAME = "MAIN"
SCHEMA = Schema(
    uid=ID(unique=True),
    text=TEXT(analyzer=SpaceSeparatedTokenizer()),
    body=STORED(),
    facts=COLUMN(VarBytesColumn()),
)


class Damaged(Exception):
    """A file of the index cannot be read: it is damaged, or a writer removed it meanwhile."""


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


def forgetting(writer: Any, segments: list[Any]) -> list[Any]:
    """Whoosh's merge policy, which in addition writes every segment anew that holds deleted documents.

    Until then their words stay in the files; after an erasure they may not.
    """
    kept = MERGE_SMALL(writer, segments)
    for segment in kept:
        if segment.has_deletions():
            reader = SegmentReader(writer.storage, writer.schema, segment)
            writer.add_reader(reader)
            reader.close()
    return [segment for segment in kept if not segment.has_deletions()]
