"""Members of a zip (APPNOTE 6.3.10), by its central directory, which is read entry by entry and never as a whole.

The directory is believed in nothing: what it says of sizes, places and names is held against the members themselves.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from registry.outbound.packed import (
    Budget,
    Unpacker,
    bzip2_stream,
    deflate_stream,
    pieces_of,
    spoilt,
    unpacked,
)
from registry.ports.archives import Spoiling

_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_MAX_COMMENT = 65_535
_MAX_KEPT_NAME = 2_000
_STORED = 0
_STREAMS: Mapping[int, Callable[[], Unpacker]] = {8: deflate_stream, 12: bzip2_stream}
_ENCRYPTED_FLAGS = 0x0001 | 0x0040 | 0x2000
_UTF8_FLAG = 0x0800
_UNIX = 3
_FULL_16, _FULL_32 = 0xFFFF, 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class ZippedMember:
    """What the directory says of one member."""

    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    at: int
    mode: int

    @property
    def name(self) -> str:
        """Undecodable bytes stand in it as surrogates, which no name may have."""
        return self.raw_name.decode("utf-8", "surrogateescape") if self.flags & _UTF8_FLAG else self._by_old_rules()

    def _by_old_rules(self) -> str:
        # Many tools write UTF-8 without saying so.
        try:
            return self.raw_name.decode("utf-8")
        except UnicodeDecodeError:
            return self.raw_name.decode("cp437")

    @property
    def is_directory(self) -> bool:
        """Whether it stands for a folder."""
        return self.raw_name.endswith((b"/", b"\\"))

    @property
    def is_file(self) -> bool:
        """Whether it is neither a link nor a device."""
        return stat.S_IFMT(self.mode) in (0, stat.S_IFREG)


def members(file: BinaryIO, budget: Budget) -> list[ZippedMember]:
    """What the directory lists, in its order.

    Raises:
        FetchFailed: DAMAGED, or what the budget raises.
    """
    start, length = _directory(file)
    file.seek(start)
    found = []
    left = length
    while left > 0:
        budget.begin_member()
        fields = _ENTRY.unpack(_exactly(file, _ENTRY.size))
        _, _, _, flags, method, _, _, crc, packed, size, names, extras, comments, _, _, attributes, at = fields
        if fields[0] != b"PK\x01\x02":
            raise spoilt(Spoiling.DAMAGED)
        # A name of this length is refused; it need not be kept for that.
        name, extra = _exactly(file, names)[:_MAX_KEPT_NAME], _exactly(file, extras)
        file.seek(comments, 1)
        left -= _ENTRY.size + names + extras + comments
        size, packed, at = _wide(extra, size, packed, at)
        made_by = fields[1] >> 8
        found.append(
            ZippedMember(name, flags, method, crc, packed, size, at, attributes >> 16 if made_by == _UNIX else 0)
        )
    return found


def overlapping(listed: list[ZippedMember]) -> set[int]:
    """Positions of the members that begin within another one, by where the directory says they are."""
    order = sorted(range(len(listed)), key=lambda position: listed[position].at)
    found, end = set(), 0
    for position in order:
        one = listed[position]
        if one.at < end:
            found.add(position)
        end = max(end, one.at + _LOCAL.size + len(one.raw_name) + one.packed)
    return found


def body_of(file: BinaryIO, member: ZippedMember, budget: Budget) -> Iterator[bytes]:
    """The body, in pieces of at most 64 KiB; whole only if the last piece comes.

    Raises:
        FetchFailed: ENCRYPTED, UNKNOWN_METHOD, TOO_LARGE, DAMAGED, TOO_PACKED, or what the budget raises.
    """
    if member.flags & _ENCRYPTED_FLAGS:
        raise spoilt(Spoiling.ENCRYPTED)
    if member.size > budget.limits.member_bytes:
        raise spoilt(Spoiling.TOO_LARGE)
    size, crc = 0, 0
    for piece in _pieces(file, member, budget):
        size, crc = size + len(piece), zlib.crc32(piece, crc)
        if size > member.size:
            raise spoilt(Spoiling.DAMAGED)
        yield piece
    if (size, crc) != (member.size, member.crc):
        raise spoilt(Spoiling.DAMAGED)


def _pieces(file: BinaryIO, member: ZippedMember, budget: Budget) -> Iterator[bytes]:
    file.seek(member.at)
    fields = _LOCAL.unpack(_exactly(file, _LOCAL.size))
    name = _exactly(file, fields[9])
    if fields[0] != b"PK\x03\x04" or name != member.raw_name:
        raise spoilt(Spoiling.DAMAGED)
    file.seek(fields[10], 1)
    packed = pieces_of(file, member.packed)
    if member.method == _STORED:
        for piece in packed:
            budget.take(len(piece))
            yield piece
    elif member.method in _STREAMS:
        yield from unpacked(packed, _STREAMS[member.method], budget, single=True)
    else:
        raise spoilt(Spoiling.UNKNOWN_METHOD)


def _directory(file: BinaryIO) -> tuple[int, int]:
    """Where the central directory is, and how long."""
    length = file.seek(0, 2)
    begin = max(0, length - _END.size - _MAX_COMMENT)
    file.seek(begin)
    tail = file.read(length - begin)
    position = len(tail)
    while (position := tail.rfind(b"PK\x05\x06", 0, position)) >= 0:
        if len(tail) - position >= _END.size:
            end = _END.unpack_from(tail, position)
            if position + _END.size + end[7] == len(tail):
                return _checked(file, begin + position, end)
    raise spoilt(Spoiling.DAMAGED)


def _checked(file: BinaryIO, at: int, end: tuple[bytes, int, int, int, int, int, int, int]) -> tuple[int, int]:
    _, disk, first_disk, _, entries, size, offset, _ = end
    last = at
    if _FULL_16 in (disk, entries) or _FULL_32 in (size, offset):
        disk, first_disk, size, offset, last = _wide_end(file, at)
    # Something before the first member, or behind the directory, would be read by some readers and not by others.
    if disk or first_disk or offset + size != last:
        raise spoilt(Spoiling.DAMAGED)
    return offset, size


def _wide_end(file: BinaryIO, at: int) -> tuple[int, int, int, int, int]:
    """Disk, first disk, size and place of the directory, and where what follows it begins."""
    if at < _LOCATOR_64.size:
        raise spoilt(Spoiling.DAMAGED)
    file.seek(at - _LOCATOR_64.size)
    mark, _, place, _ = _LOCATOR_64.unpack(_exactly(file, _LOCATOR_64.size))
    if mark != b"PK\x06\x07" or place > at:
        raise spoilt(Spoiling.DAMAGED)
    file.seek(place)
    fields = _END_64.unpack(_exactly(file, _END_64.size))
    if fields[0] != b"PK\x06\x06":
        raise spoilt(Spoiling.DAMAGED)
    return fields[4], fields[5], fields[8], fields[9], place


def _wide(extra: bytes, size: int, packed: int, at: int) -> tuple[int, int, int]:
    """The numbers that did not fit into 32 bits, from the extra field 1."""
    if _FULL_32 not in (size, packed, at):
        return size, packed, at
    position = 0
    while position + 4 <= len(extra):
        tag, length = struct.unpack_from("<HH", extra, position)
        field = extra[position + 4 : position + 4 + length]
        if tag == 1 and len(field) == length:
            wide = iter(struct.unpack(f"<{length // 8}Q", field[: length // 8 * 8]))
            size, packed, at = (next(wide, _FULL_32) if one == _FULL_32 else one for one in (size, packed, at))
            return size, packed, at
        position += 4 + length
    raise spoilt(Spoiling.DAMAGED)


def _exactly(file: BinaryIO, count: int) -> bytes:
    body = file.read(count)
    if len(body) < count:
        raise spoilt(Spoiling.DAMAGED)
    return body
