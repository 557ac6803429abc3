"""The command that keeps what a source lets the node in by."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer, tell

commands = typer.Typer()


@commands.command()
def credential(
    source: Annotated[str, typer.Argument(help="Id of the source, as `commons source list` shows it.")],
    user: Annotated[str | None, typer.Option(help="User; the password is read from stdin.")] = None,
    header: Annotated[
        str | None, typer.Option(help="Name of a header, such as Authorization; its value is read from stdin.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Forget what was kept instead.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Keep what a source lets the node in by: sealed, never shown, sent to the host of its first address only."""
    from importers.catalog import bound
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.source_access import remove_credential, set_credential
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        row = bound(registry, LOCAL_OPERATOR, source).source
        if remove:
            remove_credential(registry, LOCAL_OPERATOR, row)
            answer({"source": row.id, "host": None}, "forgotten", as_json=as_json)
            return
        secret = _read("the password" if user is not None else "the value of the header")
        basic = (user, secret) if user is not None else None
        kept = set_credential(
            registry, LOCAL_OPERATOR, row, basic=basic, header=(header, secret) if header is not None else None
        )
    answer({"source": row.id, "host": kept.host}, f"kept; sent to {kept.host} only", as_json=as_json)


def _read(what: str) -> str:
    if sys.stdin.isatty():
        tell(f"Type {what}, then Enter.")
    return sys.stdin.readline().rstrip("\r\n")
