"""What a dump is on disk: a file with a JSON object a line, and a manifest beside it. Neither is ever half there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

from registry.domain.actor import ANONYMOUS
from registry.domain.canonical import JsonValue, canonical_bytes
from registry.domain.errors import AlreadyExists, Misconfigured
from registry.domain.pages import RecordFilter
from registry.ports import Registry
from registry.service import dump, find
from registry.service.dump import Dump, Wanted
from web.cli.output_file import manifest_path, place_of, replaced
from web.dumps.files import Hashed, packed

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
        hashed = Hashed(file)
        if place.suffix == ".gz":
            with packed(hashed) as whole:
                _write(made, whole, progress, total)
        else:
            _write(made, hashed, progress, total)
        manifest_path(place).unlink(missing_ok=True)
    manifest = _manifest(registry, made, wanted, place.name, hashed)
    with replaced(manifest_path(place)) as file:
        file.write(json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n")
    return manifest


def _write(made: Dump, file: BinaryIO | Hashed, progress: Callable[[int, int | None], None], total: int) -> None:
    for line in made.lines:
        file.write(canonical_bytes(line.document) + b"\n")
        done = made.tally.records
        if done % _TOLD_EVERY == 0:
            progress(done, max(done, total))
    progress(made.tally.records, made.tally.records)


def _manifest(registry: Registry, made: Dump, wanted: Wanted, name: str, hashed: Hashed) -> dict[str, JsonValue]:
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


def new_place(registry: Registry, target: Path) -> Path:
    """The whole path of a directory that is to be made.

    Raises:
        AlreadyExists: there is something at *target*.
        Misconfigured: *target* is within the data directory.
    """
    place = target.expanduser().resolve()
    if place.exists():
        raise AlreadyExists(f"{target} is there already", hint="name a new directory")
    if place.is_relative_to(registry.settings.data_dir):
        raise Misconfigured("the directory must lie outside the data directory")
    return place
