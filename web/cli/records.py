"""Commands on records that ask a node over HTTP: search, show, submit, confirm and lookup."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.answering import Accept, Redact, RedactAll, answers_from, findings_as_options
from web.cli.options import DEFAULT_URL, AsJson, Key, Url
from web.cli.output import answer, as_dict, as_line, table, tell

if TYPE_CHECKING:
    from registry.client import Checked, Shown, Summary, Written
    from registry.domain.canonical import Document, JsonValue
    from registry.domain.errors import Problem

commands = typer.Typer()


@commands.command()
def search(
    query: Annotated[str, typer.Argument(help='Words, "phrases", prefix*, provider:acme, severity:3..5, AND OR NOT.')],
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Most matches to show.")] = 20,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Search the public records of a node, the best match first."""
    from registry.client import Client

    found: list[Summary] = []
    after, more = None, True
    with Client(url, key) as client:
        while more and len(found) < limit:
            page = client.search_page(query, first=min(limit - len(found), 100), after=after)
            found += [match.record for match in page.matches]
            after, more = page.after, page.after is not None
    rows = ((one.label, one.kind, one.licence, one.title or "") for one in found)
    text = f"{table(('number', 'kind', 'licence', 'title'), rows)}\n\n{len(found)} of {page.total}"
    answer({"total": page.total, "records": [one.as_dict() for one in found]}, text, as_json=as_json)


@commands.command()
def show(
    number: Annotated[str, typer.Argument(help="Number of the record, such as LOCAL-INC-2026-0001, or its uid.")],
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Show a record, or what is left of it; with --json all its content in the file format."""
    from registry.client import Client

    with Client(url, key) as client:
        found = client.show(number)
    answer(found.as_dict(), _text(found), as_json=as_json)


@commands.command()
def submit(
    file: Annotated[str, typer.Argument(help="A submission as JSON; with --bulk many; - is stdin.")],
    bulk: Annotated[
        bool, typer.Option("--bulk", help="Hand in one a line, the entries of a list, or the files of a folder.")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="With --bulk: keep what became of each in this file.")] = None,
    patience: Annotated[
        float, typer.Option(min=0, help="With --bulk: seconds to wait for a node that does not answer.")
    ] = 300.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Have the node check it, and store nothing.")] = False,
    number: Annotated[str | None, typer.Option(help="A number that your organisation reserved.")] = None,
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
    """Hand in a record of any kind for review, or with --bulk many."""
    answers = answers_from(accept, redact, redact_all)
    if bulk:
        from web.cli.bulk import submit_many

        if number is not None or idempotency_key is not None:
            raise typer.BadParameter("with --bulk the lines say number and idempotency_key themselves")
        if accept or redact or redact_all:
            raise typer.BadParameter("with --bulk the lines answer what screening finds themselves, under screening")
        submit_many(file, url=url, key=key, dry_run=dry_run, report=report, patience_seconds=patience, as_json=as_json)
        return
    from registry.client import Client
    from web.cli.files import read_document

    document = read_document(file)
    with Client(url, key) as client, findings_as_options():
        if dry_run:
            done: Checked | Written = client.validate(document, number=number, screening=answers)
            body: dict[str, JsonValue] = {}
            text = "acceptable; nothing was stored"
        else:
            done = written = client.submit(document, number=number, idempotency_key=idempotency_key, screening=answers)
            body, text = {"record": written.record.as_dict(), "replayed": written.replayed}, _told(written)
    body |= {"warnings": _listed(done.warnings), "candidates": [one.as_dict() for one in done.candidates]}
    answer(body, text, as_json=as_json)
    if not as_json:
        for warning in done.warnings:
            tell(f"warning: {as_line(warning)}")
        for one in done.candidates:
            reasons = ", ".join(one.reasons)
            tell(f"candidate: {one.record.number or one.record.uid}  {one.score}  {reasons}  {one.record.title}")
        if done.candidates and not dry_run:
            tell(f"to hand it in: commons confirm {written.record.uid}, with --not-related for what is something else")


@commands.command()
def confirm(
    uid: Annotated[str, typer.Argument(help="uid of a draft that looked like other records.")],
    not_related: Annotated[
        list[str] | None, typer.Option(help="Number or uid of a candidate that is something else; may be repeated.")
    ] = None,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Hand in a draft that looked like other records."""
    from registry.client import Client

    with Client(url, key) as client:
        others = [client.show(one).record.uid for one in not_related or ()]
        written = client.confirm(uid, not_related=others)
    answer({"record": written.record.as_dict()}, _told(written), as_json=as_json)


@commands.command()
def lookup(
    address: Annotated[str, typer.Argument(help="Address of a page, as you have it.")],
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Show the records that name a web address as a source, the newest first."""
    from registry.client import Client

    with Client(url, key) as client:
        found = client.lookup(address)
    rows = ((one.label, one.kind, one.title or "") for one in found)
    answer({"records": [one.as_dict() for one in found]}, table(("number", "kind", "title"), rows), as_json=as_json)


def _told(written: Written) -> str:
    record, again = written.record, ", as answered before" if written.replayed else ""
    return f"{record.label}: {standing_of(record)}{again}\nuid {record.uid}"


def _listed(problems: tuple[Problem, ...]) -> list[dict[str, JsonValue]]:
    return [as_dict(problem) for problem in problems]


def standing_of(record: Summary) -> str:
    """Where a record is in its life, and where the review of newer work stands beside what is published."""
    state = "blocked" if record.is_blocked else record.state
    return state if record.pending in (None, record.state) else f"{state}, revision {record.pending}"


def _text(found: Shown) -> str:
    record = found.record
    lines = [f"{record.label}  {record.kind}  {standing_of(record)}  TLP:{record.tlp}  {record.owner}"]
    is_narrowed = record.is_tombstone and record.state == "published" and not record.is_blocked
    if is_narrowed and found.content is not None:
        lines += ["", "It was public once: strangers see only that it is gone."]
    elif record.is_tombstone or found.content is None:
        lines += ["", f"This record is gone. {record.reason or ''}".rstrip()]
    elif record.reason:
        lines += ["", f"Last decision: {record.reason}"]
    if found.merged_into:
        lines += [f"It is told of in {found.merged_into}."]
    if found.content is not None:
        lines += ["", record.title or "", "", record.summary or "", "", *_terms(record), *_facts(found.content)]
    if found.restricted:
        lines += ["", "Restricted part", "", *_facts(found.restricted)]
    return "\n".join(lines).rstrip()


def _terms(record: Summary) -> Iterator[str]:
    """Under which terms the record may be used, and whether anybody has looked at it."""
    if record.imported and record.attribution:
        yield "imported, not reviewed by this node"
    yield f"licence: {record.licence}"
    if record.attribution:
        yield f"attribution: {record.attribution}"


def _facts(document: Document) -> Iterator[str]:
    """The fields of a part, a line each; of a list of objects a line an object."""
    for name, value in document.items():
        if name in {"title", "name", "summary"}:
            continue
        label = name.replace("_", " ")
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield f"{label}:"
            yield from (f"- {_flat(one)}" for one in value)
        else:
            yield f"{label}: {_flat(value)}"


def _flat(value: JsonValue) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')}: {_flat(one)}" for name, one in value.items())
    return ", ".join(map(_flat, value)) if isinstance(value, list) else str(value)
