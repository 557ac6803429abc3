"""Texts in the plain form that the rules read, and the way back to where each character came from.

People hide addresses from harvesters, and attackers hide keys: characters of no width, full-width digits, letters that
look alike, ``[at]`` and ``[dot]``, percent signs in addresses. Editors of Markdown and HTML escape signs.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from dataclasses import dataclass

# Also marks above letters, fillers of other scripts, and what chooses between forms of a sign.
_NO_WIDTH = (
    "\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e01ef"
)
_DIGIT = re.compile("[0-9]")
# Scripts that are written without spaces: a number or a key stands right between their letters.
_UNSPACED = re.compile("[\u0e00-\u0eff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")
_LOOKALIKE = dict(
    zip(
        "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0455\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u03bf\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
        "aeopcxyisABEKMHOPCTXoABEZHIKMNOPTYX",
        strict=True,
    )
)
_SIGNS = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
    **dict.fromkeys("\u2018\u2019\u02bc\u2032", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u2033", '"'),
    "\u066b": ".",
    "\u3002": ".",
    "\uff61": ".",
}
_SPECIAL = re.compile(
    rf"(?P<none>[{_NO_WIDTH}]+)"
    r"|(?P<at>[ ]?[\[({<][ ]?(?:at|AT|At|@)[ ]?[\])}>][ ]?|&commat;|[ ](?:at"
    r"|AT)[ ](?=[\w-]{1,40}[ ](?:dot|DOT)[ ]))"
    r"|(?P<dot>[ ]?[\[({][ ]?(?:dot|DOT|Dot|\.)[ ]?[\])}][ ]?|(?<=\w)[ ](?:dot|DOT)[ ](?=[a-zA-Z]{2}))"
    r"|(?<=\S)%(?P<percent>[2-7][0-9A-Fa-f])(?=\S)"
    r"|\\(?P<escaped>[-_.@+])"
    r"|&#(?:0{0,4}(?P<number>[0-9]{2,3})|[xX]0{0,4}(?P<hex>[2-7][0-9A-Fa-f]));"
    r"|(?P<wide>[^\x00-\x7f])"
)
_SIGNS_OF_HIDING = ("[", "(", "{", "<", "%", "&", "\\", " dot ", " DOT ")


@dataclass(frozen=True, slots=True)
class Plain:
    """A text in plain form. ``origins`` holds, for each character and for the end, its place in the original."""

    text: str
    origins: array[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where in the original the characters *start* to *end* stand; *end* lies behind the last of them."""
        if self.origins is None or end <= start:
            return start, end
        return self.origins[start], self.origins[end]


def plain(text: str) -> Plain:
    """*text* as the rules read it."""
    if text.isascii() and not any(sign in text for sign in _SIGNS_OF_HIDING):
        return Plain(text)
    parts: list[str] = []
    origins = array("q")
    done = 0
    for found in _SPECIAL.finditer(text):
        start, end = found.span()
        said = _said(found)
        if said is None:
            continue
        parts += [text[done:start], said]
        origins.extend(range(done, start))
        origins.extend([start] * len(said))
        done = end
    if not parts:
        return Plain(text)
    parts.append(text[done:])
    origins.extend(range(done, len(text) + 1))
    return Plain("".join(parts), origins)


def unbroken(text: str) -> str:
    """*text* without any break of lines that ``joined`` takes out, and some more, but quickly."""
    return _AFTER_BREAK.sub("", _BEFORE_BREAK.sub("\n", text) if _ENDS.search(text) else text)


def joined(one: Plain) -> Plain:
    """*one* without breaks of lines within words, as a key is broken by a narrow window; then not what is read."""
    text = one.text
    parts: list[str] = []
    origins = array("q")
    done = 0
    before = one.origins if one.origins is not None else range(len(text) + 1)
    for found in _BREAK.finditer(text):
        parts.append(text[done : found.start()])
        origins.extend(before[done : found.start()])
        done = found.end()
    parts.append(text[done:])
    origins.extend(before[done:])
    return Plain("".join(parts), origins)


_BREAK = re.compile(r"(?<=[\w-])[ \t]{0,8}\\?\r?\n[ \t]{0,8}(?=[\w-])")


_ENDS = re.compile(r"\n(?<=[ \t\\\r]\n)")
_BEFORE_BREAK = re.compile(r"[ \t]*+\\?\r?\n")
_AFTER_BREAK = re.compile(r"\n[ \t]*+(?=[\w-])")


def _said(found: re.Match[str]) -> str | None:
    match found.lastgroup:
        case "none":
            return ""
        case "at":
            return "@"
        case "dot":
            return "."
        case "percent":
            return chr(int(found["percent"], 16))
        case "escaped":
            return found["escaped"]
        case "number" | "hex" as base:
            code = int(found[base], 10 if base == "number" else 16)
            return chr(code) if 0x20 < code < 0x7F else None
    return _narrow(found["wide"])


def _narrow(character: str) -> str | None:
    """The ASCII character that looks like *character*, or ``None`` where it stands for itself."""
    known = _SIGNS.get(character) or _LOOKALIKE.get(character)
    if known:
        return known
    if character.isspace():
        return "\n" if character in "\u2028\u2029\x85" else " "
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    if _UNSPACED.match(character):
        return "\u00b7"
    usual = unicodedata.normalize("NFKC", character)
    return usual if len(usual) == 1 and usual.isascii() else None


def has_digit(text: str) -> bool:
    """Whether a digit of any script stands in *text*."""
    return _DIGIT.search(text) is not None if text.isascii() else any(one.isdigit() for one in text)
