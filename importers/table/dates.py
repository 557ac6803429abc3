"""Dates as people write them in tables, read without guessing: what may mean two days is refused.

Read are ISO 8601, 14.03.2026 (a dot means that the day comes first), 14/03/2026 and 03/14/2026 where only one reading
is a date, 14 March 2026 and March 14, 2026 (English, German, French, Spanish), March 2026, 2026, and seconds or
milliseconds since 1970. An instant without its time zone counts as its day.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

from registry.domain.canonical import JsonValue

_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_ZONE = r"Z|UTC|[+-]\d{2}:?\d{2}"
_INSTANT = re.compile(
    rf"(\d{{4}}-\d{{2}}-\d{{2}})[T ](\d{{2}}:\d{{2}}(?::\d{{2}})?)(?:[.,]\d{{1,9}})?(?:\s?({_ZONE})|)"
)
_TIME = re.compile(
    r"[T, ]+(?:at |um |à )?\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?(?:\.\d+)?\s*(?:[AaPp]\.?[Mm]\.?|Uhr)?"
    r"(?:\s?(?:Z|[A-Z]{3,4}|[+-]\d{2}:?\d{2}))?$"
)
_THREE = re.compile(r"(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4})")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.|er)?[ -](?:de )?([^\W\d_]{3,10})\.?,?[ -](?:de )?(\d{4})")
_MONTH_DAY = re.compile(r"([^\W\d_]{3,10})\.?[ -](\d{1,2})(?:st|nd|rd|th)?,?[ -](\d{4})")
_MONTH_YEAR = re.compile(r"([^\W\d_]{3,10})\.?,?[ /-](?:de )?(\d{4})")
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_WEEKDAY = re.compile(r"[^\W\d_]{2,10}\.?, +(?=[\d]|[^\W\d_]{3,})")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jänner janvier janv enero ene",
            "february feb februar février févr fevrier febrero",
            "march mar märz maerz mars marzo",
            "april apr avril avr abril abr",
            "may mai mayo",
            "june jun juni juin junio",
            "july jul juli juillet juil julio",
            "august aug août aout agosto ago",
            "september sep sept septembre septiembre",
            "october oct oktober okt octobre octubre",
            "november nov novembre noviembre",
            "december dec dezember dez décembre decembre diciembre dic",
        ),
        start=1,
    )
    for name in names.split()
}
_LONGEST = 60
DIRECTIVES = re.compile(r"%[YymbBdHIMSpfzZjAa%]|%-[md]|[^%]")


class Ambiguous(Exception):
    """The date may mean two days, and nothing says which part comes first."""


def read_date(value: JsonValue, formats: Sequence[str] = (), *, dayfirst: bool | None = None) -> str | None:
    """*value* as content writes dates, each as exactly as it was written; ``None`` where it is none.

    Args:
        formats: forms as ``strptime`` takes them, tried first.
        dayfirst: whether 03/04/2026 is the third of April.

    Raises:
        Ambiguous: the day may as well be the month, and *dayfirst* does not say.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = " ".join(str(value)[: _LONGEST + 1].split())
    if len(text) > _LONGEST:
        return None
    for form in formats:
        if found := _by_form(text, form):
            return found
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if instant := _INSTANT.fullmatch(text):
        return _instant(instant)
    text = _WEEKDAY.sub("", _TIME.sub("", text), count=1)
    return _day(text, dayfirst=dayfirst)


def _instant(found: re.Match[str]) -> str | None:
    day, time, zone = found.groups()
    if zone is None:
        return _of_day(*map(int, day.split("-")))
    zone = "+00:00" if zone in {"Z", "UTC"} else zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    try:
        return datetime.fromisoformat(f"{day}T{time}{zone}").astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return None


def _day(text: str, *, dayfirst: bool | None) -> str | None:
    if found := _ISO.fullmatch(text):
        return _of_day(*map(int, found.groups()))
    if found := _ISO_MONTH.fullmatch(text):
        return text if _of_day(int(found[1]), int(found[2]), 1) else None
    if _YEAR.fullmatch(text):
        return text
    if found := _THREE.fullmatch(text):
        return _of_three(int(found[1]), int(found[3]), int(found[4]), dayfirst=True if found[2] == "." else dayfirst)
    if found := _DAY_MONTH.fullmatch(text):
        return _of_day(int(found[3]), _month(found[2]), int(found[1]))
    if found := _MONTH_DAY.fullmatch(text):
        return _of_day(int(found[3]), _month(found[1]), int(found[2]))
    if (found := _MONTH_YEAR.fullmatch(text)) and _month(found[1]):
        return f"{found[2]}-{_month(found[1]):02}"
    return None


def _month(name: str) -> int:
    return _MONTHS.get(name.casefold(), 0)


def _of_three(one: int, other: int, year: int, *, dayfirst: bool | None) -> str | None:
    day_first, month_first = _of_day(year, other, one), _of_day(year, one, other)
    if dayfirst is not None:
        return day_first if dayfirst else month_first
    if day_first and month_first and day_first != month_first:
        raise Ambiguous
    return day_first or month_first


def _of_day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _by_form(text: str, form: str) -> str | None:
    try:
        found = datetime.strptime(text, form)  # noqa: DTZ007  a form with a zone gives an instant, all others a day
    except (ValueError, OverflowError):
        return None
    if found.tzinfo is not None:
        return found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if "%d" in form or "%j" in form:
        return found.date().isoformat()
    return f"{found.year:04}-{found.month:02}" if any(one in form for one in ("%m", "%b", "%B")) else f"{found.year:04}"
