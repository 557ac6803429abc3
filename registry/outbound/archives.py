"""Members of an archive, or of a packed file, told by what it holds and not by its name; streamed and bounded.

Nothing is written to disk and no name is used as a path: names only tell members apart in findings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO

from registry.domain.errors import FetchFailed
from registry.outbound import taped, zipped
from registry.outbound.packed import (
    Budget,
    Unpacker,
    bzip2_stream,
    gzip_stream,
    joined,
    pieces_of,
    spoilt,
    unpacked,
    xz_stream,
)
from registry.ports.archives import ArchiveLimits, Member, Spoiling, Spoilt, Wanted

_MAX_NAME = 300
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_BZIP2_BLOCK = (b"1AY&SY", b"\x17rE8P\x90")
_STREAMS: Mapping[bytes, Callable[[], Unpacker]] = {
    b"\x1f\x8b\x08": gzip_stream,
    b"BZh": bzip2_stream,
    b"\xfd7zXZ\0": xz_stream,
}
# zstd, 7z, rar, lz4, compress, a zip in several parts.
_FOREIGN = (
    b"\x28\xb5\x2f\xfd",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\x04\x22\x4d\x18",
    b"\x1f\x9d",
    b"PK\x07\x08",
)
_SUFFIXES = re.compile(r"\.(t?gz|t?bz2|t?xz|tar|zip)$", re.IGNORECASE)
# Office files are zips of their own; they are documents, and whoever reads tables takes them apart.
_OFFICE = frozenset({"[Content_Types].xml", "mimetype"})
_DRIVE = re.compile(r"[A-Za-z]:")
# What macOS adds to archives beside each file.
_SHADOW = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$)")


def everything(_name: str) -> bool:
    """Wants every member."""
    return True


def unpack(
    file: BinaryIO, name: str, limits: ArchiveLimits, *, wanted: Wanted = everything
) -> Iterator[Member | Spoilt]:
    """See ``ports.Outbound.unpack``."""
    budget = Budget(limits)
    yield from _Archive(file, name, budget, wanted).members()


def _starts(file: BinaryIO) -> bytes:
    file.seek(0)
    start = file.read(taped.BLOCK)
    file.seek(0)
    return start


def _stream(start: bytes) -> Callable[[], Unpacker] | None:
    if start.startswith(b"BZh") and start[4:10] not in _BZIP2_BLOCK:
        return None
    return next((begin for mark, begin in _STREAMS.items() if start.startswith(mark)), None)


def _is_packed(start: bytes) -> bool:
    return start.startswith(_ZIP + _FOREIGN) or _stream(start) is not None or taped.is_header(start)


@dataclass(slots=True)
class _Archive:
    """One archive being read."""

    file: BinaryIO
    name: str
    budget: Budget
    wanted: Wanted
    is_inner: bool = False
    count: int = 0
    known: dict[str, int] = field(default_factory=dict)

    def members(self) -> Iterator[Member | Spoilt]:
        try:
            yield from self._all()
        except FetchFailed as failure:
            yield Spoilt(self.name, Spoiling(failure.reason))

    def _all(self) -> Iterator[Member | Spoilt]:
        start = _starts(self.file)
        begin = _stream(start)
        if start.startswith(_ZIP):
            yield from self._zipped()
        elif start.startswith(_FOREIGN):
            raise spoilt(Spoiling.UNKNOWN_METHOD)
        elif begin is not None:
            yield from self._packed(unpacked(pieces_of(self.file), begin, self.budget))
        elif taped.is_header(start):
            yield from self._taped(self._counted(pieces_of(self.file)))
        else:
            yield Member(self.name, joined(self._counted(pieces_of(self.file)), self.budget.limits.member_bytes))

    def _counted(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.budget.take(len(piece))
            yield piece

    def _packed(self, pieces: Iterator[bytes]) -> Iterator[Member | Spoilt]:
        start = b""
        while len(start) < taped.BLOCK and (piece := next(pieces, b"")):
            start += piece
        whole = _again(start, pieces)
        if taped.is_header(start[: taped.BLOCK]):
            yield from self._taped(whole)
        else:
            name = _SUFFIXES.sub("", self.name) or self.name
            yield from self._opened(name, joined(whole, self.budget.limits.member_bytes))

    def _taped(self, pieces: Iterator[bytes]) -> Iterator[Member | Spoilt]:
        for one in taped.members(pieces, self.budget):
            self.count += 1
            if not one.is_directory:
                yield from self._member(one.name.decode("utf-8", "surrogateescape"), one.is_file, one.size, one.pieces)

    def _zipped(self) -> Iterator[Member | Spoilt]:
        listed = zipped.members(self.file, self.budget)
        if any(one.name in _OFFICE for one in listed):
            self.file.seek(0)
            yield Member(self.name, joined(pieces_of(self.file), self.budget.limits.member_bytes))
            return
        twisted = zipped.overlapping(listed)
        for position, one in enumerate(listed):
            self.count += 1
            if position in twisted:
                yield Spoilt(self._shown(one.name), Spoiling.OVERLAPPING)
            elif not one.is_directory:
                yield from self._member(one.name, one.is_file, one.size, zipped.body_of(self.file, one, self.budget))

    def _member(self, raw: str, is_file: bool, size: int, pieces: Iterator[bytes]) -> Iterator[Member | Spoilt]:
        name = clean_name(raw)
        if name is None:
            yield Spoilt(self._shown(raw), Spoiling.BAD_NAME)
        elif _SHADOW.search(name) or not self.wanted(name):
            return
        elif not is_file:
            yield Spoilt(self._shown(raw), Spoiling.NOT_A_FILE)
        elif size > self.budget.limits.member_bytes:
            yield Spoilt(self._shown(raw), Spoiling.TOO_LARGE)
        else:
            try:
                body = joined(pieces, self.budget.limits.member_bytes)
            except FetchFailed as failure:
                if self.budget.is_over:
                    raise
                yield Spoilt(self._shown(raw), Spoiling(failure.reason))
            else:
                yield from self._opened(self._told_apart(name), body)

    def _opened(self, name: str, body: bytes) -> Iterator[Member | Spoilt]:
        """A member, or what it holds where it is an archive itself."""
        if not _is_packed(body[: taped.BLOCK]) or _is_office(body):
            yield Member(name, body)
        elif self.is_inner or not self.budget.limits.nested:
            yield Spoilt(name, Spoiling.NESTED_ARCHIVE)
        else:
            inner = _Archive(BytesIO(body), name, self.budget, self.wanted, is_inner=True)
            for one in inner.members():
                if self.budget.is_over:
                    raise spoilt(one.code) if isinstance(one, Spoilt) else spoilt(Spoiling.TOO_LARGE)
                yield _within(name, one)

    def _shown(self, raw: str) -> str:
        """The name where it is harmless; otherwise the place in the archive, counted from 1."""
        name = clean_name(raw)
        return self._told_apart(name) if name is not None else f"{self.name}: member {self.count}"

    def _told_apart(self, name: str) -> str:
        key = unicodedata.normalize("NFKC", name).casefold()
        self.known[key] = self.known.get(key, 0) + 1
        return name if self.known[key] == 1 else f"{name}#{self.known[key]}"


def clean_name(raw: str) -> str | None:
    """A member's name with ``/`` between its parts, or ``None`` where no document has such a name."""
    name = unicodedata.normalize("NFC", raw.replace("\\", "/")).removeprefix("./")
    parts = name.split("/")
    is_strange = any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for letter in name)
    if is_strange or not 1 <= len(name) <= _MAX_NAME or _DRIVE.match(name):
        return None
    return None if any(part in {"", ".", ".."} or part != part.strip() for part in parts) else name


def _within(outer: str, one: Member | Spoilt) -> Member | Spoilt:
    name = one.name if one.name.startswith(outer) else f"{outer}/{one.name}"
    return Member(name, one.body) if isinstance(one, Member) else Spoilt(name, one.code)


def _again(start: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield start
    yield from rest


def _is_office(body: bytes) -> bool:
    if not body.startswith(_ZIP):
        return False
    try:
        listed = zipped.members(BytesIO(body), Budget(ArchiveLimits(members=10_000)))
    except FetchFailed:
        return False
    return any(one.name in _OFFICE for one in listed)
