"""The engines under test, each behind ``ports.SearchIndex``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from registry.ports import SearchIndex
from tests.search.engines import ENGINES, OpenIndex

_MEMORY = Path("/dev/shm")


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """A directory in memory, where there is such a place: these tests commit durably hundreds of times, and would
    mostly wait for the disk."""
    if not _MEMORY.is_dir():
        yield tmp_path
        return
    with TemporaryDirectory(prefix="commons-search-", dir=_MEMORY) as directory:
        yield Path(directory)


@pytest.fixture(params=list(ENGINES), scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """The name of the engine that a test runs on."""
    return str(request.param)


@pytest.fixture
def open_index(engine: str) -> Iterator[OpenIndex]:
    """Opens an index in a directory; closes it after the test."""
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
