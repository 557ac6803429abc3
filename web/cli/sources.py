"""Commands on sources: whose records are taken in, how far they are trusted, and how their imports went."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer, table, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.domain.canonical import JsonValue
    from registry.domain.importing import SourceState

commands = typer.Typer(help="Sources whose records are taken in.", no_args_is_help=True)

Id: TypeAlias = Annotated[str, typer.Argument(help="Id of the source, such as atlas.")]
Title: TypeAlias = Annotated[str | None, typer.Option(help="The publisher's name for it.")]
Home: TypeAlias = Annotated[str | None, typer.Option(help="Address of the publisher's page.")]
Licence: TypeAlias = Annotated[str | None, typer.Option(help="Licence by SPDX, such as CC-BY-4.0.")]
Attribution: TypeAlias = Annotated[str | None, typer.Option(help="How the publisher is to be named.")]
Obligation: TypeAlias = Annotated[list[str] | None, typer.Option(help="What a reuser must do; may be repeated.")]
FromUrl: TypeAlias = Annotated[
    list[str] | None, typer.Option("--from-url", help="Where a fetch begins; may be repeated.")
]
Host: TypeAlias = Annotated[
    list[str] | None, typer.Option(help="A host that may be reached; may be repeated. The hosts of the addresses are.")
]
Organisation: TypeAlias = Annotated[
    str | None, typer.Option(help="What sort of organisation the publisher is, such as research.")
]
TrustOption: TypeAlias = Annotated[
    str | None, typer.Option(help="review: a reviewer looks at each record; trusted: published at once.")
]
EveryHours: TypeAlias = Annotated[
    int | None, typer.Option(min=0, help="Hours between runs of the worker; 0 is never by itself.")
]
Options: TypeAlias = Annotated[
    Path | None, typer.Option(help="A JSON file of what the format needs to know, such as a mapping.")
]


@commands.command("list")
def list_(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """List all sources: trust, schedule, how the last run went."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.source_list import known
    from web.cli.directory import opened
    from web.cli.source_text import HEAD, row_of, source_document

    with opened(data_dir) as registry:
        found = known(registry, LOCAL_OPERATOR)
    answer([source_document(one) for one in found], table(HEAD, map(row_of, found)), as_json=as_json)


