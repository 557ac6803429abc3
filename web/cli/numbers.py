"""Commands on record numbers; they ask a node over HTTP."""

from __future__ import annotations

from typing import Annotated

import typer

from registry.domain.vocabulary import Kind
from web.cli.options import DEFAULT_URL, AsJson, Key, Url
from web.cli.output import answer, table

commands = typer.Typer(help="Record numbers.", no_args_is_help=True)


@commands.command()
def reserve(
    kind: Annotated[Kind, typer.Argument(help="The kind of the records that will have them.")],
    count: Annotated[int, typer.Option(min=1, max=100, help="How many.")] = 1,
    year: Annotated[int | None, typer.Option(help="This year, if left out, or the next.")] = None,
    idempotency_key: Annotated[
        str | None, typer.Option(help="The same key gives the same numbers again, however often it is sent.")
    ] = None,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Set numbers aside for your organisation, to name them in submissions."""
    from registry.client import Client

    with Client(url, key) as client:
        numbers = client.reserve_numbers(kind, count=count, year=year, idempotency_key=idempotency_key)
    answer({"numbers": list(numbers)}, "\n".join(numbers), as_json=as_json)


@commands.command("list")
def list_numbers(url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False) -> None:
    """List the numbers that your organisation holds and no record has yet."""
    from registry.client import Client

    with Client(url, key) as client:
        found = client.reserved_numbers()
    rows = ((one.number, one.kind, str(one.year), one.reserved_at) for one in found)
    text = table(("number", "kind", "year", "reserved"), rows)
    answer({"numbers": [one.as_dict() for one in found]}, text, as_json=as_json)
