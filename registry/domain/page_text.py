"""The words of a web page, without what shapes it: one plain text, the same for the same page.

Its time grows in proportion to the page, whatever the page is: tags are found by plain searches, nothing is nested,
and what is never closed ends with the page. ``html.parser`` is not used: unfinished comments cost it quadratic time.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

MAX_EVIDENCE_BYTES = 200_000

_TAG = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9-]{0,30})")
_QUOTED_END = re.compile(r"""(?:[^>"']|"[^"]*"|'[^']*'){0,500}>""")
_LONGEST_TAG = 4000
# Of these nothing is read, up to their end.
_RAW = frozenset({"script", "style", "noscript", "template", "textarea", "title", "iframe", "xmp"})
# Of these nothing is read either; they may hold themselves.
_ASIDE = frozenset({"nav", "header", "footer", "aside", "form", "svg", "math", "select", "button", "dialog"})
_INLINE = frozenset(
    {
        "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark",
        "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
    }
)  # fmt: skip
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset=["']?([a-zA-Z0-9_-]{2,30})""", re.IGNORECASE)
_CHARSETS = re.compile(
    r"utf-?8|utf-?16(?:le|be)?|us-ascii|iso-8859-\d{1,2}|windows-125\d|shift_jis|euc-(?:jp|kr)|gb(?:2312|k|18030)|big5|koi8-[ru]"
)
_SPACE = re.compile(r"[^\S\n]+")
# Lines that change while the policy does not: when it was last looked at, and whose copyright it is.
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = (
    r"(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}"
    rf"|(?:{_DAY}\s)?[a-z]{{3,9}}\.?\s(?:{_DAY},?\s)?\d{{4}})"
)
_CHANGING = re.compile(
    r"(?:(?:this page was\s)?(?:last\s)?(?:updated|modified|reviewed|revised|published|changed)(?:\son)?\s?[:\-]?\s?)?"
    rf"{_DATE}\.?"
    r"|(?:copyright\s|\(c\)\s|©\s?|copyright ©\s?){1,2}(?:\d{4}\s?-\s?)?\d{4}.{0,120}",
    re.IGNORECASE,
)
_LONGEST_CHANGING = 200
# A page with fewer letters is read again with what stands aside.
_LEAST_LETTERS = 200


def text_of(body: bytes, media_type: str) -> str:
    """The words of *body*, in lines without blank ones; Markdown and plain text stay as they are.

    Args:
        media_type: as the host told it, with the charset if it did.
    """
    said = _decoded(body, media_type)
    is_page = "html" in media_type.lower() or said.lstrip()[:15].lower().startswith(("<!doctype", "<html"))
    return _words_of(said) if is_page else _tidy(said)


def evidence(text: str) -> str:
    """*text* as far as it is kept: at most 200,000 bytes."""
    return text.encode()[:MAX_EVIDENCE_BYTES].decode(errors="ignore")


def normalised(text: str) -> str:
    """*text* as it is compared: in one case and width, without white space at the ends and lines that always change."""
    lines = (" ".join(unicodedata.normalize("NFKC", line).casefold().split()) for line in text.split("\n"))
    return "\n".join(
        line for line in lines if line and not (len(line) <= _LONGEST_CHANGING and _CHANGING.fullmatch(line))
    )


def _decoded(body: bytes, media_type: str) -> str:
    told = media_type.lower().partition("charset=")[2].split(";")[0].strip(" \"'")
    found = _META_CHARSET.search(body[:2048])
    charset = told or (found[1].decode("ascii").lower() if found else "")
    if not _CHARSETS.fullmatch(charset):
        charset = "utf-8"
    if body.startswith(b"\xef\xbb\xbf"):
        charset = "utf-8-sig"
    return body.decode(charset, errors="replace")


def _words_of(page: str) -> str:
    words = _tidy("".join(_Reading(page, _ASIDE).pieces()))
    # Some pages stand in one form, or in one header, as a whole.
    return words if len(words) >= _LEAST_LETTERS else _tidy("".join(_Reading(page, frozenset()).pieces()))


class _Reading:
    """One pass over a page; *aside* are the names of tags whose content is left out."""

    def __init__(self, page: str, aside: frozenset[str]) -> None:
        self._page = page
        self._low = "".join(one.lower() if one.isascii() else one for one in page)
        self._aside = aside
        self._within = ""
        self._depth = 0

    def pieces(self) -> Iterator[str]:
        """Text in order, and line breaks where tags make them."""
        at = 0
        while at < len(self._page):
            start = self._low.find("<", at)
            start = len(self._page) if start < 0 else start
            if not self._depth:
                yield html.unescape(self._page[at:start])
            found = _TAG.match(self._low, start + 1)
            if found is not None:
                at = _end_of_tag(self._low, found.end())
                yield from self._tag(found[2], closes=bool(found[1]))
                if found[2] in _RAW and not found[1]:
                    at = self._behind_raw(found[2], at)
            elif self._low.startswith(("<!", "<?"), start):
                at = _behind(self._low, "-->" if self._low.startswith("<!--", start) else ">", start)
            else:
                at = start + 1
                if not self._depth:
                    yield self._page[start:at]

    def _tag(self, name: str, *, closes: bool) -> Iterator[str]:
        if self._depth:
            self._depth += (-1 if closes else 1) * (name == self._within)
        elif name in self._aside and not closes:
            self._within, self._depth = name, 1
        elif name not in _INLINE:
            yield "\n"

    def _behind_raw(self, name: str, at: int) -> int:
        end = self._low.find(f"</{name}", at)
        return len(self._low) if end < 0 else _behind(self._low, ">", end)


def _behind(low: str, sign: str, at: int) -> int:
    """Behind the next *sign*; the end of the page where there is none."""
    found = low.find(sign, at)
    return len(low) if found < 0 else found + len(sign)


def _end_of_tag(low: str, at: int) -> int:
    found = _QUOTED_END.match(low, at, at + _LONGEST_TAG)
    return found.end() if found else _behind(low, ">", at)


def _tidy(text: str) -> str:
    kept = "".join(one if one.isprintable() or one == "\n" else " " for one in text.replace("\r\n", "\n"))
    lines = (_SPACE.sub(" ", line).strip() for line in kept.split("\n"))
    return "\n".join(line for line in lines if line)
