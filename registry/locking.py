"""Locks between processes, by files: whoever ends, even by ``kill -9``, lets go of them."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def take(file: int | IO[bytes], *, wait: bool) -> bool:
    """Take the lock of an open file, which is held until that is closed; whether it was taken.

    Args:
        wait: until whoever holds it lets go; otherwise nothing is waited for.

    Raises:
        OSError: it was to be waited for, and the file system knows no locks.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        if wait:
            raise
        return False
    return True


@contextmanager
def locked(path: Path, *, wait: bool) -> Iterator[bool]:
    """Hold the lock of a file, which is made if it is missing, while the block runs; gives whether it was taken."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        yield take(descriptor, wait=wait)
    finally:
        os.close(descriptor)
