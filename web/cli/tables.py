"""Tables of any shape: proposing a mapping, showing what would come out, and the source that a mapping makes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from registry.domain.canonical import JsonValue
from web.cli.output import tell

if TYPE_CHECKING:
    from importers.contract import Source
    from importers.table.reading import Reading
    from registry.domain.finding import Finding
    from registry.domain.vocabulary import Kind

_SHOWN = 3
_READ = 200
_MAX_MAPPING = 1_000_000
# Names of so many parts cost the reader of TOML the square of their number.
_DEEP = re.compile(rb"(?<![\w\"'-])(?:[\w\"'-]{1,200}[ \t]{0,9}\.[ \t]{0,9}){40}")
_NEEDED = ("id", "title", "licence", "attribution", "home")


def suggest(files: Sequence[Path], kind: Kind) -> str:
    """A mapping for *files*, which are of one shape, as TOML; what would come out of them is told on stderr.

    Raises:
        InvalidInput: a file cannot be read as a table.
        NotFound: there is no file.
    """
    from importers.table.reading import joined, read_table
    from importers.table.suggesting import suggest as propose
    from importers.table.toml import as_toml
    from web.cli.import_files import files_at

    files = [one for file in files for one in files_at(file)]
    reading = _proposed_reading(files[0])
    tables = [read_table(file.name, file.read_bytes(), reading) for file in files[:_READ]]
    found = propose(joined(tables), kind)
    text = as_toml(found, files[0].name)
    tell("\n".join(_preview(text, files)))
    return text


def _proposed_reading(file: Path) -> Reading:
    """How a file is read to propose a mapping: by the commonest encoding of spreadsheets where it is not UTF-8.

    An import never guesses; whoever edits the mapping sees the guess beside what came out.

    Raises:
        InvalidInput: it cannot be read in that one either; what is wrong as it is.
    """
    from importers.table.reading import Reading, read_table
    from registry.domain.errors import InvalidInput

    body, plain = file.read_bytes(), Reading()
    try:
        read_table(file.name, body, plain)
    except InvalidInput as wrong:
        guessed = Reading("cp1252")
        try:
            read_table(file.name, body, guessed)
        except InvalidInput:
            raise wrong from None
        return guessed
    return plain


def mapped_source(mapping: Path, files: Sequence[Path]) -> Source:
    """The source that a mapping file describes, checked against the columns of *files*.

    Raises:
        InvalidInput: with every problem of the mapping, a column that is not there included.
    """
    from importers.contract import Source
    from importers.sources.table import IMPORTER
    from importers.table.mapping import missing_columns
    from importers.table.mapping_file import judged_mapping
    from importers.table.reading import joined, read_table
    from importers.table.toml import EXAMPLES
    from registry.domain.errors import InvalidInput, Problem
    from registry.domain.vocabulary import OrganisationKind

    said = read_file(mapping)
    problems: list[Problem] = []
    source = cast("dict[str, Any]", said.get("source") if isinstance(said.get("source"), dict) else {})
    problems += (
        Problem(("source", name), "REQUIRED", "say whose data it is")
        for name in _NEEDED
        if not isinstance(source.get(name), str) or not source[name].strip()
    )
    problems += (
        Problem(("source", name), "REQUIRED", "what was proposed is an example: say whose data it is")
        for name, example in EXAMPLES.items()
        if source.get(name) == example
    )
    read, wrong = judged_mapping(said)
    problems += wrong
    try:
        tables = [read_table(file.name, file.read_bytes(), read.reading) for file in files[:_READ]]
        problems += missing_columns(read, joined(tables).columns)
    except InvalidInput as error:
        problems += error.problems
    if problems:
        raise InvalidInput(problems)
    organisation = source.get("organisation", OrganisationKind.OTHER)
    return Source(
        id=source["id"],
        format=IMPORTER.id,
        title=source["title"],
        home=source["home"],
        licence=source["licence"],
        attribution=source["attribution"],
        obligations=tuple(source.get("obligations", ())),
        hosts=frozenset(),
        organisation=OrganisationKind(organisation)
        if organisation in set(OrganisationKind)
        else OrganisationKind.OTHER,
        options={"mapping": said},
    )


def read_file(mapping: Path) -> dict[str, JsonValue]:
    """The mapping file, TOML or JSON, as JSON values.

    Raises:
        InvalidInput: it is neither, or holds no object.
    """
    import tomllib

    from importers.json_document import read_json
    from registry.domain.errors import InvalidInput, Problem

    with mapping.open("rb") as file:
        body = file.read(_MAX_MAPPING + 1)
    if len(body) > _MAX_MAPPING or _DEEP.search(body):
        message = f"a mapping has at most {_MAX_MAPPING:,} bytes, and names of few parts"
        raise InvalidInput([Problem((), "TOO_LONG", message)])
    if mapping.suffix.lower() == ".json":
        root = read_json(body)
    else:
        try:
            root = _plain(tomllib.loads(body.decode("utf-8-sig")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InvalidInput([Problem((), "INVALID_FORMAT", f"the mapping is not TOML: {error}")]) from None
        except RecursionError:
            raise InvalidInput([Problem((), "TOO_DEEP", "the mapping nests too deep")]) from None
    if not isinstance(root, dict):
        raise InvalidInput([Problem((), "INVALID_FORMAT", "the mapping must be an object")])
    return root


def _plain(value: Any) -> Any:
    """Dates of TOML as they are written; all else is JSON already."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date | datetime | time) else value


def _preview(text: str, files: Sequence[Path]) -> Iterator[str]:
    """The first records as they would be stored, and what a dry run over every row finds."""
    import json
    import tomllib
    from dataclasses import replace

    from importers.contract import Draft, RawDocument
    from importers.preparing import prepare
    from importers.sources.table import IMPORTER
    from registry.domain.content.base import to_document
    from registry.domain.finding import Finding

    source = replace(IMPORTER.source, options={"mapping": _plain(tomllib.loads(text))})
    taken = refused = 0
    found: list[Finding] = []
    for file in files:
        for parsed in IMPORTER.parse(RawDocument(file.name, file.read_bytes()), source):
            if isinstance(parsed, Finding):
                found.append(parsed)
            elif isinstance(parsed, Draft):
                ready, more = prepare(source, parsed)
                found += more
                taken += ready is not None
                if ready is not None and taken <= _SHOWN:
                    document = to_document(ready.content.public)
                    shown = {name: value for name, value in document.items() if name != "upstream"}
                    yield f"{parsed.kind.value} {parsed.upstream_id}: {json.dumps(shown, indent=1, ensure_ascii=False)}"
    refused = len({one.record for one in found if one.refused})
    yield f"With this mapping {taken} records would be taken and {refused} refused."
    yield from _counted(found)


def _counted(found: Sequence[Finding]) -> Iterator[str]:
    totals = Counter((one.code, one.message, one.refused) for one in found)
    for (code, message, refused), count in totals.most_common(20):
        yield f"  {count} x {code}{' (refused)' if refused else ''}: {message}"
