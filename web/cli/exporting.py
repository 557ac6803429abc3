"""The command that writes all matches of a search into a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir, Key
from web.cli.output import answer

commands = typer.Typer()


@commands.command()
def export(
    query: Annotated[str, typer.Argument(help="As for search; '' for everything.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The file, such as matches.csv.")],
    form: Annotated[str, typer.Option("--format", help="jsonl, csv, bib, ris or csl.json.")] = "jsonl",
    columns: Annotated[str, typer.Option(help="Of a CSV: names parted by commas; see the data dictionary.")] = "",
    sort: Annotated[str, typer.Option(help="relevance, recency, published, occurred or severity.")] = "relevance",
    excel: Annotated[bool, typer.Option("--excel", help="Begin a CSV with the mark that Excel wants.")] = False,
    mine: Annotated[bool, typer.Option("--mine", help="What only you see, with your key; needs --url.")] = False,
    url: Annotated[
        str | None, typer.Option("--url", envvar="COMMONS_URL", help="A node to ask, instead of the one in --data-dir.")
    ] = None,
    key: Key = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Write all public matches of a search, and beside them a manifest of what they are."""
    from web.cli.directory import opened
    from web.cli.export_file import Wanted, fetch_export, write_export

    wanted = Wanted.read(query, form=form, columns=columns, sort=sort, excel=excel, own=mine)
    if url is not None:
        manifest = fetch_export(url, key, out, wanted)
    else:
        with opened(data_dir) as registry:
            manifest = write_export(registry, out, wanted)
    gone = manifest.get("left_out")
    left = f", {gone} gone meanwhile" if gone else ""
    answer(manifest, f"{out}: {manifest.get('rows')} records{left}", as_json=as_json)
