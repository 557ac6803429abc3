"""Fixtures of tests of dumps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clocks import CountingIds, FixedClock
from tests.interop.world import World, open_world
from tests.web.conftest import furnished
from tests.web.node import Furnished

__all__ = ["furnished"]


@pytest.fixture
def world(
    tmp_path: Path,
    furnished: Furnished,  # the fixture of that name
    clock: FixedClock,
    ids: CountingIds,
) -> Iterator[World]:
    """A node with members and strangers."""
    with open_world(tmp_path / "node", furnished, clock, ids) as made:
        yield made
