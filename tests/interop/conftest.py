"""Fixtures of tests with platforms."""

from __future__ import annotations

from tests.interop.world import world
from tests.web.conftest import furnished

__all__ = ["furnished", "world"]
