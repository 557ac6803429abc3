"""The API over a registry of one's own for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from registry.ports import Registry
from tests.client import Client
from tests.schema.world import Api, make_app
from tests.service import conftest
from tests.service.world import People

people = conftest.people
registry = conftest.registry
template = conftest.template


@pytest.fixture
def api(registry: Registry, people: People) -> Iterator[Api]:
    """What tests say to the API."""
    with Client(make_app(registry, people)) as client:
        yield Api(client, registry)
