"""Receipt codes: how somebody without an account comes back to what they handed in. Only the hash is kept.

A code is 29 random symbols and one that checks them, in five groups of six, such as
``7K3QWD-0M9XTA-…``. The alphabet is Crockford's base 32, which has no I, L, O and U, so that a code can be read
out or copied by hand; the check is Luhn's, modulo 32.
"""

from __future__ import annotations

import hashlib

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BASE = len(_ALPHABET)
_RANDOM_SYMBOLS = 29
_GROUP = 6
_SEEN_AS = str.maketrans("ILO", "110", " -\u2010\u2011\u2012\u2013\u2014\t\r\n")


def new_code(random: bytes) -> str:
    """A code of 145 bits.

    Args:
        random: at least 19 random bytes.
    """
    value = int.from_bytes(random, "big")
    symbols = [value >> 5 * at & 31 for at in range(_RANDOM_SYMBOLS)]
    symbols.append(-_luhn(symbols) % _BASE)
    text = "".join(_ALPHABET[one] for one in symbols)
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def is_well_formed(code: str) -> bool:
    """Whether *code*, however it is written, could be one: right length and alphabet, and the check fits."""
    text = _plain(code)
    if len(text) != _RANDOM_SYMBOLS + 1 or not set(text) <= set(_ALPHABET):
        return False
    *symbols, check = (_ALPHABET.index(one) for one in text)
    return (_luhn(symbols) + check) % _BASE == 0


def hash_code(code: str) -> bytes:
    """What is stored of a code, however it is written. It has 145 bits of randomness, so it cannot be searched."""
    return hashlib.sha256(b"incident-commons receipt\0" + _plain(code).encode()).digest()


def _plain(code: str) -> str:
    return code.upper().translate(_SEEN_AS).encode("ascii", "replace").decode()


def _luhn(symbols: list[int]) -> int:
    """The weighted sum of the symbols before the check: every second one counts double, digits summed."""
    total = 0
    for place, symbol in enumerate(reversed(symbols)):
        weighed = symbol * (2 if place % 2 == 0 else 1)
        total += weighed // _BASE + weighed % _BASE
    return total
