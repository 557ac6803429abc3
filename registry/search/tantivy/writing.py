"""Writing documents into one shelf."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import tantivy

from registry.domain.record import RecordUid
from registry.domain.search import SearchDocument
from registry.search.tantivy.engine import SCHEMA, files
from registry.search.tantivy.fields import document_of, unpacked
from registry.search.tantivy.snapshot import open_snapshot

_MEGABYTE = 1_000_000
# tantivy takes no less than 15.
_LIVE_MEGABYTES = 15
_REBUILD_MEGABYTES = 100


class Writing:
    """What is written to a shelf in one go: committed durably by ``commit`` or at the end of the block, or not at all.

    What tantivy merges then is merged before the block ends, so that the files stay as they are until the next one.
    """

    def __init__(self, directory: Path, *, is_rebuild: bool = False) -> None:
        with files():
            directory.mkdir(parents=True, exist_ok=True)
            self._writer = tantivy.Index(SCHEMA, str(directory)).writer(
                (_REBUILD_MEGABYTES if is_rebuild else _LIVE_MEGABYTES) * _MEGABYTE, num_threads=1
            )
        self._is_committed = False

    def add(self, uid: RecordUid, document: SearchDocument) -> None:
        """Write a document; one of the same uid stays beside it."""
        made = document_of(uid, document)
        with files():
            self._writer.add_document(made)

    def remove(self, uid: RecordUid) -> None:
        """Delete what was added of *uid* before."""
        with files():
            self._writer.delete_documents_by_term("uid", uid)

    def commit(self) -> None:
        """Commit durably. Nothing may be written behind it."""
        with files():
            self._writer.commit()
        self._is_committed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and not self._is_committed:
            self.commit()
        with files():
            if self._is_committed:
                self._writer.garbage_collect_files()
            else:
                self._writer.rollback()
            self._writer.wait_merging_threads()


def rewritten(old: Path, new: Path) -> None:
    """Write the live documents of the shelf *old* into a new one."""
    snapshot = open_snapshot(old)
    with Writing(new, is_rebuild=True) as writing:
        for address in snapshot.addresses():
            writing.add(*unpacked(snapshot.source(address)))
