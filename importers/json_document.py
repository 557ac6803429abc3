"""Foreign JSON and JSON Lines, read without trusting them: UTF-8 with or without a mark at the front, within limits.

A number that canonical JSON cannot hold (a whole number beyond 2^53-1, one that overflows) stays the text that was
written. Half a surrogate pair, which JSON may escape but no text may hold, becomes U+FFFD. Of a repeated key the last
value stands. Findings never repeat what was written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from math import isfinite
from typing import NoReturn

from registry.domain.canonical import MAX_SAFE, JsonValue
from registry.domain.errors import InvalidInput, Problem

MAX_BYTES = 64 * 1024 * 1024
MAX_NODES = 4_000_000
MAX_DEPTH = 28

_MARK = b"\xef\xbb\xbf"
# A text that is not closed is one as well, to the end: nothing is looked at twice.
_TEXT = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?'
_TEXTS = re.compile(_TEXT, re.DOTALL)
_CONSTANTS = re.compile(_TEXT + rb"|(?P<constant>-?(?:NaN|Infinity))", re.DOTALL)
_HALF_PAIRS = re.compile(rb"\\u[dD][89a-fA-F]")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


@dataclass(frozen=True, slots=True)
class JsonLine:
    """One line of JSON Lines, counted from 1: its value, or the problem that it is not JSON."""

    number: int
    value: JsonValue = None
    problem: Problem | None = None


def read_json(
    body: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH, max_nodes: int = MAX_NODES
) -> JsonValue:
    """Read one JSON document.

    Args:
        max_depth: lists and objects within each other; the canonical form takes 32.
        max_nodes: values and keys, roughly.

    Raises:
        InvalidInput: with one problem BROKEN_DOCUMENT that says what is wrong and, where it can, line and column,
            both counted from 1.
    """
    body = _within(body, max_bytes)
    _count(body, max_depth, max_nodes)
    return _loaded(body)


def read_json_lines(
    body: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH, max_nodes: int = MAX_NODES
) -> tuple[JsonLine, ...]:
    """Read each line that is not empty; one that is no JSON does not spoil the others.

    Args:
        max_nodes: values of all lines together, roughly.

    Raises:
        InvalidInput: with one problem BROKEN_DOCUMENT: it is too long, or holds too many values.
    """
    body = _within(body, max_bytes)
    if body.count(b"\n") >= max_nodes:
        raise _broken(f"more than {max_nodes} lines")
    return tuple(_lines(body, max_depth, max_nodes))


def _lines(body: bytes, max_depth: int, max_nodes: int) -> Iterator[JsonLine]:
    left = max_nodes
    for number, line in enumerate(body.split(b"\n"), start=1):
        if not (line := line.strip(b" \t\r")):
            continue
        try:
            left -= _count(line, max_depth, max_nodes)
            value = _loaded(line)
        except InvalidInput as error:
            yield JsonLine(number, problem=error.problems[0])
        else:
            yield JsonLine(number, value)
        if left < 0:
            raise _broken(f"more than {max_nodes} values")


def _within(body: bytes, max_bytes: int) -> bytes:
    if len(body) > max_bytes:
        raise _broken(f"a document is limited to {max_bytes} bytes")
    return body.removeprefix(_MARK)


def _count(body: bytes, max_depth: int, max_nodes: int) -> int:
    """How many values there are at most; told without reading them, so that nothing deep or endless is begun."""
    structure = _TEXTS.sub(b"", body)
    brackets = structure.translate(None, delete=_NOT_BRACKETS)
    nodes = structure.count(b",") + structure.count(b":") + len(brackets) // 2 + 1
    if nodes > max_nodes:
        raise _broken(f"more than {max_nodes} values")
    if max(accumulate(map(_STEP.__getitem__, brackets)), default=0) > max_depth:
        raise _broken(f"nesting is limited to {max_depth} levels")
    return nodes


def _loaded(body: bytes) -> JsonValue:
    try:
        text = body.decode()
        value: JsonValue = json.loads(text, parse_int=_whole, parse_float=_number, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise _broken("UTF-8 is expected", body, error.start) from None
    except _NoNumber:
        raise _broken("NaN and Infinity are no JSON", body, _first_constant(body)) from None
    except json.JSONDecodeError as error:
        message = error.msg.partition(":")[0].lower().removesuffix(" at")
        raise _broken(f"line {error.lineno}, column {error.colno}: {message}") from None
    return _mended(value) if _HALF_PAIRS.search(body) else value


class _NoNumber(Exception):
    """A constant that JSON does not have."""


def _no_number(_constant: str) -> NoReturn:
    raise _NoNumber


def _first_constant(body: bytes) -> int:
    return next((found.start() for found in _CONSTANTS.finditer(body) if found["constant"] is not None), 0)


def _whole(written: str) -> int | str:
    # 2^53-1 has 16 digits; of more, Python would count for long, or refuse.
    number = int(written) if len(written) <= 17 else MAX_SAFE + 1
    return number if abs(number) <= MAX_SAFE else written


def _number(written: str) -> float | str:
    number = float(written)
    return number if isfinite(number) and abs(number) <= MAX_SAFE else written


def _mended(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {str(_mended(key)): _mended(item) for key, item in value.items()}
    return [_mended(item) for item in value] if isinstance(value, list) else value


def _broken(message: str, body: bytes = b"", at: int | None = None) -> InvalidInput:
    if at is not None:
        line = body.count(b"\n", 0, at) + 1
        column = len(body[body.rfind(b"\n", 0, at) + 1 : at].decode(errors="replace")) + 1
        message = f"line {line}, column {column}: {message}"
    return InvalidInput([Problem((), "BROKEN_DOCUMENT", message)])
