"""Commands on what is one's own organisation's; they ask a node over HTTP: revising, listing, answering notices."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.accounts import terms_of
from web.cli.answering import Accept, Redact, RedactAll, answers_from, findings_as_options
from web.cli.life import Number, change
from web.cli.options import DEFAULT_URL, AsJson, Key, Url
from web.cli.output import answer, table, tell
from web.cli.records import standing_of

if TYPE_CHECKING:
    from registry.client import Client, Summary, Written

commands = typer.Typer()
notices = typer.Typer(help="Notices of what records say about your organisation.", no_args_is_help=True)


@commands.command()
def revise(
    number: Number,
    file: Annotated[str, typer.Argument(help="The record as it should be, as JSON; - is stdin.")],
    revision: Annotated[int, typer.Option(min=1, help="draft_revision that you read.")],
    idempotency_key: Annotated[
        str | None, typer.Option(help="The same key with the same content is stored once.")
    ] = None,
    accept: Accept = None,
    redact: Redact = None,
    redact_all: RedactAll = False,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Replace the content of a record of yours by a new revision, for review."""
    from web.cli.files import read_document

    answers = answers_from(accept, redact, redact_all)
    document = read_document(file)

    def asked(client: Client, one: Summary) -> Written:
        with findings_as_options():
            return client.revise(
                one.uid,
                document,
                expected_revision=revision,
                idempotency_key=idempotency_key,
                screening=answers,
            )

    change(number, url, key, asked, as_json=as_json)


@commands.command("list")
def list_records(
    mine: Annotated[bool, typer.Option("--mine", help="Only those of your organisation, in whatever state.")] = False,
    state: Annotated[list[str] | None, typer.Option(help="Only those in this state; may be repeated.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Most records to show.")] = 50,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """List records, what changed last first."""
    from registry.client import Client
    from registry.domain.record import State

    states = sorted(terms_of(State, state or [], "state"))
    with Client(url, key) as client:
        found = list(itertools.islice(client.records(mine=mine, states=states), limit + 1))
    shown = found[:limit]
    rows = ((one.number or one.uid, one.kind, standing_of(one), one.title or "") for one in shown)
    answer(
        {"records": [one.as_dict() for one in shown]},
        table(("number", "kind", "state", "title"), rows),
        as_json=as_json,
    )
    if len(found) > limit:
        tell(f"there are more: --limit {limit} were asked for")


@notices.command("list")
def list_notices(url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False) -> None:
    """List what your organisation was told of, and until when it may answer."""
    from registry.client import Client

    with Client(url, key) as client:
        found = client.notices()
    rows = ((one.id, one.state, one.due_at, one.record or "", one.party) for one in found)
    text = table(("notice", "state", "due", "record", "names"), rows)
    answer({"notices": [one.as_dict() for one in found]}, text, as_json=as_json)


@notices.command("answer")
def answer_notice(
    notice: Annotated[str, typer.Argument(help="Id of the notice, as `commons notice list` shows it.")],
    title: Annotated[str, typer.Option(help="One line that says it.")],
    text: Annotated[str, typer.Option(help="The answer, as Markdown.")],
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Answer a notice by a statement about the record; it is reviewed like any other."""
    from registry.client import Client

    with Client(url, key) as client:
        record = client.answer_notice(notice, title=title, text=text).record
    answer({"record": record.as_dict()}, f"{record.label}: {standing_of(record)}\nuid {record.uid}", as_json=as_json)
