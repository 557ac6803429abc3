"""Writing documents into one physical index of Whoosh."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from registry.domain.record import RecordUid
from registry.domain.search import IndexEntry, SearchDocument
from registry.search import analysis, snippets
from registry.search.columns import facts_of
from registry.search.engine import CODEC, SCHEMA, files
from registry.search.pool import PostingPool
from registry.search.recent import Fields


@contextmanager
def writer(index: Any, megabytes: int) -> Iterator[Any]:
    """A Whoosh writer that adds a segment at the end and merges nothing, or cancels and so frees its lock."""
    with files():
        writer = index.writer(compound=False, codec=CODEC)
        writer.pool = PostingPool(index.storage.folder, megabytes)
    try:
        yield writer
        with files():
            writer.commit(merge=False)
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


def fields_of(uid: RecordUid, document: SearchDocument) -> Fields:
    """What an index holds of *document*."""
    text = analysis.of_document(document)
    facts = facts_of(uid, document, text.counts.total())
    body = snippets.body_of(document.title, document.text, document.labels)
    return Fields(uid, text.counts, text.spellings, body, text.sequence, facts)


def add(writer: Any, fields: Fields) -> None:
    """Write a document that the index does not hold yet. Whoosh's own way would take each term as a call."""
    with files():
        number, pool, documents = writer.docnum, writer.pool, writer.perdocwriter
        pool.add("uid", number, ((fields.uid, 1.0),))
        pool.add("text", number, fields.text.items())
        pool.add("words", number, ((word, 1.0) for word in fields.words))
        documents.start_doc(number)
        documents.add_field("body", SCHEMA["body"], fields.body, 0)
        for name, value in (("sequence", fields.sequence.encode()), ("facts", fields.facts)):
            documents.add_column_value(name, SCHEMA[name].column_type, value)
        documents.finish_doc()
        writer.docnum = number + 1
        writer._added = True  # noqa: SLF001
