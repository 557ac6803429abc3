"""Fixtures of tests with several nodes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.asking import asked
from tests.clocks import CountingIds, FixedClock
from tests.federation.world import Sisterhood, sisterhood
from tests.web.conftest import furnished
from tests.web.node import Furnished

__all__ = ["asked", "furnished"]


@pytest.fixture
def sisters(
    tmp_path: Path,
    furnished: Furnished,  # the fixture of that name
    clock: FixedClock,
    ids: CountingIds,
) -> Iterator[Sisterhood]:
    """Room for several nodes on one wire."""
    with sisterhood(tmp_path, furnished, clock, ids) as made:
        yield made
