"""The command ``doctor``: what is wrong with a node that an operator can mend, one line a finding."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.exits import Exit
from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer

if TYPE_CHECKING:
    from registry.service.doctor import Finding
    from registry.settings import Settings

commands = typer.Typer()

_MEGABYTE = 1_000_000
_LEAST_FREE_MB = 200
_BESIDE = {"whoosh": "index-tantivy", "tantivy": "index"}


@commands.command()
def doctor(
    data_dir: DataDir = DEFAULT_DATA_DIR,
    every_record: Annotated[bool, typer.Option("--all", help="Compare every record, not a sample.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare the search index with the store, look at other nodes, disk and files. Says what to do; exit code 1 if
    there is anything."""
    from dataclasses import asdict

    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.doctor import examine
    from registry.service.federation import health
    from web.cli.directory import opened_with, settings_of

    settings = settings_of(data_dir, os.environ)
    with opened_with(settings) as registry:
        found = examine(registry, LOCAL_OPERATOR, every_record=every_record)
        syncing = health.findings(registry, LOCAL_OPERATOR)
    findings = [*found.findings, *syncing, *_around(settings)]
    document = {
        "engine": settings.search,
        "position": found.position,
        "head": found.head,
        "records": found.records,
        "compared": found.compared,
        "findings": [asdict(one) for one in findings],
    }
    summary = (
        f"index of {settings.search}: {found.compared} of {found.records} records compared, "
        f"{len(findings) or 'no'} finding(s); what is stored is checked by: commons verify"
    )
    lines = [f"{one.code}: {one.what}. {one.advice[:1].upper()}{one.advice[1:]}" for one in findings]
    answer(document, "\n".join([*lines, summary]), as_json=as_json)
    if findings:
        raise typer.Exit(Exit.PROBLEMS)


def _around(settings: Settings) -> Iterator[Finding]:
    """What can be told of the data directory without opening anything."""
    from registry.service.doctor import Finding

    free = shutil.disk_usage(settings.data_dir).free
    # A rebuild stands beside the index that it replaces.
    needed = max(_LEAST_FREE_MB * _MEGABYTE, 2 * _size(settings.index_dir.name, settings))
    if free < needed:
        what = f"{free // _MEGABYTE} MB are free, and building the index anew may take {needed // _MEGABYTE} MB"
        yield Finding("DISK_LOW", what, "make room on the disk of the data directory")
    beside = _BESIDE[settings.search]
    if size := _size(beside, settings):
        what = f"{beside}/ is the index of another engine, {size // _MEGABYTE} MB, and not kept up to date"
        yield Finding(
            "INDEX_BESIDE", what, f"delete {beside}/ unless you want to switch to it: commons reindex --engine"
        )
    if settings.database_path.exists() and stat.S_IMODE(settings.database_path.stat().st_mode) & 0o077:
        name = settings.database_path.name
        yield Finding("FILE_OPEN", f"{name} can be read by others on this machine", f"chmod 600 {name}")


def _size(name: str, settings: Settings) -> int:
    """Bytes in a directory of the data directory; 0 where there is none."""
    directory = settings.data_dir / name
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
