"""Conflicts of interest: whom a reviewer is bound to, and which records that keeps the reviewer from judging.

They are about fairness, so lead reviewers read them; what a reviewer does not want to read is another matter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from registry.domain.account import Organisation
from registry.domain.canonical import Document
from registry.domain.errors import ConflictOfInterest, InvalidInput, Problem
from registry.domain.facets import facets_of
from registry.domain.record import PersonId, Record, Revision
from registry.domain.screening.plainly import secret_problems
from registry.domain.vocabulary import Tlp

MAX_CONFLICTS = 50
MAX_NAME = 200
_WORDS = re.compile(r"\w+")


class ConflictKind(StrEnum):
    """What binds a reviewer to an organisation. Source: this project, after the usual forms of journals."""

    EMPLOYER = "employer"
    COMPETITOR = "competitor"
    CLIENT = "client"
    HOLDING = "holding"
    PERSONAL = "personal"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One organisation, by slug or name, and what binds the reviewer to it."""

    kind: ConflictKind
    organisation: str


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a reviewer has declared; without any conflict it says that there is none."""

    person: PersonId
    declared_at: datetime
    conflicts: tuple[Conflict, ...] = ()


def conflicts_given(said: Iterable[tuple[str, str]]) -> tuple[Conflict, ...]:
    """Conflicts out of pairs of kind and organisation, each once.

    Raises:
        InvalidInput: a kind is unknown, a name is empty or too long, or there are too many.
    """
    found: dict[Conflict, None] = {}
    problems: list[Problem] = []
    kinds = {kind.value: kind for kind in ConflictKind}
    for at, (kind, name) in enumerate(said):
        path = ("conflicts", str(at))
        trimmed = " ".join(name.split())
        if kind not in kinds:
            problems.append(Problem((*path, "kind"), "UNKNOWN_TERM", f"one of these is expected: {', '.join(kinds)}"))
        elif not trimmed:
            problems.append(Problem((*path, "organisation"), "REQUIRED", "say which organisation"))
        elif len(trimmed) > MAX_NAME or not trimmed.isprintable():
            message = f"one line, at most {MAX_NAME} characters"
            problems.append(Problem((*path, "organisation"), "INVALID_TEXT", message))
        else:
            problems += secret_problems(trimmed, (*path, "organisation"))
            found[Conflict(kinds[kind], trimmed)] = None
    if len(found) > MAX_CONFLICTS:
        problems.append(Problem(("conflicts",), "TOO_MANY", f"at most {MAX_CONFLICTS} are kept"))
    if problems:
        raise InvalidInput(problems)
    return tuple(found)


def folded(name: str) -> str:
    """A name as it is compared: in one case, one form of letters, and without the spaces around it."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def family_of(names: Iterable[str], organisations: Collection[Organisation]) -> frozenset[str]:
    """All that the organisations with these names are called, those above them and those below: *names* included.

    A conflict with a company is one with the whole house it belongs to.
    """
    known = {one.slug: frozenset(map(folded, one.known_as)) for one in organisations}
    found = frozenset(map(folded, names))
    house = {slug for slug, called in known.items() if called & found}
    grew = True
    while grew:
        near = {one.slug for one in organisations if house & {one.slug, *one.parents}}
        near |= {parent for one in organisations if one.slug in house for parent in one.parents}
        grew = not near <= house
        house |= near
    return found.union(*(known.get(slug, frozenset({folded(slug)})) for slug in house))


def within(names: Iterable[str], text: str) -> Iterator[str]:
    """Those of *names*, in folded form, that stand as whole words in a line that somebody typed freely."""
    said = f" {' '.join(_WORDS.findall(folded(text)))} "
    yield from (one for one in names if f" {' '.join(_WORDS.findall(one))} " in said)


def named_in(record: Record) -> frozenset[str]:
    """Every organisation that a record names as provider or target, in its head or its work."""
    revisions = (record.head,) if record.work is None else (record.head, record.work)
    return frozenset(folded(name) for revision in revisions for name in _named(revision))


def subject_of(record: Record) -> tuple[str, ...]:
    """The uids of the records that a statement, as its head or its work says, is about."""
    parts = (one.public for one in (record.head, record.work) if one is not None)
    found = (part.document.get("about") for part in parts if part is not None)
    return tuple(dict.fromkeys(one for one in found if isinstance(one, str)))


def require_impartial(bound: frozenset[str], parties: frozenset[str]) -> None:
    """Let a reviewer judge only what is neither of nor about anybody the reviewer is *bound* to.

    Raises:
        ConflictOfInterest: it is.
    """
    if bound & parties:
        raise ConflictOfInterest(
            "the record is of or about an organisation that you are bound to: leave it to another reviewer",
            hint="your conflicts stand at /me/welfare",
        )


def require_declared(declaration: Declaration | None) -> None:
    """Let only those review who have said whom they are bound to, or that there is nobody.

    Raises:
        ConflictOfInterest: they have not.
    """
    if declaration is None:
        raise ConflictOfInterest(
            "declare first which organisations you are bound to, or that there are none",
            hint="at /me/welfare, or by declareConflicts",
        )


def is_exempt(record: Record, *, internal: bool) -> bool:
    """Whether a node within one house lets its own people judge a record: it stays RED."""
    return internal and record.newest.marking.tlp is Tlp.RED


def _named(revision: Revision) -> Iterator[str]:
    document: Document | None = None if revision.public is None else revision.public.document
    if document is None:
        return
    part: Any = document
    yield from (value for facet, value in facets_of(document) if facet == "provider")
    for one in part.get("targets", ()):
        yield from filter(None, (one.get("label"),))
