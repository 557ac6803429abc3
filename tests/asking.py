"""What a store is asked, for tests of how much it is asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """Every statement of the stores that are opened behind this."""
    statements: list[str] = []

    def listen(connection: sqlite3.Connection, _record: Any) -> None:
        connection.set_trace_callback(statements.append)

    event.listen(Engine, "connect", listen)
    yield statements
    event.remove(Engine, "connect", listen)
