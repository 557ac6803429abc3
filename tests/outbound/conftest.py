"""A registry with people whose webhooks may lead to this machine."""

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
    """A registry of which webhooks may lead to this machine."""
    database, _, ids = template
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    shutil.copy(database, data_dir / database.name)
    made = open_registry(data_dir, clock, copy.copy(ids), outbound_allow_networks=("127.0.0.1/32",))
    yield made
    close_registry(made)
