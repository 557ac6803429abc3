"""Handing in many submissions: the lines of a file, the entries of a list, or the files of a folder."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import typer

from web.cli.exits import Exit
from web.cli.files import MAX_BYTES, opened
from web.cli.output import as_line, say, tell, to_line
from web.cli.progress import bar

if TYPE_CHECKING:
    from registry.client import LineAnswer

_MAX_LIST_BYTES = 100_000_000
_PIECE = 1 << 20


def submit_many(
    source: str,
    *,
    url: str,
    key: str | None,
    dry_run: bool,
    report: Path | None,
    patience_seconds: float,
    as_json: bool,
) -> None:
    """Send everything in *source*, tell what became of each, and end with a code of its own if some was refused."""
    from registry.client import Client

    counts: Counter[str] = Counter()
    places: dict[int, str] = {}
    with ExitStack() as stack:
        client = stack.enter_context(Client(url, key))
        kept = stack.enter_context(report.open("w", encoding="utf-8")) if report is not None else None
        lines = _lines(source, places)
        advance = stack.enter_context(bar("checked" if dry_run else "handed in"))
        total = _count(source)
        answers = client.submit_lines(lines, dry_run=dry_run, patience_seconds=patience_seconds, on_wait=_tell_waiting)
        for answer in answers:
            _tell_answer(places.pop(answer.line), answer, kept, as_json=as_json)
            counts[answer.status] += 1
            advance(answer.line, total)
    _tell_end(counts, kept=report, as_json=as_json)
    if counts["error"]:
        raise typer.Exit(Exit.PROBLEMS)


def _lines(source: str, places: dict[int, str]) -> Iterator[bytes]:
    """What is sent, a line each; *places* is told where each comes from."""
    path = Path(source)
    found = _folder(path) if source != "-" and path.is_dir() else _file(source)
    for number, (place, line) in enumerate(found, start=1):
        places[number] = place
        yield line


def _file(source: str) -> Iterator[tuple[str, bytes]]:
    with opened(source) as file:
        first = file.readline(MAX_BYTES + 1)
        if _is_list(first):
            yield from _list(first + file.read(_MAX_LIST_BYTES))
            return
        for number in itertools.count(1):
            line = first if number == 1 else file.readline(MAX_BYTES + 1)
            if not line:
                return
            yield f"line {number}", line
            while line and not line.endswith(b"\n"):
                line = file.readline(_PIECE)


def _is_list(beginning: bytes) -> bool:
    return beginning.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"[")


def _list(body: bytes) -> Iterator[tuple[str, bytes]]:
    from registry.domain.errors import InvalidInput, Problem
    from registry.domain.reading import read_json

    entries = read_json(body, max_bytes=_MAX_LIST_BYTES)
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        raise InvalidInput([Problem((), "INVALID_TYPE", "a list is expected")])
    for number, entry in enumerate(entries, start=1):
        yield f"entry {number}", json.dumps(entry).encode()


def _folder(path: Path) -> Iterator[tuple[str, bytes]]:
    for file in _files(path):
        with file.open("rb") as found:
            # Between the parts of a JSON text a line break is a blank, and within a text there is none.
            yield str(file), found.read(MAX_BYTES + 1).translate(bytes.maketrans(b"\r\n", b"  "))


def _files(path: Path) -> list[Path]:
    from registry.domain.errors import NotFound

    files = sorted(path.rglob("*.json"))
    if not files:
        raise NotFound(f"{path}: there is no file that ends in .json")
    return files


def _count(source: str) -> int | None:
    """How many lines there will be, if that can be known beforehand."""
    path = Path(source)
    if source == "-" or not path.exists():
        return None
    if path.is_dir():
        return len(_files(path))
    if not path.is_file():
        return None
    with path.open("rb") as file:
        if _is_list(file.read(_PIECE)):
            return None
        file.seek(0)
        return sum(piece.count(b"\n") for piece in iter(lambda: file.read(_PIECE), b""))


def _tell_answer(place: str, answer: LineAnswer, kept: TextIO | None, *, as_json: bool) -> None:
    told = {"place": place} | answer.as_dict()
    if kept is not None:
        kept.write(to_line(told) + "\n")
        kept.flush()
    if as_json:
        say(to_line(told))
        return
    for problem in answer.errors:
        say(f"{place}: {as_line(problem)}")
    if answer.status == "draft":
        say(f"{place}: a draft, for it looks like other records; commons confirm {answer.uid}")


def _tell_end(counts: Counter[str], *, kept: Path | None, as_json: bool) -> None:
    if as_json:
        say(to_line({"complete": True, "lines": counts.total(), "counts": dict(counts)}))
        return
    words = {"draft": "drafts", "error": "refused", "skipped": "empty"}
    told = ", ".join(f"{count} {words.get(status, status)}" for status, count in sorted(counts.items()))
    say(f"{counts.total()} lines" + (f": {told}" if told else ""))
    if kept is not None:
        tell(f"what became of each stands in {kept}")


def _tell_waiting(seconds: float, reason: str) -> None:
    tell(f"{reason}; going on in {seconds:g} seconds")
