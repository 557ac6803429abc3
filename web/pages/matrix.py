"""Which types of mitigation are recorded against which misuse, and what they report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain import terms
from registry.domain.actor import ANONYMOUS
from registry.domain.graph import Cell
from registry.domain.vocabulary import EvidenceOutcome, Kind
from registry.service import graph
from web.pages import wording
from web.pages.caching import page
from web.pages.search_state import SearchState
from web.site import site_of


@dataclass(frozen=True, slots=True)
class Field:
    """A cell with something in it: how many mitigations, what some of them report, and the search for them."""

    mitigations: int
    outcomes: tuple[tuple[str, int], ...]
    href: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row: one misuse category, and a cell for each type, ``None`` where there is nothing."""

    label: str
    code: str
    cells: tuple[Field | None, ...]


async def matrix(request: Request) -> Response:
    """The same table of public mitigations for everybody."""
    site = site_of(request)
    found = await anyio.to_thread.run_sync(lambda: graph.matrix(site.registry, ANONYMOUS), limiter=site.searches)
    cells = {(one.misuse, one.mitigation_type): one for one in found}
    types = [
        term.code for term in terms.MITIGATION_TYPE.terms if any(one.mitigation_type == term.code for one in found)
    ]
    columns = [wording.term(terms.MITIGATION_TYPE.name, code) for code in types]
    return page(request, "matrix.html", columns=columns, lines=_lines(cells, types))


def _lines(cells: Mapping[tuple[str, str], Cell], types: list[str]) -> list[Line]:
    """A row for each category of the upper level against which anything is recorded; it counts those below it too."""
    present = {misuse for misuse, _ in cells}
    return [
        Line(
            label=term.label,
            code=term.code,
            cells=tuple(_field(cells[term.code, type_]) if (term.code, type_) in cells else None for type_ in types),
        )
        for term in terms.MISUSE.terms
        if term.parent is None and term.code in present
    ]


def _field(cell: Cell) -> Field:
    chosen = (("kind", Kind.MITIGATION.value), ("misuse", cell.misuse), ("mitigation", cell.mitigation_type))
    outcomes = ((outcome.value, cell.outcomes[outcome]) for outcome in EvidenceOutcome if outcome in cell.outcomes)
    return Field(cell.mitigations, tuple(outcomes), SearchState(chosen=chosen).url)
