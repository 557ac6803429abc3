"""Commands on the webhooks of one's organisation; they ask a node over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

import typer

from web.cli.options import DEFAULT_URL, AsJson, Key, Url
from web.cli.output import answer, table

commands = typer.Typer(help="Webhooks: addresses that are told of changes.", no_args_is_help=True)

Id: TypeAlias = Annotated[str, typer.Argument(help="Id of the webhook, as `commons webhook list` shows it.")]


@commands.command("list")
def list_(url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False) -> None:
    """List the webhooks of your organisation."""
    from registry.client import Client

    with Client(url, key) as client:
        found = client.webhooks()
    rows = ((one["id"], one["state"].lower(), one["url"]) for one in found)
    answer([dict(one) for one in found], table(("webhook", "state", "address"), rows), as_json=as_json)


@commands.command()
def add(
    address: Annotated[str, typer.Argument(help="An https address of a public host; it must answer a challenge.")],
    change: Annotated[
        list[str] | None, typer.Option(help="A kind of change, such as upsert; may be repeated. All, if left out.")
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="A kind of record, such as incident; may be repeated. All, if left out.")
    ] = None,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Make a webhook; its secret is shown this once."""
    from registry.client import Client

    with Client(url, key) as client:
        _told(client.create_webhook(address, changes=change or (), kinds=kind or ()), as_json=as_json)


@commands.command()
def rotate(webhook: Id, url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False) -> None:
    """Make a new secret; the one before it signs for another day."""
    from registry.client import Client

    with Client(url, key) as client:
        _told(client.rotate_webhook_secret(webhook), as_json=as_json)


@commands.command("test")
def send_test(webhook: Id, url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False) -> None:
    """Send a webhook something now: its challenge, or a test."""
    from registry.client import Client

    with Client(url, key) as client:
        delivery = client.test_webhook(webhook)
    answer({"delivery": delivery}, delivery, as_json=as_json)


@commands.command()
def pause(
    webhook: Id,
    resume: Annotated[bool, typer.Option("--resume", help="Let it go on instead.")] = False,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Stop telling a webhook of changes. What happens meanwhile is not told later."""
    from registry.client import Client

    with Client(url, key) as client:
        _told(client.pause_webhook(webhook, paused=not resume), as_json=as_json)


@commands.command()
def delete(webhook: Id, url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False) -> None:
    """Delete a webhook, with the list of what was sent to it."""
    from registry.client import Client

    with Client(url, key) as client:
        _told(client.delete_webhook(webhook), as_json=as_json)


def _told(webhook: Mapping[str, Any], *, as_json: bool) -> None:
    lines = [f"{webhook['id']}: {webhook['state'].lower()}"]
    if "secret" in webhook:
        lines.append(f"secret, shown this once: {webhook['secret']}")
    answer(dict(webhook), "\n".join(lines), as_json=as_json)
