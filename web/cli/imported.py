"""Commands on imported records that wait for review: listed with titles, and accepted together; over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from web.advice import why_it_waits
from web.cli.exits import Exit
from web.cli.options import DEFAULT_URL, AsJson, Key, Url
from web.cli.output import answer, as_line, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.client import ImportedAnswer, ListedImport
    from registry.domain.canonical import JsonValue

commands = typer.Typer()


@commands.command("imported")
def imported(
    source: Annotated[str, typer.Argument(help="id of the source.")],
    skip: Annotated[int, typer.Option(min=0, help="How many to leave out, for the next page.")] = 0,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """List what waits of one source, with titles and why it waits; what waits longest first."""
    from registry.client import Client

    with Client(url, key) as client:
        found, has_more = client.imported_to_review(source, skip=skip)
    if not found:
        text = "nothing waits of this source; commons review queue tells of which some does"
    else:
        text = table(("accept as", "why it waits", "title"), map(_row, found))
        text += "\nmore waits: --skip" if has_more else ""
    answer({"records": [one.as_dict() for one in found], "has_more": has_more}, text, as_json=as_json)


@commands.command("accept-imported")
def accept_imported(
    source: Annotated[str, typer.Argument(help="id of the source.")],
    records: Annotated[
        list[str], typer.Argument(help="UID@REVISION of each that you looked at, as commons review imported lists it.")
    ],
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Claim, approve and publish imported records of one source that you looked at, each by itself."""
    from registry.client import Client

    chosen = [_choice(one) for one in records]
    with Client(url, key) as client:
        answers = client.accept_imported(source, chosen)
    body: dict[str, JsonValue] = {"answers": [one.as_dict() for one in answers]}
    answer(body, _told(answers), as_json=as_json)
    if any(one.problems for one in answers):
        raise typer.Exit(Exit.PROBLEMS)


def _row(one: ListedImport) -> tuple[str, ...]:
    waiting = one.waiting
    place = f"{waiting.uid}@{waiting.draft_revision}" if one.is_acceptable else f"open {waiting.uid}"
    return place, "; ".join(map(why_it_waits, waiting.because)), one.title


def _choice(text: str) -> tuple[str, int]:
    name, at, revision = text.rpartition("@")
    if not (at and name and revision.isascii() and revision.isdigit() and len(revision) < 10):
        raise typer.BadParameter(f"{text}: say which revision you read, as UID@1")
    return name, int(revision)


def _told(answers: Sequence[ImportedAnswer]) -> str:
    return "\n".join(
        f"{one.uid}: {'; '.join(map(as_line, one.problems))}" if one.problems else f"{one.number}: published"
        for one in answers
    )
