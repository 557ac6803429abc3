"""Any table: CSV, TSV, JSON, JSON Lines or Excel of whatever shape, read by a mapping of its columns to our fields.

The mapping stands in the source's options as ``mapping``; ``commons import table --suggest FILE`` proposes one. Without
any, columns fill the fields whose paths they have for names (``title``, ``timeline.started``, ``systems.model``).

Findings that leave a record out: MISSING (its id, or a needed field), DUPLICATE_ID, RAGGED_ROW (more cells than
columns), WRONG_TYPE (no object), BROKEN_DOCUMENT (a line that is no JSON). Of the whole document: MAPPING_NEEDED,
BROKEN_DOCUMENT, TOO_MANY, UNCLOSED_QUOTE, INVALID_TEXT, EMPTY_ROWS, UNKNOWN_COLUMN, SKIPPED (rows that the mapping
leaves out), and the codes of a bad mapping. Beside a record that was taken, each with what it left out: UNKNOWN_TERM,
UNKNOWN_COUNTRY, AMBIGUOUS_DATE, BAD_DATE, BAD_NUMBER, BAD_URL, BAD_LANGUAGE, BAD_CODE, WRONG_TYPE, TOO_LONG,
TOO_MANY, RAGGED_ROW (fewer cells) and those of content.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from importers.contract import Importer, Parsed, RawDocument, Source
from importers.entry import Entry
from importers.table.fields import fields_of
from importers.table.mapping import TableMapping, missing_columns, needed_fields, own_mapping
from importers.table.mapping_file import read_mapping
from importers.table.reading import Reading, Row, Table, read_table
from importers.table.records import id_of, is_skipped, read_row
from registry.domain.errors import InvalidInput, Problem
from registry.domain.finding import Finding
from registry.domain.vocabulary import Kind, OrganisationKind


def parse(document: RawDocument, source: Source) -> Iterator[Parsed]:
    """Read one file: findings about it, then each row's findings and its draft."""
    said = source.options.get("mapping")
    try:
        mapping = read_mapping(said) if said is not None else None
    except InvalidInput as error:
        yield from _told(source, document.name, error.problems, prefix="mapping: ")
        return
    try:
        table = read_table(document.name, document.body, mapping.reading if mapping else Reading())
    except InvalidInput as error:
        yield from _told(source, document.name, error.problems)
        return
    if mapping is None:
        mapping = own_mapping(table.columns, _kind(source))
        if missing := needed_fields(mapping):
            message = f"no column is called {' or '.join(missing)}: a mapping is needed"
            yield Finding(source.id, document.name, "MAPPING_NEEDED", message)
            return
    yield from _told(source, document.name, table.problems, refused=False)
    yield from _columns_told(source, document.name, mapping, table)
    yield from _rows(source, document.name, mapping, table.rows)


def _rows(source: Source, name: str, mapping: TableMapping, rows: Iterable[Row]) -> Iterator[Parsed]:
    seen: set[str] = set()
    skipped = 0
    for row in rows:
        if row.problem is None and is_skipped(row, mapping.skip):
            skipped += 1
            continue
        record = None if row.problem else id_of(row, mapping.id)
        entry = Entry(source.id, record or row.place, {})
        if row.problem is not None:
            entry.note(row.problem.code, row.problem.message, refused=True)
        elif record is None:
            entry.note("MISSING", "id: one line of at most 120 characters is needed", refused=True)
        elif record in seen:
            entry.note("DUPLICATE_ID", "an earlier row of this file has the same id", refused=True)
        if row.warning is not None:
            entry.note(row.warning.code, row.warning.message)
        draft = None if entry.refused or record is None else read_row(row, entry, mapping, source)
        seen.add(entry.record)
        yield from entry.findings
        if draft is not None and not entry.refused:
            yield draft
    if skipped:
        yield Finding(source.id, name, "SKIPPED", f"rows that the mapping leaves out: {skipped}", refused=False)


def _columns_told(source: Source, name: str, mapping: TableMapping, table: Table) -> Iterator[Finding]:
    """Columns that are not there. A record of JSON need not have every field, so that there only an id is missed."""
    needed = {path for path, spec in fields_of(mapping.kind).items() if spec.needed}
    for problem in missing_columns(mapping, table.columns):
        is_needed = problem.path == ("id",) or problem.path[-1] in needed
        if is_needed or table.as_read.header is not None:
            place = ".".join(problem.path)
            yield Finding(source.id, name, problem.code, f"mapping: {place}: {problem.message}", refused=False)


def _told(
    source: Source, name: str, problems: Iterable[Problem], *, refused: bool = True, prefix: str = ""
) -> Iterator[Finding]:
    for problem in problems:
        place = "".join(one for one in ".".join(problem.path)[:120] if one.isprintable())
        message = f"{place}: {problem.message}" if place else problem.message
        yield Finding(source.id, name, problem.code, prefix + message, refused)


def _kind(source: Source) -> Kind:
    said = source.options.get("kind")
    return Kind(said) if isinstance(said, str) and said in set(Kind) else Kind.INCIDENT


IMPORTER = Importer(
    source=Source(
        id="table",
        format="table",
        title="Table",
        home="https://example.org/",
        licence="CC-BY-4.0",
        attribution="The publisher of the table",
        obligations=("attribution",),
        hosts=frozenset({"example.org"}),
        organisation=OrganisationKind.OTHER,
    ),
    parse=parse,
    is_format=True,
)
