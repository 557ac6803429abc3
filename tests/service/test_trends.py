"""Trends against what counting one record after another gives, by every axis."""

from __future__ import annotations

import random
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median

import pytest

from registry.domain.actor import ANONYMOUS
from registry.domain.errors import BadQuery, InvalidInput
from registry.domain.query import parse, render
from registry.domain.search import Cell, IndexEntry, SearchDocument, SearchRequest, TableRequest
from registry.domain.search_fields import Reported
from registry.domain.trends import AXES, MEASURES, SHOWN, UNDATED, Most, Trends, Value, condition
from registry.ports import Registry
from registry.service import trends
from registry.service.trends import trends as ask
from tests.clocks import CountingIds, FixedClock
from tests.search import corpus
from tests.search.engines import ENGINES
from tests.service.world import close_registry, open_registry

_FEW = Most(4, 3)


def made(count: int, seed: int = 3) -> list[IndexEntry]:
    """Public records with reporters and times to containment."""
    chooser = random.Random(seed)
    entries = []
    for number, one in enumerate(corpus.documents(count, seed=seed), start=1):
        reported = chooser.choice(tuple(Reported))
        days = chooser.choice((None, None, 0.0, 3.0, 10.0, 400.0))
        severity = () if one.severity is None else (("severity", str(one.severity)),)
        facets = (*one.facets, ("kind", one.kind), *severity, ("reported", reported.value))
        measures = () if days is None else (("time_to_containment", days),)
        entries.append(IndexEntry(corpus.uid(number), replace(one, facets=facets, measures=measures), None))
    return entries


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Iterator[Registry]:
    """A registry without records."""
    data_dir = tmp_path_factory.mktemp("trends") / "data"
    data_dir.mkdir()
    shutil.copy(empty_store, data_dir)
    opened = open_registry(data_dir, FixedClock(), CountingIds())
    yield opened
    close_registry(opened)


@pytest.fixture(scope="module", params=list(ENGINES))
def few(
    request: pytest.FixtureRequest, furnished: Registry, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Registry]:
    """A registry whose index holds 300 records that were drawn by lot; with each engine."""
    index = ENGINES[request.param](tmp_path_factory.mktemp("index") / request.param)
    index.apply(made(300), position=1)
    yield replace(furnished, index=index)
    index.close()


def values_of(document: SearchDocument, axis: str) -> set[str]:
    """The values of a record, those that differ in case as one."""
    if axis in {"month", "quarter", "year"}:
        return set() if document.occurred_on is None else {time_of(document.occurred_on, axis)}
    return {value.casefold() for field, value in document.facets if field == axis}


def time_of(day: date, axis: str) -> str:
    quarter = f"{day:%Y}-q{(day.month + 2) // 3}"
    return {"month": f"{day:%Y-%m}", "quarter": quarter, "year": f"{day:%Y}"}[axis]


def naive(found: Trends, entries: list[IndexEntry], reported: Reported) -> dict[tuple[Value, Value], Cell]:
    """The cells of a part, record by record."""
    counts: dict[tuple[Value, Value], int] = defaultdict(int)
    lengths: dict[tuple[Value, Value], list[float]] = defaultdict(list)
    for entry in entries:
        document = entry.public
        assert document is not None
        if ("reported", reported.value) not in document.facets:
            continue
        for row in lines(found.rows.name, found.rows.values, document):
            columns = [""] if found.columns is None else lines(found.columns.name, found.columns.values, document)
            for column in columns:
                counts[row, column] += 1
                lengths[row, column] += [days for name, days in document.measures if name == found.measure]
    return {
        cell: Cell(count, median(lengths[cell]) if lengths[cell] else None, len(lengths[cell]))
        for cell, count in counts.items()
    }


def lines(axis: str, shown: tuple[str, ...], document: SearchDocument) -> list[Value]:
    """Where a record stands on an axis: at each of its values, or beyond them."""
    own = values_of(document, axis)
    at: list[Value] = [value for value in shown if value.casefold() in own]
    is_time = axis in {"month", "quarter", "year"}
    beyond = bool(own and min(own) < shown[0].casefold()) if is_time else not at
    return [*at, None] if beyond else at


@pytest.mark.parametrize(
    ("rows", "columns", "most"),
    [
        ("month", None, SHOWN),
        ("month", None, _FEW),
        ("quarter", "misuse", _FEW),
        ("misuse", "month", _FEW),
        ("provider", "misuse", SHOWN),
        ("provider", "country", Most(2, 2)),
        ("severity", "year", SHOWN),
        ("year", "severity", Most(1, 1)),
        ("kind", None, _FEW),
        ("technique", None, _FEW),
        ("country", "technique", _FEW),
    ],
)
def test_every_cell_is_what_counting_one_by_one_gives(
    few: Registry, rows: str, columns: str | None, most: Most
) -> None:
    entries = made(300)

    found = ask(few, ANONYMOUS, "", rows=rows, columns=columns, measure="time_to_containment", most=most)

    assert tuple(Reported) == tuple(part.reported for part in found.parts)
    assert 300 == found.total
    for part in found.parts:
        assert naive(found, entries, part.reported) == part.cells


def test_cells_stand_in_one_order_however_the_index_came_to_hold_the_records(registry: Registry) -> None:
    entries = made(60)
    found = []
    for at, order in enumerate((entries, entries[::-1])):
        for begin in range(0, 60, 20):
            registry.index.apply(order[begin : begin + 20], position=1 + 60 * at + begin)
        found.append(ask(registry, ANONYMOUS, "", rows="provider", columns="misuse", measure="time_to_containment"))

    assert [list(part.cells.items()) for part in found[0].parts] == [
        list(part.cells.items()) for part in found[1].parts
    ]


