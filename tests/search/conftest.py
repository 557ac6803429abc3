"""The engines under test, each behind ``ports.SearchIndex``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from registry.ports import SearchIndex
from registry.search.whoosh_index import WhooshIndex

OpenIndex = Callable[[Path], SearchIndex]


@pytest.fixture(params=["whoosh"])
def open_index(request: pytest.FixtureRequest) -> Iterator[OpenIndex]:
    """Opens an index in a directory; closes it after the test."""
    engines: dict[str, OpenIndex] = {"whoosh": WhooshIndex}
    opened: list[SearchIndex] = []

    def open_in(directory: Path) -> SearchIndex:
        opened.append(engines[request.param](directory))
        return opened[-1]

    yield open_in
    for index in opened:
        index.close()


@pytest.fixture
def search_index(open_index: OpenIndex, tmp_path: Path) -> SearchIndex:
    """An empty index."""
    return open_index(tmp_path / "index")
