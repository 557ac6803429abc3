"""Commands on successors: who may take away for this node once it is silent, and taking away for another one."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer, table

if TYPE_CHECKING:
    from registry.domain.canonical import JsonValue

successor = typer.Typer(help="Nodes that act for one that has fallen silent.", no_args_is_help=True)
commands = typer.Typer()

Dns: TypeAlias = Annotated[str, typer.Argument(metavar="NODE", help="DNS name of the other node.")]


class Step(StrEnum):
    """What a successor does."""

    WITHDRAW = "withdraw"
    ERASE = "erase"


@successor.command()
def add(node: Dns, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Let a node that you trust withdraw and erase for this one once this one is silent for long."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.federation import succeeding
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        succeeding.add(registry, LOCAL_OPERATOR, node)
    answer({"successor": node}, f"{node}: a successor of this node", as_json=as_json)


@successor.command()
def remove(node: Dns, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Name a node as a successor no more."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.federation import succeeding
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        succeeding.remove(registry, LOCAL_OPERATOR, node)
    answer({"removed": node}, f"{node}: no successor", as_json=as_json)


@successor.command("list")
def list_(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """List the successors of this node, and the nodes that have named this one."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.federation import succeeding
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        after = succeeding.successors(registry, LOCAL_OPERATOR)
        before = succeeding.precursors(registry, LOCAL_OPERATOR)
    rows = [
        *((one.dns, "acts for this node", one.kid) for one in after),
        *((one.dns, "this node acts for it", "silent: now" if one.is_silent else "not yet silent") for one in before),
    ]
    document: JsonValue = {
        "successors": [{"node": one.dns, "fingerprint": one.kid} for one in after],
        "acts_for": [{"node": one.dns, "silent": one.is_silent} for one in before],
    }
    answer(document, table(("node", "what", ""), rows), as_json=as_json)


@commands.command("act-for")
def act_for(
    node: Dns,
    step: Annotated[Step, typer.Argument(help="What to do.")],
    record: Annotated[str, typer.Argument(help="Number or uid of the record.")],
    reason: Annotated[str, typer.Option(help="Why; everybody who had the record reads it.")],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Withdraw or erase a record of a silent node that has named this one, and tell all whom this node tells of it."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.federation.header import FederatedChange
    from registry.service.federation import succeeding
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        done = succeeding.act_for(registry, LOCAL_OPERATOR, node, FederatedChange(step), record, reason=reason)
    document = {"uid": done.uid, "number": done.number, "state": done.state.value}
    answer(document, f"{done.number}: {done.state}", as_json=as_json)
