"""Counting what is asked for, exactly, over all processes of a node."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from registry.domain.budget import Balance, Charge


class Limits(Protocol):
    """The buckets of a node. They are a cache: losing them gives everybody a full budget and stops nothing.

    Each method is one atomic step, whichever processes share the data directory, and keeps no plain name of a bucket.
    """

    def take(self, charges: Sequence[Charge], now: datetime) -> tuple[bool, tuple[Balance, ...]]:
        """Take all charges, or none where one does not fit; whether they were taken, and what the buckets hold then.

        The buckets differ from one another. The balances stand in the order of the charges.
        """
        ...

    def give_back(self, charges: Sequence[Charge]) -> None:
        """Put back what was taken and not used; no bucket holds more than its quota."""
        ...

    def close(self) -> None:
        """Let go of every file."""
        ...
