"""Taxonomies as versioned data: codes and names of terms, and what judgments in such terms must keep to."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from registry.domain.content.parts import Classification
from registry.domain.errors import Problem

MAX_DEFINITION = 200
_SHOWN = 6
_LONGEST_COMPARED = 80


@dataclass(frozen=True, slots=True)
class TaxonomyTerm:
    """One term.

    Attributes:
        description: the publisher's text, where its licence permits.
        field: the field of the taxonomy whose value it is, where there are several.
        definition: what it means, in one sentence of ours.
    """

    code: str
    name: str
    parent: str | None = None
    url: str | None = None
    description: str | None = None
    field: str | None = None
    definition: str | None = None


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """One release of a taxonomy; ``url`` is where it is published."""

    namespace: str
    version: str
    title: str
    licence: str
    url: str
    terms: tuple[TaxonomyTerm, ...]

    def find(self, code: str) -> TaxonomyTerm | None:
        """The term with this code."""
        return next((term for term in self.terms if term.code == code), None)

    @property
    def fields(self) -> tuple[str, ...]:
        """Its fields, in order."""
        return tuple(dict.fromkeys(term.field for term in self.terms if term.field is not None))

    def values(self, field: str | None = None) -> tuple[TaxonomyTerm, ...]:
        """The terms that a judgment may name, of *field* alone if it is given. The heading of a field is none."""
        headings = set(self.fields)
        terms = (term for term in self.terms if term.code not in headings)
        return tuple(term for term in terms if field is None or term.field == field)


def version_key(version: str) -> tuple[tuple[int, ...], str]:
    """Sorts versions by the numbers in them, as 4.9 before 4.10; those without numbers come first."""
    return tuple(int(digits[:9]) for digits in re.findall(r"[0-9]+", version)), version


def merged(kept: Taxonomy, given: Taxonomy) -> Taxonomy:
    """The same release with what *given* says of it.

    No term is lost, so that judgments in its terms stay valid. What *given* leaves out of a term is kept; the licence
    of texts goes with them.
    """
    before = {term.code: term for term in kept.terms}
    terms = [_merged_term(before.get(term.code), term) for term in given.terms]
    codes = {term.code for term in terms}
    terms += [term for term in kept.terms if term.code not in codes]
    texts_are_older = _has_texts(kept) and not _has_texts(given)
    return replace(given, terms=tuple(terms), licence=kept.licence if texts_are_older else given.licence)


def _merged_term(before: TaxonomyTerm | None, given: TaxonomyTerm) -> TaxonomyTerm:
    if before is None:
        return given
    return replace(
        given,
        parent=given.parent or before.parent,
        url=given.url or before.url,
        description=given.description or before.description,
        field=given.field or before.field,
        definition=given.definition or before.definition,
    )


def _has_texts(taxonomy: Taxonomy) -> bool:
    return any(term.description for term in taxonomy.terms)


def check_classifications(
    classifications: Sequence[Classification],
    *,
    versions: Mapping[str, Sequence[str]],
    releases: Mapping[tuple[str, str], Taxonomy],
) -> list[Problem]:
    """What is wrong with judgments in the terms of taxonomies, with the nearest known name as a hint.

    Args:
        versions: the versions of every taxonomy that is known, by its name.
        releases: at least those releases that the judgments name and that are known.
    """
    problems = []
    for at, one in enumerate(classifications):
        found = _problem(one, versions, releases.get((one.taxonomy, one.version)))
        if found is not None:
            place = ("content", "classifications", str(at), *found.path)
            problems.append(replace(found, path=place))
    return problems


def _problem(one: Classification, versions: Mapping[str, Sequence[str]], release: Taxonomy | None) -> Problem | None:
    if one.taxonomy not in versions:
        hint = _nearest(one.taxonomy, versions, listed="taxonomies in the API")
        return Problem(("taxonomy",), "UNKNOWN_TAXONOMY", "no such taxonomy is known here", hint)
    if release is None:
        hint = _nearest(one.version, versions[one.taxonomy], listed="versions of the taxonomy in the API")
        return Problem(("version",), "UNKNOWN_VERSION", "no such version of this taxonomy is known here", hint)
    if one.field is not None and one.field not in release.fields:
        hint = _nearest(one.field, release.fields, listed="its page") if release.fields else "leave it out"
        return Problem(("field",), "UNKNOWN_TERM", "this version of the taxonomy has no such field", hint)
    values = release.values(one.field)
    if any(one.value in {term.code, term.name} for term in values):
        return None
    if one.field is not None and release.find(f"{one.field}/{one.value}") is not None:
        return None
    names = {term.name.lower(): term.code for term in values} | {term.code.lower(): term.code for term in values}
    near = difflib.get_close_matches(one.value[:_LONGEST_COMPARED].lower(), names, n=1)
    hint = f"did you mean {names[near[0]]}?" if near else _some((term.code for term in values), "terms of the taxonomy")
    return Problem(("value",), "UNKNOWN_TERM", "this version of the taxonomy has no such term", hint)


def _nearest(name: str, known: Iterable[str], *, listed: str) -> str:
    by_lower = {one.lower(): one for one in known}
    near = difflib.get_close_matches(name[:_LONGEST_COMPARED].lower(), by_lower, n=1)
    return f"did you mean {by_lower[near[0]]}?" if near else _some(by_lower.values(), listed)


def _some(codes: Iterable[str], listed: str) -> str:
    return f"such as {', '.join(list(codes)[:_SHOWN])}; all: {listed}"
