"""Writes the data dictionary: ``python -m schema.dictionary [--check] [path]``.

Fields, with their types, limits and words, come from the content models; terms from the vocabularies.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
from registry.domain.dump import shape
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


@dataclass(frozen=True, slots=True)
class Described:
    """A field of a content model; ``type`` in words, as Markdown with links to objects and vocabularies."""

    name: str
    type: str
    required: bool
    description: str


def dictionary() -> str:
    """The document, as Markdown."""
    models: list[type[Model]] = []
    chunks = [_HEAD]
    for kind in Kind:
        chunks.append(f"## {kind.noun.capitalize()}\n")
        parts: tuple[tuple[str, type[Model]], ...] = (("content", PUBLIC[kind]), ("restricted", RESTRICTED[kind]))
        for name, model in parts:
            chunks += [f"### {kind.noun.capitalize()}: `{name}`\n", f"{first_line(model)}\n", _fields(model)]
            models += models_within(model)
    chunks += ["## Marking\n", f"{first_line(Marking)}\n", _fields(Marking), "## Objects within\n"]
    objects = sorted(dict.fromkeys(models), key=lambda model: model.__name__)
    for model in objects:
        chunks += [f"### {model.__name__}\n", f"{first_line(model)}\n", _fields(model)]
    chunks.append("## Closed vocabularies\n\nLists whose every value has a meaning in the registry's own rules.\n")
    everything: tuple[type[Model], ...] = (*PUBLIC.values(), *RESTRICTED.values(), Marking, *objects)
    chunks += [_choices(one) for one in closed_vocabularies(everything)]
    chunks.append("## Open vocabularies\n\nThey grow over time. A code `parent/child` is found under `parent` too.\n")
    chunks += [_terms(one) for one in terms.ALL]
    chunks.append(_columns())
    chunks.append(_dumps())
    return "\n".join(chunks)


def _fields(model: type[Model]) -> str:
    rows = ["| field | type | required | what it says |", "|---|---|---|---|"]
    for one in fields_of(model):
        required = "yes" if one.required else ""
        rows.append(f"| `{one.name}` | {one.type} | {required} | {_escaped(one.description)} |")
    return "\n".join(rows) + "\n" if model.model_fields else ""


def fields_of(model: type[Model]) -> Iterator[Described]:
    """The fields of *model*, in their order."""
    hints = get_type_hints(model, include_extras=True)
    for name, field in model.model_fields.items():
        yield Described(name, _type(hints[name]), field.is_required(), f"{field.description or ''}{_default(field)}")


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


def models_within(model: type[Model]) -> Iterator[type[Model]]:
    """Every model that stands in a field of *model*, at any depth."""
    for annotation in get_type_hints(model, include_extras=True).values():
        for leaf in _leaves(annotation):
            if isinstance(leaf, type) and issubclass(leaf, Model):
                yield leaf
                yield from models_within(leaf)


def _leaves(annotation: Any) -> Iterator[Any]:
    inner = get_args(annotation)
    if not inner:
        yield annotation
    for one in inner[:1] if get_origin(annotation) is Annotated else inner:
        yield from _leaves(one)


def closed_vocabularies(models: Sequence[type[Model]]) -> list[type[StrEnum]]:
    """The vocabularies that fields of *models* are chosen from, by name."""
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
    return f"### {vocabulary.__name__}\n\n{first_line(vocabulary)}\n\n{codes}\n"


def _terms(vocabulary: Vocabulary) -> str:
    rows = ["| code | label | source | neighbours elsewhere |", "|---|---|---|---|"]
    for term in vocabulary.terms:
        near = ", ".join(f"`{one}`" for one in term.maps_to)
        rows.append(f"| `{term.code}` | {_escaped(term.label)} | {_escaped(term.source)} | {near} |")
    return f"### {vocabulary.name}\n\n{vocabulary.label}.\n\n" + "\n".join(rows) + "\n"


def first_line(documented: type) -> str:
    """What a class is, in a sentence."""
    return (documented.__doc__ or "").strip().partition("\n")[0]


def _columns() -> str:
    rows = ["| column | several values | usual | what it says |", "|---|---|---|---|"]
    for name, column in COLUMNS.items():
        usual, several = ("yes" if is_so else "" for is_so in (name in DEFAULT, column.is_list))
        rows.append(f"| `{name}` | {several} | {usual} | {_escaped(column.description)} |")
    said = "What the `columns` of an [export](guide-researcher.md#5-take-data-along) as CSV may be, in any order."
    return "\n".join(["## Columns of exports\n", f"{said}\n", *rows, ""])


def _dumps() -> str:
    said = """\
## Dumps

What stands in the files of a [dump](guide-integrator.md#8-dumps). Instants are ISO 8601 in UTC; all text is UTF-8.

### `records.jsonl.gz`

A JSON object a line, by ascending uid. A field of `record` is on records, one of `tombstone` on what is gone.

| field | type | of | what it says |
|---|---|---|---|"""
    rows = [f"| `{one.name}` | {one.type} | {one.of} | {_escaped(one.description)} |" for one in shape.LINE]
    gone = [f"| `{name}` | {_escaped(text)} |" for name, text in shape.GONE_COLUMNS.items()]
    table = ["### `records.csv.gz`\n", "The columns of [exports](#columns-of-exports), all of them, and three more.\n"]
    return "\n".join([said, *rows, "", *table, "| column | what it says |", "|---|---|", *gone, "", *_tables()])


def _tables() -> Iterator[str]:
    yield "### `records.sqlite`\n"
    yield "Tables of SQLite 3 with foreign keys. What is not required may be null.\n"
    for table in shape.TABLES:
        yield f"#### `{table.name}`\n"
        yield f"{table.description} Key: {', '.join(f'`{one}`' for one in table.key)}.\n"
        yield "| column | type | required | refers to | what it says |\n|---|---|---|---|---|"
        for cell in table.cells:
            form = f"{cell.type}, {cell.form}" if cell.form else cell.type
            required, refers = "yes" if cell.required else "", f"`{cell.references}`" if cell.references else ""
            yield f"| `{cell.name}` | {form} | {required} | {refers} | {_escaped(cell.description)} |"
        yield ""


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
