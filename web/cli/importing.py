"""The command that takes in the records of a source from files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.exits import Exit
from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer, table, tell

if TYPE_CHECKING:
    from importers.contract import RawDocument
    from importers.run import Report

commands = typer.Typer()

COUNTS = ("read", "new", "changed", "unchanged", "held", "withdrawn", "refused")
SUFFIXES = frozenset({".yaml", ".yml", ".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".xml"})
_SHOWN_FINDINGS = 20


@commands.command("import")
def import_source(
    source: Annotated[str, typer.Argument(help="Id of the source, such as atlas.")],
    path: Annotated[Path, typer.Option("--from", help="A file of the source, or a directory of such files.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; tell what would happen.")] = False,
    max_refused_share: Annotated[
        float, typer.Option(min=0, max=1, help="Exit with 1 if more than this share of the records is refused.")
    ] = 0.1,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Take in the records of a source. Run it again at any time: what is known and unchanged stays as it is."""
    from importers.catalog import find
    from importers.run import run
    from registry.domain.actor import LOCAL_OPERATOR
    from web.cli.directory import opened
    from web.cli.progress import bar

    importer = find(source)
    files = _files(path)
    with opened(data_dir) as registry, bar(f"Importing {importer.source.title}") as advance:
        report = run(registry, LOCAL_OPERATOR, importer, _documents(files), dry_run=dry_run, progress=advance)
    answer(report.as_dict(), _text(report), as_json=as_json)
    if report.refused > max_refused_share * report.read:
        tell(f"{report.refused} of {report.read} records were refused, more than the allowed share")
        raise typer.Exit(Exit.PROBLEMS)


def _files(path: Path) -> list[Path]:
    """The file, or every data file beneath the directory, in order.

    Raises:
        NotFound: there is none.
    """
    from registry.domain.errors import NotFound

    files = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.suffix.lower() in SUFFIXES)
    if not files:
        raise NotFound(f"there is no data file at {path}", hint=f"files that are read: {' '.join(sorted(SUFFIXES))}")
    return files


def _documents(files: list[Path]) -> Iterator[RawDocument]:
    from importers.contract import RawDocument

    for file in files:
        yield RawDocument(file.name, file.read_bytes())


def _text(report: Report) -> str:
    counts = table(("records", ""), [(name, str(getattr(report, name))) for name in COUNTS])
    if not report.findings:
        return counts
    totals = Counter((finding.code, finding.refused) for finding in report.findings)
    rows = [(code, "refused" if refused else "noted", str(count)) for (code, refused), count in totals.most_common()]
    first = [f"{one.record}: {one.code}: {one.message}" for one in report.findings if one.refused][:_SHOWN_FINDINGS]
    parts = [counts, table(("finding", "", "times"), rows), *(["\n".join(first)] if first else [])]
    return "\n\n".join(parts)
