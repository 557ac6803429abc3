"""Writing documents into one physical index of Whoosh."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from registry.domain.record import RecordUid
from registry.domain.search import IndexEntry, SearchDocument
from registry.search import analysis, snippets
from registry.search.columns import facts_of
from registry.search.engine import CODEC, files
from registry.search.pool import PostingPool


@contextmanager
def writer(index: Any, megabytes: int, *, merge: object = None) -> Iterator[Any]:
    """A Whoosh writer that commits at the end, or cancels and so frees its lock."""
    with files():
        writer = index.writer(compound=False, codec=CODEC)
        writer.pool = PostingPool(index.storage.folder, megabytes)
    try:
        yield writer
        with files():
            writer.commit(mergetype=merge)
    except BaseException:
        if not writer.is_closed:
            with files():
                writer.cancel()
        raise


def is_erased(entry: IndexEntry) -> bool:
    """Whether no file may hold words of it any more."""
    return entry.forget or (entry.public is None and entry.restricted is None)


def documents(entry: IndexEntry) -> tuple[tuple[str, SearchDocument | None], ...]:
    """What each index should hold."""
    return ("public", entry.public), ("restricted", entry.restricted)


def add(writer: Any, uid: RecordUid, document: SearchDocument) -> None:
    """Write *document*, which the index does not hold yet."""
    text = analysis.of_document(document)
    with files():
        writer.add_document(
            uid=uid,
            text=text.counts,
            words=text.spellings,
            body=snippets.body_of(document),
            sequence=text.sequence.encode(),
            facts=facts_of(uid, document, text.counts.total()),
        )
