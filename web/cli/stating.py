"""The short form of a statement about another record; it asks a node over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from registry.domain.vocabulary import AdoptionStatus, StatementKind, Tlp
from web.cli.life import Number
from web.cli.options import DEFAULT_URL, AsJson, Key, Url
from web.cli.output import answer, as_dict, as_line, tell
from web.cli.records import standing_of

if TYPE_CHECKING:
    from registry.domain.canonical import JsonValue

commands = typer.Typer()


@commands.command()
def statement(
    number: Number,
    kind: Annotated[StatementKind, typer.Option(help="What it does to that record; a classification needs a file.")],
    title: Annotated[str, typer.Option(help="One line that says it.")],
    summary: Annotated[str, typer.Option(help="The statement, as Markdown.")],
    tlp: Annotated[Tlp | None, typer.Option(help="As wide as the record it is about, if left out.")] = None,
    status: Annotated[AdoptionStatus | None, typer.Option(help="Of an adoption: how far.")] = None,
    since: Annotated[str | None, typer.Option(help="Of an adoption: since when.")] = None,
    scope: Annotated[str | None, typer.Option(help="Of an adoption: for which products or users.")] = None,
    effect: Annotated[str | None, typer.Option(help="Of an adoption: what it achieved.")] = None,
    disputed: Annotated[list[str] | None, typer.Option(help="Of a dispute: a field of the record; repeatable.")] = None,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Say something about another record: an answer, an adoption, a dispute; it is reviewed like any submission."""
    from registry.client import Client

    adoption = {"status": status, "since": since, "scope": scope, "measured_effect": effect}
    more: dict[str, JsonValue] = {}
    if any(adoption.values()):
        more["adoption"] = {name: str(value) for name, value in adoption.items() if value}
    if disputed:
        more["disputed_fields"] = list(disputed)
    with Client(url, key) as client:
        written = client.state(number, kind, title=title, summary=summary, tlp=tlp, more=more)
    record = written.record
    warnings = [as_dict(one) for one in written.warnings]
    text = f"{record.label}: {standing_of(record)}, TLP:{record.tlp}\nuid {record.uid}"
    answer({"record": record.as_dict(), "warnings": warnings}, text, as_json=as_json)
    if not as_json:
        for warning in written.warnings:
            tell(f"warning: {as_line(warning)}")
