"""Reading a submission from a file: what cannot be read is a problem of the input, with its place."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, cast

from registry.domain.canonical import JsonValue
from registry.domain.errors import InvalidInput, NotFound, Problem

MAX_BYTES = 2_000_000


def read_document(file: str) -> JsonValue:
    """The JSON document in *file*; ``-`` is stdin.

    Raises:
        NotFound: there is no such file.
        InvalidInput: it is too large, no UTF-8, no JSON, nested too deeply, or names a field twice.
    """
    body = _read(file)
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
    if file == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        with Path(file).open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
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
