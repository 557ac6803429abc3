"""Which versions of a package OSV says are affected, in words of one line, and in which it is repaired."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from importers import fitting
from importers.entry import Entry
from registry.domain.canonical import JsonValue

_EVENTS = ("introduced", "fixed", "last_affected", "limit")
_MAX_EVENTS = 1000
_MAX_VERSION = 60
_MAX_FIXED = 50


def affected_versions(entry: Entry) -> tuple[str | None, list[str], bool]:
    """Of one of the packages: the range in words, the versions that repair it, and whether each range has an end."""
    spans: list[str] = []
    fixed: list[str] = []
    ended = True
    ranges = [one for one in entry.objects("ranges") if one.fields.get("type") != "GIT"]
    for one in ranges:
        for start, end, sign in _spans(one):
            spans.append(_written(start, end, sign))
            ended = ended and end is not None
            if end is not None and sign == "<":
                fixed.append(end)
    if not spans:
        spans = _single_versions(entry)
        ended = False
    return _fitted(entry, spans), list(dict.fromkeys(fixed))[-_MAX_FIXED:], bool(fixed) and ended


def _spans(one: Entry) -> Iterator[tuple[str, str | None, str]]:
    """Each span as its start, its end and ``<`` or ``<=``; events come in order, as OSV asks for."""
    start: str | None = None
    for event in fitting.first(one, "affected.ranges.events", one.items("events"), _MAX_EVENTS):
        name, version = _event(event)
        if name is None:
            one.note(
                "BAD_EVENT", "affected.ranges.events: one of introduced, fixed, last_affected is expected; left out"
            )
        elif name == "introduced":
            if start is not None:
                yield start, None, "<"
            start = version
        elif start is not None and name != "limit":
            yield start, version, "<" if name == "fixed" else "<="
            start = None
    if start is not None:
        yield start, None, "<"


def _event(event: JsonValue) -> tuple[str | None, str]:
    if not isinstance(event, Mapping):
        return None, ""
    name = next((name for name in _EVENTS if isinstance(event.get(name), str)), None)
    version = " ".join(str(event[name]).split()) if name else ""
    return (name, version) if version and len(version) <= _MAX_VERSION else (None, "")


def _written(start: str, end: str | None, sign: str) -> str:
    begins = "" if start == "0" else f">={start}"
    ends = f"{sign}{end}" if end is not None else ""
    return ", ".join(part for part in (begins, ends) if part) or "all versions"


def _single_versions(entry: Entry) -> list[str]:
    written = [" ".join(item.split()) for item in entry.items("versions")[:_MAX_EVENTS] if isinstance(item, str)]
    versions = [version for version in written if 0 < len(version) <= _MAX_VERSION]
    if len(", ".join(versions)) <= fitting.MAX_LABEL:
        return [", ".join(versions)] if versions else []
    return [f"{len(versions)} versions, such as {versions[0]} and {versions[-1]}"]


def _fitted(entry: Entry, spans: list[str]) -> str | None:
    """As many of the spans as a label holds, the newest kept."""
    kept: list[str] = []
    for span in reversed(list(dict.fromkeys(spans))):
        if len(" || ".join((span, *kept))) > fitting.MAX_LABEL:
            entry.note("TOO_LONG", "affected.ranges: not all of them fit; those of the newest versions were kept")
            break
        kept.insert(0, span)
    return " || ".join(kept) or None
