"""What we use of Whoosh, imported once with the warnings of its old code kept quiet.

Whoosh keeps the files: terms, postings with positions, stored text and one column. Evaluating, scoring, facets and
snippets are ours, so that an answer depends on the live documents only and not on how they came into segments.
"""

from __future__ import annotations

import pickle
import struct
import warnings
import zlib

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh.analysis import SpaceSeparatedTokenizer
    from whoosh.columns import VarBytesColumn
    from whoosh.fields import COLUMN, ID, STORED, TEXT, Schema
    from whoosh.filedb.filestore import FileStorage
    from whoosh.index import TOC, EmptyIndexError, LockError
    from whoosh.lang.porter import stem as porter_stem
    from whoosh.reading import SegmentReader, TermNotFound

__all__ = ["SCHEMA", "SCHEMA_VERSION", "TOC", "UNREADABLE", "EmptyIndexError", "FileStorage", "LockError"]
__all__ += ["SegmentReader", "TermNotFound", "porter_stem"]

# To be raised with every change to the schema, to ``analysis`` or to what a column holds.
SCHEMA_VERSION = 1
INDEX_NAME = "MAIN"
SCHEMA = Schema(
    uid=ID(unique=True),
    text=TEXT(analyzer=SpaceSeparatedTokenizer()),
    body=STORED(),
    facts=COLUMN(VarBytesColumn()),
)

# What reading a damaged or vanished file raises, from the operating system up to Whoosh's own checks.
UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    struct.error,
    zlib.error,
    pickle.UnpicklingError,
    EmptyIndexError,
)
