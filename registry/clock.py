"""The machine's clock and random source, as the ports want them."""

from __future__ import annotations

import secrets
import string
import threading
import time
from datetime import UTC, datetime

_LOWER = string.ascii_lowercase + string.digits
# The last 64 bits of a UUID: two say how it is laid out, 62 are random.
_VARIANT = 0b10 << 62
_RANDOM = (1 << 62) - 1
_MIXED = string.ascii_letters + string.digits


class SystemClock:
    """The time of this machine."""

    def now(self) -> datetime:
        """Now, aware, UTC, to the microsecond."""
        return datetime.now(UTC)


class RandomIds:
    """Ids and random bytes from the operating system."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last_ms = 0
        self._count = 0

    def uid(self) -> str:
        """A UUIDv7 (RFC 9562, 6.2 method 1): milliseconds, a 12-bit count within them, 62 random bits."""
        with self._lock:
            now_ms = time.time_ns() // 1_000_000
            if now_ms > self._last_ms:
                self._last_ms, self._count = now_ms, 0
            else:
                # The clock stood still or went back: go on counting, so that later ids sort later.
                self._count += 1
                if self._count > 0xFFF:
                    self._last_ms, self._count = self._last_ms + 1, 0
            stamp, count = self._last_ms, self._count
        low = int.from_bytes(secrets.token_bytes(8)) & _RANDOM | _VARIANT
        high = stamp & 0xFFFF_FFFF_FFFF
        return f"{high >> 16:08x}-{high & 0xFFFF:04x}-7{count:03x}-{low >> 48:04x}-{low & 0xFFFF_FFFF_FFFF:012x}"

    def salt(self) -> bytes:
        """16 random bytes."""
        return secrets.token_bytes(16)

    def token(self, length: int) -> str:
        """*length* random lower-case letters and digits."""
        return "".join(secrets.choice(_LOWER) for _ in range(length))

    def secret(self) -> str:
        """40 random letters and digits, 238 bits."""
        return "".join(secrets.choice(_MIXED) for _ in range(40))

    def six_digits(self) -> int:
        """A random number from 100000 to 999999."""
        return 100_000 + secrets.randbelow(900_000)