@commands.command()
def show(source: Id, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Show one source: who publishes it, under which terms, where it is read, how it went."""
    _show(source, data_dir, as_json=as_json)


@commands.command()
def add(
    source: Id,
    form: Annotated[str, typer.Option("--format", help="A format that many issue, such as table, misp, stix, osv.")],
    title: Title = None,
    home: Home = None,
    licence: Licence = None,
    attribution: Attribution = None,
    obligation: Obligation = None,
    from_url: FromUrl = None,
    host: Host = None,
    organisation: Organisation = None,
    trust: TrustOption = None,
    every_hours: EveryHours = None,
    options: Options = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Add a source of a format that many issue."""
    from importers.catalog import find, put_source
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.errors import AlreadyExists
    from registry.domain.licence import is_known
    from registry.service import importing
    from web.cli.directory import opened
    from web.cli.source_row import changed

    base = find(form).source
    row = replace(base, id=source, format=form, title=title or source, home=home or "", licence=licence or "",
                  attribution=attribution or title or source, obligations=tuple(obligation or ()), urls=(),
                  hosts=frozenset(), every_hours=every_hours)  # fmt: skip
    row = changed(row, from_url=from_url, host=host, organisation=organisation, trust=trust, options=options)
    with opened(data_dir) as registry:
        if any(one.id == source for one in importing.sources(registry, LOCAL_OPERATOR)):
            raise AlreadyExists(
                "there is a source of this id", path=("source",), hint="change it by: commons source set"
            )
        put_source(registry, LOCAL_OPERATOR, row)
    _show(source, data_dir, as_json=as_json)
    if not is_known(row.licence):
        tell("The terms of this licence are not known here, so it counts as one that may ask for anything.")


@commands.command("set")
def set_(
    source: Id,
    title: Title = None,
    home: Home = None,
    licence: Licence = None,
    attribution: Attribution = None,
    obligation: Obligation = None,
    from_url: FromUrl = None,
    host: Host = None,
    organisation: Organisation = None,
    trust: TrustOption = None,
    every_hours: EveryHours = None,
    options: Options = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Change a source; what is left out stays. Of a source that comes with the software: --trust and --every-hours."""
    from importers.catalog import put_source
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.errors import InvalidInput, Problem
    from registry.service import importing
    from registry.service.source_list import known_source
    from web.cli.directory import opened
    from web.cli.source_row import changed, trust_of

    given = {"title": title, "home": home, "licence": licence, "attribution": attribution, "organisation": organisation,
             "obligation": obligation, "from-url": from_url, "host": host, "options": options}  # fmt: skip
    with opened(data_dir) as registry:
        found = known_source(registry, LOCAL_OPERATOR, source)
        wrong = [name for name, value in given.items() if value is not None and not found.is_added]
        if wrong:
            message = "this is part of a source that comes with the software"
            raise InvalidInput([Problem((name,), "NOT_ALLOWED", message) for name in wrong])
        if any(value is not None for value in given.values()):
            row = importing.source(registry, LOCAL_OPERATOR, source)
            row = replace(row, title=title or row.title, home=home or row.home, licence=licence or row.licence,
                          attribution=attribution or row.attribution,
                          obligations=row.obligations if obligation is None else tuple(obligation))  # fmt: skip
            row = changed(row, from_url=from_url, host=host, organisation=organisation, trust=None, options=options)
            put_source(registry, LOCAL_OPERATOR, row)
        if trust is not None:
            importing.set_trust(registry, LOCAL_OPERATOR, source, trust_of(trust))
        if every_hours is not None:
            importing.set_schedule(registry, LOCAL_OPERATOR, source, every_hours)
    _show(source, data_dir, as_json=as_json)


@commands.command()
def pause(source: Id, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Let a source not run by itself until it is resumed."""
    from registry.service import importing

    _steer(source, data_dir, importing.pause, as_json=as_json)


@commands.command()
def resume(source: Id, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Let a source run by itself again."""
    from registry.service import importing

    _steer(source, data_dir, importing.resume, as_json=as_json)


@commands.command()
def remove(source: Id, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Take out a source that was added; its records and findings stay."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service import importing
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        importing.remove_source(registry, LOCAL_OPERATOR, source)
    answer({"source": source, "removed": True}, f"{source} is removed; its records stay", as_json=as_json)


@commands.command()
def findings(
    source: Id,
    code: Annotated[str | None, typer.Option(help="Only those of this code.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Those that are mended, too.")] = False,
    count: Annotated[int, typer.Option(min=1, max=100, help="How many at most.")] = 20,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """List what was wrong with a source's records, and what to do about it."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.finding import FindingFilter
    from registry.domain.pages import PageRequest
    from registry.service import importing
    from registry.service.source_list import known_source
    from web.cli.directory import opened
    from web.cli.source_text import finding_document, findings_text

    wanted = FindingFilter(code=code, is_open=None if everything else True)
    with opened(data_dir) as registry:
        known_source(registry, LOCAL_OPERATOR, source)
        counts = importing.finding_counts(registry, LOCAL_OPERATOR, source)
        found = importing.findings(registry, LOCAL_OPERATOR, source, PageRequest(count), wanted).items
    document: JsonValue = {"open": dict(counts), "findings": [finding_document(one) for one in found]}
    answer(document, findings_text(counts, found), as_json=as_json)


@commands.command()
def runs(
    source: Annotated[str | None, typer.Argument(help="Id of the source; all, if left out.")] = None,
    count: Annotated[int, typer.Option(min=1, max=100, help="How many at most.")] = 20,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """List imports, the newest first."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.pages import PageRequest
    from registry.service import importing
    from web.cli.directory import opened
    from web.cli.source_text import RUN_HEAD, run_document, run_row

    with opened(data_dir) as registry:
        now = registry.clock.now()
        found = importing.runs(registry, LOCAL_OPERATOR, source, PageRequest(count)).items
    text = table(RUN_HEAD, (run_row(one, now) for one in found))
    answer([run_document(one, now) for one in found], text, as_json=as_json)


@commands.command()
def link(
    source: Id,
    end: Annotated[bool, typer.Option("--end", help="Let the link work no longer.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Make the link at which a source reads what was wrong with its records; one made before ends."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service import import_feedback
    from registry.service.source_list import known_source
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        known_source(registry, LOCAL_OPERATOR, source)
        if end:
            import_feedback.end_link(registry, LOCAL_OPERATOR, source)
            answer({"source": source, "link": None}, f"the link of {source} works no longer", as_json=as_json)
            return
        secret = import_feedback.new_link(registry, LOCAL_OPERATOR, source)
        address = f"{registry.settings.base_url}/sources/{source}/findings/{secret}"
    answer({"source": source, "link": address, "json": f"{address}.json"}, address, as_json=as_json)
    tell("Whoever has this address reads the findings; it is shown this once.")


def _show(source: str, data_dir: Path, *, as_json: bool) -> None:
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.source_list import known_source
    from web.cli.directory import opened
    from web.cli.source_text import source_document, source_text

    with opened(data_dir) as registry:
        found = known_source(registry, LOCAL_OPERATOR, source)
    answer(source_document(found), source_text(found), as_json=as_json)


def _steer(source: str, data_dir: Path, choose: Callable[..., SourceState], *, as_json: bool) -> None:
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.source_list import known_source
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        known_source(registry, LOCAL_OPERATOR, source)
        choose(registry, LOCAL_OPERATOR, source)
    _show(source, data_dir, as_json=as_json)
