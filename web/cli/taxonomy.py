"""Commands on taxonomies: which are kept, and taking in publishers' files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from web.cli.exits import Exit
from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer, table

commands = typer.Typer(help="Taxonomies: list them, take in publishers' files.", no_args_is_help=True)


@commands.command("list")
def list_taxonomies(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """List every release that is kept, the newest of each taxonomy first."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service import taxonomies
    from web.cli.directory import opened

    rows = []
    with opened(data_dir) as registry:
        for name in taxonomies.namespaces(registry, LOCAL_OPERATOR):
            for version in taxonomies.versions(registry, LOCAL_OPERATOR, name):
                found = taxonomies.release(registry, LOCAL_OPERATOR, name, version)
                if found is not None:
                    rows.append((name, version, str(len(found.terms)), found.licence, found.title))
    columns = ("namespace", "version", "terms", "licence", "title")
    answer([dict(zip(columns, row, strict=True)) for row in rows], table(columns, rows), as_json=as_json)


@commands.command("import")
def import_taxonomies(
    given: Annotated[
        list[Path],
        typer.Argument(
            help="Files, directories or archives of MISP taxonomies and galaxies (JSON) or of releases of ATLAS (YAML)."
        ),
    ],
    licence: Annotated[
        str | None,
        typer.Option(
            help="Licence, by SPDX, of the files that do not say theirs; else what the LICENSE of their folder says."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; tell what would happen.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Take in releases from their publishers' files, with longer texts where the licence permits."""
    from web.cli.directory import opened
    from web.cli.taxonomy_import import carried_out, report_document, report_text

    with opened(data_dir) as registry:
        report = carried_out(registry, given, licence=licence, dry_run=dry_run)
    answer(report_document(report), report_text(report), as_json=as_json)
    if report.refused:
        raise typer.Exit(Exit.PROBLEMS)
