"""Packed streams (gzip, bzip2, xz, deflate) unpacked piece by piece, within a budget that a whole archive shares."""

from __future__ import annotations

import bz2
import lzma
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Protocol

from registry.domain.errors import FetchFailed
from registry.ports.archives import ArchiveLimits, Spoiling

PIECE = 65_536
# Short texts of one letter are no attack, however well they pack.
_FREE_BYTES = 1_000_000
_XZ_MEMORY = 128 * 1024 * 1024


def spoilt(code: Spoiling) -> FetchFailed:
    """The failure that ends a member, or an archive."""
    return FetchFailed(code.meaning, reason=code.value)


class Budget:
    """What is left of an archive's limits."""

    def __init__(self, limits: ArchiveLimits) -> None:
        self.limits = limits
        self._bytes = limits.total_bytes
        self._members = limits.members
        self._end = time.monotonic() + limits.seconds
        self.is_over = False

    def take(self, count: int) -> None:
        """Count bytes that came out.

        Raises:
            FetchFailed: TOO_LARGE or TOO_SLOW, for all of the archive.
        """
        self._bytes -= count
        if self._bytes < 0:
            self._over(Spoiling.TOO_LARGE)
        if time.monotonic() > self._end:
            self._over(Spoiling.TOO_SLOW)

    def begin_member(self) -> None:
        """Count a member.

        Raises:
            FetchFailed: TOO_MANY_MEMBERS, for all of the archive.
        """
        self._members -= 1
        if self._members < 0:
            self._over(Spoiling.TOO_MANY_MEMBERS)
        self.take(0)

    def _over(self, code: Spoiling) -> None:
        self.is_over = True
        raise spoilt(code)


class Unpacker(Protocol):
    """One packed stream, as the standard library's ``BZ2Decompressor`` has it."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes: ...


class _Inflater:
    """zlib in the manner of the others."""

    def __init__(self, wbits: int) -> None:
        self._stream = zlib.decompressobj(wbits)
        self._is_full = False

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def needs_input(self) -> bool:
        return not self._is_full and not self._stream.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        out = self._stream.decompress(self._stream.unconsumed_tail + data, max_length)
        self._is_full = len(out) == max_length
        return out


def gzip_stream() -> Unpacker:
    """A member of a gzip file."""
    return _Inflater(16 + zlib.MAX_WBITS)


def deflate_stream() -> Unpacker:
    """What a zip calls method 8."""
    return _Inflater(-zlib.MAX_WBITS)


def bzip2_stream() -> Unpacker:
    """A stream of a bzip2 file."""
    return bz2.BZ2Decompressor()


def xz_stream() -> Unpacker:
    """A stream of an xz file that wants no more than 128 MiB of memory."""
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)


def pieces_of(file: BinaryIO, length: int | None = None) -> Iterator[bytes]:
    """The rest of *file*, or *length* bytes of it, in pieces of at most 64 KiB."""
    while length is None or length > 0:
        piece = file.read(PIECE if length is None else min(PIECE, length))
        if not piece:
            return
        if length is not None:
            length -= len(piece)
        yield piece


def unpacked(
    pieces: Iterable[bytes], begin: Callable[[], Unpacker], budget: Budget, *, single: bool = False
) -> Iterator[bytes]:
    """Everything that *pieces* hold, in pieces of at most 64 KiB; streams behind one another count as one.

    Args:
        single: whether one stream is all there is, such as a member of a zip.

    Raises:
        FetchFailed: DAMAGED, TOO_PACKED, or what the budget raises.
    """
    stream, taken_in, given_out = begin(), 0, 0
    for piece in pieces:
        taken_in += len(piece)
        rest, is_fed = piece, False
        while not is_fed:
            if stream.eof:
                # Tools fill the last block with zeros.
                rest = rest.lstrip(b"\0")
                if not rest:
                    break
                stream = _next(begin, budget, single=single)
            out = _step(stream, rest)
            given_out += len(out)
            _require_document(taken_in, given_out, budget)
            if out:
                budget.take(len(out))
                yield out
            rest = stream.unused_data if stream.eof else b""
            is_fed = not stream.eof and stream.needs_input
    if not stream.eof:
        raise spoilt(Spoiling.DAMAGED)


def _next(begin: Callable[[], Unpacker], budget: Budget, *, single: bool) -> Unpacker:
    if single:
        raise spoilt(Spoiling.DAMAGED)
    budget.begin_member()
    return begin()


def _require_document(taken_in: int, given_out: int, budget: Budget) -> None:
    if given_out > _FREE_BYTES and given_out > budget.limits.ratio * taken_in:
        raise spoilt(Spoiling.TOO_PACKED)


def _step(stream: Unpacker, data: bytes) -> bytes:
    try:
        return stream.decompress(data, PIECE)
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError):
        raise spoilt(Spoiling.DAMAGED) from None


def joined(pieces: Iterable[bytes], limit: int) -> bytes:
    """All of *pieces*.

    Raises:
        FetchFailed: TOO_LARGE, beyond *limit* bytes.
    """
    found, size = [], 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise spoilt(Spoiling.TOO_LARGE)
        found.append(piece)
    return b"".join(found)
