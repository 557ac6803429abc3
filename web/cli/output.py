"""Writing answers to stdout, as text for people or as one JSON document, and errors to stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TextIO

import typer

from registry.domain.errors import CommonsError, Problem

if TYPE_CHECKING:
    from registry.domain.canonical import JsonValue


def answer(document: JsonValue, text: str, *, as_json: bool) -> None:
    """Write the answer of a command: *document* where JSON was asked for, else *text*."""
    _write(_json(document) if as_json else _harmless(text), sys.stdout)


def say(text: str) -> None:
    """Write a part of an answer that comes bit by bit."""
    _write(_harmless(text), sys.stdout)


def to_line(document: JsonValue) -> str:
    """A document as one line of JSON, in ASCII."""
    return json.dumps(document)


def write_lines(lines: Iterable[str], stream: TextIO | None) -> None:
    """Write lines as they are made; they hold no control characters but their own ends."""
    for line in lines:
        _write(line, stream, end="")


def tell(text: str) -> None:
    """Say something that is no data."""
    _write(_harmless(text), sys.stderr)


def tell_error(error: CommonsError, *, as_json: bool) -> None:
    """Say what went wrong: a line a problem, or one JSON object."""
    _tell(error.code, error.message, error.problems, as_json=as_json)


def tell_failure(code: str, message: str, *, hint: str | None = None, as_json: bool) -> None:
    """Say that the command broke off for a reason that is no ``CommonsError``, in the same form."""
    _tell(code, message, (Problem((), code, message, hint),), as_json=as_json)


def _tell(code: str, message: str, problems: Sequence[Problem], *, as_json: bool) -> None:
    if as_json:
        body: JsonValue = {"code": code, "message": message, "problems": [as_dict(each) for each in problems]}
        _write(_json(body), sys.stderr)
        return
    for problem in problems:
        tell(f"commons: {as_line(problem)}")


def as_dict(problem: Problem) -> dict[str, JsonValue]:
    """A problem as JSON values."""
    return {
        "path": list(problem.path),
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
    }


def as_line(problem: Problem) -> str:
    """A problem as one line: code, place, message, hint."""
    place = f"{'.'.join(problem.path)}: " if problem.path else ""
    hint = f" ({problem.hint})" if problem.hint else ""
    return f"{problem.code}: {place}{problem.message}{hint}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns of text, each as wide as its widest cell."""
    cells = [list(head), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)
    return "\n".join(line.rstrip() for line in lines)


def moment(at: datetime) -> str:
    """An instant as tables show it: to the second, with its time zone."""
    return at.isoformat(timespec="seconds")


def flush() -> None:
    """Write out what is buffered; quiet where nobody reads any more."""
    _write("", sys.stdout, end="")


def _json(document: JsonValue) -> str:
    """The document; of what would steer a terminal stand escapes, which say the same."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return "".join(one if one.isprintable() or one == "\n" else json.dumps(one)[1:-1] for one in text)


def _harmless(text: str) -> str:
    """Without characters that would steer a terminal."""
    return "".join(one if one.isprintable() or one == "\n" else "\N{REPLACEMENT CHARACTER}" for one in text)


def _write(text: str, stream: TextIO | None, end: str = "\n") -> None:
    if stream is None:  # the caller closed it, as `>&-` does
        return
    try:
        stream.write(text + end)
        stream.flush()
    except BrokenPipeError:
        # The reader has left, as `head` does: nothing is wrong, and Python must not complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from None
