"""Reading a submission from a file: what cannot be read is a problem of the input, with its place."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO, TypeAlias

from registry.domain.canonical import JsonValue
from registry.domain.errors import InvalidInput, NotFound
from registry.domain.reading import read_json

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
    with opened(file) as found:
        for number in itertools.count(1):
            line = found.readline(MAX_BYTES + 1)
            if not line:
                return
            if line.strip():
                yield f"{file}:{number}", _line(line)
            while len(line) > MAX_BYTES and not line.endswith(b"\n"):
                line = found.readline(MAX_BYTES + 1)


def _line(line: bytes) -> Found:
    try:
        return _parsed(line.rstrip(b"\r\n"))
    except InvalidInput as error:
        return error


def _parsed(body: bytes) -> JsonValue:
    return read_json(body, max_bytes=MAX_BYTES)


def _read(file: str) -> bytes:
    with opened(file) as found:
        return found.read(MAX_BYTES + 1)


def opened(file: str) -> AbstractContextManager[BinaryIO]:
    """A file to read; ``-`` is stdin.

    Raises:
        NotFound: there is no such file.
    """
    if file == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(file).open("rb")
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(f"{file}: there is no such file") from None
