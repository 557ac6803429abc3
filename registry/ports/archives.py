"""Archives of documents, taken apart without trusting them: nothing is written to disk, no name becomes a path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Wanted: TypeAlias = Callable[[str], bool]


class Spoiling(StrEnum):
    """Why a member, or the rest of an archive, was not taken; stable, and part of findings."""

    ENCRYPTED = "ENCRYPTED"
    DAMAGED = "DAMAGED"
    TOO_LARGE = "TOO_LARGE"
    TOO_PACKED = "TOO_PACKED"
    TOO_SLOW = "TOO_SLOW"
    TOO_MANY_MEMBERS = "TOO_MANY_MEMBERS"
    UNKNOWN_METHOD = "UNKNOWN_METHOD"
    BAD_NAME = "BAD_NAME"
    NOT_A_FILE = "NOT_A_FILE"
    OVERLAPPING = "OVERLAPPING"
    NESTED_ARCHIVE = "NESTED_ARCHIVE"

    @property
    def meaning(self) -> str:
        """In plain words."""
        return _MEANINGS[self]


_MEANINGS = {
    Spoiling.ENCRYPTED: "it is encrypted",
    Spoiling.DAMAGED: "it is damaged, or breaks off",
    Spoiling.TOO_LARGE: "it holds more bytes than are taken",
    Spoiling.TOO_PACKED: "it grows far more when unpacked than documents do",
    Spoiling.TOO_SLOW: "unpacking took longer than is waited for",
    Spoiling.TOO_MANY_MEMBERS: "it holds more members than are taken",
    Spoiling.UNKNOWN_METHOD: "it is packed in a way that is not read",
    Spoiling.BAD_NAME: "its name is none that a document has: absolute, with .., or with letters that deceive",
    Spoiling.NOT_A_FILE: "it is a link, a device, or a file with holes",
    Spoiling.OVERLAPPING: "it shares bytes with another member",
    Spoiling.NESTED_ARCHIVE: "it is an archive within an archive",
}


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """How much of an archive is taken.

    Attributes:
        members: most members, directories and links included.
        member_bytes: most bytes of one member, unpacked.
        total_bytes: most bytes of all, unpacked, members that are skipped included.
        ratio: how many times larger than packed a member, or a packed stream, may become beyond its first MB.
        seconds: how long unpacking may take, the reader's own work between two members included.
        nested: whether archives within it are taken apart too, one level deep.
    """

    members: int = 200_000
    member_bytes: int = 200_000_000
    total_bytes: int = 2_000_000_000
    ratio: int = 200
    seconds: float = 3600.0
    nested: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """One document of an archive. ``name`` uses ``/``; of two alike the later one has ``#2`` behind it."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A member that was not taken, or the archive by its own name: then nothing behind this was read."""

    name: str
    code: Spoiling
