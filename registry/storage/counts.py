"""How many records strangers find, kept until something changes that they see."""

from __future__ import annotations

import threading
from collections import OrderedDict

from registry.domain.pages import RecordFilter

_KEPT = 256


class PublicCounts:
    """The newest counts by filter, each with the ``public_seq`` that it was counted at."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: OrderedDict[RecordFilter, tuple[int, int]] = OrderedDict()

    def get(self, wanted: RecordFilter, public_seq: int) -> int | None:
        """The count at *public_seq*, if it is known."""
        with self._lock:
            seq, number = self._counts.get(wanted, (-1, 0))
            return number if seq == public_seq else None

    def put(self, wanted: RecordFilter, public_seq: int, number: int) -> None:
        """Keep a count; the one kept longest makes room."""
        with self._lock:
            self._counts[wanted] = (public_seq, number)
            self._counts.move_to_end(wanted)
            if len(self._counts) > _KEPT:
                self._counts.popitem(last=False)
