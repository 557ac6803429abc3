"""What the files of a build should be, and whether they are: by the manifest's seals, or by tantivy's own checksums."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from pathlib import Path

import orjson

from registry.search.engine import Damaged
from registry.search.manifest import SHELVES, Manifest, seal
from registry.search.tantivy.engine import files
from registry.search.tantivy.snapshot import contents, open_snapshot

# A file ends with a footer of JSON that holds a checksum of what stands before it, its length, and this number.
_MAGIC = 1337
_TAIL = 8
_ATTEMPTS = 5


def describe(index_dir: Path, build: str, *, position: int, known: Mapping[str, tuple[int, int]]) -> Manifest:
    """A manifest of the index in *build* as it is on the disk. Files never change: seals in *known* still hold."""
    generations: dict[str, int] = {}
    seals: dict[str, tuple[int, int]] = {}
    for shelf in SHELVES:
        generations[shelf], sealed = _sealed(index_dir / build / shelf, shelf, known)
        seals |= sealed
    return Manifest(build, position, generations, seals)


def _sealed(
    directory: Path, shelf: str, known: Mapping[str, tuple[int, int]]
) -> tuple[int, dict[str, tuple[int, int]]]:
    """The generation of a shelf and the seals of its files, which a merge may replace meanwhile."""
    for _ in range(_ATTEMPTS):
        before = contents(directory)
        names = {f"{shelf}/{path.name}": path for path in in_use(directory)}
        try:
            seals = {name: known[name] if name in known else seal(path) for name, path in names.items()}
        except FileNotFoundError:
            continue
        if before == contents(directory):
            return int(before["opstamp"]), seals
    raise Damaged("the index is merged faster than it can be described")


def is_sound(index_dir: Path, manifest: Manifest) -> bool:
    """Whether the index on the disk is what the manifest says, or a later commit that fits its own checksums."""
    try:
        return all(_is_shelf_sound(index_dir, manifest, shelf) for shelf in SHELVES)
    except (Damaged, OSError):
        return False


def in_use(directory: Path) -> list[Path]:
    """The files of the segments of a shelf."""
    names = {str(segment["segment_id"]).replace("-", "") for segment in contents(directory)["segments"]}
    return [path for path in sorted(directory.iterdir()) if path.name.partition(".")[0] in names and path.is_file()]


def _is_shelf_sound(index_dir: Path, manifest: Manifest, shelf: str) -> bool:
    directory = index_dir / manifest.build / shelf
    if contents(directory)["opstamp"] < manifest.generations[shelf]:
        return False
    segments = {path.name.partition(".")[0] for path in in_use(directory)}
    of_shelf = {key: sealed for key, sealed in manifest.seals.items() if key.startswith(f"{shelf}/")}
    for key, sealed in of_shelf.items():
        is_used = key.partition("/")[2].partition(".")[0] in segments
        # Of a segment that is still there an older list of deletions may be gone.
        if is_used and not key.endswith(".del") and sealed != seal(index_dir / manifest.build / key):
            return False
    unsealed = [path for path in in_use(directory) if f"{shelf}/{path.name}" not in of_shelf or path.suffix == ".del"]
    if not all(map(_fits_its_checksum, unsealed)):
        return False
    open_snapshot(directory)
    return True


def _fits_its_checksum(path: Path) -> bool:
    body = path.read_bytes()
    length, magic = (int.from_bytes(body[at : at + 4], "little") for at in (len(body) - _TAIL, len(body) - 4))
    if len(body) < _TAIL or magic != _MAGIC or length > len(body) - _TAIL:
        return False
    end = len(body) - _TAIL - length
    with files():
        return bool(zlib.crc32(memoryview(body)[:end]) == orjson.loads(body[end:-_TAIL])["crc"])
