"""The drafts of a run, in a file without a name that is gone with the process: memory holds only where each begins."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from importers.contract import Draft
from registry.domain.errors import StoreUnavailable
from registry.domain.vocabulary import LinkRel

_IN_MEMORY_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a draft is kept, and what has to be known of it beforehand."""

    begin: int
    size: int
    sha256: str
    links: tuple[tuple[LinkRel, str], ...] = ()


@dataclass(slots=True)
class Spool:
    """Drafts by place."""

    _file: BinaryIO
    _end: int = field(default=0)

    def add(self, draft: Draft) -> Place:
        """Keep a draft behind the others.

        Raises:
            StoreUnavailable: the disk takes no more.
        """
        body = pickle.dumps(draft, protocol=pickle.HIGHEST_PROTOCOL)
        try:
            self._file.seek(self._end)
            self._file.write(body)
        except OSError:
            raise StoreUnavailable("what an import has read cannot be kept on the disk now") from None
        place = Place(self._end, len(body), draft.sha256, draft.links)
        self._end += len(body)
        return place

    def draft(self, place: Place) -> Draft:
        """The draft that is kept there. Only this process has written the file."""
        self._file.seek(place.begin)
        found: Draft = pickle.loads(self._file.read(place.size))  # noqa: S301
        return found


@contextmanager
def opened() -> Iterator[Spool]:
    """An empty spool; small ones stay in memory."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as file:
        yield Spool(file)  # type: ignore[arg-type]
