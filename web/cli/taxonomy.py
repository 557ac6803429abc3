"""Commands on taxonomies: which are kept, and taking in a publisher's file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer, table

if TYPE_CHECKING:
    from registry.domain.canonical import JsonValue

commands = typer.Typer(help="Taxonomies: list them, load a publisher's file.", no_args_is_help=True)


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


@commands.command()
def load(
    file: Annotated[Path, typer.Argument(help="A MISP taxonomy or galaxy (JSON), or a release of ATLAS (YAML).")],
    licence: Annotated[
        str | None, typer.Option(help="Licence of its texts by SPDX, such as CC0-1.0; needed unless the file says it.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; tell what would happen.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Take in a release from its publisher's file, with longer texts where the licence permits."""
    from importers.contract import RawDocument
    from importers.taxonomy_file import read_taxonomy
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.licence import permits_texts
    from registry.service import ingest
    from registry.service.taxonomies import load_shipped
    from web.cli.directory import opened

    release = read_taxonomy(RawDocument(file.name, file.read_bytes()), licence=licence)
    with opened(data_dir) as registry:
        if not dry_run:
            load_shipped(registry, LOCAL_OPERATOR)
        outcome = ingest.put_taxonomy(registry, LOCAL_OPERATOR, release, dry_run=dry_run)
    texts = sum(1 for term in release.terms if term.description)
    document: dict[str, JsonValue] = {
        "namespace": release.namespace,
        "version": release.version,
        "licence": release.licence,
        "terms": len(release.terms),
        "texts": texts,
        "outcome": str(outcome),
    }
    text = f"{release.namespace} {release.version}: {len(release.terms)} terms, {texts} with a text: {outcome}"
    if not permits_texts(release.licence):
        text += f"\nThe licence {release.licence} is none that lets texts be kept: only codes and names were taken."
    answer(document, text, as_json=as_json)
