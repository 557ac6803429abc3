"""Taking in files of taxonomies, many at once: one that is refused does not keep out the others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from importers.contract import RawDocument
from importers.taxonomy_file import read_taxonomy
from importers.taxonomy_relations import galaxy_relations
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.canonical import JsonValue
from registry.domain.errors import InvalidInput, Problem
from registry.domain.licence import permits_texts
from registry.domain.taxonomy import Taxonomy
from registry.ports import Registry
from registry.service import ingest, taxonomies
from web.cli.import_files import FileReading, files_at
from web.cli.output import table

REFUSED = "refused"
# A file of a folder that is none of a taxonomy, such as the list of all of them.
LEFT_OUT = "left out"
_LICENCES = ("LICENSE.md", "LICENSE", "LICENSE.txt", "COPYING")
_SAID = ((re.compile(r"CC0 1\.0 Universal"), "CC0-1.0"), (re.compile(r"Apache License,? Version 2\.0"), "Apache-2.0"))
_MAX_LICENCE = 100_000
_MAX_TOLD = 20


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What became of one file: its release with ``new``, ``changed`` or ``unchanged``, or what is wrong with it."""

    name: str
    outcome: str
    release: Taxonomy | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Every file in order, and how many neighbours of terms in other taxonomies were told."""

    files: tuple[ReadFile, ...]
    neighbours: int

    @property
    def refused(self) -> bool:
        """Whether any file was."""
        return any(one.outcome == REFUSED for one in self.files)


def carried_out(registry: Registry, given: Sequence[Path], *, licence: str | None, dry_run: bool) -> Report:
    """Take in all files, directories and archives.

    Raises:
        NotFound: there is no data file at one of the places.
        StoreUnavailable: a release could not be kept; those before it are.
    """
    if not dry_run:
        taxonomies.load_shipped(registry, LOCAL_OPERATOR)
    files: list[ReadFile] = []
    read: list[tuple[RawDocument, Taxonomy]] = []
    for path, document, of_folder in _documents(registry, given, files):
        try:
            release = read_taxonomy(document, licence=licence or _licence_beside(path))
        except InvalidInput as error:
            is_other = of_folder and {"UNKNOWN_FORM"} == {problem.code for problem in error.problems}
            files.append(ReadFile(document.name, LEFT_OUT if is_other else REFUSED, problems=tuple(error.problems)))
            continue
        outcome = ingest.put_taxonomy(registry, LOCAL_OPERATOR, release, dry_run=dry_run)
        files.append(ReadFile(document.name, outcome.value, release))
        read.append((document, release))
    relations = galaxy_relations(read)
    for source, mappings in relations.items() if not dry_run else ():
        taxonomies.put_crosswalk(registry, LOCAL_OPERATOR, source, mappings)
    return Report(tuple(files), sum(map(len, relations.values())))


def report_document(report: Report) -> JsonValue:
    """The report as JSON values."""
    return {
        "files": [_file_document(one) for one in report.files],
        "counts": dict(Counter(one.outcome.replace(" ", "_") for one in report.files)),
        "neighbours": report.neighbours,
    }


def report_text(report: Report) -> str:
    """A table of the files, then what was wrong with those that were refused."""
    columns = ("file", "taxonomy", "version", "terms", "texts", "licence", "outcome")
    rows = [(one.name, *_cells(one.release), one.outcome) for one in report.files]
    lines = [table(columns, rows), "", ", ".join(_counts(report))]
    for one in report.files:
        lines += [f"{one.name}: {_told(problem)}" for problem in one.problems[:_MAX_TOLD]]
    licences = {one.release.licence for one in report.files if one.release is not None}
    without = sorted(licence for licence in licences if not permits_texts(licence))
    lines += [f"The licence {one} is none that lets texts be kept: only codes and names were taken." for one in without]
    return "\n".join(lines)


def _documents(
    registry: Registry, given: Sequence[Path], files: list[ReadFile]
) -> Iterator[tuple[Path, RawDocument, bool]]:
    """Each document with its file, and whether it was sought rather than named; what could not be read is noted."""
    for place in given:
        for path in files_at(place):
            reading = FileReading(registry, "taxonomy", [path])
            for document in reading.documents():
                yield path, document, place.is_dir() or document.name != path.name
            files += [
                ReadFile(found.record, REFUSED, problems=(Problem((), found.code, found.message),))
                for found in reading.findings
            ]


def _licence_beside(path: Path) -> str | None:
    """The licence that a file beside *path*, or in the folder above it, says."""
    for folder in (path.parent, path.parent.parent):
        for name in _LICENCES:
            beside = folder / name
            if beside.is_file():
                with beside.open(encoding="utf-8", errors="replace") as file:
                    text = file.read(_MAX_LICENCE)
                found = next((licence for pattern, licence in _SAID if pattern.search(text)), None)
                if found is not None:
                    return found
    return None


def _cells(release: Taxonomy | None) -> tuple[str, str, str, str, str]:
    if release is None:
        return "", "", "", "", ""
    texts = sum(1 for term in release.terms if term.description)
    return release.namespace, release.version, str(len(release.terms)), str(texts), release.licence


def _file_document(one: ReadFile) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {"file": one.name, "outcome": one.outcome.replace(" ", "_")}
    if one.release is not None:
        namespace, version, terms, texts, licence = _cells(one.release)
        found |= {"namespace": namespace, "version": version, "licence": licence}
        found |= {"terms": int(terms), "texts": int(texts)}
    if one.problems:
        found["problems"] = [
            {"path": list(problem.path), "code": problem.code, "message": problem.message}
            for problem in one.problems[:_MAX_TOLD]
        ]
    return found


def _counts(report: Report) -> Iterator[str]:
    counts = Counter(one.outcome for one in report.files)
    yield f"{len(report.files)} files read"
    yield from (f"{count} {outcome}" for outcome, count in sorted(counts.items()))
    if report.neighbours:
        yield f"{report.neighbours} neighbours in other taxonomies"


def _told(problem: Problem) -> str:
    place = f"{'.'.join(problem.path)}: " if problem.path else ""
    return f"{place}{problem.message}" + (f" ({problem.hint})" if problem.hint else "")
