"""Writes the data dictionary: ``python -m schema.dictionary [--check] [path]``.

Fields, with their types, limits and words, come from the content models; terms from the vocabularies.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import StrictBool, StringConstraints
from pydantic.fields import FieldInfo

from registry.domain import terms
from registry.domain.content import base
from registry.domain.content.base import MAX_PART_BYTES, Model, TermOf
from registry.domain.content.kinds import PUBLIC, RESTRICTED
from registry.domain.content.marking import Marking
from registry.domain.export.columns import COLUMNS, DEFAULT
from registry.domain.terms import Vocabulary
from registry.domain.vocabulary import Kind

_TYPES: tuple[tuple[Any, str], ...] = (
    (base.Line, "one line, at most 300 characters"),
    (base.Label, "one line, at most 120 characters"),
    (base.LongLine, "one line, at most 2,000 characters"),
    (base.Text, "text, at most 20,000 characters"),
    (base.When, "date: `2026`, `2026-03`, `2026-03-14` or an instant"),
    (base.Instant, "instant with time zone: `2026-03-14T15:00:00Z`"),
    (base.Url, "web address, at most 2,000 characters"),
    (base.Uid, "uid of a record (lower-case UUID)"),
    (base.Country, "country, ISO 3166-1 alpha-2, as `FR`"),
    (base.Language, "language, as `en` or `pt-BR`"),
    (base.Technique, "id, as `AML.T0054`: letters, digits, dots, hyphens; at most 40"),
    (StrictBool, "`true` or `false`"),
)

_HEAD = f"""\
# Data dictionary

<!-- Made by `python -m schema.dictionary docs/data-dictionary.md`; change the content models instead. -->

