"""The engines under test, each behind ``ports.SearchIndex``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.ports import SearchIndex
from tests.search.engines import ENGINES, OpenIndex


@pytest.fixture(params=list(ENGINES), scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """The name of the engine that a test runs on."""
    return str(request.param)


@pytest.fixture
def open_index(engine: str, tmp_path: Path) -> Iterator[OpenIndex]:
    """Opens an index in a directory; closes it after the test, before *tmp_path* is removed."""
    opened: list[SearchIndex] = []

    def open_in(directory: Path) -> SearchIndex:
        opened.append(ENGINES[engine](directory))
        return opened[-1]

    yield open_in
    for index in opened:
        index.close()


@pytest.fixture
def search_index(open_index: OpenIndex, tmp_path: Path) -> SearchIndex:
    """An empty index."""
    return open_index(tmp_path / "index")
