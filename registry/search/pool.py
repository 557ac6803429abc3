"""Postings on their way into a segment, by term: arrays where Whoosh's own pool sorts a tuple for each posting.

What does not fit into memory goes to a file in the order of terms, and the files are read side by side at the end.
"""

from __future__ import annotations

import heapq
import pickle
from array import array
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from tempfile import TemporaryFile
from typing import IO, Any, TypeAlias

from registry.search.term_files import Term, key_of

_Key: TypeAlias = "tuple[str, bytes]"
_Held: TypeAlias = "tuple[array[int], array[float]]"
_ENTRY_BYTES = 250
_POSTING_BYTES = 8


class PostingPool:
    """The part of Whoosh's pool that its writer uses. Documents come in rising order."""

    def __init__(self, folder: str, megabytes: int) -> None:
        self._folder = folder
        self._limit = megabytes << 20
        self._held: dict[_Key, _Held] = {}
        self._size = 0
        self._runs: list[IO[bytes]] = []

    def add(self, item: tuple[str, bytes, int, float, bytes]) -> None:
        """Take in one posting: field, term, document, weight, and a value that we never have."""
        field, term, document, weight, _ = item
        held = self._held.get((field, term))
        if held is None:
            held = self._held[field, term] = array("I"), array("f")
            self._size += _ENTRY_BYTES
        held[0].append(document)
        held[1].append(weight)
        self._size += _POSTING_BYTES
        if self._size > self._limit:
            self._save()

    def iter_postings(self) -> Iterator[Term]:
        """Every term with its postings, sorted."""
        parts = heapq.merge(self._sorted(), *map(_read, self._runs), key=itemgetter(0, 1))
        for (field, term), of_term in groupby(parts, key=itemgetter(0)):
            documents, weights = array("I"), array("f")
            # Runs are numbered as they were written, the last one is in memory: so documents rise.
            for _, _, of_documents, of_weights in of_term:
                documents.extend(of_documents)
                weights.extend(of_weights)
            yield key_of(field, term), documents, weights

    def cleanup(self) -> None:
        """Let go of every file."""
        for run in self._runs:
            run.close()

    def _sorted(self) -> Iterator[tuple[_Key, int, array[int], array[float]]]:
        number = len(self._runs)
        for key in sorted(self._held):
            yield (key, number, *self._held[key])

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
