"""The fields that a column of a table may fill, read from the content classes: their paths and what each takes.

A path is written with dots, such as ``timeline.started``. Fields of a list of objects have the path of the list before
them (``systems.model``): each value makes one object. Links are written ``links.<relation>`` and take upstream ids.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import StringConstraints
from pydantic.fields import FieldInfo

from registry.domain.content.base import Model, TermOf, Url, When
from registry.domain.content.kinds import PUBLIC, RESTRICTED
from registry.domain.content.problems import COUNTRY, LANGUAGE, SHA256, TECHNIQUE
from registry.domain.vocabulary import Kind, LinkRel

_PATTERNS = {COUNTRY: "country", LANGUAGE: "language", TECHNIQUE: "code", SHA256: "code"}
_NOT_FILLED = frozenset({"upstream", "links", "restricted.links"})
_LONG = 2000


class Form(StrEnum):
    """What sort of value a field takes."""

    TEXT = "text"
    LINE = "line"
    TERM = "term"
    NUMBER = "number"
    FLAG = "flag"
    WHEN = "when"
    URL = "url"
    COUNTRY = "country"
    LANGUAGE = "language"
    CODE = "code"
    UPSTREAM_ID = "upstream_id"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of the content, as a table fills it.

    Attributes:
        terms: codes and labels, where only these are taken.
        most: entries that its list, or the list it is in, takes; ``None`` for a single value.
        holder: path of the list of objects that it is in, and the class of those objects.
    """

    path: str
    form: Form
    longest: int | None = None
    terms: tuple[tuple[str, str], ...] = ()
    most: int | None = None
    holder: str | None = None
    item: type[Model] | None = None
    needed: bool = False

    @property
    def inner(self) -> tuple[str, ...]:
        """Its path within the objects of its list, or from the top."""
        path = self.path.removeprefix(f"{self.holder}.") if self.holder else self.path
        return tuple(path.split("."))


@cache
def fields_of(kind: Kind) -> Mapping[str, FieldSpec]:
    """Every path that a table may fill in records of *kind*, in the order of the data dictionary."""
    found = {one.path: one for one in _walk(PUBLIC[kind], "")}
    found |= {one.path: one for one in _walk(RESTRICTED[kind], "restricted.") if one.path.count(".") == 1}
    for rel in LinkRel:
        path = f"links.{rel.value}"
        found[path] = FieldSpec(path, Form.UPSTREAM_ID, most=200)
    return MappingProxyType(found)


def _walk(model: type[Model], before: str) -> Iterator[FieldSpec]:
    for name, info in model.model_fields.items():
        path = f"{before}{name}"
        if path in _NOT_FILLED:
            continue
        inner = _model_of(info.annotation)
        if get_origin(info.annotation) is tuple:
            yield from _list(path, info)
        elif inner is not None:
            yield from _walk(inner, f"{path}.")
        else:
            yield _spec(path, info.annotation, tuple(info.metadata), needed=info.is_required())


def _list(path: str, info: FieldInfo) -> Iterator[FieldSpec]:
    most = next((note.max_length for note in info.metadata if hasattr(note, "max_length")), 100)
    entry = get_args(info.annotation)[0]
    item = _model_of(entry)
    if item is None:
        yield _spec(path, entry, (), most=most)
        return
    for one in _walk(item, f"{path}."):
        # A list within an object of a list has no place in a cell.
        if one.most is None:
            yield FieldSpec(one.path, one.form, one.longest, one.terms, most, path, item)


def _spec(
    path: str, annotation: Any, notes: tuple[Any, ...], *, most: int | None = None, needed: bool = False
) -> FieldSpec:
    kind, notes = _bare(annotation, notes)
    longest = next((note.max_length for note in notes if getattr(note, "max_length", None)), None)
    vocabulary = next((note.vocabulary for note in notes if isinstance(note, TermOf)), None)
    pattern = next((note.pattern for note in notes if isinstance(note, StringConstraints) and note.pattern), None)
    terms: tuple[tuple[str, str], ...] = ()
    checks = {getattr(note, "func", None) for note in notes}
    if vocabulary is not None:
        form, terms = Form.TERM, tuple((term.code, term.label) for term in vocabulary.terms)
    elif isinstance(kind, type) and issubclass(kind, StrEnum):
        form, terms = Form.TERM, tuple((one.value, one.value.replace("_", " ")) for one in kind)
    elif kind is bool:
        form = Form.FLAG
    elif kind is int:
        form = Form.NUMBER
    elif pattern is not None:
        form = Form(_PATTERNS[str(pattern)])
    elif checks & _CHECKS[Form.URL]:
        form = Form.URL
    elif checks & _CHECKS[Form.WHEN]:
        form = Form.WHEN
    else:
        form = Form.TEXT if longest is None or longest > _LONG else Form.LINE
    return FieldSpec(path, form, longest, terms, most, needed=needed)


def _bare(annotation: Any, notes: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """The type beneath ``Annotated`` and ``| None``, with all that is noted of it."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *more = get_args(annotation)
            notes = (*notes, *more)
        elif origin in {Union, types.UnionType}:
            annotation = next(one for one in get_args(annotation) if one is not type(None))
        else:
            return annotation, notes


def _model_of(annotation: Any) -> type[Model] | None:
    kind, _ = _bare(annotation, ())
    return kind if isinstance(kind, type) and issubclass(kind, Model) else None


def _checks_of(annotation: Any) -> frozenset[Any]:
    return frozenset(note.func for note in _bare(annotation, ())[1] if hasattr(note, "func"))


_CHECKS = {Form.URL: _checks_of(Url), Form.WHEN: _checks_of(When)}
