"""Fixtures for tests of pages: a node, a client of its application, and one served node for the browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from registry.domain.record import Record
from registry.settings import Settings
from tests import factories
from tests.browser import chromium, serving
from tests.client import Client
from tests.clocks import CountingIds, FixedClock
from tests.web.node import Furnished, Node, open_node
from web.app import create_app

__all__ = ["chromium"]


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Furnished:
    """A store that everybody has moved into; to copy it is much quicker than to furnish another."""
    made = Settings(data_dir=tmp_path_factory.mktemp("furnished") / "data", limits=False)
    made.data_dir.mkdir()
    shutil.copy(empty_store, made.database_path)
    # The tests go on with the same ids, so that none is given twice.
    with open_node(made, FixedClock(), factories.ids) as node:
        return Furnished(made.database_path, (node.submitter, node.reviewer, node.institute))


@pytest.fixture
def settings(tmp_path: Path, furnished: Furnished) -> Settings:
    """Settings of a node whose data directory holds that store."""
    made = Settings(data_dir=tmp_path / "data", limits=False)
    made.data_dir.mkdir()
    shutil.copy(furnished.store, made.database_path)
    return made


@pytest.fixture
def node(settings: Settings, furnished: Furnished, clock: FixedClock, ids: CountingIds) -> Iterator[Node]:
    """A node without records."""
    with open_node(settings, clock, ids, furnished) as opened:
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
