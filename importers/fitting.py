"""What a source wrote, made to fit a field of ours: cut, cleaned, or left out, each time with a note in the entry.

Codes noted here: ``TOO_LONG`` (cut), ``INVALID_TEXT`` (characters that no text may hold were taken out), ``BAD_URL``,
``BAD_DATE`` and ``TOO_MANY`` (left out).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar

from importers.entry import Entry
from registry.domain.canonical import JsonValue
from registry.domain.content.base import earliest, validate
from registry.domain.content.parts import Source
from registry.domain.content.problems import COUNTRY, LANGUAGE, TECHNIQUE
from registry.domain.errors import InvalidInput
from registry.domain.shortening import shortened

MAX_LABEL = 120
MAX_LINE = 300
MAX_TEXT = 20_000

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?")
_DAY = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_YEARS = range(1950, 2200)
_UNSEEN_OF_URL = re.compile(r"[\s\x00-\x1f]+")

Item = TypeVar("Item")


def line(entry: Entry, name: str, text: str | None, limit: int = MAX_LINE) -> str | None:
    """*text* on one line of at most *limit* characters; ``None`` where nothing is left."""
    return _cut(entry, name, " ".join(_clean(entry, name, text).split()), limit)


def text(entry: Entry, name: str, text: str | None, limit: int = MAX_TEXT) -> str | None:
    """*text* of at most *limit* characters, its lines kept; ``None`` where nothing is left."""
    return _cut(entry, name, _clean(entry, name, text).strip(), limit)


def label(entry: Entry, name: str, text: str | None) -> str | None:
    """*text* as a label; one that is too long is left out, since half of a name is another name."""
    found = " ".join(_clean(entry, name, text).split())
    if len(found) > MAX_LABEL:
        entry.note("TOO_LONG", f"{name}: more than {MAX_LABEL} characters; left out")
        return None
    return found or None


def when(entry: Entry, name: str, written: JsonValue) -> str | None:
    """A date as ours are written, as exact as it was: a day, a month, a year, or an instant in UTC to the second.

    A number, or a text of digits, counts the seconds since 1970, as MISP does.
    """
    if written is None or written == "" or written == "0" or written == 0:
        return None
    found = _when(written)
    if found is None:
        entry.note("BAD_DATE", f"{name}: a date such as 2024-03-14 is expected; left out")
    return found


def source(entry: Entry, name: str, url: JsonValue, **fields: JsonValue) -> dict[str, JsonValue] | None:
    """A source of content; ``None`` and a note where *url* is no usable web address."""
    said = {key: value for key, value in fields.items() if value is not None}
    found: dict[str, JsonValue] = {"url": _UNSEEN_OF_URL.sub("", url) if isinstance(url, str) else None, **said}
    try:
        validate(Source, found)
    except InvalidInput:
        entry.note("BAD_URL", f"{name}: without a usable web address; left out")
        return None
    return found


def first(entry: Entry, name: str, items: Sequence[Item], limit: int) -> list[Item]:
    """The first *limit* items."""
    if len(items) > limit:
        entry.note("TOO_MANY", f"{name}: more than {limit}; the others were left out")
    return list(items[:limit])


def is_country(value: JsonValue) -> bool:
    return isinstance(value, str) and re.fullmatch(COUNTRY, value) is not None


def is_language(value: JsonValue) -> bool:
    return isinstance(value, str) and re.fullmatch(LANGUAGE, value) is not None


def is_technique(value: JsonValue) -> bool:
    return isinstance(value, str) and re.fullmatch(TECHNIQUE, value) is not None


def _clean(entry: Entry, name: str, text: str | None) -> str:
    found = unicodedata.normalize("NFC", text or "")
    cleaned = _CONTROL.sub("", found)
    if cleaned != found:
        entry.note("INVALID_TEXT", f"{name}: control characters were taken out")
    return cleaned


def _cut(entry: Entry, name: str, text: str, limit: int) -> str | None:
    if len(text) > limit:
        entry.note("TOO_LONG", f"{name}: more than {limit} characters; cut")
        text = shortened(text, limit)
    return text or None


def _when(written: JsonValue) -> str | None:
    if isinstance(written, str):
        written = written.strip()
        if written.isascii() and written.isdigit() and 8 < len(written) < 12:
            return _of_seconds(int(written))
        return _of_text(written)
    if isinstance(written, int | float) and not isinstance(written, bool):
        return _of_seconds(written)
    return None


def _of_seconds(seconds: float) -> str | None:
    try:
        found = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return _instant(found) if found.year in _YEARS else None


def _of_text(written: str) -> str | None:
    try:
        if _DAY.fullmatch(written):
            return written if earliest(written).year in _YEARS else None
        if _INSTANT.fullmatch(written):
            found = datetime.fromisoformat(written)
            found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
            return _instant(found) if found.year in _YEARS else None
    except (ValueError, OverflowError):
        pass
    return None


def _instant(found: datetime) -> str:
    return found.strftime("%Y-%m-%dT%H:%M:%SZ")
