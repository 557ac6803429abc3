"""Commands that write a copy of a node and make a node of such a copy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer, tell

if TYPE_CHECKING:
    from registry.domain.canonical import JsonValue

commands = typer.Typer()


@commands.command()
def backup(
    target: Annotated[Path, typer.Argument(help="A new or empty directory for the backup.")],
    with_key: Annotated[bool, typer.Option("--with-key", help="Put the node's private key into it too.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Write a consistent backup while the node goes on. It holds no file of erasures: keep that one apart."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.node import note_backup
    from web.cli.backup import write_backup
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        manifest = write_backup(registry, target, with_key=with_key)
        note_backup(registry, LOCAL_OPERATOR)
        erasures = registry.settings.erasures_path
    files = ", ".join(manifest.files)
    answer({"target": str(target), **manifest.as_dict()}, f"{target}: {files}", as_json=as_json)
    tell(f"Keep a copy of {erasures} apart from the backup: restoring needs it.")


@commands.command()
def restore(
    source: Annotated[Path, typer.Argument(help="A directory that `commons backup` wrote.")],
    erasures: Annotated[Path | None, typer.Option(help="File of erasures, if it is not beside --data-dir.")] = None,
    no_erasures: Annotated[
        bool, typer.Option("--no-erasures", help="Go on without it: what was erased since the backup comes back.")
    ] = False,
    node_key: Annotated[Path | None, typer.Option(help="The node's key, if the backup has none.")] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Make a node of a backup in a new --data-dir: checks every hash, gives a new log id, erases again."""
    from web.cli.backup import restore_backup

    done = restore_backup(source, data_dir, erasures=erasures, apply_erasures=not no_erasures, node_key=node_key)
    document: JsonValue = {
        "data_dir": str(done.data_dir),
        "erased_again": done.erased_again,
        "node_key": done.fingerprint,
        "new_node_key": done.has_new_key,
    }
    answer(document, f"restored to {done.data_dir}; {done.erased_again} record(s) erased again", as_json=as_json)
    if done.has_new_key:
        tell("The backup held no node key: the node has a new one. To keep the old one, restore with --node-key.")
