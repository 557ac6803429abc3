"""Members of a tar, read as a stream: ustar, GNU and pax names and sizes (POSIX.1-2017, pax interchange format).

Headers are read by hand: none makes the reader hold more than a megabyte, whatever it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from registry.outbound.packed import Budget, joined, spoilt
from registry.ports.archives import Spoiling

BLOCK = 512
_MAX_HEADER = 1_000_000
_FILES = frozenset(b"0\x007")
# Links, devices, directories and pipes: whatever size they say, nothing follows.
_BODILESS = frozenset(b"123456")
_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL, _DIRECTORY, _GNU_SPARSE = b"LKxg5S"


@dataclass(slots=True)
class TapedMember:
    """One member; its body is read before the next one is asked for, or skipped."""

    name: bytes
    is_directory: bool
    is_file: bool
    size: int
    pieces: Iterator[bytes]


def is_header(block: bytes) -> bool:
    """Whether it is the first block of a member, by its check sum."""
    if len(block) < BLOCK or not any(block):
        return False
    kept = _number(block[148:156])
    return kept is not None and kept == sum(block[:148]) + 8 * 0x20 + sum(block[156:BLOCK])


def members(pieces: Iterable[bytes], budget: Budget) -> Iterator[TapedMember]:
    """Each member in turn.

    Raises:
        FetchFailed: DAMAGED, or what the budget raises; then nothing more can be read.
    """
    tape = _Tape(pieces)
    name: bytes | None = None
    size: int | None = None
    has_holes = False
    while True:
        header = tape.exactly(BLOCK)
        if not any(header):
            return
        if not is_header(header):
            raise spoilt(Spoiling.DAMAGED)
        budget.begin_member()
        sort, length = header[156], _number(header[124:136])
        if length is None or length < 0:
            raise spoilt(Spoiling.DAMAGED)
        if sort in (_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL):
            body = tape.padded(length, most=_MAX_HEADER)
            if sort == _LONG_NAME:
                name = body.rstrip(b"\0")
            elif sort == _PAX:
                said = _records(body)
                name = said.get(b"path", name)
                size = _decimal(said[b"size"]) if b"size" in said else size
                has_holes = any(key.startswith(b"GNU.sparse") for key in said)
            continue
        if sort == _GNU_SPARSE:
            tape.skip_map(header)
        length = 0 if sort in _BODILESS else length if size is None else size
        own = _name(header)
        is_directory = sort == _DIRECTORY or (sort in _FILES and (name or own).endswith(b"/"))
        tape.begin(length)
        yield TapedMember(name or own, is_directory, sort in _FILES and not has_holes, length, tape.body())
        tape.end()
        name, size, has_holes = None, None, False


class _Tape:
    """A stream read in portions of any size."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._held = memoryview(b"")
        self._left = 0
        self._padding = 0

    def exactly(self, count: int) -> bytes:
        return joined(self._portions(count), count)

    def padded(self, count: int, *, most: int) -> bytes:
        if count > most:
            raise spoilt(Spoiling.DAMAGED)
        body = self.exactly(count)
        self.exactly(-count % BLOCK)
        return body

    def skip_map(self, header: bytes) -> None:
        """Where GNU's old form of files with holes says that more of its map follows."""
        more = header[482]
        while more:
            more = self.exactly(BLOCK)[504]

    def begin(self, size: int) -> None:
        self._left, self._padding = size, -size % BLOCK

    def body(self) -> Iterator[bytes]:
        yield from self._portions_of_member()

    def end(self) -> None:
        for _ in self._portions_of_member():
            pass
        self.exactly(self._padding)

    def _portions_of_member(self) -> Iterator[bytes]:
        while self._left:
            for piece in self._portions(self._left):
                self._left -= len(piece)
                yield piece

    def _portions(self, count: int) -> Iterator[bytes]:
        while count:
            if not self._held:
                self._held = memoryview(next(self._pieces, b""))
                if not self._held:
                    raise spoilt(Spoiling.DAMAGED)
            piece, self._held = self._held[:count], self._held[count:]
            count -= len(piece)
            yield bytes(piece)


def _name(header: bytes) -> bytes:
    name = header[:100].partition(b"\0")[0]
    prefix = header[345:500].partition(b"\0")[0] if header[257:263] == b"ustar\0" else b""
    return prefix + b"/" + name if prefix else name


def _number(field: bytes) -> int | None:
    """Octal digits, or GNU's binary form."""
    if field[:1] in (b"\x80", b"\xff"):
        return int.from_bytes(field[1:], "big") if field[:1] == b"\x80" else None
    digits = field.strip(b" \0")
    if digits.strip(b"01234567"):
        return None
    return int(digits or b"0", 8)


def _decimal(field: bytes) -> int:
    if not field.isdigit() or len(field) > 18:
        raise spoilt(Spoiling.DAMAGED)
    return int(field)


def _records(body: bytes) -> dict[bytes, bytes]:
    """The records of a pax header: length, blank, key, equals sign, value, line end."""
    found: dict[bytes, bytes] = {}
    at = 0
    while at < len(body):
        digits, blank, _ = body[at : at + 12].partition(b" ")
        length = _decimal(digits)
        record = body[at : at + length]
        key, equals, value = record[len(digits) + 1 :].partition(b"=")
        if not blank or len(record) < length or length <= len(digits) + 2 or not equals or not value.endswith(b"\n"):
            raise spoilt(Spoiling.DAMAGED)
        found[key] = value[:-1]
        at += length
    return found
