"""The command that writes everything public into one file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer

if TYPE_CHECKING:
    from registry.domain.errors import Problem
    from registry.service.dump import Wanted

commands = typer.Typer()


@commands.command()
def dump(
    out: Annotated[Path, typer.Option("--out", help="The file, such as records.jsonl or records.jsonl.gz.")],
    without: Annotated[
        list[str] | None,
        typer.Option(help="Leave out licences that ask for this: share-alike, non-commercial, no-derivatives."),
    ] = None,
    licence: Annotated[list[str] | None, typer.Option(help="Only records under this licence, by SPDX.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Only records of this kind, such as incident.")] = None,
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
