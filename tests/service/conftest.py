"""A registry of one's own for each test: a copy of one that the people have moved into."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.ports import Registry
from tests.clocks import CountingIds, FixedClock
from tests.service.world import People, close_registry, open_registry


@pytest.fixture(scope="session")
def template(peopled_store: tuple[Path, People, CountingIds]) -> tuple[Path, People, CountingIds]:
    """A store that holds the people and nothing else."""
    return peopled_store


@pytest.fixture
def people(template: tuple[Path, People, CountingIds]) -> People:
    """Who acts."""
    return template[1]


@pytest.fixture
def registry(template: tuple[Path, People, CountingIds], tmp_path: Path, clock: FixedClock) -> Iterator[Registry]:
    """A registry on real files."""
    database, _, ids = template
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    shutil.copy(database, data_dir / database.name)
    opened = open_registry(data_dir, clock, copy.copy(ids))
    yield opened
    close_registry(opened)