def conditions(found: Trends) -> Iterator[tuple[str, Cell]]:
    """The search behind each cell, as people type it."""
    for part in found.parts:
        for (row, column), cell in part.cells.items():
            texts = [render(condition(found.rows, row)), f"reported:{part.reported}"]
            if found.columns is not None:
                texts.append(render(condition(found.columns, column)))
            yield " ".join(texts), cell


@pytest.mark.parametrize(
    ("rows", "columns"),
    [("month", "misuse"), ("misuse", "quarter"), ("provider", "country"), ("severity", "kind"), ("year", None)],
)
def test_the_search_behind_a_cell_finds_as_many_as_it_says(few: Registry, rows: str, columns: str | None) -> None:
    found = ask(few, ANONYMOUS, "", rows=rows, columns=columns, most=_FEW)

    for text, cell in conditions(found):
        assert cell.count == few.index.search(SearchRequest(parse(text), limit=1)).total, text


def test_each_part_tells_how_many_are_undated_and_how_many_have_the_measure(few: Registry) -> None:
    documents = [entry.public for entry in made(300) if entry.public is not None]

    found = ask(few, ANONYMOUS, "", rows="quarter", measure="time_to_containment")

    for part in found.parts:
        own = [one for one in documents if ("reported", part.reported.value) in one.facets]
        assert len(own) == part.whole.count
        assert sum(one.occurred_on is None for one in own) == part.undated
        assert sum(bool(one.measures) for one in own) == part.whole.measured


def test_what_is_counted_obeys_the_query(few: Registry) -> None:
    narrowed = ask(few, ANONYMOUS, "misuse:fraud reported:self", rows="year")

    matches = few.index.search(SearchRequest(parse("misuse:fraud reported:self"), limit=1)).total
    assert [matches, 0, 0] == [part.whole.count for part in narrowed.parts]
    assert not narrowed.parts[1].cells


def test_times_stand_without_a_gap_and_names_by_alphabet(few: Registry) -> None:
    by_month = ask(few, ANONYMOUS, "", rows="month")
    by_name = ask(few, ANONYMOUS, "", rows="provider")

    assert 23 == len(by_month.rows.values)
    assert list(by_month.rows.values) == sorted(by_month.rows.values)
    assert sorted(by_name.rows.values, key=str.casefold) == list(by_name.rows.values)
    assert 4 == len(by_name.rows.values)


def test_a_month_in_which_nothing_occurred_stands_between_the_others(registry: Registry) -> None:
    days = (date(2025, 11, 30), date(2026, 2, 1))
    facets = (("reported", "self"),)
    registry.index.apply(
        [corpus.public(at, "alpha", occurred_on=day, facets=facets) for at, day in enumerate(days, start=1)],
        position=1,
    )

    found = ask(registry, ANONYMOUS, "alpha")

    assert ("2025-11", "2025-12", "2026-01", "2026-02") == found.rows.values
    assert {("2025-11", ""): Cell(1), ("2026-02", ""): Cell(1)} == found.parts[0].cells


def test_the_ends_of_the_calendar_are_counted(registry: Registry) -> None:
    days = (date.min, date.max)
    facets = (("reported", "other"),)
    registry.index.apply(
        [corpus.public(at, "alpha", occurred_on=day, facets=facets) for at, day in enumerate(days, start=1)],
        position=1,
    )

    for rows, last in (("month", "9999-12"), ("quarter", "9999-Q4"), ("year", "9999")):
        found = ask(registry, ANONYMOUS, "", rows=rows)
        assert {(None, ""): Cell(1), (last, ""): Cell(1)} == found.parts[1].cells
        for text, cell in conditions(found):
            assert cell.count == registry.index.search(SearchRequest(parse(text), limit=1)).total
    assert 0 == found.parts[1].undated
    assert 0 == registry.index.table(TableRequest(UNDATED, "reported")).total


def test_nothing_is_counted_of_nothing(registry: Registry) -> None:
    found = ask(registry, ANONYMOUS, "alpha", rows="misuse", columns="month", measure="duration")

    assert (0, (), ()) == (found.total, found.rows.values, found.column_values())
    assert [{}, {}, {}] == [part.cells for part in found.parts]


@pytest.mark.parametrize(
    ("asked", "places", "hint"),
    [
        ({"rows": "provders"}, ["rows"], "did you mean provider?"),
        ({"rows": "day", "columns": "mispuse"}, ["rows", "columns"], None),
        ({"columns": "month"}, ["columns"], None),
        ({"rows": "year", "columns": "month"}, ["columns"], None),
        ({"columns": "reported"}, ["columns"], None),
        ({"measure": "time_to_contain"}, ["measure"], "did you mean time_to_containment?"),
        ({"rows": "x" * 10_000, "measure": ""}, ["rows", "measure"], None),
    ],
)
def test_an_axis_or_measure_that_there_is_not_is_told_with_the_nearest(
    registry: Registry, asked: dict[str, str], places: list[str], hint: str | None
) -> None:
    with pytest.raises(InvalidInput) as raised:
        trends.trends(registry, ANONYMOUS, "", **asked)  # type: ignore[arg-type]  # names of texts only

    assert places == [problem.path[0] for problem in raised.value.problems]
    if hint is not None:
        assert hint == raised.value.problems[0].hint


def test_a_query_that_cannot_be_read_is_refused(registry: Registry) -> None:
    with pytest.raises(BadQuery):
        ask(registry, ANONYMOUS, "misuse:(")


def test_every_axis_and_measure_is_counted(few: Registry) -> None:
    for axis in AXES:
        assert 300 == ask(few, ANONYMOUS, "", rows=axis, most=Most(2, 2)).total
    for measure in MEASURES:
        assert 300 == ask(few, ANONYMOUS, "", rows="year", measure=measure).total
