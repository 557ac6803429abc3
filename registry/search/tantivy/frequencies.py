"""How often words stand in a document, read out of the score that tantivy gives it.

A score is a sum of one part for each word, and a part can only be one of few values: one for each frequency. So what
tantivy has reckoned tells the frequencies, which it does not tell otherwise but by explaining itself at length.
"""

from __future__ import annotations

from collections.abc import Sequence

from registry.search.scoring import K1, B

# tantivy keeps lengths exactly below 40, then eight between each power of two and the next, and rounds down.
_FREE = 24
# Beyond, one more is too little of a difference.
_MOST = 100
# It reckons in 32 bits, of which a few operations lose one each.
_PRECISION = 2e-6


def norm_of(length: int, mean: float) -> float:
    """What tantivy adds to a frequency below the line, for a document of *length* terms where it takes *mean* as the
    mean length."""
    return K1 * (1 - B) + K1 * B * _rounded(length) / mean


def read_off(taken: float, weights: Sequence[float], norm: float, *, noise: float) -> list[int] | None:
    """The frequencies of one or two words of these *weights* in a document that is scored *taken*; ``None`` where it is
    not certain.

    Args:
        noise: how great the score is that *taken* was reckoned from, in 32 bits.
    """
    allowed = noise * _PRECISION + 1e-7
    if len(weights) == 1:
        frequency = _frequency(taken, weights[0], norm, allowed)
        return None if frequency is None else [frequency]
    found: list[int] | None = None
    for first in range(_MOST):
        rest = taken - weights[0] * (K1 + 1) * first / (first + norm)
        if rest < -allowed:
            break
        second = _frequency(rest, weights[1], norm, allowed)
        if second is not None:
            if found is not None:
                return None
            found = [first, second]
    return found


def _frequency(part: float, weight: float, norm: float, allowed: float) -> int | None:
    """The frequency that makes *part* of a score; ``None`` where none does."""
    most = weight * (K1 + 1)
    if part >= most * _MOST / (_MOST + norm):
        return None
    frequency = max(round(part * norm / (most - part)), 0)
    return frequency if abs(most * frequency / (frequency + norm) - part) <= allowed else None


def _rounded(length: int) -> int:
    beyond = length - _FREE
    if beyond < 16:
        return length
    return _FREE + (beyond >> (shift := beyond.bit_length() - 4) << shift)
