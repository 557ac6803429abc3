"""The texts of a submission, field by field, as the content models have them, so that none is missed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from registry.domain.canonical import Document
from registry.domain.content.base import Label, Line, LongLine, Model, TermOf, Text, Url, to_document
from registry.domain.content.incident_restricted import Indicator
from registry.domain.content.kinds import PUBLIC, RESTRICTED, Content
from registry.domain.content.marking import Marking
from registry.domain.screening.finding import Path, Sort

# Short words of the registry itself: slugs of groups, and ids of licences.
_OURS = frozenset({"audience", "licence"})
# Versions by their meaning, in whatever model.
_VERSIONS = frozenset({"fixed_in", "version", "version_range"})
# What a trace is by its meaning: a mail or network address of a misuser. Only secrets are looked for there.
_TRACES: dict[type[Model], frozenset[str]] = {Indicator: frozenset({"value"})}


@dataclass(frozen=True, slots=True)
class Field:
    """One text. *public* tells whether it stands in the public part."""

    path: Path
    text: str
    sort: Sort
    public: bool


@dataclass(frozen=True, slots=True)
class _Plan:
    texts: tuple[tuple[str, Sort], ...]
    inner: tuple[tuple[str, _Plan], ...]


def fields_of(content: Content) -> Iterator[Field]:
    """Every text of a submission: of the public part, of the restricted part, and of the marking."""
    for name, model, part, public in (
        ("content", PUBLIC[content.kind], content.public, True),
        ("restricted", RESTRICTED[content.kind], content.restricted, False),
        ("marking", Marking, content.marking, True),
    ):
        for path, text, sort in _texts(part, _plan(model)):
            yield Field((name, *path), text, sort, public)


@cache
def _plan(model: type[Model]) -> _Plan:
    texts: list[tuple[str, Sort]] = []
    inner: list[tuple[str, _Plan]] = []
    for name, annotation in get_type_hints(model, include_extras=True).items():
        if name not in model.model_fields or name in _OURS:
            continue
        leaf = _leaf(annotation)
        sort = Sort.TRACE if name in _TRACES.get(model, ()) else _sort_of(leaf)
        if sort is Sort.NAME and name in _VERSIONS:
            sort = Sort.VERSION
        if sort is not None:
            texts.append((name, sort))
        elif isinstance(leaf, type) and issubclass(leaf, Model):
            inner.append((name, _plan(leaf)))
    return _Plan(tuple(texts), tuple(inner))


def _sort_of(leaf: Any) -> Sort | None:
    """What a field holds; ``None`` for closed choices, dates, numbers, uids and hashes."""
    if get_origin(leaf) is Annotated and any(isinstance(one, TermOf) for one in get_args(leaf)[1:]):
        return None
    for sort, types in (
        (Sort.TEXT, (Text, LongLine)),
        (Sort.TITLE, (Line,)),
        (Sort.NAME, (Label,)),
        (Sort.URL, (Url,)),
    ):
        if leaf in types:
            return sort
    return None


def _leaf(annotation: Any) -> Any:
    """What a field holds once, where it may be empty or a list."""
    origin = get_origin(annotation)
    if origin in {Union, UnionType}:
        return _leaf(next(one for one in get_args(annotation) if one is not NoneType))
    if origin is tuple or (origin is Annotated and get_origin(get_args(annotation)[0]) is tuple):
        return _leaf(get_args(annotation)[0])
    return annotation


def _texts(part: Model, plan: _Plan) -> Iterator[tuple[Path, str, Sort]]:
    for name, sort in plan.texts:
        value = getattr(part, name)
        if isinstance(value, str):
            yield (name,), value, sort
        elif value is not None:
            yield from (((name, str(at)), one, sort) for at, one in enumerate(value))
    for name, below in plan.inner:
        value = getattr(part, name)
        if isinstance(value, tuple):
            for at, one in enumerate(value):
                yield from (((name, str(at), *rest), text, sort) for rest, text, sort in _texts(one, below))
        elif value is not None:
            yield from (((name, *rest), text, sort) for rest, text, sort in _texts(value, below))


def with_texts(content: Content, texts: Mapping[Path, str]) -> dict[str, Document]:
    """The documents of *content*, by the name of the part, with other texts at these places."""
    documents: dict[str, Any] = {
        "content": to_document(content.public),
        "restricted": to_document(content.restricted),
        "marking": to_document(content.marking),
    }
    for path, text in texts.items():
        place: Any = documents
        for step in path[:-1]:
            place = place[int(step)] if isinstance(place, list) else place[step]
        place[int(path[-1]) if isinstance(place, list) else path[-1]] = text
    return documents
