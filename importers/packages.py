"""Which packages a row of a source wants to read about: ``options.packages``, a list of names or patterns.

A pattern is a name, or ``ecosystem:name``, in which ``*`` and ``?`` stand for any letters; capitals do not matter. A
row that names none wants all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase

from importers.contract import Draft, Parsed, Source, TakenBack
from importers.entry import Entry
from registry.domain.finding import Finding

_MAX_PATTERNS = 1000


def wanted_packages(source: Source) -> tuple[str, ...]:
    """The patterns, in small letters; none where all are wanted."""
    told = source.options.get("packages")
    listed = told if isinstance(told, list | tuple) else [told]
    return tuple(one.strip().lower() for one in listed if isinstance(one, str) and one.strip())[:_MAX_PATTERNS]


def is_wanted(patterns: tuple[str, ...], packages: Iterable[tuple[str, str]]) -> bool:
    """Whether one of *packages*, as ecosystem and name, is asked for."""
    names = {form.lower() for ecosystem, name in packages for form in (name, f"{ecosystem}:{name}")}
    exact, globs = names.intersection(patterns), [one for one in patterns if "*" in one or "?" in one or "[" in one]
    return not patterns or bool(exact) or any(fnmatchcase(name, glob) for glob in globs for name in names)


def taken_once(
    entry: Entry, source: Source, seen: set[str], read: Callable[[Entry, Source], Draft | TakenBack | None]
) -> Iterator[Parsed]:
    """What *read* makes of a record, named by its id, behind what was found; only the first of an id is read.

    Args:
        seen: ids of the document so far; that of the record is added.
        read: gives nothing for a record about packages that the row does not want.
    """
    if entry.record in seen:
        yield Finding(source.id, entry.record, "DUPLICATE_ID", "an earlier record of this document has the same id")
        return
    seen.add(entry.record)
    found = read(entry, source)
    if found is None:
        message = "records about packages that options.packages does not name were passed over"
        yield Finding(source.id, source.id, "OUT_OF_SCOPE", message, False)
        return
    if not isinstance(found, TakenBack):
        yield from entry.findings
    if not entry.refused:
        yield found
