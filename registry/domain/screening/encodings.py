"""Encoded blocks: long ones, and short ones that hide sentences."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

_LONG_BASE64 = re.compile(r"(?<![\w+/=.-])[A-Za-z0-9+/]{96,}+={0,2}(?:\r?\n[A-Za-z0-9+/]{16,}+={0,2})*")
_LONG_HEX = re.compile(
    r"(?<!\w)(?:0x)?(?:[0-9a-fA-F]{2}[ :]?){80,}+|(?:\\x[0-9a-fA-F]{2}){8,}+|(?:%[0-9a-fA-F]{2}){16,}+"
)
_BASE64 = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/]{24,96}+={0,2}(?![\w+/=])")
_HEX = re.compile(r"(?<!\w)(?:0x)?[0-9a-fA-F]{2}(?:[ :]?[0-9a-fA-F]{2}){15,80}+(?!\w)")
_BITS = re.compile(r"(?<!\w)[01]{8}(?:[ ,]{0,2}[01]{8}){5,500}+(?!\w)")
# Frequent words of English, each letter moved by thirteen.
_ROTATED = re.compile(
    r"\b(?:gur|naq|ubj|jvgubhg|lbh|vtaber|jvgu|sebz|jung|guvf|gung|znxr|gryy|jevgr|rirel|grkg|abg|ner|jvyy|pna|bhg)\b",
    re.IGNORECASE,
)
_SPACED = re.compile(r"(?<!\w)(?:[A-Za-z][ .*_-]{1,2}){14,400}+[A-Za-z]?(?!\w)")
_NEAR = 200
_MANY = 3

Span = tuple[int, int]


def encoded_in(text: str) -> Iterator[Span]:
    """Where something encoded stands in a plain text."""
    for found in _LONG_BASE64.finditer(text):
        said = found.group()
        kinds = (str.isdigit, str.isupper, str.islower)
        if all(any(map(kind, said)) for kind in kinds) and len(set(said)) > 12:
            yield found.span()
    for found in _LONG_HEX.finditer(text):
        yield found.span()
    for pattern, decode in ((_BASE64, _of_base64), (_HEX, _of_hex), (_BITS, _of_bits)):
        for found in pattern.finditer(text):
            if _is_said(decode(found.group())):
                yield found.span()
    for found in _SPACED.finditer(text):
        if len({one.lower() for one in found.group() if one.isalpha()}) > 6:
            yield found.span()
    yield from _rotated(text)


def _rotated(text: str) -> Iterator[Span]:
    run: list[re.Match[str]] = []
    for found in [*_ROTATED.finditer(text), None]:
        if found is None or (run and found.start() - run[-1].end() > _NEAR):
            if len({one.group().lower() for one in run}) >= _MANY:
                yield run[0].start(), run[-1].end()
            run = []
        if found is not None:
            run.append(found)


def _of_base64(said: str) -> bytes:
    bare = said.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except binascii.Error:
        return b""


def _of_hex(said: str) -> bytes:
    digits = said.removeprefix("0x").replace(" ", "").replace(":", "")
    return bytes.fromhex(digits) if len(digits) % 2 == 0 else b""


def _of_bits(said: str) -> bytes:
    bits = said.replace(" ", "").replace(",", "")
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))


def _is_said(decoded: bytes) -> bool:
    """Whether it is words: printable, with at least two blanks between them."""
    return decoded.count(b" ") >= 2 and all(32 <= one < 127 or one in b"\n\t" for one in decoded)
