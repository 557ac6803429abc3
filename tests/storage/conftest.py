"""Fixtures of the storage tests: the store with the organisations that the factories refer to."""

from __future__ import annotations

import pytest

from registry.ports import Storage
from tests import factories
from tests.asking import asked

__all__ = ["asked", "store"]


@pytest.fixture
def store(storage: Storage) -> Storage:
    """A store in which ``acme`` and ``globex`` are registered."""
    with storage.begin() as unit:
        unit.accounts.add_organisation(factories.organisation("acme"))
        unit.accounts.add_organisation(factories.organisation("globex"))
    return storage
