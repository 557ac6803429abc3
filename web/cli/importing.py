"""The command that takes in the records of a source: from its own addresses, or from files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from web.cli.exits import Exit
from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer, say, tell

commands = typer.Typer()


@commands.command("import")
def import_source(
    source: Annotated[str, typer.Argument(help="Id of the source, such as atlas; or of a format, with --as.")],
    given: Annotated[
        str | None,
        typer.Option("--from", help="A file, a directory, an archive or an https address; else its own addresses."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; tell what would happen.")] = False,
    since: Annotated[
        str | None, typer.Option(help="Fetch from here on in place of where the last run ended; '' is from the start.")
    ] = None,
    part: Annotated[bool, typer.Option("--part", help="What is not in these files is not gone.")] = False,
    allow_withdrawals: Annotated[
        bool, typer.Option("--allow-withdrawals", help="Withdraw what is gone, however much it is.")
    ] = False,
    as_id: Annotated[str | None, typer.Option("--as", help="Of a format: id of the new source, such as acme.")] = None,
    title: Annotated[str | None, typer.Option(help="With --as: the publisher's name for it.")] = None,
    home: Annotated[str | None, typer.Option(help="With --as: address of the publisher's page.")] = None,
    licence: Annotated[str | None, typer.Option(help="With --as: licence by SPDX.")] = None,
    attribution: Annotated[str | None, typer.Option(help="With --as: how the publisher is to be named.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="Of table: a mapping file; it says whose data it is.")] = None,
    suggest: Annotated[
        list[Path] | None, typer.Option(help="Of table: propose a mapping for this file, and show what would come out.")
    ] = None,
    kind: Annotated[str, typer.Option(help="With --suggest: what the rows are, such as incident.")] = "incident",
    max_refused_share: Annotated[
        float, typer.Option(min=0, max=1, help="Exit with 1 if more than this share of the records is refused.")
    ] = 0.1,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Take in the records of a source. Run it again at any time: what is known and unchanged stays as it is."""
    from importers.catalog import bound
    from registry.domain.actor import LOCAL_OPERATOR
    from web.cli.directory import opened
    from web.cli.import_report import failures_of, report_document, report_text
    from web.cli.import_row import Publisher, one_off, require_fitting
    from web.cli.import_run import Asked, carried_out
    from web.cli.progress import bar

    if suggest:
        _suggest(source, suggest, kind)
        return
    asked = Asked(given, since, is_part=part, dry_run=dry_run, allow_withdrawals=allow_withdrawals)
    require_fitting(source, asked, mapping=mapping, as_id=as_id)
    row = one_off(source, given, mapping, Publisher(as_id, title, home, licence, attribution))
    with opened(data_dir) as registry:
        importer = bound(registry, LOCAL_OPERATOR, source) if row is None else row.importer(registry, keep=not dry_run)
        with bar(f"Importing {importer.source.title}") as advance:
            report = carried_out(registry, importer, asked, progress=advance)
    answer(report_document(report), report_text(report), as_json=as_json)
    failures = failures_of(report, importer.source.id, max_refused_share)
    for failure in failures:
        tell(failure)
    if failures:
        raise typer.Exit(Exit.PROBLEMS)


def _suggest(source: str, files: list[Path], kind: str) -> None:
    from registry.domain.errors import InvalidInput, Problem, did_you_mean
    from registry.domain.vocabulary import Kind
    from web.cli.tables import suggest

    if source != "table":
        raise InvalidInput([Problem(("suggest",), "NOT_ALLOWED", "a mapping is proposed for table only")])
    if kind not in set(Kind):
        message = f"choose of: {', '.join(Kind)}"
        raise InvalidInput([Problem(("kind",), "UNKNOWN_TERM", message, did_you_mean(kind, list(Kind)))])
    say(suggest(files, Kind(kind)).rstrip("\n"))
