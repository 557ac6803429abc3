"""Every role walks every door of a node that holds everything, and finds what the table says and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from graphql import GraphQLObjectType
from starlette.routing import Route

from schema.root import build_schema
from tests.client import Client
from tests.matrix import expected
from tests.matrix.doors import FIELDS, ROUTES, Door
from tests.matrix.inventory import NO_RECORDS_AT, NO_RECORDS_IN, SAME_AS, record_fields
from tests.matrix.seed import Cell, Matrix, build
from tests.matrix.viewer import Viewer
from tests.service.world import close_registry
from web.app import create_app


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    """The node, seeded once."""
    made = build(tmp_path_factory.mktemp("matrix") / "data")
    yield made
    close_registry(made.registry)


@pytest.fixture(scope="module")
def viewers(matrix: Matrix) -> Iterator[tuple[Viewer, ...]]:
    """Everybody, at the door."""
    with Client(create_app(matrix.registry)) as client:
        yield tuple(Viewer(name, client, key, matrix) for name, key in matrix.keys.items())


def test_the_node_holds_every_combination_once(matrix: Matrix) -> None:
    cells = [(cell.kind, cell.state, cell.marking) for cell in matrix.cells]

    assert len(set(cells)) == len(cells)
    assert 6 * len(expected.STATES) * (len(expected.IN_LISTS) - 1) + len(expected.STATES) - 1 == len(cells)


def test_every_viewer_is_in_the_table(matrix: Matrix) -> None:
    assert expected.EVERYBODY == matrix.viewers.keys()


def _unlike(door: Door, viewer: Viewer) -> list[str]:
    cells = [cell for cell in viewer.matrix.cells if door.of(cell)]
    found = door.walk(viewer, cells)
    should = {cell.uid for cell in cells if viewer.name in door.shows(cell.state, cell.marking)}
    hubs = {hub.uid for hub in viewer.matrix.hubs.values()}
    names = {cell.uid: str(cell) for cell in viewer.matrix.cells}
    missing = set() if door.is_partial and found & should else should - found
    return sorted(
        [f"{viewer.name} finds {names.get(uid, uid)}" for uid in found - should - hubs]
        + [f"{viewer.name} misses {names.get(uid, uid)}" for uid in missing]
    )


@pytest.mark.parametrize("name", FIELDS)
def test_each_field_shows_what_the_table_says(viewers: tuple[Viewer, ...], name: str) -> None:
    assert [] == [one for viewer in viewers for one in _unlike(FIELDS[name], viewer)]


@pytest.mark.parametrize("name", ROUTES)
def test_each_page_shows_what_the_table_says(viewers: tuple[Viewer, ...], name: str) -> None:
    assert [] == [one for viewer in viewers for one in _unlike(ROUTES[name], viewer)]


def test_every_route_is_a_door_or_shows_no_records(matrix: Matrix) -> None:
    routes = {route.path for route in create_app(matrix.registry).routes if isinstance(route, Route)}

    assert routes == {name.partition(" ")[0] for name in ROUTES} | NO_RECORDS_AT


def test_every_root_field_is_a_door_or_shows_no_records() -> None:
    query = build_schema().core.query_type
    assert isinstance(query, GraphQLObjectType)

    doors = {name.partition(" ")[0] for name in FIELDS if name[0].islower()}

    assert query.fields.keys() == doors | NO_RECORDS_IN


def test_every_field_that_gives_records_is_a_door() -> None:
    nested = set(record_fields(build_schema().core))

    assert nested <= FIELDS.keys() | SAME_AS.keys()
    assert SAME_AS.keys() <= nested


def test_no_cell_is_of_a_sort_that_the_table_does_not_know(matrix: Matrix) -> None:
    def is_known(cell: Cell) -> bool:
        return cell.state in expected.STATES and cell.marking in expected.IN_LISTS

    assert all(map(is_known, matrix.cells))
