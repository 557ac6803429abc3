"""The search index of large nodes: two of tantivy, ``public`` and ``restricted``, behind ``ports.SearchIndex``."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import tantivy

from registry.domain.record import RecordUid
from registry.domain.search import IndexEntry
from registry.search.answering import AnsweringIndex, Answers
from registry.search.life import new_name
from registry.search.manifest import SHELVES, Manifest
from registry.search.tantivy import counting, expansion, likeness, pages
from registry.search.tantivy.engine import SCHEMA, SCHEMA_VERSION, files
from registry.search.tantivy.files import describe, is_sound
from registry.search.tantivy.snapshot import Snapshot, open_snapshot
from registry.search.tantivy.writing import Writing, rewritten
from registry.search.writing import documents, is_erased


class TantivyIndex(AnsweringIndex[Snapshot]):
    """A search index in one directory. Any thread may read; one process at a time writes, the others follow it."""

    schema = SCHEMA_VERSION

    answers = Answers(
        search=pages.search,
        uids=pages.uids,
        among=pages.among,
        table=counting.table,
        near=expansion.suggestions,
        like=likeness.like,
        newest=pages.newest,
    )

    def _empty(self) -> dict[str, Snapshot]:
        nothing = tantivy.Index(SCHEMA)
        return {shelf: Snapshot(nothing.searcher(), held=0) for shelf in SHELVES}

    def _open(self, build: Path, reuse: Mapping[str, Snapshot]) -> dict[str, Snapshot]:
        return {shelf: open_snapshot(build / shelf, reuse=reuse[shelf]) for shelf in SHELVES}

    def _describe(self, build: str, *, position: int, known: Mapping[str, tuple[int, int]]) -> Manifest:
        return describe(self._dir, build, position=position, known=known)

    def _is_sound(self, found: Manifest) -> bool:
        return is_sound(self._dir, found)

    def _release(self, shelves: Mapping[str, Snapshot]) -> None:
        """tantivy's files are mapped, and let go of with the last search that uses them."""

    def _fill(self, build: Path, entries: Iterable[IndexEntry]) -> None:
        with ExitStack() as stack:
            shelves = {shelf: stack.enter_context(Writing(build / shelf, is_rebuild=True)) for shelf in SHELVES}
            for entry in entries:
                for shelf, document in documents(entry):
                    if document is not None:
                        shelves[shelf].add(entry.uid, document)

    def _commit(self, build: str, entries: dict[RecordUid, IndexEntry]) -> str:
        *_, (last, _) = self._commits(build, entries)
        return last

    def _commits(self, build: str, entries: dict[RecordUid, IndexEntry]) -> Iterator[tuple[str, bool]]:
        """What is committed is found at once, while tantivy merges."""
        old = self._dir / build
        with ExitStack() as stack:
            to_forget = {shelf for shelf in SHELVES if _write(stack, old / shelf, shelf, entries)}
            yield build, not to_forget
        if not to_forget:
            yield build, True
            return
        # tantivy merges when it thinks fit, so a shelf of which words must go is written anew, without what is
        # deleted; the other one keeps its files under a second name.
        new = new_name()
        for shelf in SHELVES:
            if shelf in to_forget:
                rewritten(old / shelf, self._dir / new / shelf)
            else:
                with files():
                    shutil.copytree(old / shelf, self._dir / new / shelf, copy_function=os.link)
        yield new, True


def _write(stack: ExitStack, directory: Path, shelf: str, entries: dict[RecordUid, IndexEntry]) -> bool:
    """Write *entries* to one shelf, and tell whether its files hold words that must go; *stack* ends the writing."""
    wanted = {entry.uid: dict(documents(entry))[shelf] for entry in entries.values()}
    # What is there is read anew: a writer that died may have committed without saying so in the manifest.
    snapshot = open_snapshot(directory)
    present = snapshot.present(list(wanted))
    if present or any(wanted.values()):
        writing = stack.enter_context(Writing(directory))
        for uid, document in wanted.items():
            if uid in present:
                writing.remove(uid)
            if document is not None:
                writing.add(uid, document)
        writing.commit()
    return any(is_erased(entry) for entry in entries.values()) and bool(present or snapshot.has_deleted)
