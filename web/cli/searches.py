"""Commands on the searches that one keeps; they ask a node over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

import typer

from registry.domain.digest import Digest
from web.cli.options import DEFAULT_URL, AsJson, Key, Url
from web.cli.output import answer, table

commands = typer.Typer(help="Saved searches: told of what matches newly, each record once.", no_args_is_help=True)

Id: TypeAlias = Annotated[str, typer.Argument(help="Id of the search, as `commons searches list` shows it.")]


@commands.command("list")
def list_(url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False) -> None:
    """List the searches that you keep; one that cannot be read any more says so."""
    from registry.client import Client

    with Client(url, key) as client:
        found = client.saved_searches()
    rows = ((one["id"], one["name"], one["fault"] or one["query"], one["digest"].lower(), one["url"]) for one in found)
    shown = table(("search", "name", "query", "letters", "link"), rows)
    answer([dict(one) for one in found], shown, as_json=as_json)


@commands.command()
def save(
    name: Annotated[str, typer.Argument(help="What it is called; whoever has its link reads it.")],
    query: Annotated[str, typer.Argument(help="The query, as on the search page; empty for everything.")],
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Keep a search. What matches it from now on is told."""
    from registry.client import Client

    with Client(url, key) as client:
        _told(client.save_search(name, query), as_json=as_json)


@commands.command()
def change(
    search: Id,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    webhook: Annotated[str | None, typer.Option(help="A webhook that is told of matches; empty for none.")] = None,
    digest: Annotated[Digest | None, typer.Option(help="How often matches are told by mail.")] = None,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Rename a search, or choose how you are told of what matches it."""
    from registry.client import Client

    with Client(url, key) as client:
        _told(client.change_saved_search(search, name=name, webhook=webhook, digest=digest), as_json=as_json)


@commands.command()
def delete(search: Id, url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False) -> None:
    """Delete a search; its link and its feeds lead nowhere from then on."""
    from registry.client import Client

    with Client(url, key) as client:
        _told(client.delete_saved_search(search), as_json=as_json)


def _told(search: Mapping[str, Any], *, as_json: bool) -> None:
    lines = [f"{search['id']}: {search['name']}", f"link: {search['url']}", f"feed: {search['atomUrl']}"]
    answer(dict(search), "\n".join(lines), as_json=as_json)
