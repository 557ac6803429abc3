"""The documents of the AI Incident Database, taken apart into rows, whatever they came as.

An answer of its GraphQL API, the CSV files of its weekly snapshot, and JSON as it is kept in its store (with
``$numberInt`` and the like), in a list or one object a line. What a row is, its fields tell; names differ between the
API and the snapshot, and are here those of the API.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from importers.contract import RawDocument
from importers.entry import Entry, refusals
from importers.json_document import MAX_BYTES, read_json, read_json_lines
from registry.domain.canonical import JsonValue
from registry.domain.errors import InvalidInput
from registry.domain.finding import Finding

MAX_CSV_BYTES = 512 * 1024 * 1024
_MAX_CELL = 16 * 1024 * 1024
_MAX_ROWS = 200_000
_MAX_COLUMNS = 500


class Sort(StrEnum):
    """What a row is about; the value is its field in an answer of the API."""

    INCIDENT = "incidents"
    REPORT = "reports"
    TAXONOMY = "taxas"
    CLASSIFICATION = "classifications"
    DUPLICATE = "duplicates"
    SAME_AS = "relationships"


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``is_table`` where all of its values are texts of a CSV file."""

    sort: Sort
    entry: Entry
    is_table: bool = False


# What a snapshot has beside: what was proposed, who works there, and the same once more as its store writes it.
_BESIDE = re.compile(
    r"(?:.*/)?(?:(?:submissions|quickadd|candidates|checklists|notifications|subscriptions|entities|users|"
    r"entity_relationships|history_\w+|risk_\w+)\.(?:csv|json)|(?:licen[cs]e|readme)[^/]*|[^/]*\.(?:bson|metadata\.json|txt|md))",
    re.IGNORECASE,
)
_API_NAMES = {
    "Alleged deployer of AI system": "AllegedDeployerOfAISystem",
    "Alleged developer of AI system": "AllegedDeveloperOfAISystem",
    "Alleged harmed or nearly harmed parties": "AllegedHarmedOrNearlyHarmedParties",
}


def read_rows(document: RawDocument, source: str) -> Iterator[Row | Finding]:
    """Each row of the document, named by its place, and what is none as a finding."""
    if _BESIDE.fullmatch(document.name):
        yield Finding(source, document.name, "NOT_READ", "a file of a snapshot that holds no incidents", refused=False)
        return
    try:
        if document.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
            yield from _of_json(document, source)
        else:
            yield from _of_csv(document, source)
    except InvalidInput as error:
        yield from refusals(source, document.name, error)


def _of_json(document: RawDocument, source: str) -> Iterator[Row | Finding]:
    place = document.name
    try:
        value = read_json(document.body)
    except InvalidInput:
        first = document.body.lstrip().split(b"\n", 1)[0].rstrip()
        if not (first.startswith(b"{") and first.endswith(b"}")):
            raise
        for line in read_json_lines(document.body, max_bytes=MAX_BYTES):
            where = f"{place}: line {line.number}"
            if line.problem is not None:
                yield Finding(source, where, line.problem.code, line.problem.message)
            else:
                yield _row(_plain(line.value), where, source)
        return
    value = _plain(value)
    if isinstance(value, Mapping) and ("data" in value or "errors" in value):
        yield from _of_answer(value, place, source)
        return
    for position, item in enumerate(value if isinstance(value, list) else [value]):
        yield _row(item, f"{place}: [{position}]", source)


