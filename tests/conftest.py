"""Fixtures for everybody: a store that is a real file, time that stands still, ids that repeat."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from registry.ports import Storage
from registry.settings import Settings
from registry.storage.store import open_storage
from tests import factories
from tests.clocks import CountingIds, FixedClock
from tests.scratch import keep_in_memory
from tests.secrecy import (
    pytest_runtest_makereport,
    pytest_sessionfinish,
    pytest_terminal_summary,
    watch_programs,
)
from tests.service import world

__all__ = ["pytest_runtest_makereport", "pytest_sessionfinish", "pytest_terminal_summary"]

keep_in_memory()
watch_programs()

# The tests start some hundred programs, and each would compile the whole house and its libraries anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# What is loaded stays to the end; to look through it again and again for garbage takes a sixth of the run.
gc.set_threshold(10_000, 20, 20)

# How long an example takes, or to think of one, says nothing on a machine that does other things too.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")

# A shell that starts the tests in the background has interrupts ignored, by the programs that the tests start too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Let the collector pass by what was loaded until now."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at ``clocks.START``."""
    return FixedClock()


@pytest.fixture
def ids() -> CountingIds:
    """The ids that ``factories`` uses too, so that none is given twice."""
    return factories.ids


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store with tables and without rows; copying it is much quicker than making one."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("empty") / "data")
    open_storage(settings).close()
    return settings.database_path


@pytest.fixture(scope="session")
def peopled_store(
    tmp_path_factory: pytest.TempPathFactory, empty_store: Path
) -> tuple[Path, world.People, CountingIds]:
    """The file of a store that holds the people of the services' tests and nothing else; who they are; the next ids."""
    place = tmp_path_factory.mktemp("peopled") / "data"
    place.mkdir()
    shutil.copy(empty_store, place)
    ids = CountingIds()
    registry = world.open_registry(place, FixedClock(), ids)
    people = world.move_in(registry)
    world.close_registry(registry)
    return registry.settings.database_path, people, ids


@pytest.fixture
def settings(tmp_path: Path, empty_store: Path) -> Settings:
    """Settings of a node whose data directory holds an empty store."""
    made = Settings(data_dir=tmp_path / "data", limits=False)
    made.data_dir.mkdir()
    shutil.copy(empty_store, made.database_path)
    return made


@pytest.fixture
def storage(settings: Settings) -> Iterator[Storage]:
    """The store of that node."""
    opened = open_storage(settings, busy_seconds=60)
    yield opened
    opened.close()
