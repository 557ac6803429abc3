"""Commands on events, alerts and freezes, on the node's own data directory."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from web.cli.accounts import keys, organisations
from web.cli.members import commands as users
from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer, table, write_lines

if TYPE_CHECKING:
    from registry.domain.alert import Alert
    from registry.domain.canonical import JsonValue
    from registry.domain.event import EventFilter

commands = typer.Typer(help="What happened beside the records.", no_args_is_help=True)
alerts = typer.Typer(help="What stood out.", no_args_is_help=True)

Reason: TypeAlias = Annotated[str, typer.Option(help="Why; required.")]
Name: TypeAlias = Annotated[str, typer.Option(help="A name such as account:session:create, or its beginning.")]
By: TypeAlias = Annotated[str, typer.Option(help="Pseudonym of who did it.")]
About: TypeAlias = Annotated[str, typer.Option(help="What it was done to, such as key:… or person:….")]
Since: TypeAlias = Annotated[str, typer.Option(help="The first instant, such as 2026-03-14.")]
Before: TypeAlias = Annotated[str, typer.Option(help="The first instant no more.")]


@commands.command("list")
def list_events(
    name: Name = "",
    actor: By = "",
    subject: About = "",
    since: Since = "",
    before: Before = "",
    count: Annotated[int, typer.Option(min=1, max=100, help="How many at most.")] = 20,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """List the newest events."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.event_lines import as_dict
    from registry.domain.pages import PageRequest
    from registry.service import events
    from web.cli.directory import opened

    wanted = _filter(name=name, actor=actor, subject=subject, since=since, before=before)
    with opened(data_dir) as registry:
        found = events.page(registry, LOCAL_OPERATOR, wanted, PageRequest(count)).items
    rows = ((one.at.isoformat(), one.name.value, one.actor, one.subject or "", one.address or "") for one in found)
    text = table(("at", "name", "actor", "subject", "address"), rows)
    answer([as_dict(one) for one in found], text, as_json=as_json)


@commands.command()
def export(
    name: Name = "",
    actor: By = "",
    subject: About = "",
    since: Since = "",
    before: Before = "",
    as_csv: Annotated[bool, typer.Option("--csv", help="A table instead of JSON lines.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Write all events, oldest first, a JSON object a line, with --json and without."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.errors import InvalidInput, Problem
    from registry.domain.event_lines import json_lines, table_lines
    from registry.service import events
    from web.cli.directory import opened

    if as_csv and as_json:
        raise InvalidInput([Problem(("csv",), "NOT_ALLOWED", "choose a table or JSON lines")])
    wanted = _filter(name=name, actor=actor, subject=subject, since=since, before=before)
    with opened(data_dir) as registry:
        walk = events.export(registry, LOCAL_OPERATOR, wanted)
        write_lines((table_lines if as_csv else json_lines)(walk), sys.stdout)


@alerts.command("list")
def list_alerts(
    everything: Annotated[bool, typer.Option("--all", help="Dismissed ones too.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """List what stood out, newest first, and was not dismissed."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.alert import AlertState
    from registry.domain.pages import MAX_PAGE, PageRequest
    from registry.service import alerts as service
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        found = service.page(registry, LOCAL_OPERATOR, None, PageRequest(MAX_PAGE)).items
    shown = [one for one in found if everything or one.state is not AlertState.DISMISSED]
    rows = ((one.id, one.kind.value, one.subject, one.state.value, str(one.value), _said(one)) for one in shown)
    text = table(("id", "kind", "subject", "state", "value", "evidence"), rows)
    answer([_document(one) for one in shown], text, as_json=as_json)


@alerts.command()
def dismiss(
    alert: Annotated[str, typer.Argument(help="Id of the alert.")],
    reason: Reason = "",
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Say that an alert is done with."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.alert import AlertId
    from registry.service import alerts as service
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        done = service.dismiss(registry, LOCAL_OPERATOR, AlertId(alert), reason=reason)
    answer(_document(done), f"{done.id}: {done.state}", as_json=as_json)


def _freezing(kind: str, app: typer.Typer, what: str) -> None:
    """Add the commands that keep a key, a person or an organisation out and let it in again."""

    @app.command("freeze", help=f"Keep {what} out at once; whoever it is sees what a wrong key shows.")
    def freeze(
        name: Annotated[str, typer.Argument(help="Id, or of an organisation the slug.")],
        reason: Reason = "",
        data_dir: DataDir = DEFAULT_DATA_DIR,
        as_json: AsJson = False,
    ) -> None:
        from registry.domain.actor import LOCAL_OPERATOR
        from registry.service import freezing
        from web.cli.directory import opened

        with opened(data_dir) as registry:
            done = freezing.freeze(registry, LOCAL_OPERATOR, f"{kind}:{name}", reason=reason)
        answer({"subject": done.subject, "at": done.at.isoformat()}, f"{done.subject} is frozen", as_json=as_json)

    @app.command("thaw", help=f"Let {what} in again.")
    def thaw(
        name: Annotated[str, typer.Argument(help="Id, or of an organisation the slug.")],
        reason: Reason = "",
        data_dir: DataDir = DEFAULT_DATA_DIR,
        as_json: AsJson = False,
    ) -> None:
        from registry.domain.actor import LOCAL_OPERATOR
        from registry.service import freezing
        from web.cli.directory import opened

        with opened(data_dir) as registry:
            done = freezing.thaw(registry, LOCAL_OPERATOR, f"{kind}:{name}", reason=reason)
        answer({"subject": done.subject, "thawed": True}, f"{done.subject} works again", as_json=as_json)


_freezing("key", keys, "a key")
_freezing("person", users, "a person, with all keys and sessions,")
_freezing("organisation", organisations, "an organisation, with everybody in it,")


def _filter(**said: str) -> EventFilter:
    from registry.domain.event_filter import filter_of

    return filter_of(said)


def _said(one: Alert) -> str:
    return ", ".join(f"{name} {value}" for name, value in one.evidence.items())


def _document(one: Alert) -> JsonValue:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "subject": one.subject,
        "state": one.state.value,
        "value": one.value,
        "times": one.times,
        "evidence": dict(one.evidence),
        "first_at": one.first_at.isoformat(),
        "last_at": one.last_at.isoformat(),
        "reason": one.reason,
    }
