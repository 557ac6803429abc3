"""Dates as feeds write them: by the standards, by older ones, and by nobody's."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_FORMS = (
    "%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M%z", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%d.%m.%Y %H:%M",
    "%d/%m/%Y", "%d-%m-%Y", "%d %b %Y", "%d %B %Y", "%B %d, %Y", "%b %d, %Y", "%a, %d %b %Y", "%A, %d %B %Y",
    "%A, %B %d, %Y", "%d-%b-%Y",
)  # fmt: skip
_DAY_ALONE = frozenset(form for form in _FORMS if "%H" not in form)
_LONGEST = 64
_ZONE = re.compile(r"\s*\(?(?:GMT|UTC|UT|Z)\)?$", re.IGNORECASE)
_YEARS = range(1990, 2200)


def date_of(written: str | None) -> str | None:
    """The day or instant, as ours are written; ``None`` where it is no date."""
    text = " ".join((written or "")[: 4 * _LONGEST].split())
    if not text or len(text) > _LONGEST:
        return None
    if re.fullmatch(r"\d{4}(-\d{2}){0,2}", text):
        return _checked(text)
    try:
        return _instant(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        pass
    try:
        return _instant(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return _of_form(_ZONE.sub("", text))


def _of_form(text: str) -> str | None:
    for form in _FORMS:
        try:
            found = datetime.strptime(text, form)  # noqa: DTZ007  a zone is added where there is none
        except ValueError:
            continue
        if form in _DAY_ALONE:
            return _checked(found.strftime("%Y-%m-%d"))
        return _instant(found)
    return None


def _instant(found: datetime) -> str | None:
    try:
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found.strftime("%Y-%m-%dT%H:%M:%SZ") if found.year in _YEARS else None


def _checked(day: str) -> str | None:
    try:
        datetime.strptime(day, ("%Y", "%Y-%m", "%Y-%m-%d")[day.count("-")])  # noqa: DTZ007  a day has no zone
    except ValueError:
        return None
    return day if int(day[:4]) in _YEARS else None
