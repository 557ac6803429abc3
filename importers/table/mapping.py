"""The mapping of a table: which column fills which field.

The guide shows it whole (``docs/importing-tables.md``); ``commons import table --suggest FILE`` writes one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from importers.table.fields import FieldSpec, Form, fields_of
from importers.table.reading import Reading
from importers.table.values import Forms
from registry.domain.canonical import Document, JsonValue
from registry.domain.errors import Problem, did_you_mean
from registry.domain.vocabulary import Kind

PLACE = re.compile(r"\{([^{}]{1,200})\}")
# Beyond the longest text, and far below what a template could make of a long cell.
_MAX_FILLED = 40_000
Path: TypeAlias = "tuple[str, ...]"


@dataclass(frozen=True, slots=True)
class Rule:
    """How one field is filled: from columns, from a template over columns, or by a constant.

    Attributes:
        separator: what parts several values in one cell.
        cut: most characters; a longer text ends at a word, with an ellipsis.
    """

    spec: FieldSpec
    columns: tuple[str, ...] = ()
    template: str | None = None
    constant: JsonValue = None
    separator: str | None = None
    cut: int | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """Rows that are left out: those whose cell is one of some values, is none of them, or is empty."""

    column: str
    values: frozenset[str] = frozenset()
    is_none_of: bool = False
    empty: bool | None = None


@dataclass(frozen=True, slots=True)
class TableMapping:
    """A mapping without problems.

    Attributes:
        id: the column that holds the id; of several, a hash stands for it.
        values: by path of a field, what the table's words mean, by their ``key_of``; "" is nothing.
        people: columns that may name natural persons: they are sought in all texts, and kept nowhere.
        source: who publishes the table, as it was written.
    """

    kind: Kind
    id: tuple[str, ...]
    rules: tuple[Rule, ...]
    values: Mapping[str, Mapping[str, JsonValue]] = field(default_factory=dict)
    marking: Document = field(default_factory=dict)
    source: Document = field(default_factory=dict)
    skip: tuple[Skip, ...] = ()
    people: tuple[str, ...] = ()
    url: str | None = None
    reading: Reading = field(default_factory=Reading)
    forms: Forms = field(default_factory=Forms)

    def named_columns(self) -> Iterator[tuple[Path, str]]:
        """Every column that the mapping names, with the place where it does."""
        yield from ((("id",), name) for name in self.id)
        for rule in self.rules:
            yield from ((("fields", rule.spec.path), name) for name in rule.columns)
        yield from ((("skip",), one.column) for one in self.skip)
        yield from ((("people",), name) for name in self.people)
        yield from ((("fill_down",), name) for name in self.reading.fill_down)
        yield from ((("url",), name) for name in PLACE.findall(self.url or ""))


def filled_in(template: str, text_of: Callable[[str], str]) -> str:
    """*template* with the text of each column in its place, as far as a record may hold it."""
    room = _MAX_FILLED

    def text(place: re.Match[str]) -> str:
        nonlocal room
        kept = text_of(place[1])[:room]
        room -= len(kept)
        return kept

    return PLACE.sub(text, template)


def missing_columns(mapping: TableMapping, columns: Collection[str]) -> tuple[Problem, ...]:
    """A problem for each column that the mapping names and the table does not have, with the nearest one."""
    lower = {name.lower(): name for name in columns}
    found = []
    for place, name in dict.fromkeys(mapping.named_columns()):
        if name not in columns:
            near = did_you_mean(name, lower)
            hint = f"did you mean {lower[near[13:-1]]}?" if near else f"there are: {', '.join(list(columns)[:12])}"
            found.append(Problem(place, "UNKNOWN_COLUMN", "the table has no such column", hint))
    return tuple(found)


def needed_fields(mapping: TableMapping) -> tuple[str, ...]:
    """Fields without which there is no record, and that the mapping does not fill."""
    filled = {rule.spec.path for rule in mapping.rules}
    specs = fields_of(mapping.kind).values()
    return tuple(one.path for one in specs if one.needed and "." not in one.path and one.path not in filled)


def own_mapping(columns: Iterable[str], kind: Kind) -> TableMapping:
    """The mapping of a table whose columns have the paths of our fields for names; lists are parted by semicolons."""
    specs = fields_of(kind)
    rules: dict[str, Rule] = {}
    names = list(columns)
    for name in names:
        spec = specs.get(name.replace("[]", "").strip().lower())
        if spec is not None and spec.path not in rules:
            separator = ";" if spec.most is not None and spec.form is not Form.URL else None
            rules[spec.path] = Rule(spec, (name,), separator=separator)
    ids = tuple(name for name in names if name.lower() == "id")[:1]
    return TableMapping(kind, ids, tuple(rules.values()))
