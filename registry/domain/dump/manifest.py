"""The manifest of a dump, and what is wrong with one that somebody brings along."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from registry.domain.canonical import JsonValue
from registry.domain.dump.shape import FORMAT, MEDIA_TYPES
from registry.domain.errors import Corrupt

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Listed:
    """A file that a manifest names. ``size``: bytes; ``sha256``: hexadecimal."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says, as far as it is checked.

    Attributes:
        key: the public key that it says it is signed by, base64url without padding.
        told: all of it.
    """

    node: str
    name: str
    as_of: int
    key: str
    files: tuple[Listed, ...]
    told: dict[str, JsonValue]


def manifest_bytes(told: dict[str, JsonValue]) -> bytes:
    """The file, whose very bytes are signed."""
    return json.dumps(told, indent=2, ensure_ascii=False).encode() + b"\n"


def read_manifest(body: bytes) -> Manifest:
    """What the file says.

    Raises:
        Corrupt: it is no manifest of a dump.
    """
    try:
        told: Any = json.loads(body)
        if told["format"] != FORMAT:
            raise Corrupt("the manifest is of a form that this version does not know")
        files = tuple(Listed(one["name"], one["bytes"], one["sha256"]) for one in told["files"])
        read = Manifest(told["node"], told["name"], told["as_of"], told["key"]["x"], files, told)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Corrupt("the manifest cannot be read") from None
    texts: tuple[object, ...] = (read.node, read.name, read.key)
    if not all(isinstance(one, str) for one in texts) or not _is_number(read.as_of) or not _is_sound(files):
        raise Corrupt("the manifest cannot be read")
    return read


def _is_sound(files: tuple[Listed, ...]) -> bool:
    names = [one.name for one in files]
    return len(set(names)) == len(names) and all(
        one.name in MEDIA_TYPES and _is_number(one.size) and _SHA256.fullmatch(str(one.sha256)) is not None
        for one in files
    )


def _is_number(value: object) -> bool:
    return type(value) is int
