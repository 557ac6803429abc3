"""Trends: public matches counted by one or two axes, apart by who reported them."""

from __future__ import annotations

from typing import Annotated

import strawberry

from registry.domain import trends as rules
from registry.domain.explaining import explanation
from registry.domain.search import Cell
from registry.domain.search_fields import Reported
from registry.domain.search_labels import value_label
from registry.service import trends as counting
from schema.context import Info
from schema.fields import resolved
from schema.shapes import LargeInt

_Rows = Annotated[str, strawberry.argument(description="month, quarter, year, or a field that a search counts.")]
_Columns = Annotated[str | None, strawberry.argument(description="As rows; nothing if left out.")]
_Measure = Annotated[
    str | None, strawberry.argument(description=f"A length of time whose median is told: {', '.join(rules.MEASURES)}.")
]
strawberry.enum(Reported, description="Whether those report whose system or service it is about.")


@strawberry.type(description="A value by which records are counted.")
class TrendValue:
    """A value of an axis."""

    value: str
    label: str


@strawberry.type(description="What records are counted by.")
class TrendAxis:
    """An axis of a table."""

    name: str
    values: list[TrendValue] = strawberry.field(
        description="Times in order and without a gap; names by alphabet; others the most frequent first."
    )
    left_out: int = strawberry.field(description="How many values there are besides, counted together.")


@strawberry.type(description="A number, and the median of what is measured.")
class TrendCell:
    """A cell of a table. A record with several values of a field counts in each of them."""

    row: str | None = strawberry.field(
        description="A value of the rows; null for earlier times, and for other values or none of a field."
    )
    column: str | None = strawberry.field(description="As row; empty where there are no columns.")
    count: int
    median: float | None = strawberry.field(description="In days; null where no record has the measure.")
    measured: int = strawberry.field(description="Of how many records the median is.")


@strawberry.type(description="The matches of one sort of reporter. Parts are never added up.")
class TrendPart:
    """A part of an answer."""

    reported: Reported
    count: int
    undated: int = strawberry.field(description="How many occurred at an unknown time.")
    median: float | None = strawberry.field(description="Of all of them, in days.")
    measured: int = strawberry.field(description="How many have the measure; the others lack it.")
    cells: list[TrendCell] = strawberry.field(description="Where there are matches.")


@strawberry.type(description="Public matches counted by one or two axes.")
class Trends:
    """An answer."""

    notice: str = strawberry.field(description="What these numbers are, and what they are not.")
    explanation: str = strawberry.field(
        description='How the query was understood, in words, as the end of "records where"; empty for everything.'
    )
    rows: TrendAxis
    columns: TrendAxis | None
    measure: str | None
    public_seq: LargeInt = strawberry.field(description="What changed up to this publicSeq is counted.")
    parts: list[TrendPart] = strawberry.field(description="Reported by those it is about, by others, and not known.")


@strawberry.type(description="Counting matches.")
class TrendQueries:
    """Reads of trends."""

    @resolved("Public matches counted over time or by fields: reports, not rates, and no ranking of anybody.")
    async def trends(
        self,
        info: Info,
        query: str = "",
        rows: _Rows = "month",
        columns: _Columns = None,
        measure: _Measure = None,
    ) -> Trends | None:
        registry, actor = info.context.registry, info.context.actor
        found = await info.context.read(
            lambda: counting.trends(registry, actor, query, rows=rows, columns=columns, measure=measure)
        )
        return Trends(
            notice=rules.NOTICE,
            explanation=explanation(found.query),
            rows=_axis(found.rows),
            columns=None if found.columns is None else _axis(found.columns),
            measure=found.measure,
            public_seq=LargeInt(found.public_seq),
            parts=[_part(one) for one in found.parts],
        )


def _axis(axis: rules.Axis) -> TrendAxis:
    values = [TrendValue(value=one, label=one if axis.is_time else value_label(axis.name, one)) for one in axis.values]
    return TrendAxis(name=axis.name, values=values, left_out=axis.left_out)


def _part(part: rules.Part) -> TrendPart:
    return TrendPart(
        reported=part.reported,
        count=part.whole.count,
        undated=part.undated,
        median=part.whole.median,
        measured=part.whole.measured,
        cells=[_cell(place, cell) for place, cell in part.cells.items()],
    )


def _cell(place: tuple[rules.Value, rules.Value], cell: Cell) -> TrendCell:
    row, column = place
    return TrendCell(row=row, column=column, count=cell.count, median=cell.median, measured=cell.measured)
