"""Which packages a row of a source wants to read about: ``options.packages``, a list of names or patterns.

A pattern is a name, or ``ecosystem:name``, in which ``*`` and ``?`` stand for any letters; capitals do not matter. A
row that names none wants all.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from importers.contract import Source
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


def passed_over(source: Source) -> Finding:
    """The one finding of a run that had records about other packages."""
    message = "records about packages that options.packages does not name were passed over"
    return Finding(source.id, source.id, "OUT_OF_SCOPE", message, False)
