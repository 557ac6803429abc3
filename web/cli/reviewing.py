"""Commands for reviewers; they ask a node over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from web.cli.answering import Accept, Redact, RedactAll, answers_from, findings_as_options, option_for
from web.cli.life import Number, change
from web.cli.options import DEFAULT_URL, AsJson, Key, Url
from web.cli.output import answer

if TYPE_CHECKING:
    from registry.client import Client, Finding, Summary, Written
    from registry.domain.canonical import JsonValue
    from registry.domain.people import PeopleCheck

commands = typer.Typer(help="Reviewing what others submitted.", no_args_is_help=True)

Revision: TypeAlias = Annotated[
    int | None, typer.Option(help="draft_revision that you read; the newest, if left out.", min=1)
]
Reason: TypeAlias = Annotated[str, typer.Option(help="Why; the owner reads it.")]
PublicReason: TypeAlias = Annotated[str, typer.Option("--reason", help="Why; of what was public everybody reads it.")]
_CHECKS = "nobody_named, no_minor, pseudonyms, not_recognisable, sources, or all"


@commands.command()
def claim(
    number: Number, revision: Revision = None, url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False
) -> None:
    """Take a submission for review."""

    def asked(client: Client, one: Summary) -> Written:
        return client.claim(one.uid, expected_revision=revision or one.draft_revision)

    change(number, url, key, asked, as_json=as_json)


@commands.command()
def release(
    number: Number, revision: Revision = None, url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False
) -> None:
    """Give a claim back."""

    def asked(client: Client, one: Summary) -> Written:
        return client.release(one.uid, expected_revision=revision or one.draft_revision)

    change(number, url, key, asked, as_json=as_json)


@commands.command("request-changes")
def request_changes(
    number: Number,
    reason: Reason,
    revision: Revision = None,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Send a submission back to its owner."""

    def asked(client: Client, one: Summary) -> Written:
        return client.request_changes(one.uid, expected_revision=revision or one.draft_revision, reason=reason)

    change(number, url, key, asked, as_json=as_json)


@commands.command()
def approve(
    number: Number,
    reason: Annotated[str | None, typer.Option(help="Why, if there is something to say.")] = None,
    checked: Annotated[
        list[str] | None, typer.Option(help=f"What you confirm about the people in it: {_CHECKS}. May be repeated.")
    ] = None,
    revision: Revision = None,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Find a submission fit to be published; of a sensitive one, everything about people must be confirmed."""
    confirmed = _checks(checked or [])

    def asked(client: Client, one: Summary) -> Written:
        expected = revision or one.draft_revision
        return client.approve(one.uid, expected_revision=expected, reason=reason, checked=confirmed)

    change(number, url, key, asked, as_json=as_json)


@commands.command()
def reject(
    number: Number,
    reason: Reason,
    revision: Revision = None,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """End the review of a submission."""

    def asked(client: Client, one: Summary) -> Written:
        return client.reject(one.uid, expected_revision=revision or one.draft_revision, reason=reason)

    change(number, url, key, asked, as_json=as_json)


@commands.command()
def publish(
    number: Number, revision: Revision = None, url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False
) -> None:
    """Make an approved record public as its marking says."""

    def asked(client: Client, one: Summary) -> Written:
        return client.publish(one.uid, expected_revision=revision or one.draft_revision)

    change(number, url, key, asked, as_json=as_json)


@commands.command()
def merge(
    number: Number,
    into: Annotated[str, typer.Option(help="Number or uid of the record that stays.")],
    reason: PublicReason,
    revision: Revision = None,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Let another record stand for this one too; its number leads there."""

    def asked(client: Client, one: Summary) -> Written:
        other = client.show(into).record.uid
        return client.merge(one.uid, into=other, reason=reason, expected_revision=revision or one.draft_revision)

    change(number, url, key, asked, as_json=as_json)


@commands.command()
def split(
    number: Number, reason: PublicReason, url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False
) -> None:
    """Let a merged record stand by itself again."""
    change(number, url, key, lambda client, one: client.split(one.uid, reason=reason), as_json=as_json)


@commands.command()
def restore(
    number: Number, reason: PublicReason, url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False
) -> None:
    """Put a withdrawn record out again under its number."""
    change(number, url, key, lambda client, one: client.restore(one.uid, reason=reason), as_json=as_json)


@commands.command("clear-sources")
def clear_sources(
    number: Number, reason: PublicReason, url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False
) -> None:
    """Show the source links of a sensitive record, after you have looked at where they lead."""
    change(number, url, key, lambda client, one: client.clear_sources(one.uid, reason=reason), as_json=as_json)


@commands.command()
def findings(number: Number, url: Url = DEFAULT_URL, key: Key = None, as_json: AsJson = False) -> None:
    """List what screening finds in the newest revision, field by field, and why what was accepted may stand."""
    from registry.client import Client

    with Client(url, key) as client:
        record = client.show(number).record
        found = client.findings(record.uid)
    body: dict[str, JsonValue] = {
        "uid": record.uid,
        "draft_revision": record.draft_revision,
        "findings": [one.as_dict() for one in found],
    }
    answer(body, "\n".join(map(_finding, found)) or "screening finds nothing", as_json=as_json)


@commands.command("accept-findings")
def accept_findings(
    number: Number,
    accept: Accept = None,
    revision: Revision = None,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Say why findings may stand; for whoever holds the claim, and for the owner."""
    answers = answers_from(accept, ())
    if not answers.accept:
        raise typer.BadParameter("say with --accept what may stand, and why")

    def asked(client: Client, one: Summary) -> Written:
        with findings_as_options():
            expected = revision or one.draft_revision
            return client.accept_findings(one.uid, answers.accept, expected_revision=expected)

    change(number, url, key, asked, as_json=as_json)


@commands.command("redact-findings")
def redact_findings(
    number: Number,
    redact: Redact = None,
    redact_all: RedactAll = False,
    revision: Revision = None,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Take findings out by a new revision, and purge the drafts that held them; for the same people."""
    answers = answers_from((), redact, redact_all)
    if not answers.redact and not redact_all:
        raise typer.BadParameter("say with --redact what is taken out, or --redact-all")

    def asked(client: Client, one: Summary) -> Written:
        with findings_as_options():
            return client.redact_findings(
                one.uid, answers.redact, redact_all=redact_all, expected_revision=revision or one.draft_revision
            )

    change(number, url, key, asked, as_json=as_json)


def _finding(one: Finding) -> str:
    from registry.domain.screening.finding import Code

    line = f"{'.'.join(one.path)}: {one.code}: {one.hint}"
    if one.accepted:
        when = f", accepted {one.accepted_at[:10]}" if one.accepted_at else ", accepted"
        return f"{line}{when}: {one.reason}" if one.reason else line + when
    return f"{line}, open\n  {option_for(Code(one.code), one.path)}" if one.is_open else f"{line}, a warning"


def _checks(named: list[str]) -> frozenset[PeopleCheck]:
    # Read here: loading the content models would slow down every command.
    from registry.domain.people import PeopleCheck

    if "all" in named:
        return frozenset(PeopleCheck)
    if unknown := [one for one in named if one not in list(PeopleCheck)]:
        raise typer.BadParameter(f"--checked {unknown[0]}: one of these is expected: {_CHECKS}")
    return frozenset(PeopleCheck(one) for one in named)
