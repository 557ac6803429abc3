"""Commands on the queue of a reviewer, which tells no text; they ask a node over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.life import Number
from web.cli.options import DEFAULT_URL, AsJson, Key, Url
from web.cli.output import answer, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.client import ReviewQueue
    from registry.domain.canonical import JsonValue

commands = typer.Typer()


@commands.command("queue")
def queue(
    skip: Annotated[int, typer.Option(min=0, help="How many of what waits to leave out, for the next page.")] = 0,
    source: Annotated[str | None, typer.Option(help="Only what was imported from the source with this id.")] = None,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """List what waits for you, by labels and without text; what waits longest first."""
    from registry.client import Client

    with Client(url, key) as client:
        found = client.review_queue(skip=skip, source=source)
    lists = {"waiting": found.waiting, "mine": found.mine, "opinions": found.opinions}
    body: dict[str, JsonValue] = {name: [one.as_dict() for one in some] for name, some in lists.items()}
    body["sources"] = [{"source": id_, "title": title, "count": count} for id_, title, count in found.sources]
    text = table(("uid", "for you", "kind", "stage", "since", "about", "imported"), _rows(found))
    more = "\nmore waits: --skip" if found.has_more else ""
    imported = "".join(f"\n{count} of {title}: --source {id_}" for id_, title, count in found.sources)
    answer(body | {"has_more": found.has_more}, text + more + imported, as_json=as_json)


@commands.command("next")
def next_one(url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False) -> None:
    """Claim what waits longest of what you may take."""
    from registry.client import Client

    with Client(url, key) as client:
        taken = client.next_to_review()
    if taken is None:
        answer({"record": None}, "nothing waits for you", as_json=as_json)
        return
    text = f"{taken.uid} is yours, draft revision {taken.draft_revision}"
    answer({"record": taken.as_dict()}, text, as_json=as_json)


@commands.command()
def reveal(
    number: Number,
    field: Annotated[str, typer.Argument(help="Such as content.summary or restricted.notes.")],
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Open one field of a submission under review; it is counted as read, for you alone to see."""
    from registry.client import Client

    with Client(url, key) as client:
        lines = client.reveal_field(number, field)
    body: dict[str, JsonValue] = {"lines": [{"place": place, "text": text} for place, text in lines]}
    answer(body, "\n".join(f"{place}: {text}" if place else text for place, text in lines), as_json=as_json)


@commands.command("ask-opinion")
def ask_opinion(
    number: Number,
    revision: Annotated[int, typer.Option(min=1, help="draft_revision that you read.")],
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Give a claim back so that another reviewer looks at it; you need not say why."""
    from registry.client import Client

    with Client(url, key) as client:
        taken = client.ask_opinion(number, expected_revision=revision)
    answer({"record": taken.as_dict()}, f"{taken.uid} waits for a second opinion", as_json=as_json)


def _rows(found: ReviewQueue) -> Iterator[tuple[str, ...]]:
    for how, some in (("yours", found.mine), ("opinion", found.opinions), ("waits", found.waiting)):
        for one in some:
            about = ", ".join((*one.topics, *one.content_warnings))
            why = f"{one.source}: {', '.join(one.because)}" if one.source else ""
            yield one.uid, one.refusal or how, one.kind, one.stage, one.since[:16], about, why
