"""The file of erasures: one JSON line each, durable before the erasure commits, outside the data directory."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from registry.domain.errors import Corrupt, StoreUnavailable
from registry.domain.record import RecordUid
from registry.locking import take
from registry.storage.engine import sync


class ErasureFile:
    """``ports.ErasureLog``. Lines look like ``{"uid": "…", "at": "2026-03-14T15:00:00+00:00"}``."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, uid: RecordUid, at: datetime) -> None:
        """See the port.

        Raises:
            StoreUnavailable: the line could not be made durable; the erasure must not go on.
        """
        line = json.dumps({"uid": uid, "at": at.astimezone(UTC).isoformat()}) + "\n"
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                take(descriptor, wait=True)
                self._write(descriptor, line.encode())
            finally:
                os.close(descriptor)
            # Also where the file was there: another process may have made it a moment ago.
            sync(self._path.parent)
        except OSError as error:
            raise StoreUnavailable(f"the file of erasures cannot be written: {error.strerror}") from error

    def uids(self) -> tuple[RecordUid, ...]:
        """See the port; in the order of their first erasure.

        Raises:
            Corrupt: a line cannot be read; the message names it.
            StoreUnavailable: the file cannot be read.
        """
        found: dict[RecordUid, None] = {}
        for position, line in enumerate(self._complete().splitlines(), start=1):
            try:
                found[RecordUid(json.loads(line)["uid"])] = None
            except (ValueError, KeyError, TypeError):
                raise Corrupt(f"line {position} of the file of erasures cannot be read") from None
        return tuple(found)

    def _complete(self) -> bytes:
        """The file without a line that broke off: its erasure never began."""
        try:
            body = self._path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise StoreUnavailable(f"the file of erasures cannot be read: {error.strerror}") from error
        return body[: body.rfind(b"\n") + 1]

    def _write(self, descriptor: int, line: bytes) -> None:
        end = len(self._complete())
        os.ftruncate(descriptor, end)
        os.pwrite(descriptor, line, end)
        os.fsync(descriptor)
