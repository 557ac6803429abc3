"""Commands on the node itself: init, verify, reindex, upgrade."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.exits import Exit
from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer, tell

if TYPE_CHECKING:
    from registry.ports import Registry
    from registry.service.verify import Verification

commands = typer.Typer()

_PATIENCE_SECONDS = 10.0
_PAUSE_SECONDS = 0.1


@commands.command()
def init(
    data_dir: DataDir = DEFAULT_DATA_DIR,
    node_name: Annotated[str | None, typer.Option(help="The node's DNS name, lower case.")] = None,
    short_name: Annotated[str | None, typer.Option(help="2 to 8 capitals that begin its record numbers.")] = None,
    title: Annotated[str | None, typer.Option(help="The node's name on its pages.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Its public address, without a path.")] = None,
    organisation: Annotated[str, typer.Option(help="Name of the organisation that runs it.")] = "Node operator",
    as_json: AsJson = False,
) -> None:
    """Make a node: data directory, node key, store, first organisation and operator. Prints the operator's key once."""
    from web.cli.founding import found

    given = {"node_name": node_name, "short_name": short_name, "title": title, "base_url": base_url}
    values = {name: value for name, value in given.items() if value is not None}
    founded = found(data_dir, organisation=organisation, values=values)
    settings, access = founded.settings, founded.access
    document = {
        "data_dir": str(settings.data_dir),
        "erasures": str(settings.erasures_path),
        "node_name": settings.node_name,
        "short_name": settings.short_name,
        "node_key": founded.fingerprint,
        "organisation": access.organisation_slug,
        "person": access.key.key.person,
        "operator_key": access.key.text,
    }
    text = (
        f"The node {settings.node_name} ({settings.short_name}) is in {settings.data_dir}.\n"
        f"Fingerprint of its key: {founded.fingerprint}\n"
        f"What is erased is noted in {settings.erasures_path}: keep a copy of it apart.\n"
        f"Organisation {access.organisation_slug}, first operator {access.key.key.person},\n"
        f"whose key is shown this once:\n\n"
        f"{access.key.text}\n"
    )
    answer(document, text, as_json=as_json)
    tell("Next: commons org add, commons user add, commons key create, commons serve")


@commands.command()
def verify(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Check that the store still says what was written: log, hashes, erasures. Lists every fault; exit code 7."""
    from registry.service.verify import Verification
    from registry.storage.engine import damage
    from web.cli.directory import found_settings, opened

    path = found_settings(data_dir, os.environ).database_path
    damaged = damage(path) if path.exists() else ()
    if damaged:
        found = Verification(0, 0, 0, damaged)
    else:
        with opened(data_dir) as registry:
            found = _checked(registry)
    counts = {"changes": found.changes, "records": found.records, "revisions": found.revisions}
    summary = f"{found.changes} changes, {found.records} records, {found.revisions} revisions: "
    summary += f"{len(found.faults)} fault(s)" if found.faults else "sound"
    answer({**counts, "faults": list(found.faults)}, "\n".join([*found.faults, summary]), as_json=as_json)
    if found.faults:
        raise typer.Exit(Exit.CORRUPT)


def _checked(registry: Registry) -> Verification:
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.errors import InvalidInput
    from registry.service.verify import Verification, verify

    try:
        return verify(registry, LOCAL_OPERATOR)
    except (InvalidInput, ValueError, TypeError, LookupError) as error:
        # Nothing the registry wrote reads like that: somebody altered a row beyond recognition.
        fault = f"a row of the store cannot be read ({type(error).__name__}); what else is stored was not checked"
        return Verification(0, 0, 0, (fault,))


@commands.command()
def reindex(
    data_dir: DataDir = DEFAULT_DATA_DIR,
    engine: Annotated[str | None, typer.Option(help="whoosh or tantivy; by default the one of the settings.")] = None,
    as_json: AsJson = False,
) -> None:
    """Build the search index anew from the store, while the old one serves; that of another engine stands beside it."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.errors import SearchUnavailable
    from registry.service.follow import reindex as build
    from web.cli.directory import opened_with, settings_of
    from web.cli.progress import bar

    records = 0
    settings = settings_of(data_dir, {**os.environ, "COMMONS_SEARCH": engine} if engine else os.environ)
    chosen = settings_of(data_dir, os.environ).search
    with opened_with(settings) as registry, bar("Indexing") as advance:

        def count(done: int) -> None:
            nonlocal records
            records = done
            advance(done, None)

        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                position = build(registry, LOCAL_OPERATOR, progress=count)
                break
            except SearchUnavailable:
                # The serving process, too, takes its turns to write; each is short.
                if records or time.monotonic() > deadline:
                    raise
                time.sleep(_PAUSE_SECONDS)
    answer({"records": records, "position": position}, f"{records} records indexed", as_json=as_json)
    if settings.search != chosen:
        tell(f"Next: set search to {settings.search}, and start the node anew; {settings.index_dir.name}/ is used then")


@commands.command()
def upgrade(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Bring the store's tables up to date with this version. Make a backup before; stop the node meanwhile."""
    from registry.domain.errors import Corrupt
    from registry.storage.migrations.upgrade import NEWEST, stored_revision
    from registry.storage.migrations.upgrade import upgrade as migrate
    from web.cli.directory import found_settings

    path = found_settings(data_dir, os.environ).database_path
    before = stored_revision(path)
    if before is None:
        raise Corrupt("the store of this node is missing or empty", hint="restore a backup with: commons restore")
    migrate(path)
    text = f"up to date already ({NEWEST})" if before == NEWEST else f"brought from {before} to {NEWEST}"
    answer({"before": before, "after": NEWEST}, text, as_json=as_json)
