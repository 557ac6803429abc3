"""The records of a JSON document: one object, a list of them, a list within an object, or one a line.

Codes of what is none: BROKEN_DOCUMENT, WRONG_TYPE.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from importers.contract import RawDocument, Source
from importers.entry import Entry, refusals
from importers.json_document import read_json, read_json_lines
from registry.domain.canonical import JsonValue
from registry.domain.errors import InvalidInput
from registry.domain.finding import Finding

_LINES = (".jsonl", ".ndjson")


def read_records(document: RawDocument, source: Source, *, lists: tuple[str, ...] = ()) -> Iterator[Entry | Finding]:
    """Each record as an entry named by its place; what is none is a finding.

    Args:
        lists: fields of an object at the top that hold records; an object with none of them is a record.
    """
    try:
        for place, value in _values(document):
            if isinstance(value, InvalidInput):
                yield from refusals(source.id, place, value)
            elif isinstance(value, Mapping) and (
                names := [name for name in lists if isinstance(value.get(name), list)]
            ):
                for name in names:
                    for position, item in enumerate(Entry(source.id, place, value).items(name)):
                        yield _entry(source, f"{place}: {name}[{position}]", item)
            else:
                yield _entry(source, place, value)
    except InvalidInput as error:
        yield from refusals(source.id, document.name, error)


def _values(document: RawDocument) -> Iterator[tuple[str, JsonValue | InvalidInput]]:
    if document.name.lower().endswith(_LINES):
        yield from _by_line(document)
        return
    try:
        value = read_json(document.body)
    except InvalidInput:
        if not _has_records_by_line(document.body):
            raise
        yield from _by_line(document)
        return
    if isinstance(value, list):
        yield from ((f"{document.name}: [{position}]", item) for position, item in enumerate(value))
    else:
        yield document.name, value


def _by_line(document: RawDocument) -> Iterator[tuple[str, JsonValue | InvalidInput]]:
    for line in read_json_lines(document.body):
        broken = InvalidInput([line.problem]) if line.problem is not None else None
        yield f"{document.name}: line {line.number}", broken or line.value


def _has_records_by_line(body: bytes) -> bool:
    """Whether the first line is an object of its own, and another follows."""
    first, _, rest = body.strip().partition(b"\n")
    try:
        return bool(rest.lstrip().startswith(b"{")) and isinstance(read_json(first), Mapping)
    except InvalidInput:
        return False


def _entry(source: Source, place: str, value: JsonValue) -> Entry | Finding:
    if isinstance(value, Mapping):
        return Entry(source.id, place, value)
    return Finding(source.id, place, "WRONG_TYPE", "an object is expected")
