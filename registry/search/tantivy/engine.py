"""What we use of tantivy: the schema of a shelf, and errors of its files as ``Damaged``.

Its BM25 has the same k1 and b as ours, but counts documents that were deleted and not merged away yet. So its scores
only choose candidates; ``scoring`` tells the score that depends on live documents alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import tantivy

from registry.search.engine import SCHEMA_VERSION as ANALYSIS_VERSION
from registry.search.engine import Damaged

# To be raised with every change to the fields below; a change to what a document says raises the other one.
SCHEMA_VERSION = 2000 + ANALYSIS_VERSION
META = "meta.json"
BUCKETS = 65_000


class TooManyBuckets(Exception):
    """More values were to be counted at once than tantivy counts."""


def _schema() -> tantivy.Schema:
    building = tantivy.SchemaBuilder()
    building.add_text_field("uid", tokenizer_name="raw", index_option="basic")
    building.add_text_field("text", tokenizer_name="whitespace", index_option="position")
    building.add_text_field("words", tokenizer_name="whitespace", index_option="basic")
    building.add_text_field("having", tokenizer_name="raw", index_option="basic")
    building.add_json_field("facets", fast=True, tokenizer_name="raw", index_option="basic")
    building.add_json_field("measures", fast=True, tokenizer_name="raw", index_option="basic")
    building.add_bytes_field("source", stored=True)
    for name in ("length", "severity", "occurred", "published", "day"):
        building.add_integer_field(name, fast=True)
    for name in ("high", "low", "by_severity", "by_occurred", "by_published", "by_day"):
        building.add_unsigned_field(name, fast=True)
    return building.build()


SCHEMA = _schema()


@contextmanager
def files() -> Iterator[None]:
    """Around every use of tantivy that touches files: whatever it raises becomes ``Damaged``."""
    try:
        yield
    except (Damaged, TooManyBuckets):
        raise
    except BaseException as error:
        # A panic of the compiled code is no Exception, and its class has no name to import.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise Damaged(str(error)) from error
        raise
