"""Reading a submission from a file: what cannot be read is a problem of the input, with its place."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO, NoReturn, TypeAlias, cast

from registry.domain.canonical import JsonValue
from registry.domain.errors import InvalidInput, NotFound, Problem

MAX_BYTES = 2_000_000

Found: TypeAlias = "JsonValue | InvalidInput"


def read_document(file: str) -> JsonValue:
    """The JSON document in *file*; ``-`` is stdin.

    Raises:
        NotFound: there is no such file.
        InvalidInput: it is too large, no UTF-8, no JSON, nested too deeply, or names a field twice.
    """
    return _parsed(_read(file))


def read_lines(file: str) -> Iterator[tuple[str, Found]]:
    """Each document of a file that holds one a line, or what is wrong with that line; ``-`` is stdin.

    Yields its place, such as ``many.ndjson:3``, lines counted from 1. Empty lines are left out.

    Raises:
        NotFound: there is no such file.
    """
    with _opened(file) as opened:
        for number in itertools.count(1):
            line = opened.readline(MAX_BYTES + 1)
            if not line:
                return
            if line.strip():
                yield f"{file}:{number}", _line(line)
            while len(line) > MAX_BYTES and not line.endswith(b"\n"):
                line = opened.readline(MAX_BYTES + 1)


def _line(line: bytes) -> Found:
    try:
        return _parsed(line.rstrip(b"\r\n"))
    except InvalidInput as error:
        return error


def _parsed(body: bytes) -> JsonValue:
    if len(body) > MAX_BYTES:
        raise _problem("TOO_LONG", f"a submission is limited to {MAX_BYTES} bytes")
    try:
        text = body.decode("utf-8-sig")
        return cast("JsonValue", json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant))
    except UnicodeDecodeError as error:
        raise _problem("BROKEN_UTF8", f"byte {error.start} is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise _problem("BROKEN_JSON", f"line {error.lineno}, column {error.colno}: {error.msg.lower()}") from None
    except ValueError:
        raise _problem("BROKEN_JSON", "a number is too long") from None
    except RecursionError:
        raise _problem("TOO_DEEP", "nesting is too deep") from None


def _read(file: str) -> bytes:
    with _opened(file) as opened:
        return opened.read(MAX_BYTES + 1)


def _opened(file: str) -> AbstractContextManager[BinaryIO]:
    if file == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(file).open("rb")
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(f"{file}: there is no such file") from None


def _object(pairs: Sequence[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _problem("DUPLICATE_FIELD", "an object names a field twice")
    return found


def _refuse_constant(_name: str) -> NoReturn:
    raise _problem("BROKEN_JSON", "NaN and infinity are no JSON")


def _problem(code: str, message: str) -> InvalidInput:
    return InvalidInput([Problem((), code, message)])
