"""Making a dump: one reading of the store, written as lines, as a table and as a database at once."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import TypeAlias, cast

from registry.domain.actor import ANONYMOUS, SYSTEM
from registry.domain.canonical import JsonValue, canonical_bytes
from registry.domain.dump.made import DumpFile, Made
from registry.domain.dump.manifest import manifest_bytes
from registry.domain.dump.shape import (
    CSV,
    DICTIONARY,
    DICTIONARY_TEXT,
    FORMAT,
    JSONL,
    MANIFEST,
    MEDIA_TYPES,
    SIGNATURE,
    SQLITE,
)
from registry.domain.errors import Conflict
from registry.domain.export.manifest import NOTICE
from registry.domain.export.row import row_of
from registry.domain.licence import Duty, terms_of
from registry.domain.pages import RecordFilter
from registry.locking import locked
from registry.ports import Registry
from registry.service import dump, dumps, find
from registry.service.dump import Dump, Wanted
from registry.service.federation.identity import is_retired
from schema.dictionary import dictionary
from schema.dictionary_json import dump_dictionary
from web.dumps import table
from web.dumps.files import Hashed, packed, sum_of
from web.dumps.sqlite_file import sqlite_file

LOCK_FILE = "dumps.lock"
_TOLD_EVERY = 100
Progress: TypeAlias = Callable[[int, int | None], None]


def in_silence(_done: int, _total: int | None) -> None:
    """Tell nobody how far it is."""


def make_public(registry: Registry, *, progress: Progress = in_silence) -> Made | None:
    """Make a dump for everybody and put it out; ``None`` where a record that it holds was taken back meanwhile, or the
    key that signed it.

    Raises:
        Conflict: another process makes one just now, or this one has a key that the node signs with no more.
    """
    settings = registry.settings
    settings.dumps_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(settings.data_dir / LOCK_FILE):
        dumps.forget_unfinished(registry, SYSTEM)
        _forget_broken_off(settings.dumps_dir)
        name = dumps.next_name(registry, SYSTEM)
        wanted = Wanted(without=frozenset(settings.dumps_without))
        made = write_directory(registry, settings.dumps_dir / name, wanted, progress=progress)
        return made if dumps.keep(registry, SYSTEM, made) else None


def write_directory(registry: Registry, target: Path, wanted: Wanted, *, progress: Progress = in_silence) -> Made:
    """Write all that is public and wanted to the new directory *target*, whole or not at all.

    Raises:
        OSError: it cannot be written, or there is something at *target*.
        Conflict: the node signs no more with the key that this process has read.
    """
    making = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        made = _write(registry, making, target.name, wanted, progress)
        making.rename(target)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return made


def _write(registry: Registry, place: Path, name: str, wanted: Wanted, progress: Progress) -> Made:
    total = find.count(registry, ANONYMOUS, RecordFilter(kinds=tuple(wanted.kinds)))
    with registry.storage.read() as reader:
        if is_retired(registry, reader):
            raise Conflict("the key of the node was changed", hint="start this process anew")
        found = dump.everything(registry, ANONYMOUS, reader, wanted)
        sums = _write_records(registry, place, name, found, progress, total)
    texts = _dictionaries()
    for file, text in texts.items():
        (place / file).write_text(text, encoding="utf-8")
        sums[file] = sum_of(place / file)
    rows = found.tally.records + found.tally.tombstones
    files = tuple(
        DumpFile(file, MEDIA_TYPES[file], size, digest, None if file in texts else rows)
        for file, (size, digest) in sums.items()
    )
    body = manifest_bytes(_manifest(registry, name, found, wanted, files))
    signature = registry.key.sign(body).encode() + b"\n"
    for file, written in ((MANIFEST, body), (SIGNATURE, signature)):
        (place / file).write_bytes(written)
        size, digest = sum_of(place / file)
        files += (DumpFile(file, MEDIA_TYPES[file], size, digest),)
    for path in place.iterdir():
        _make_durable(path)
    _make_durable(place)
    return Made(name, found.at, found.log_id, found.public_seq, found.tally.records, found.tally.tombstones, files)


def _write_records(
    registry: Registry, place: Path, name: str, found: Dump, progress: Progress, total: int
) -> dict[str, tuple[int, str]]:
    """The files that hold records, with size and hash of each."""
    settings = registry.settings
    with ExitStack() as open_:
        hashed = {file: Hashed(open_.enter_context((place / file).open("wb"))) for file in (JSONL, CSV)}
        lines, cells = (open_.enter_context(packed(one)) for one in hashed.values())
        database = open_.enter_context(sqlite_file(place / SQLITE))
        told = {"format": FORMAT, "name": name, "node": settings.node_name, "made_at": found.at.isoformat()}
        told |= {"log_id": found.log_id, "as_of": str(found.public_seq), "notice": NOTICE}
        database.about(told)
        cells.write(table.head())
        for count, line in enumerate(found.lines):
            if count % _TOLD_EVERY == 0:
                progress(count, max(count, total))
            row = None
            if line.record.head.public is not None:
                row = row_of(line.record, line.owner, base_url=settings.base_url, registry=settings.title)
            lines.write(canonical_bytes(line.document) + b"\n")
            cells.write(table.line_of(line, row))
            database.add(line, row)
    sums = {file: (one.size, one.digest.hexdigest()) for file, one in hashed.items()}
    return sums | {SQLITE: sum_of(place / SQLITE)}


def _manifest(
    registry: Registry, name: str, found: Dump, wanted: Wanted, files: tuple[DumpFile, ...]
) -> dict[str, JsonValue]:
    settings, key = registry.settings, registry.key.public
    licences: list[JsonValue] = [
        {
            "licence": licence,
            "url": terms_of(licence).url,
            "may_ask": [duty.value for duty in Duty if terms_of(licence).may_ask(duty)],
            "records": count,
        }
        for licence, count in sorted(found.tally.licences.items())
    ]
    return {
        "format": FORMAT,
        "notice": NOTICE,
        "name": name,
        "node": settings.node_name,
        "title": settings.title,
        "url": settings.base_url,
        "made_at": found.at.isoformat(),
        "log_id": found.log_id,
        "as_of": found.public_seq,
        "key": {"kid": key.kid, "x": key.x},
        "files": [one.as_dict() for one in files],
        "only_kinds": cast("JsonValue", sorted(wanted.kinds)),
        "only_licences": cast("JsonValue", sorted(wanted.licences)),
        "without": cast("JsonValue", sorted(wanted.without)),
        **found.tally.as_dict(),
        "licences": licences,
    }


@cache
def _dictionaries() -> dict[str, str]:
    """The data dictionary for programs and for people, by the names of their files."""
    for_programs = json.dumps(dump_dictionary(), indent=1, ensure_ascii=False) + "\n"
    return {DICTIONARY: for_programs, DICTIONARY_TEXT: dictionary()}


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock file while the block runs.

    Raises:
        Conflict: another process holds it.
    """
    with locked(path, wait=False) as is_mine:
        if not is_mine:
            raise Conflict("another process makes a dump just now")
        yield


def _forget_broken_off(place: Path) -> None:
    for path in place.iterdir():
        if path.name.startswith("."):
            shutil.rmtree(path, ignore_errors=True)


def _make_durable(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
