"""How much one run may fetch, and what is left of it: documents, bytes and time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from threading import Event

from registry.domain.errors import FetchFailed, Interrupted, StoreUnavailable
from registry.settings import Settings

_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How much one run fetches, in bytes as unpacked and in seconds.

    Attributes:
        documents: most documents, those out of archives included; ten times as many members are looked at.
        document_seconds: for one request, redirects included.
        tries: how often one document is asked for at most.
        longest_wait: what a busy host may ask us to wait; where it asks for more, it is left for this run.
    """

    documents: int = 50_000
    document_bytes: int = 200 * _MB
    total_bytes: int = 2000 * _MB
    seconds: float = 3600.0
    document_seconds: float = 600.0
    pause_seconds: float = 0.5
    tries: int = 4
    longest_wait: float = 60.0


def limits_of(settings: Settings) -> FetchLimits:
    """As an operator has set them."""
    return FetchLimits(
        documents=settings.import_documents,
        document_bytes=settings.import_document_mb * _MB,
        total_bytes=settings.import_total_mb * _MB,
        seconds=settings.import_minutes * 60.0,
        pause_seconds=settings.import_pause_seconds,
    )


@dataclass(slots=True)
class Allowance:
    """What is left of a run's limits."""

    limits: FetchLimits
    stop: Event
    bytes_left: int = 0
    documents_left: int = 0
    ends_at: float = 0.0

    def __post_init__(self) -> None:
        self.bytes_left = self.limits.total_bytes
        self.documents_left = self.limits.documents
        self.ends_at = time.monotonic() + self.limits.seconds

    @property
    def seconds_left(self) -> float:
        """Before the run's fetching ends."""
        return max(0.0, self.ends_at - time.monotonic())

    def take_document(self) -> None:
        """Count one.

        Raises:
            FetchFailed: TOO_MANY_DOCUMENTS, or RUN_TOO_LONG.
            Interrupted: the process ends.
        """
        self._require_going_on()
        if not self.documents_left:
            raise FetchFailed("the source leads to more documents than a run takes", reason="TOO_MANY_DOCUMENTS")
        self.documents_left -= 1

    def take_bytes(self, count: int) -> None:
        """Count bytes.

        Raises:
            FetchFailed: RUN_TOO_LARGE, or RUN_TOO_LONG.
            Interrupted: the process ends.
        """
        self._require_going_on()
        self.bytes_left -= count
        if self.bytes_left < 0:
            raise FetchFailed("the documents have more bytes than a run takes", reason="RUN_TOO_LARGE")

    def wait(self, seconds: float) -> None:
        """Wait, unless the run or the process ends.

        Raises:
            as ``take_bytes``.
        """
        self.stop.wait(min(seconds, self.seconds_left))
        self._require_going_on()

    def _require_going_on(self) -> None:
        if self.stop.is_set():
            raise Interrupted("this was interrupted", hint="what was finished is kept; it goes on at the next run")
        if not self.seconds_left:
            raise FetchFailed("fetching from the source took longer than a run may", reason="RUN_TOO_LONG")


class Spooled(FileIO):
    """A file that takes what the allowance allows."""

    def __init__(self, path: Path, allowance: Allowance) -> None:
        super().__init__(path, "w+b")
        self._allowance = allowance

    def write(self, piece: bytes) -> int:  # type: ignore[override]  # nothing but bytes is written
        """Write all of *piece*.

        Raises:
            FetchFailed, Interrupted: as ``Allowance.take_bytes``.
            StoreUnavailable: the disk takes no more.
        """
        self._allowance.take_bytes(len(piece))
        try:
            written = super().write(piece)
        except OSError:
            written = -1
        if written != len(piece):
            raise StoreUnavailable("documents cannot be kept in the data directory now")
        return written
