"""Bodies unpacked piece by piece, so that a small one cannot become a large one unnoticed."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from registry.domain.errors import FetchFailed

TOO_LARGE = "TOO_LARGE"
_PIECE = 65_536
_GZIP = 16 + zlib.MAX_WBITS
# What is asked for; anything else is refused, for nobody was asked to send it.
ENCODINGS = frozenset({"", "identity", "gzip"})


def bounded(pieces: Iterable[bytes], max_bytes: int) -> Iterator[bytes]:
    """*pieces* while they are at most *max_bytes* in all.

    Raises:
        FetchFailed: they are more.
    """
    left = max_bytes
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise FetchFailed(f"the answer has over {max_bytes:,} bytes", reason=TOO_LARGE)
        yield piece


def unpacked(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The body behind its content encoding, in pieces of at most 64 KiB.

    Raises:
        FetchFailed: the encoding is none that was asked for, or the body does not follow it.
    """
    if encoding not in ENCODINGS:
        raise FetchFailed("the answer is packed in a way that was not asked for", reason="BAD_ENCODING")
    return _gunzipped(pieces) if encoding == "gzip" else iter(pieces)


def _gunzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    member = zlib.decompressobj(_GZIP)
    is_begun = False
    for piece in pieces:
        rest = piece
        while rest:
            if member.eof:
                member = zlib.decompressobj(_GZIP)
            is_begun = True
            try:
                out = member.decompress(rest, _PIECE)
            except zlib.error:
                raise FetchFailed("the answer is damaged", reason="BAD_BODY") from None
            if out:
                yield out
            rest = member.unused_data if member.eof else member.unconsumed_tail
        # What still lies within the decompressor comes out before more is put in.
        while not member.eof and (out := _more(member)):
            yield out
    if is_begun and not member.eof:
        raise FetchFailed("the answer broke off", reason="BROKEN_OFF")


def _more(member: zlib._Decompress) -> bytes:
    try:
        return member.decompress(b"", _PIECE)
    except zlib.error:
        raise FetchFailed("the answer is damaged", reason="BAD_BODY") from None
