"""Commands on groups of organisations; they ask a node over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from web.cli.options import DEFAULT_URL, AsJson, Key, Url
from web.cli.output import answer, table

if TYPE_CHECKING:
    from registry.client.keeping import GroupRow

commands = typer.Typer(help="Groups of organisations that share records.", no_args_is_help=True)

Group: TypeAlias = Annotated[str, typer.Argument(help="Slug of the group.")]
Organisation: TypeAlias = Annotated[str, typer.Argument(help="Slug of the organisation.")]


@commands.command("list")
def list_(url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False) -> None:
    """List the groups that you may share with; all of them for operators."""
    from registry.client import Client

    with Client(url, key) as client:
        found = client.groups()
    rows = ((one.slug, one.name, ", ".join(one.organisations)) for one in found)
    answer([one.as_dict() for one in found], table(("slug", "name", "organisations"), rows), as_json=as_json)


@commands.command()
def add(
    slug: Annotated[str, typer.Argument(help="Lower-case letters, digits and hyphens; never changes.")],
    name: Annotated[str, typer.Argument(help="What it is called.")],
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Make a group, empty for now."""
    from registry.client import Client

    with Client(url, key) as client:
        _told(client.add_group(slug, name), as_json=as_json)


@commands.command()
def join(
    group: Group, organisation: Organisation, url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False
) -> None:
    """Let an organisation belong to a group; it sees what was shared before, too."""
    from registry.client import Client

    with Client(url, key) as client:
        _told(client.join_group(group, organisation), as_json=as_json)


@commands.command()
def leave(
    group: Group, organisation: Organisation, url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False
) -> None:
    """End an organisation's membership; it no longer sees what is shared with the group."""
    from registry.client import Client

    with Client(url, key) as client:
        _told(client.leave_group(group, organisation), as_json=as_json)


def _told(group: GroupRow, *, as_json: bool) -> None:
    members = ", ".join(group.organisations) or "nobody"
    answer(group.as_dict(), f"{group.slug}: {members}", as_json=as_json)
