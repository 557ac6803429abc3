"""Commands on the life of a record, asked of a node: taking back, taking down, narrowing, blocking, erasing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from registry.domain.vocabulary import Tlp
from web.cli.options import DEFAULT_URL, AsJson, Key, Url
from web.cli.output import answer
from web.cli.records import standing_of

if TYPE_CHECKING:
    from registry.client import Client, Summary, Written

commands = typer.Typer()

Number: TypeAlias = Annotated[
    str, typer.Argument(help="Number of the record, such as LOCAL-INC-2026-0001, or its uid.")
]
Reason: TypeAlias = Annotated[str, typer.Option(help="Why; of a record that was public everybody reads it.")]


@commands.command()
def retract(number: Number, reason: Reason, url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False) -> None:
    """Take back what you submitted and what is not published."""
    change(number, url, key, lambda client, one: client.retract(one.uid, reason=reason), as_json=as_json)


@commands.command()
def withdraw(number: Number, reason: Reason, url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False) -> None:
    """Take a published record down at once; its number stays, with the reason."""
    change(number, url, key, lambda client, one: client.withdraw(one.uid, reason=reason), as_json=as_json)


@commands.command()
def narrow(
    number: Number,
    tlp: Annotated[Tlp, typer.Option(help="As strict as now, or stricter.")],
    reason: Reason,
    audience: Annotated[str | None, typer.Option(help="Slug of a group of yours, for AMBER.")] = None,
    restricted_tlp: Annotated[Tlp, typer.Option(help="The same for the restricted part.")] = Tlp.RED,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Show a published record of yours to fewer people, at once; its content stays as it is."""

    def asked(client: Client, one: Summary) -> Written:
        return client.narrow(
            one.uid,
            tlp=tlp,
            audience=audience,
            restricted_tlp=restricted_tlp,
            reason=reason,
            expected_revision=one.draft_revision,
        )

    change(number, url, key, asked, as_json=as_json)


@commands.command()
def block(number: Number, reason: Reason, url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False) -> None:
    """Hide a record at once from all but its owner and the reviewers, until somebody has judged."""
    take_away(url, key, lambda client: client.block(number, reason=reason), "blocked", as_json=as_json)


@commands.command()
def unblock(number: Number, reason: Reason, url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False) -> None:
    """Show a blocked record again to those it was given out to."""
    take_away(url, key, lambda client: client.unblock(number, reason=reason), "blocked no more", as_json=as_json)


@commands.command()
def hold(
    number: Number,
    reason: Reason,
    lift: Annotated[bool, typer.Option("--lift", help="Lift the hold.")] = False,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Put a record under legal hold, so that nothing of it is destroyed; with --lift, end that."""
    became = "under legal hold no more" if lift else "under legal hold"
    take_away(url, key, lambda client: client.hold(number, on=not lift, reason=reason), became, as_json=as_json)


@commands.command()
def erase(
    number: Number,
    reason: Reason,
    legal_basis: Annotated[str, typer.Option(help="Such as 'GDPR Art. 17'.")],
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Forget what a record said, for good; another person must have blocked it."""

    def asked(client: Client) -> Written:
        return client.erase(number, reason=reason, legal_basis=legal_basis)

    take_away(url, key, asked, "erased", as_json=as_json)


def change(number: str, url: str, key: str | None, act: Callable[[Client, Summary], Written], *, as_json: bool) -> None:
    """Let *act* change the record with this number or uid, and tell what became of it."""
    from registry.client import Client

    with Client(url, key) as client:
        record = act(client, client.show(number).record).record
    text = f"{record.label}: {standing_of(record)}, TLP:{record.tlp}"
    answer({"record": record.as_dict()}, text, as_json=as_json)


def take_away(url: str, key: str | None, act: Callable[[Client], Written], became: str, *, as_json: bool) -> None:
    """Let *act* take away a record, and tell what it *became*: who must do so may not see it."""
    from registry.client import Client

    with Client(url, key) as client:
        record = act(client).record
    answer({"record": record.as_dict()}, f"{record.label}: {became}", as_json=as_json)
