"""Sets of documents of one segment as the bits of an integer: document 0 is the lowest.

Sets are joined, cut and counted in a few microseconds for 100,000 documents, which neither ``set`` nor a loop does.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import compress

# From how many documents on a byte for each possible one is quicker than to find them one by one.
_MANY = 3000
# From one document in so many on, digits are quicker to write than bits.
_DENSE = 24
_BYTES = bytes.maketrans(b"01", b"\0\1")


def of(documents: Collection[int], size: int) -> int:
    """The bits of *documents*, all below *size*."""
    if len(documents) * _DENSE > size:
        digits = bytearray(b"0") * size
        for document in documents:
            digits[~document] = 49
        return int(digits, 2)
    bits = bytearray(size // 8 + 1)
    for document in documents:
        bits[document >> 3] |= 1 << (document & 7)
    return int.from_bytes(bits, "little")


def first(size: int) -> int:
    """The documents below *size*."""
    return (1 << size) - 1


def documents(bits: int) -> list[int]:
    """The documents in *bits*, rising."""
    if bits.bit_count() > _MANY:
        return list(compress(range(bits.bit_length()), mask(bits, bits.bit_length())))
    digits = format(bits, "b")[::-1]
    found: list[int] = []
    at = digits.find("1")
    while at >= 0:
        found.append(at)
        at = digits.find("1", at + 1)
    return found


def mask(bits: int, size: int) -> bytes:
    """A byte for each document below *size*: 1 for those in *bits*."""
    return format(bits, f"0{size}b")[::-1].encode().translate(_BYTES) if size else b""
