"""Canonical JSON (RFC 8785) and the salted hashes over it.

A part's hash is SHA-256(salt ‖ canonical bytes), so that a part can be withheld without breaking what was
signed over its hash, and its text cannot be guessed from it. Text is normalised (NFC, trimmed) before it is
hashed, so that an edit without effect makes no new revision.
"""

from __future__ import annotations

import hashlib
import json
import math
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, cast

import rfc8785
from pydantic_core import from_json

from registry.domain.errors import InvalidInput, Problem

JsonValue: TypeAlias = "str | int | float | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
Document: TypeAlias = "Mapping[str, JsonValue]"

MAX_DEPTH = 32
MAX_SAFE = 2**53 - 1

_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":"))


def canonical_bytes(value: JsonValue) -> bytes:
    """Serialise *value* by RFC 8785: one byte string for one value, whatever order its keys came in.

    Raises:
        InvalidInput: a number is not finite or beyond 2^53-1, a text holds half a surrogate pair, a key is
            not text, or the nesting is deeper than 32.
    """
    try:
        if _is_plain(value, 0):
            # What content is made of. Python's own encoder writes the same bytes several times faster.
            return _ENCODER.encode(value).encode()
        _bound_depth(value, 0, widest=MAX_SAFE)
        return rfc8785.dumps(cast("Any", value))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise _not_canonical() from error


def parse_json(body: bytes) -> JsonValue:
    """Read bytes that ``canonical_bytes`` wrote."""
    return cast("JsonValue", from_json(body, cache_strings="keys"))


def part_hash(salt: bytes, body: bytes) -> bytes:
    """SHA-256 over salt and canonical body, 32 bytes."""
    return hashlib.sha256(salt + body).digest()


def normalise(value: JsonValue) -> JsonValue:
    """Bring every text in *value* to NFC without white space around it; structure and numbers stay.

    Raises:
        InvalidInput: the nesting is deeper than 32.
    """
    return _normalise(value, 0)


def _normalise(value: JsonValue, depth: int) -> JsonValue:
    if depth > MAX_DEPTH:
        raise _too_deep()
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).strip()
    # What JSON is read into is told by its type faster than by what it can do.
    if type(value) is dict or isinstance(value, Mapping):
        return {key: _normalise(item, depth + 1) for key, item in value.items()}
    if type(value) is list or isinstance(value, Sequence):
        return [_normalise(item, depth + 1) for item in value]
    return value


def _too_deep() -> InvalidInput:
    return InvalidInput([Problem((), "TOO_DEEP", f"nesting is limited to {MAX_DEPTH} levels")])


def _bound_depth(value: JsonValue, depth: int, *, widest: float = math.inf) -> None:
    if depth > MAX_DEPTH:
        raise _too_deep()
    if isinstance(value, str):
        return
    if isinstance(value, float) and abs(value) > widest:
        # Written without a fraction it would be read as a whole number too large to be written again.
        raise _not_canonical()
    if isinstance(value, Mapping):
        for item in value.values():
            _bound_depth(item, depth + 1, widest=widest)
    elif isinstance(value, Sequence):
        for item in value:
            _bound_depth(item, depth + 1, widest=widest)


def _is_plain(value: object, depth: int) -> bool:
    """Whether *value* can be written and holds nothing that RFC 8785 writes in a way of its own: no numbers with a
    fraction, and no keys that sort differently in UTF-16.
    """
    if depth > MAX_DEPTH:
        return False
    if isinstance(value, str | bool) or value is None:
        return True
    type_ = type(value)
    if type_ is int:
        return -MAX_SAFE <= cast("int", value) <= MAX_SAFE
    if type_ is dict:
        for key, item in cast("dict[object, object]", value).items():
            if type(key) is not str or not key.isascii() or not _is_plain(item, depth + 1):
                return False
        return True
    return type_ is list and all(_is_plain(item, depth + 1) for item in cast("list[object]", value))


def _not_canonical() -> InvalidInput:
    message = "this cannot be written as canonical JSON: a number out of range or a broken text"
    return InvalidInput([Problem((), "NOT_CANONICAL", message)])
