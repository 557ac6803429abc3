"""Files that commands write for others: whole or not at all, and with a hash."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from registry.domain.errors import Misconfigured

_READABLE = 0o644


def manifest_path(target: Path) -> Path:
    """Where the manifest of a file stands."""
    return target.with_name(f"{target.name}.manifest.json")


def place_of(target: Path, *, data_dir: Path | None = None) -> Path:
    """The whole path of a file that may be written.

    Raises:
        Misconfigured: *target* is a directory, or within the data directory.
    """
    place = target.expanduser().resolve()
    if place.is_dir():
        raise Misconfigured("--out names a directory; name a file in it")
    if data_dir is not None and place.is_relative_to(data_dir):
        raise Misconfigured("the file must lie outside the data directory")
    return place


@contextmanager
def replaced(target: Path) -> Iterator[BinaryIO]:
    """A new file that everybody may read and that stands at *target* once the block ends without an error."""
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    making = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        making.chmod(_READABLE)
        making.replace(target)
    finally:
        making.unlink(missing_ok=True)
