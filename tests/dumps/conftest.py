"""Fixtures of tests of dumps."""

from __future__ import annotations

from tests.asking import asked
from tests.interop.world import world
from tests.web.conftest import furnished

__all__ = ["asked", "furnished", "world"]
