"""Commands on a record's past and on corrections; they ask a node over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.options import DEFAULT_URL, AsJson, Key, Url
from web.cli.output import answer, table

if TYPE_CHECKING:
    from registry.client.corrections import Difference, History, Proposed
    from registry.domain.canonical import JsonValue

commands = typer.Typer()
proposals = typer.Typer(help="Proposed corrections.", no_args_is_help=True)

Number = Annotated[str, typer.Argument(help="Number of the record, such as LOCAL-INC-2026-0001, or its uid.")]
Id = Annotated[str, typer.Argument(help="Id of the proposal.")]


@commands.command()
def history(
    number: Number,
    older: Annotated[int | None, typer.Option("--from", help="With --to: the version to compare with.")] = None,
    newer: Annotated[int | None, typer.Option("--to", help="The version to tell the differences of.")] = None,
    drafts: Annotated[bool, typer.Option("--drafts", help="The versions are draft revisions.")] = False,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Tell what happened to a record; with --from and --to, what differs between two of its versions."""
    from registry.client import Client

    if (older is None) != (newer is None):
        raise typer.BadParameter("give both, --from and --to")
    with Client(url, key) as client:
        uid = client.show(number).record.uid
        if older is None or newer is None:
            past = client.history(uid)
            answer(past.as_dict(), _told(past), as_json=as_json)
        else:
            found = client.difference(uid, older, newer, drafts=drafts)
            answer([_as_dict(one) for one in found], "\n".join(map(_line, found)) or "no difference", as_json=as_json)


@commands.command()
def propose(
    number: Number,
    file: Annotated[str, typer.Option(help="The record as it should be, in the file format; - is stdin.")],
    reason: Annotated[str, typer.Option(help="Why; the owner reads it.")],
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Propose a correction of a published record: what the file's content says otherwise than the record."""
    from registry.client import Client
    from registry.domain.errors import InvalidInput, Problem
    from web.cli.files import read_document

    document = read_document(file)
    content = document.get("content") if isinstance(document, Mapping) else None
    if not isinstance(content, Mapping):
        raise InvalidInput([Problem(("content",), "REQUIRED", "the file must hold the content, as an object")])
    with Client(url, key) as client:
        made = client.propose(client.show(number), content, reason=reason)
    again = ", as proposed before" if made.replayed else ""
    where = f", {made.node} decides" if made.node is not None else ""
    answer(made.as_dict(), f"proposal {made.id}: {made.state}{again}{where}", as_json=as_json)


@proposals.command("list")
def list_(url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False) -> None:
    """Print the newest proposals of your organisation and about its records."""
    from registry.client import Client

    with Client(url, key) as client:
        found = client.proposals()
    rows = (
        (
            one.id,
            one.state,
            one.number or "",
            one.organisation,
            one.node or "",
            one.reason or "",
            one.decision_reason or "",
        )
        for one in found
    )
    text = table(("id", "state", "record", "by", "node", "reason", "decision"), rows)
    answer([one.as_dict() for one in found], text, as_json=as_json)


@proposals.command()
def accept(
    proposal: Id,
    reason: Annotated[str | None, typer.Option(help="Why; the proposer reads it.")] = None,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Take up a proposal about a record of your organisation; the change goes to review."""
    from registry.client import Client

    with Client(url, key) as client:
        _tell(client.accept_proposal(proposal, reason=reason), as_json=as_json)


@proposals.command()
def decline(
    proposal: Id,
    reason: Annotated[str, typer.Option(help="Why; the proposer reads it.")],
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Turn down a proposal about a record of your organisation."""
    from registry.client import Client

    with Client(url, key) as client:
        _tell(client.decline_proposal(proposal, reason=reason), as_json=as_json)


@proposals.command()
def withdraw(proposal: Id, url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False) -> None:
    """Take back a proposal of your organisation."""
    from registry.client import Client

    with Client(url, key) as client:
        _tell(client.withdraw_proposal(proposal), as_json=as_json)


def _tell(done: Proposed, *, as_json: bool) -> None:
    answer(done.as_dict(), f"proposal {done.id}: {done.state}", as_json=as_json)


def _told(past: History) -> str:
    credited = {one.revision: one.credits for one in past.revisions}
    rows = []
    for row in past.rows:
        kind = "" if row.kind == "upsert" and row.step else row.kind
        what = " ".join(dict.fromkeys(filter(None, (kind, row.step))))
        thanks = credited.get(row.revision, ()) if row.kind == "upsert" else ()
        why = "; ".join(filter(None, (row.reason, f"correction by {', '.join(thanks)}" if thanks else None)))
        rows.append((f"{row.at[:19]}Z", what, str(row.revision), row.actor or "", why))
    return table(("at", "what", "version", "by", "why"), rows)


def _line(one: Difference) -> str:
    place = ".".join((one.part, *one.path))
    sides = {"added": f"+ {one.after}", "removed": f"- {one.before}"}
    return f"{one.kind} {place}: {sides.get(one.kind, f'{one.before} -> {one.after}')}"


def _as_dict(one: Difference) -> dict[str, JsonValue]:
    return {
        "part": one.part,
        "path": list(one.path),
        "kind": one.kind,
        "before": one.before,
        "after": one.after,
    }
