"""Reads the clocks that rules about incidents start: those shipped here, and those a node adds.

A node adds files to ``clocks/`` in its data directory; one with the id of a shipped regime takes its place, so that an
operator need not wait for a release when a rule changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn, cast

from registry.domain.canonical import Document
from registry.domain.content.base import validate
from registry.domain.deadline import Clocks, Regime
from registry.domain.errors import InvalidInput, Misconfigured, Problem

SHIPPED = Path(__file__).parent / "clocks"
MAX_FILES = 200
MAX_BYTES = 500_000


def load(own: Path, *, chosen: tuple[str, ...] = ()) -> Clocks:
    """The clocks shipped, and those in the directory *own*, if there is one.

    Args:
        chosen: regimes or clocks that the node's settings name; each must be known.

    Raises:
        Misconfigured: naming every file that cannot be used, with what is wrong where, and every unknown name.
    """
    wrong: list[str] = []
    regimes = {regime.id: regime for _, regime in _regimes(SHIPPED, wrong)}
    files: dict[str, str] = {}
    for file, regime in _regimes(own, wrong):
        if regime.id in files:
            wrong.append(f"{file}: the regime is in {files[regime.id]} too")
        files[regime.id] = file
        regimes[regime.id] = regime
    found = Clocks(tuple(regimes[name] for name in sorted(regimes)))
    if not wrong:
        wrong = [_unknown(name, found) for name in chosen if not found.of(name)]
    if wrong:
        raise Misconfigured("; ".join(wrong), hint="docs/operating.md says what such a file looks like")
    return found


def shipped() -> Clocks:
    """The clocks shipped, without those of any node."""
    return Clocks(tuple(regime for _, regime in _regimes(SHIPPED, [])))


def _regimes(place: Path, wrong: list[str]) -> Iterator[tuple[str, Regime]]:
    """Each usable file of *place* by its name; what cannot be used is added to *wrong*."""
    paths = sorted(place.glob("*.json")) if place.is_dir() else []
    if len(paths) > MAX_FILES:
        wrong.append(f"{place}: at most {MAX_FILES} files are read")
    for path in paths[:MAX_FILES]:
        file = f"{path.parent.name}/{path.name}"
        try:
            yield file, validate(Regime, _document(path))
        except InvalidInput as error:
            wrong += [f"{file}: {_told(problem)}" for problem in error.problems]


def _document(path: Path) -> Document:
    try:
        with path.open("rb") as opened:
            body = opened.read(MAX_BYTES + 1)
    except OSError:
        _refuse("it cannot be read")
    if len(body) > MAX_BYTES:
        _refuse(f"a file is limited to {MAX_BYTES} bytes")
    try:
        return cast("Document", json.loads(body))
    except json.JSONDecodeError as error:
        _refuse(f"line {error.lineno}, column {error.colno}: {error.msg.lower()}")
    except (ValueError, RecursionError):
        _refuse("this is no JSON in UTF-8")


def _refuse(message: str) -> NoReturn:
    raise InvalidInput([Problem((), "BROKEN_JSON", message)])


def _told(problem: Problem) -> str:
    place = f"{'.'.join(problem.path)}: " if problem.path else ""
    return f"{place}{problem.message}" + (f" ({problem.hint})" if problem.hint else "")


def _unknown(name: str, known: Clocks) -> str:
    near = known.nearest(name)
    return "regimes: no such regime or clock" + (f"; {near}" if near else "")
