"""Events as lines of a file: JSON objects, or rows of a table that no spreadsheet takes for a formula."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from registry.domain.canonical import JsonValue
from registry.domain.event import Event
from registry.domain.spreadsheet import row

COLUMNS = ("id", "at", "name", "actor", "organisation", "key", "address", "request_id", "subject", "detail")


def as_dict(event: Event) -> dict[str, JsonValue]:
    """An event as JSON values."""
    return {
        "id": event.id,
        "at": event.at.isoformat(),
        "name": event.name.value,
        "actor": event.actor,
        "organisation": event.organisation,
        "key": event.key,
        "address": event.address,
        "request_id": event.request_id,
        "subject": event.subject,
        "detail": dict(event.detail),
    }


def json_lines(events: Iterable[Event]) -> Iterator[str]:
    """A line for each event; control characters are escaped."""
    return (json.dumps(as_dict(one), ensure_ascii=True) + "\n" for one in events)


def table_lines(events: Iterable[Event]) -> Iterator[str]:
    """The names of the columns, then a row for each event, by RFC 4180."""
    yield row(COLUMNS)
    for one in events:
        told = as_dict(one) | {"detail": json.dumps(dict(one.detail), ensure_ascii=True)}
        yield row("" if told[name] is None else _printable(str(told[name])) for name in COLUMNS)


def _printable(cell: str) -> str:
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in cell)
