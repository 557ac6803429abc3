"""Postings on their way into a segment, by term: arrays where Whoosh's own pool sorts a tuple for each posting.

What does not fit into memory goes to a file in the order of terms, and the files are read side by side at the end.
"""

from __future__ import annotations

import heapq
import pickle
from array import array
from collections.abc import Iterable, Iterator
from operator import itemgetter
from tempfile import TemporaryFile
from typing import IO, Any, TypeAlias

from registry.search.term_files import Term, joined, key_of

_Held: TypeAlias = "tuple[array[int], array[float]]"
_ENTRY_BYTES = 250
_POSTING_BYTES = 8


class PostingPool:
    """The part of Whoosh's pool that its writer uses. Documents come in rising order."""

    def __init__(self, folder: str, megabytes: int) -> None:
        self._folder = folder
        self._limit = megabytes << 20
        self._held: dict[bytes, _Held] = {}
        self._size = 0
        self._runs: list[IO[bytes]] = []

    def add(self, field: str, document: int, counts: Iterable[tuple[str, float]]) -> None:
        """Take in the terms of a field of one document, each once, and how often each stands in it."""
        all_held, begin = self._held, key_of(field, b"")
        for term, count in counts:
            key = begin + term.encode()
            held = all_held.get(key)
            if held is None:
                all_held[key] = array("I", (document,)), array("f", (count,))
                self._size += _ENTRY_BYTES
            else:
                held[0].append(document)
                held[1].append(count)
            self._size += _POSTING_BYTES
        if self._size > self._limit:
            self._save()

    def iter_postings(self) -> Iterator[Term]:
        """Every term with its postings, sorted."""
        if not self._runs:
            return self._sorted()
        # Runs are numbered as they were written, the last one is in memory: so documents rise.
        return joined(heapq.merge(*map(_read, self._runs), self._sorted(), key=itemgetter(0)))

    def cleanup(self) -> None:
        """Let go of every file."""
        for run in self._runs:
            run.close()

    def _sorted(self) -> Iterator[Term]:
        for key in sorted(self._held):
            yield key, *self._held[key]

    def _save(self) -> None:
        run = TemporaryFile(dir=self._folder)  # noqa: SIM115  # closed by cleanup
        for entry in self._sorted():
            pickle.dump(entry, run, pickle.HIGHEST_PROTOCOL)
        run.seek(0)
        self._runs.append(run)
        self._held, self._size = {}, 0


def _read(run: IO[bytes]) -> Iterator[Any]:
    while True:
        try:
            # Our own file, which nobody else can open.
            yield pickle.load(run)  # noqa: S301
        except EOFError:
            return
