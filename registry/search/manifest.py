"""The file that says which index is in use, what it has taken in, and how its files look when they are sound.

It is replaced in one step after both indexes are committed, and made durable; Whoosh's own files are not. After a
loss of power they may be older or shorter than the manifest says: then the index is rebuilt.
"""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from registry.search import recent
from registry.search.engine import SCHEMA_VERSION, Damaged, files
from registry.search.snapshot import contents, open_snapshot

SHELVES = ("public", "restricted")
_NAME = "manifest.json"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """``position`` is the ``seq`` taken in; ``seals`` holds length and CRC-32 by path within ``build``."""

    build: str
    position: int
    generations: Mapping[str, int]
    seals: Mapping[str, tuple[int, int]] = field(repr=False)


def token(index_dir: Path) -> tuple[int, int, int] | None:
    """Something that differs whenever the manifest was replaced; ``None`` where there is none."""
    try:
        status = (index_dir / _NAME).stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def read(index_dir: Path, schema: int = SCHEMA_VERSION) -> Manifest:
    """The manifest of an index whose fields are those of *schema*.

    Raises:
        Damaged: there is none, it is damaged, or another version of us wrote it.
    """
    with files():
        found = orjson.loads((index_dir / _NAME).read_bytes())
        if found["schema"] != schema:
            raise Damaged("the index has another schema")
        seals = {path: (int(length), int(crc)) for path, (length, crc) in found["files"].items()}
        return Manifest(str(found["build"]), int(found["position"]), dict(found["generations"]), seals)


def replace(index_dir: Path, manifest: Manifest, schema: int = SCHEMA_VERSION) -> None:
    """Put *manifest* in the place of the old one, durably."""
    body = orjson.dumps(
        {
            "schema": schema,
            "build": manifest.build,
            "position": manifest.position,
            "generations": dict(manifest.generations),
            "files": {path: list(seal) for path, seal in manifest.seals.items()},
        }
    )
    new = index_dir / f"{_NAME}.new"
    with new.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    # The clock that stamps files moves in steps of milliseconds: too coarse for ``token``.
    os.utime(new, ns=(time.time_ns(), time.time_ns()))
    new.replace(index_dir / _NAME)
    directory = os.open(index_dir, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def describe(index_dir: Path, build: str, *, position: int, known: Mapping[str, tuple[int, int]]) -> Manifest:
    """A manifest of the index in *build* as it is on the disk. Files never change: seals in *known* still hold."""
    root = index_dir / build
    generations: dict[str, int] = {}
    seals: dict[str, tuple[int, int]] = {}
    for shelf in SHELVES:
        table = contents(root / shelf)
        generations[shelf] = table.generation
        generations[f"{shelf}/recent"] = recent.generation(root / shelf)
        names = {one.segment_id() for one in table.segments}
        for name in sorted(path.name for path in (root / shelf).iterdir()):
            if name.partition(".")[0] in names:
                key = f"{shelf}/{name}"
                seals[key] = known[key] if key in known else seal(root / shelf / name)
    return Manifest(build, position, generations, seals)


def is_sound(index_dir: Path, manifest: Manifest) -> bool:
    """Whether the index on the disk is what the manifest says, or a later commit that can be read in full."""
    try:
        return all(_is_shelf_sound(index_dir, manifest, shelf) for shelf in SHELVES)
    except (Damaged, OSError):
        return False


def _is_shelf_sound(index_dir: Path, manifest: Manifest, shelf: str) -> bool:
    directory = index_dir / manifest.build / shelf
    table = contents(directory)
    if table.generation < manifest.generations[shelf]:
        return False
    # An index that was written before there was such a file has none.
    if recent.generation(directory) < manifest.generations.get(f"{shelf}/recent", 0):
        return False
    unsealed: set[str] = set()
    for name in (one.segment_id() for one in table.segments):
        sealed = [key for key in manifest.seals if key.startswith(f"{shelf}/{name}.")]
        if not sealed:
            unsealed.add(name)
        elif any(manifest.seals[key] != seal(index_dir / manifest.build / key) for key in sealed):
            return False
    snapshot = open_snapshot(directory)
    for segment in snapshot.segments:
        if segment.name in unsealed:
            segment.read_through()
        segment.close()
    return True


def seal(path: Path) -> tuple[int, int]:
    """Length and CRC-32 of a file."""
    length, crc = 0, 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            length += len(chunk)
            crc = zlib.crc32(chunk, crc)
    return length, crc
