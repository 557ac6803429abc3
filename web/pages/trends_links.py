"""The search behind each number of trends: following it gives exactly as many records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from registry.domain.errors import BadQuery
from registry.domain.query import parse, render
from registry.domain.search import AnyOf, FieldIs, Query
from registry.domain.search_fields import Reported
from registry.domain.trends import UNDATED, Axis, Trends, Value, condition
from web.pages.search_state import SearchState, read_state


@dataclass(frozen=True, slots=True)
class _Step:
    """What narrows a search to one row, column or part: words to type, or a value to choose."""

    text: str = ""
    chosen: tuple[str, str] | None = None


class Links:
    """The searches behind the numbers of *found*, which were counted for *state*."""

    def __init__(self, state: SearchState, found: Trends) -> None:
        typed = state.typed.strip()
        self._state = state.typing(f"({typed})" if typed and isinstance(parse(typed), AnyOf) else typed)
        self._parts = {part.reported: _Step(f"reported:{part.reported}") for part in found.parts}
        self._rows = self._steps(found.rows, found.row_values())
        self._columns: dict[Value, _Step] = {"": _Step()}
        if found.columns is not None:
            self._columns = self._steps(found.columns, found.column_values())
        self._can: dict[tuple[bool, bool], bool] = {}

    def cell(self, part: Reported, row: Value, column: Value) -> str | None:
        """The search behind a cell; ``None`` where no query says it, or it would be too long."""
        steps = (self._parts[part], self._rows.get(row), self._columns.get(column))
        known = tuple(step for step in steps if step is not None)
        return self._narrowed(known).url if len(known) == len(steps) and self._is_readable(row, column) else None

    def part(self, part: Reported) -> str | None:
        """The search behind all matches of a part."""
        return self._checked(_Step(f"reported:{part}"))

    def undated(self, part: Reported) -> str | None:
        """The search behind its undated matches."""
        return self._checked(_Step(f"reported:{part}"), _Step(render(UNDATED)))

    def _checked(self, *steps: _Step) -> str | None:
        narrowed = self._narrowed(steps)
        return narrowed.url if _leads(narrowed) else None

    def _narrowed(self, steps: tuple[_Step, ...]) -> SearchState:
        texts = (self._state.typed, *(step.text for step in steps))
        narrowed = self._state.typing(" ".join(filter(None, texts)))
        for step in steps:
            if step.chosen is not None:
                narrowed = narrowed.choosing(*step.chosen)
        return narrowed

    def _steps(self, axis: Axis, values: tuple[Value, ...]) -> dict[Value, _Step]:
        steps = ((value, self._step(condition(axis, value))) for value in values)
        return {value: step for value, step in steps if step is not None}

    def _step(self, wanted: Query) -> _Step | None:
        text = render(wanted)
        if not _is_read_as(text, wanted):
            return None
        if isinstance(wanted, FieldIs) and wanted.field not in dict(self._state.chosen):
            chosen = self._state.choosing(wanted.field, wanted.value)
            if chosen.chosen[-1] == (wanted.field, wanted.value) and _said(chosen) == chosen.text:
                return _Step(chosen=(wanted.field, wanted.value))
        return _Step(text)

    def _is_readable(self, row: Value, column: Value) -> bool:
        """Whether the searches of all cells of this sort can be read: where the longest can, the others can too."""
        sort = (row is None, column is None)
        if sort not in self._can:
            longest = (
                _longest(self._parts.values()),
                *(
                    steps.get(None) if beyond else _longest(step for value, step in steps.items() if value is not None)
                    for steps, beyond in zip((self._rows, self._columns), sort, strict=True)
                ),
            )
            self._can[sort] = _leads(self._narrowed(tuple(filter(None, longest))))
        return self._can[sort]


def _longest(steps: Iterable[_Step]) -> _Step | None:
    return max(steps, key=lambda step: len(step.text or "".join(step.chosen or ())), default=None)


def _leads(state: SearchState) -> bool:
    """Whether the address of a search says all of it, and its text can be read."""
    try:
        parse(state.text)
    except BadQuery:
        return False
    return _said(state) == state.text


def _said(state: SearchState) -> str:
    return read_state(QueryParams(state.url.partition("?")[2])).text


def _is_read_as(text: str, wanted: Query) -> bool:
    try:
        found = parse(text)
    except BadQuery:
        return False
    if isinstance(wanted, FieldIs) and isinstance(found, FieldIs):
        return (wanted.field, wanted.value.casefold()) == (found.field, found.value.casefold())
    return found == wanted
