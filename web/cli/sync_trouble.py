"""Commands on what went wrong with other nodes: what they take away in masses, what was not taken from them, and where
they contradict themselves."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer

commands = typer.Typer(help="What went wrong with other nodes.", no_args_is_help=True)

Dns: TypeAlias = Annotated[str, typer.Argument(metavar="NODE", help="DNS name of the other node.")]


@commands.command()
def release(
    node: Dns,
    hours: Annotated[int, typer.Option(help="For how many hours everything passes, 1 to 72.")] = 1,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Let pass for a time what a node takes away, once you have looked: it is asked again at once."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.federation import guarding
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        peer = guarding.release(registry, LOCAL_OPERATOR, node, hours=hours)
    until = peer.released_until.isoformat() if peer.released_until else None
    answer({"node": node, "released_until": until}, f"{node}: released until {until}", as_json=as_json)