def _of_answer(answer: Mapping[str, JsonValue], place: str, source: str) -> Iterator[Row | Finding]:
    if answer.get("errors"):
        yield Finding(source, place, "UPSTREAM_ERROR", "errors: the API answered with an error")
    data = answer.get("data")
    if not isinstance(data, Mapping):
        if not answer.get("errors"):
            yield Finding(source, place, "MISSING", "data: an answer of the API is expected")
        return
    known = {sort.value: sort for sort in Sort}
    if data.keys() - known:
        yield Finding(source, place, "UNKNOWN_FIELD", "data: a list that this version does not read", False)
    answered = Entry(source, place, data)
    for name, sort in known.items():
        for position, item in enumerate(answered.items(name)):
            where = f"{place}: {name}[{position}]"
            if isinstance(item, Mapping):
                yield Row(sort, Entry(source, where, item))
            else:
                yield Finding(source, where, "WRONG_TYPE", "an object is expected")
    yield from answered.findings


def _row(value: JsonValue, where: str, source: str) -> Row | Finding:
    if not isinstance(value, Mapping):
        return Finding(source, where, "WRONG_TYPE", "an object is expected")
    fields = {_API_NAMES.get(name, name): item for name, item in value.items()}
    sort = _sort_of(frozenset(fields))
    if sort is None:
        return Finding(source, where, "UNKNOWN_RECORD", "no incident, report, taxonomy or anything else that is known")
    return Row(sort, Entry(source, where, fields))


def _sort_of(names: frozenset[str]) -> Sort | None:
    for needed, sort in (
        ({"namespace", "field_list"}, Sort.TAXONOMY),
        ({"true_incident_number", "duplicate_incident_number"}, Sort.DUPLICATE),
        ({"incident_id", "sameAs"}, Sort.SAME_AS),
        ({"namespace", "attributes"}, Sort.CLASSIFICATION),
        ({"Namespace", "Incident ID"}, Sort.CLASSIFICATION),
        ({"report_number", "url"}, Sort.REPORT),
        ({"incident_id"}, Sort.INCIDENT),
    ):
        if needed <= names:
            return sort
    return None


def _plain(value: JsonValue) -> JsonValue:
    """Without the wrappers in which the store of the source writes numbers, dates and ids."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((name, inner),) = value.items()
        if name in {"$numberInt", "$numberLong"} and isinstance(inner, str):
            digits = inner.removeprefix("-")
            return int(inner) if digits.isascii() and digits.isdigit() and len(digits) < 16 else inner
        if name in {"$oid", "$numberDouble", "$date"}:
            return _milliseconds(_plain(inner)) if name == "$date" else _plain(inner)
    return {name: _plain(item) for name, item in value.items()}


def _milliseconds(value: JsonValue) -> JsonValue:
    """A date of the store in whole seconds; it counts milliseconds."""
    return value // 1000 if isinstance(value, int) and not isinstance(value, bool) else value


def _of_csv(document: RawDocument, source: str) -> Iterator[Row | Finding]:
    if len(document.body) > MAX_CSV_BYTES:
        yield Finding(source, document.name, "BROKEN_DOCUMENT", f"a table is limited to {MAX_CSV_BYTES} bytes")
        return
    try:
        text = document.body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield Finding(source, document.name, "BROKEN_DOCUMENT", f"byte {error.start} is not UTF-8")
        return
    csv.field_size_limit(max(csv.field_size_limit(), _MAX_CELL))
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    try:
        header = [_API_NAMES.get(name.strip(), name.strip()) for name in next(lines, [])][:_MAX_COLUMNS]
        sort = _sort_of(frozenset(header))
        if sort is None:
            yield Finding(source, document.name, "UNKNOWN_RECORD", "no file of a snapshot, by the names of its columns")
            return
        for number, cells in enumerate(lines, start=1):
            if number > _MAX_ROWS:
                yield Finding(
                    source, document.name, "TOO_MANY", f"more than {_MAX_ROWS:,} rows; the others were left out"
                )
                return
            if cells:
                fields: dict[str, JsonValue] = dict(zip(header, cells, strict=False))
                yield Row(sort, Entry(source, f"{document.name}: row {number}", fields), is_table=True)
    except csv.Error:
        yield Finding(source, document.name, "BROKEN_DOCUMENT", f"row {number + 1}: not a row of a CSV file")
