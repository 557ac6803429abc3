"""Time and ids that a test controls."""

from __future__ import annotations

import hashlib
import threading
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 14, 15, 0, tzinfo=UTC)


class FixedClock:
    """A clock that stands still until a test advances it."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.at

    def advance(self, **duration: float) -> datetime:
        """Go on by a ``timedelta`` given by its own keywords; the instant reached."""
        self.at += timedelta(**duration)
        return self.at


class CountingIds:
    """Ids and secrets that are the same in every run, all different, in ascending order."""

    def __init__(self, *, begin: int = 0) -> None:
        self._count = begin
        # A node asks others for pages in threads of their own.
        self._counting = threading.Lock()

    def uid(self) -> str:
        """Text in the form of a UUIDv7, ascending."""
        count = self._next()
        milliseconds = f"{0x0195_0000_0000 + count:012x}"
        return f"{milliseconds[:8]}-{milliseconds[8:]}-7000-8000-{count:012x}"

    def salt(self) -> bytes:
        """16 bytes."""
        return hashlib.sha256(b"salt %d" % self._next()).digest()[:16]

    def token(self, length: int) -> str:
        """*length* digits with the letter t before them."""
        return f"t{self._next():0{length - 1}d}"

    def secret(self) -> str:
        """40 letters and digits."""
        return hashlib.sha256(b"secret %d" % self._next()).hexdigest()[:40]

    def six_digits(self) -> int:
        """From 100000 on."""
        return 100_000 + self._next()

    def go_on_from(self, other: CountingIds) -> None:
        """Give what *other* would give next."""
        self._count = other._count

    def _next(self) -> int:
        with self._counting:
            self._count += 1
            return self._count
