"""What a public part says in words. Which fields hold words is read from the content models, so that none is missed.

Texts and lines make sentences; labels, codes and the labels of terms are names, looked for and not read. Addresses,
dates, numbers and closed choices are neither, nor are relations to other records, and where a record was imported from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from registry.domain.canonical import Document, JsonValue
from registry.domain.content.base import Label, Line, LongLine, Model, Technique, TermOf, Text
from registry.domain.content.kinds import PUBLIC
from registry.domain.content.parts import PublicPart
from registry.domain.terms import Vocabulary
from registry.domain.vocabulary import Kind

_WORDLESS = frozenset({"links", "upstream", "withheld"})
_PROSE = (Text, Line, LongLine)
_NAMES = (Label, Technique)


@dataclass(frozen=True, slots=True)
class Plan:
    """The fields of a model that hold words, in the order of its fields."""

    prose: tuple[str, ...]
    names: tuple[tuple[str, Vocabulary | None], ...]
    inner: tuple[tuple[str, Plan], ...]


def prose_of(kind: Kind, document: Document) -> tuple[str, ...]:
    """The sentences of a public part but its title and summary, as Markdown, one entry for each."""
    return tuple(_sentences(document, _plan_of(kind)))


def names_of(kind: Kind, document: Document) -> tuple[str, ...]:
    """The names in a public part, those of an object within it together; terms by their labels."""
    plan = _plan_of(kind)
    return (*_names(document, plan), *(" ".join(one) for one in _inner_names(document, plan) if one))


def without_prose(kind: Kind, document: Document) -> Document:
    """The public part without any sentence but its title: what may stand where text that readers are warned of must
    not. Names, codes, addresses and numbers stay."""
    kept = _without(document, _plan_of(kind))
    return {name: value for name, value in kept.items() if name != PUBLIC[kind].SUMMARY}


@cache
def _plan_of(kind: Kind) -> Plan:
    """What is common to all kinds comes last: a reader meets it last."""
    model = PUBLIC[kind]
    common = PublicPart.model_fields.keys()
    shown_apart = {model.TITLE, model.SUMMARY}
    own = _plan(model, frozenset(common | shown_apart))
    shared = _plan(model, frozenset(model.model_fields.keys() - common) | _WORDLESS)
    return Plan(own.prose + shared.prose, own.names + shared.names, own.inner + shared.inner)


def _plan(model: type[Model], without: frozenset[str]) -> Plan:
    prose: list[str] = []
    names: list[tuple[str, Vocabulary | None]] = []
    inner: list[tuple[str, Plan]] = []
    for name, annotation in get_type_hints(model, include_extras=True).items():
        if name not in model.model_fields or name in without:
            continue
        leaf = _leaf(annotation)
        vocabulary = _vocabulary(leaf)
        if leaf in _PROSE:
            prose.append(name)
        elif leaf in _NAMES or vocabulary is not None:
            names.append((name, vocabulary))
        elif isinstance(leaf, type) and issubclass(leaf, Model):
            inner.append((name, _plan(leaf, frozenset())))
    return Plan(tuple(prose), tuple(names), tuple(inner))


def _leaf(annotation: Any) -> Any:
    """What a field holds once, where it may be empty or a list."""
    origin = get_origin(annotation)
    if origin in {Union, UnionType}:
        return _leaf(next(one for one in get_args(annotation) if one is not NoneType))
    if origin is tuple or (origin is Annotated and get_origin(get_args(annotation)[0]) is tuple):
        return _leaf(get_args(annotation)[0])
    return annotation


def _vocabulary(leaf: Any) -> Vocabulary | None:
    notes = get_args(leaf)[1:] if get_origin(leaf) is Annotated else ()
    return next((one.vocabulary for one in notes if isinstance(one, TermOf)), None)


def _sentences(document: Document, plan: Plan) -> Iterator[str]:
    for name in plan.prose:
        yield from _strings(document.get(name))
    for item, below in _inner(document, plan):
        yield from _sentences(item, below)


def _names(document: Document, plan: Plan) -> Iterator[str]:
    for name, terms in plan.names:
        yield from (_said(value, terms) for value in _strings(document.get(name)))


def _inner_names(document: Document, plan: Plan) -> Iterator[tuple[str, ...]]:
    for item, below in _inner(document, plan):
        yield tuple(_names(item, below))
        yield from _inner_names(item, below)


def _inner(document: Document, plan: Plan) -> Iterator[tuple[Document, Plan]]:
    for name, below in plan.inner:
        yield from ((item, below) for item in _items(document.get(name)) if isinstance(item, dict))


def _without(document: Document, plan: Plan) -> dict[str, JsonValue]:
    kept = {name: value for name, value in document.items() if name not in plan.prose}
    for name, below in plan.inner:
        if name in kept:
            kept[name] = _stripped(kept[name], below)
    return kept


def _stripped(value: Any, plan: Plan) -> Any:
    if isinstance(value, list):
        return [_stripped(one, plan) for one in value]
    return _without(value, plan) if isinstance(value, dict) else value


def _said(code: str, terms: Vocabulary | None) -> str:
    term = terms.find(code) if terms else None
    return term.label if term else code


def _strings(value: Any) -> Iterator[str]:
    yield from (one for one in _items(value) if isinstance(one, str))


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
