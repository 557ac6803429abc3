"""Dumps for everybody: which there are, and their files."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from registry.domain.dump.made import Gone, Made


@dataclass(frozen=True, slots=True)
class Lost:
    """What strangers lost by a portion of the public log.

    Attributes:
        position: the last public row that was looked at.
        first: the first public row that ever told of one of the records that they may not read now; ``None`` where
            there is none. ``first_erased``: the same of those that are erased.
    """

    position: int
    first: int | None
    first_erased: int | None


class Dumps(Protocol):
    """All dumps that were ever made."""

    def add(self, made: Made) -> None:
        """Keep a new one.

        Raises:
            AlreadyExists: there was one of this name.
        """
        ...

    def get(self, name: str) -> Made | None:
        """The one of this name."""
        ...

    def all(self) -> tuple[Made, ...]:
        """All, the newest first."""
        ...

    def standing(self) -> tuple[Made, ...]:
        """Those that are there, the newest first."""
        ...

    def lost(self, after: int, *, limit: int) -> Lost | None:
        """What strangers lost by the next *limit* rows behind a public one; ``None`` at the end of the log."""
        ...

    def take_down(self, names: Collection[str], *, at: datetime, because: Gone) -> None:
        """Have these be there no more; whoever was gone before stays gone for its own reason."""
        ...


class DumpFiles(Protocol):
    """The files of dumps, a directory each."""

    def names(self) -> frozenset[str]:
        """The dumps whose files are there."""
        ...

    def remove(self, name: str) -> None:
        """Delete the files of a dump; it does no harm where there are none.

        Raises:
            StoreUnavailable: they could not be deleted.
        """
        ...
