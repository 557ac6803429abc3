"""Commands on dumps: all that is public as one file or as a signed directory, for everybody or for yourself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from web.cli.exits import Exit
from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer, table, tell

if TYPE_CHECKING:
    from registry.domain.canonical import JsonValue
    from registry.domain.errors import Problem
    from registry.service.dump import Wanted

commands = typer.Typer(help="Everything public, as files.", no_args_is_help=True)

Without: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(help="Leave out licences that ask for this: share-alike, non-commercial, no-derivatives."),
]
Licence: TypeAlias = Annotated[list[str] | None, typer.Option(help="Only records under this licence, by SPDX.")]
OfKind: TypeAlias = Annotated[list[str] | None, typer.Option(help="Only records of this kind, such as incident.")]


@commands.command()
def write(
    out: Annotated[Path, typer.Option("--out", help="The file, such as records.jsonl or records.jsonl.gz.")],
    without: Without = None,
    licence: Licence = None,
    kind: OfKind = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Write all public records, a JSON object a line, and beside them a manifest with licences and whom to name."""
    from web.cli.directory import opened
    from web.cli.dump_file import write_dump
    from web.cli.progress import bar

    wanted = _wanted(without or [], licence or [], kind or [])
    with opened(data_dir) as registry, bar("Writing the dump") as advance:
        manifest = write_dump(registry, out, wanted, progress=advance)
    tombstones = f", {manifest['tombstones']} withdrawn" if manifest["tombstones"] else ""
    answer(manifest, f"{out}: {manifest['records']} records{tombstones}", as_json=as_json)


@commands.command()
def make(
    out: Annotated[
        Path | None,
        typer.Option("--out", help="A new directory of your own; without it the dump is put out at /dumps/."),
    ] = None,
    without: Without = None,
    licence: Licence = None,
    kind: OfKind = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Make a signed dump of JSON lines, a table and a database, with a data dictionary and a manifest."""
    from registry.domain.errors import Conflict
    from web.cli.directory import opened
    from web.cli.dump_file import new_place
    from web.cli.progress import bar
    from web.dumps.making import make_public, write_directory

    wanted = _wanted(without or [], licence or [], kind or [])
    if out is None and (without or licence or kind):
        raise typer.BadParameter("what is put out for everybody is chosen by the setting dumps_without; add --out")
    with opened(data_dir) as registry, bar("Writing the dump") as advance:
        if out is not None:
            made = write_directory(registry, new_place(registry, out), wanted, progress=advance)
            place = str(out)
        else:
            found = make_public(registry, progress=advance)
            if found is None:
                raise Conflict("a record in it was taken back, or the key changed, while it was made; make it again")
            made, place = found, f"{registry.settings.base_url}/dumps/{found.name}/"
        told = made.as_dict(base_url=registry.settings.base_url)
    answer(told | {"place": place}, f"{place}: {made.records} records, {made.tombstones} withdrawn", as_json=as_json)


@commands.command("list")
def list_(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """List the dumps that this node made for everybody, and why some are gone."""
    from registry.domain.actor import SYSTEM
    from registry.service import dumps
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        found = dumps.listed(registry, SYSTEM)
        told = [one.as_dict(base_url=registry.settings.base_url) for one in found]
    rows = (
        (one.name, one.made_at.isoformat(), str(one.records), one.because.sentence if one.because else "there")
        for one in found
    )
    answer(told, table(("dump", "made", "records", "state"), rows), as_json=as_json)


@commands.command()
def verify(
    directory: Annotated[Path, typer.Argument(help="The directory with the files of the dump.")],
    fingerprint: Annotated[
        str | None, typer.Option(help="Of the key of the node that made it, as its operator told you.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a dump without a node: the signature of its manifest, and the hash of each file; exit code 7 for faults."""
    from web.dumps.verifying import check

    found = check(directory, fingerprint=fingerprint)
    manifest = found.manifest
    told: dict[str, JsonValue] = {
        "name": manifest.name,
        "node": manifest.node,
        "as_of": manifest.as_of,
        "fingerprint": found.fingerprint,
        "files": found.files,
        "faults": list(found.faults),
        "missing": list(found.missing),
        "unknown": list(found.unknown),
    }
    lines = [*found.faults, *(f"{name}: not here" for name in found.missing)]
    lines += [f"{name}: not of the dump" for name in found.unknown]
    verdict = f"{len(found.faults)} fault(s)" if found.faults else f"{found.files} file(s) as signed"
    lines.append(f"{manifest.node} {manifest.name}, signed by {found.fingerprint}: {verdict}")
    answer(told, "\n".join(lines), as_json=as_json)
    if found.faults:
        raise typer.Exit(Exit.CORRUPT)
    if fingerprint is None:
        tell("Compare the fingerprint with what the operator of the node tells you, or name it with --fingerprint.")


def _wanted(without: list[str], licences: list[str], kinds: list[str]) -> Wanted:
    """What the options ask for.

    Raises:
        InvalidInput: there is no such duty or kind.
    """
    from registry.domain.errors import InvalidInput
    from registry.domain.licence import Duty
    from registry.domain.vocabulary import Kind
    from registry.service.dump import Wanted

    problems = [_unknown("without", one, list(Duty)) for one in without if one not in set(Duty)]
    problems += [_unknown("kind", one, list(Kind)) for one in kinds if one not in set(Kind)]
    if problems:
        raise InvalidInput(problems)
    return Wanted(frozenset(map(Kind, kinds)), frozenset(licences), frozenset(map(Duty, without)))


def _unknown(option: str, said: str, known: Sequence[str]) -> Problem:
    from registry.domain.errors import Problem, did_you_mean

    return Problem((option,), "UNKNOWN_TERM", f"choose of: {', '.join(known)}", did_you_mean(said, known))
