"""Fixtures for tests of pages: a node, a client of its application, and one served node for the browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.record import Record
from registry.service import taxonomies
from registry.settings import Settings
from tests.browser import chromium, serving
from tests.client import Client
from tests.clocks import CountingIds, FixedClock
from tests.service.world import close_registry, open_registry
from tests.web.node import Node, open_node
from web.app import create_app

__all__ = ["chromium"]


@pytest.fixture(scope="session")
def furnished_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store that has taken in what is shipped; taking it in takes longer than most tests."""
    registry = open_registry(tmp_path_factory.mktemp("furnished") / "data", FixedClock(), CountingIds())
    taxonomies.load_shipped(registry, LOCAL_OPERATOR)
    close_registry(registry)
    return registry.settings.database_path


@pytest.fixture
def settings(tmp_path: Path, furnished_store: Path) -> Settings:
    """Settings of a node whose data directory holds that store."""
    made = Settings(data_dir=tmp_path / "data", limits=False)
    made.data_dir.mkdir()
    shutil.copy(furnished_store, made.database_path)
    return made


@pytest.fixture
def node(settings: Settings, clock: FixedClock, ids: CountingIds) -> Iterator[Node]:
    """A node without records."""
    with open_node(settings, clock, ids) as opened:
        yield opened


@pytest.fixture
def client(node: Node) -> Iterator[Client]:
    """A client of that node's application."""
    with Client(create_app(node.registry)) as opened:
        yield opened


@dataclass(frozen=True, slots=True)
class Served:
    """A node with the sample records behind a real server."""

    origin: str
    records: dict[str, Record]


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Iterator[Served]:
    """The sample records, one of them withdrawn, one revised; nobody writes to it."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("served") / "data", limits=False)
    settings.data_dir.mkdir()
    shutil.copy(empty_store, settings.database_path)
    with open_node(settings, FixedClock(), CountingIds()) as opened:
        records = opened.fill()
        opened.withdraw(records["chat-history-bug"])
        with serving(create_app(opened.registry)) as origin:
            yield Served(origin, records)
