"""What a source that somebody adds must look like; every problem at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from registry.domain.account import SLUG
from registry.domain.errors import InvalidInput, Problem
from registry.domain.importing import Source

MAX_TEXT = 300
MAX_HOURS = 24 * 366
_MAX_LIST = 200
_MAX_URL = 2000
# One or more SPDX ids, also own ones, joined as SPDX expressions are.
_LICENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,60}(?: (?:AND|OR|WITH) [A-Za-z0-9][A-Za-z0-9.+-]{0,60}){0,5}")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{1,63}")


def source_problems(source: Source, *, inside: bool = False) -> tuple[Problem, ...]:
    """Everything that is wrong with *source*, but whether its format is known.

    Args:
        inside: whether the node may send requests to networks of its house, where plain http and numbers are usual.
    """
    return tuple(_problems(source, ("https", "http") if inside else ("https",)))


def _problems(source: Source, schemes: tuple[str, ...]) -> Iterator[Problem]:
    if not SLUG.fullmatch(source.id):
        yield Problem(("id",), "INVALID_FORMAT", "use 1 to 60 lower-case letters, digits and hyphens")
    for name, text in (("title", source.title), ("attribution", source.attribution)):
        yield from _line_problems((name,), text)
    if not _LICENCE.fullmatch(source.licence):
        yield Problem(("licence",), "INVALID_FORMAT", "an SPDX id such as CC-BY-4.0 is expected")
    for at, text in enumerate(source.obligations[:_MAX_LIST]):
        yield from _line_problems(("obligations", str(at)), text)
    for name, entries in (("obligations", source.obligations), ("hosts", source.hosts), ("urls", source.urls)):
        if len(entries) > _MAX_LIST:
            yield Problem((name,), "TOO_MANY", f"at most {_MAX_LIST} are allowed")
    yield from _address_problems(source, schemes)
    yield from hours_problems(source.every_hours)


def _address_problems(source: Source, schemes: tuple[str, ...]) -> Iterator[Problem]:
    if not _host_of(source.home, schemes):
        yield Problem(("home",), "INVALID_FORMAT", "an address that begins with https:// is expected")
    for at, host in enumerate(sorted(source.hosts)[:_MAX_LIST]):
        if not _HOST.fullmatch(host):
            yield Problem(("hosts", str(at)), "INVALID_FORMAT", "a host name in small letters is expected")
    for at, url in enumerate(source.urls[:_MAX_LIST]):
        named = _host_of(url, schemes)
        if not named:
            message = "an address that begins with https:// is expected, without a user or a password"
            yield Problem(("urls", str(at)), "INVALID_FORMAT", message)
        elif named not in source.hosts:
            yield Problem(("urls", str(at)), "HOST_NOT_LISTED", "add the host of this address to the hosts")


def require_hours(hours: int | None) -> None:
    """Refuse a pause between runs that is none.

    Raises:
        InvalidInput: it is given, and not 0 to 8,784 hours.
    """
    problems = tuple(hours_problems(hours))
    if problems:
        raise InvalidInput(problems)


def hours_problems(hours: int | None) -> Iterator[Problem]:
    """What is wrong with a pause between runs; 0 and ``None`` are never."""
    if hours is not None and not 0 <= hours <= MAX_HOURS:
        yield Problem(("everyHours",), "OUT_OF_RANGE", f"0 to {MAX_HOURS} hours are expected; 0 is never by itself")


def _line_problems(path: tuple[str, ...], text: str) -> Iterator[Problem]:
    if not text.strip():
        yield Problem(path, "REQUIRED", "this is needed")
    elif len(text) > MAX_TEXT:
        yield Problem(path, "TOO_LONG", f"at most {MAX_TEXT} characters are allowed")
    elif not text.isprintable():
        yield Problem(path, "INVALID_TEXT", "one line without control characters is expected")


def _host_of(url: str, schemes: tuple[str, ...]) -> str:
    """The host of an address that names no user; else nothing."""
    if len(url) > _MAX_URL or not url.isprintable() or " " in url:
        return ""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in schemes and "@" not in parts.netloc else ""
