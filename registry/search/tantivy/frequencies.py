"""How often words stand in a document, read out of the score that tantivy gives it.

A score is a sum of one part for each word, and a part can only be one of few values: one for each frequency. So what
tantivy has reckoned tells the frequencies, which it does not tell otherwise but by explaining itself at length.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from registry.search.scoring import K1, B

# tantivy keeps lengths exactly below 40, then eight between each power of two and the next, and rounds down.
_FREE = 24
# Who repeats a word more often than that is looked up.
_MOST = 40
# It reckons in 32 bits, of which a few operations lose one each.
_PRECISION = 2e-6


def norm_of(length: int, mean: float) -> float:
    """What tantivy adds to a frequency below the line, for a document of *length* terms where it takes *mean* as the
    mean length."""
    return K1 * (1 - B) + K1 * B * _rounded(length) / mean


def parts_of(weight: float, norm: float) -> list[float]:
    """What a word of this *weight* adds to a score, by how often it stands in the document."""
    return [weight * (K1 + 1) * frequency / (frequency + norm) for frequency in range(_MOST + 1)]


def read_off(taken: float, parts: Sequence[list[float]], *, noise: float) -> list[int] | None:
    """The frequencies of one or two words in a document that is scored *taken*; ``None`` where it is not certain.

    Args:
        parts: for each word, its ``parts_of``.
        noise: how great the score is that *taken* was reckoned from, in 32 bits.
    """
    least, most = taken - noise * _PRECISION - 1e-7, taken + noise * _PRECISION + 1e-7
    if len(parts) == 1:
        at = bisect_left(parts[0], least)
        return [at] if at <= _MOST and parts[0][at] <= most else None
    first, second = parts
    found: list[int] | None = None
    low, high = 0, _MOST
    while low <= _MOST and high >= 0:
        both = first[low] + second[high]
        if both > most:
            high -= 1
        elif both < least:
            low += 1
        elif found is not None:
            return None
        else:
            found = [low, high]
            low += 1
    return found


def _rounded(length: int) -> int:
    beyond = length - _FREE
    if beyond < 16:
        return length
    return _FREE + (beyond >> (shift := beyond.bit_length() - 4) << shift)