A submission is one JSON object: `kind`, `content` (the public part), and where you like `restricted`, `marking` and
`external_ref`. Names here are those of the file format; GraphQL writes them in camelCase and the terms of closed
vocabularies in capitals (`near_miss` is `NEAR_MISS`, `AMBER+STRICT` is `AMBER_STRICT`). Each part holds at most
{MAX_PART_BYTES // 1024} KiB. What is optional may be left out. A whole example of each kind
is in [examples](examples/).
"""


def dictionary() -> str:
    """The document, as Markdown."""
    models: list[type[Model]] = []
    chunks = [_HEAD]
    for kind in Kind:
        chunks.append(f"## {kind.noun.capitalize()}\n")
        parts: tuple[tuple[str, type[Model]], ...] = (("content", PUBLIC[kind]), ("restricted", RESTRICTED[kind]))
        for name, model in parts:
            chunks += [f"### {kind.noun.capitalize()}: `{name}`\n", f"{_first_line(model)}\n", _fields(model)]
            models += _within(model)
    chunks += ["## Marking\n", f"{_first_line(Marking)}\n", _fields(Marking), "## Objects within\n"]
    objects = sorted(dict.fromkeys(models), key=lambda model: model.__name__)
    for model in objects:
        chunks += [f"### {model.__name__}\n", f"{_first_line(model)}\n", _fields(model)]
    chunks.append("## Closed vocabularies\n\nLists whose every value has a meaning in the registry's own rules.\n")
    chunks += [_choices(one) for one in _closed((*PUBLIC.values(), *RESTRICTED.values(), Marking, *objects))]
    chunks.append("## Open vocabularies\n\nThey grow over time. A code `parent/child` is found under `parent` too.\n")
    chunks += [_terms(one) for one in terms.ALL]
    chunks.append(_columns())
    return "\n".join(chunks)


def _fields(model: type[Model]) -> str:
    rows = ["| field | type | required | what it says |", "|---|---|---|---|"]
    hints = get_type_hints(model, include_extras=True)
    for name, field in model.model_fields.items():
        required = "yes" if field.is_required() else ""
        said = f"{_escaped(field.description or '')}{_default(field)}"
        rows.append(f"| `{name}` | {_type(hints[name])} | {required} | {said} |")
    return "\n".join(rows) + "\n" if model.model_fields else ""


def _type(annotation: Any) -> str:
    """A field's type in words, with links to objects and vocabularies."""
    for known, words in _TYPES:
        if annotation == known:
            return words
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in {Union, UnionType}:
        (one,) = (each for each in inner if each is not NoneType)
        return _type(one)
    if origin is Annotated:
        return _annotated(inner[0], inner[1:])
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return f"one of [{annotation.__name__}](#{annotation.__name__.lower()})"
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return f"object [{annotation.__name__}](#{annotation.__name__.lower()})"
    raise TypeError(f"the dictionary has no words for {annotation}")


def _annotated(inner: Any, notes: Sequence[Any]) -> str:
    vocabulary = next((note.vocabulary for note in notes if isinstance(note, TermOf)), None)
    if vocabulary is not None:
        return f"term of [{vocabulary.name}](#{vocabulary.name})"
    if inner is str:
        return next(f"text in the form `{one.pattern}`" for one in notes if isinstance(one, StringConstraints))
    bounds = [bound for note in notes if isinstance(note, FieldInfo) for bound in note.metadata]
    if get_origin(inner) is tuple:
        most = next(bound.max_length for bound in bounds if hasattr(bound, "max_length"))
        return f"list, at most {most}, each: {_type(get_args(inner)[0])}"
    low = next(bound.ge for bound in bounds if hasattr(bound, "ge"))
    high = next(bound.le for bound in bounds if hasattr(bound, "le"))
    return f"whole number, {low} to {high:,}"


def _default(field: FieldInfo) -> str:
    default = field.default
    if isinstance(default, StrEnum):
        default = default.value
    return f" If left out: `{default}`." if isinstance(default, str) else ""


def _within(model: type[Model]) -> Iterator[type[Model]]:
    """Every model that stands in a field of *model*, at any depth."""
    for annotation in get_type_hints(model, include_extras=True).values():
        for leaf in _leaves(annotation):
            if isinstance(leaf, type) and issubclass(leaf, Model):
                yield leaf
                yield from _within(leaf)


def _leaves(annotation: Any) -> Iterator[Any]:
    inner = get_args(annotation)
    if not inner:
        yield annotation
    for one in inner[:1] if get_origin(annotation) is Annotated else inner:
        yield from _leaves(one)


def _closed(models: Sequence[type[Model]]) -> list[type[StrEnum]]:
    found = {
        leaf
        for model in models
        for annotation in get_type_hints(model, include_extras=True).values()
        for leaf in _leaves(annotation)
        if isinstance(leaf, type) and issubclass(leaf, StrEnum)
    }
    return sorted(found, key=lambda one: one.__name__)


def _choices(vocabulary: type[StrEnum]) -> str:
    codes = "\n".join(f"- `{one.value}`" for one in vocabulary)
    return f"### {vocabulary.__name__}\n\n{_first_line(vocabulary)}\n\n{codes}\n"


def _terms(vocabulary: Vocabulary) -> str:
    rows = ["| code | label | source | neighbours elsewhere |", "|---|---|---|---|"]
    for term in vocabulary.terms:
        near = ", ".join(f"`{one}`" for one in term.maps_to)
        rows.append(f"| `{term.code}` | {_escaped(term.label)} | {_escaped(term.source)} | {near} |")
    return f"### {vocabulary.name}\n\n{vocabulary.label}.\n\n" + "\n".join(rows) + "\n"


def _first_line(documented: type) -> str:
    return (documented.__doc__ or "").strip().partition("\n")[0]


def _columns() -> str:
    rows = ["| column | several values | usual | what it says |", "|---|---|---|---|"]
    for name, column in COLUMNS.items():
        usual, several = ("yes" if is_so else "" for is_so in (name in DEFAULT, column.is_list))
        rows.append(f"| `{name}` | {several} | {usual} | {_escaped(column.description)} |")
    said = "What the `columns` of an [export](guide-researcher.md#5-take-data-along) as CSV may be, in any order."
    return "\n".join(["## Columns of exports\n", f"{said}\n", *rows, ""])


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Write to the file named, or to standard output; with ``--check`` only say whether the file is as it should be."""
    paths = [Path(one) for one in arguments if one != "--check"]
    text = dictionary()
    if "--check" in arguments:
        stale = [path for path in paths if not path.exists() or path.read_text(encoding="utf-8") != text]
        for path in stale:
            sys.stderr.write(f"{path} is not up to date: run python -m schema.dictionary {path}\n")
        return 1 if stale or not paths else 0
    for path in paths:
        path.write_text(text, encoding="utf-8")
    if not paths:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
