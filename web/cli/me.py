"""Commands on what a reviewer need not read, how much, and whom they are bound to; they ask a node over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.accounts import terms_of
from web.cli.options import DEFAULT_URL, AsJson, Key, Url
from web.cli.output import answer

if TYPE_CHECKING:
    from registry.client import Welfare

commands = typer.Typer(help="What you read as a reviewer; nobody else can ask for it.", no_args_is_help=True)


@commands.command()
def show(url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False) -> None:
    """Show what you chose and read, and whom you declared to be bound to."""
    from registry.client import Client

    with Client(url, key) as client:
        _tell(client.my_welfare(), as_json=as_json)


@commands.command()
def avoid(
    topics: Annotated[list[str] | None, typer.Argument(help="Such as self_harm; none is all are read.")] = None,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Choose what you need not read, in place of what you chose before; you need not say why, and nobody is told."""
    from registry.client import Client
    from registry.domain.welfare import Topic

    chosen = sorted(terms_of(Topic, topics or [], "topics"))
    with Client(url, key) as client:
        _tell(client.set_opt_outs(chosen), as_json=as_json)


@commands.command()
def limit(
    per_day: Annotated[int | None, typer.Option(min=0, help="In weights; 0 is a break.")] = None,
    per_week: Annotated[int | None, typer.Option(min=0, help="In weights, in seven days.")] = None,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Set limits of your own below those of the house; without options, take them away."""
    from registry.client import Client

    with Client(url, key) as client:
        _tell(client.set_own_limit(per_day=per_day, per_week=per_week), as_json=as_json)


@commands.command()
def declare(
    conflicts: Annotated[
        list[str] | None, typer.Argument(metavar="[KIND:ORGANISATION]...", help="Such as employer:acme.")
    ] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="Say that there is none.")] = False,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Declare whom you are bound to, in place of what you declared before; lead reviewers read it."""
    from registry.client import Client
    from registry.domain.conflict import ConflictKind

    pairs = [one.partition(":") for one in conflicts or []]
    if nobody == bool(pairs):
        raise typer.BadParameter("say KIND:ORGANISATION for each, such as employer:acme, or --nobody")
    if not all(colon and name.strip() for _, colon, name in pairs):
        raise typer.BadParameter("write each as KIND:ORGANISATION, such as employer:acme")
    terms_of(ConflictKind, [kind for kind, _, _ in pairs], "conflicts")
    with Client(url, key) as client:
        _tell(client.declare_conflicts([(kind, name.strip()) for kind, _, name in pairs]), as_json=as_json)


def _tell(found: Welfare, *, as_json: bool) -> None:
    bound = "nothing yet"
    if found.conflicts is not None:
        bound = ", ".join(f"{kind}:{organisation}" for kind, organisation in found.conflicts) or "nobody"
    lines = (
        f"not read: {', '.join(found.avoids) or 'nothing'}",
        f"read today {found.read_today} of {found.limit_per_day}, in seven days {found.read_this_week} of "
        f"{found.limit_per_week}" + (": that is enough" if found.is_at_limit else ""),
        f"declared: {bound}",
    )
    answer(found.as_dict(), "\n".join(lines), as_json=as_json)
