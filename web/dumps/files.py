"""Files of a dump while they are written: each knows its hash and its size."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_PIECE = 1 << 20


@dataclass(slots=True)
class Hashed:
    """A file that knows the hash and the size of what was written to it."""

    file: BinaryIO
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    size: int = 0

    def write(self, data: ReadableBuffer) -> int:
        """Write, as a file does."""
        self.digest.update(data)
        self.size += memoryview(data).nbytes
        return self.file.write(data)

    def flush(self) -> None:
        """Flush, as a file does."""
        self.file.flush()


@contextmanager
def packed(file: Hashed) -> Iterator[BinaryIO]:
    """What is written goes compressed into *file*; without a name and a time in it, so that the same makes the same."""
    with gzip.GzipFile("", "wb", fileobj=cast("IO[bytes]", file), mtime=0) as made:
        yield cast("BinaryIO", made)


def sum_of(path: Path) -> tuple[int, str]:
    """Size and SHA-256, hexadecimal, of a file."""
    size, digest = 0, hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            size += len(piece)
            digest.update(piece)
    return size, digest.hexdigest()
