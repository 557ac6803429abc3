"""What a dump is on disk: a file with a JSON object a line, and a manifest beside it. Neither is ever half there."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from registry.domain.actor import ANONYMOUS
from registry.domain.canonical import JsonValue, canonical_bytes
from registry.domain.pages import RecordFilter
from registry.ports import Registry
from registry.service import dump, find
from registry.service.dump import Dump, Wanted
from web.cli.output_file import manifest_path, place_of, replaced

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_TOLD_EVERY = 100


def write_dump(
    registry: Registry, target: Path, wanted: Wanted, *, progress: Callable[[int, int | None], None]
) -> dict[str, JsonValue]:
    """Write all that is public and wanted to *target*, compressed where its name ends in ``.gz``, in place of what is
    there; answer with the manifest.

    Broken off, it leaves what was there before, or a dump without a manifest.

    Raises:
        Misconfigured: *target* is a directory, or within the data directory.
    """
    place = place_of(target, data_dir=registry.settings.data_dir)
    total = find.count(registry, ANONYMOUS, RecordFilter(kinds=tuple(wanted.kinds)))
    with registry.storage.read() as reader, replaced(place) as file:
        made = dump.everything(registry, ANONYMOUS, reader, wanted)
        hashed = _Hashed(file)
        if place.suffix == ".gz":
            # Without a name and a time in it, the same records make the same bytes.
            with gzip.GzipFile("", "wb", fileobj=cast("IO[bytes]", hashed), mtime=0) as packed:
                _write(made, cast("BinaryIO", packed), progress, total)
        else:
            _write(made, hashed, progress, total)
        manifest_path(place).unlink(missing_ok=True)
    manifest = _manifest(registry, made, wanted, place.name, hashed)
    with replaced(manifest_path(place)) as file:
        file.write(json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n")
    return manifest


@dataclass(slots=True)
class _Hashed:
    """A file that knows the hash and the size of what was written to it."""

    file: BinaryIO
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    size: int = 0

    def write(self, data: ReadableBuffer) -> int:
        self.digest.update(data)
        self.size += memoryview(data).nbytes
        return self.file.write(data)

    def flush(self) -> None:
        self.file.flush()


def _write(made: Dump, file: BinaryIO | _Hashed, progress: Callable[[int, int | None], None], total: int) -> None:
    for row in made.rows:
        file.write(canonical_bytes(row) + b"\n")
        done = made.tally.records
        if done % _TOLD_EVERY == 0:
            progress(done, max(done, total))
    progress(made.tally.records, made.tally.records)


def _manifest(registry: Registry, made: Dump, wanted: Wanted, name: str, hashed: _Hashed) -> dict[str, JsonValue]:
    settings = registry.settings
    return {
        "format": dump.FORMAT,
        "file": name,
        "bytes": hashed.size,
        "sha256": hashed.digest.hexdigest(),
        "node": settings.node_name,
        "title": settings.title,
        "url": settings.base_url,
        "made_at": made.at.isoformat(),
        "log_id": made.log_id,
        "public_seq": made.public_seq,
        "only_kinds": cast("JsonValue", sorted(wanted.kinds)),
        "only_licences": cast("JsonValue", sorted(wanted.licences)),
        "without": cast("JsonValue", sorted(wanted.without)),
        **made.tally.as_dict(),
    }
