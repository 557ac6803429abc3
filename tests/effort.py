"""How much work something is, as a ratio to a floor of the same run: how fast the machine is says nothing then."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Self

# No text that somebody sends may cost more than this; what is not bounded costs thousands of times as much.
BOUND = 100.0
_STEPS = 1_000_000


class Effort:
    """Measures the processor time of a block, in multiples of a loop of a million steps."""

    def __init__(self) -> None:
        self.spent = 0.0
        self._began = 0.0

    def __enter__(self) -> Self:
        self._began = time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        block = time.process_time() - self._began
        self.spent = block / unit_seconds()


def least_effort(work: Callable[[], object], *, enough: float = BOUND, tries: int = 4) -> float:
    """The effort of *work*; of the quickest run where one took more than *enough*: a machine is slow at times."""
    least = math.inf
    for _ in range(tries):
        with Effort() as effort:
            work()
        least = min(least, effort.spent)
        if least < enough:
            break
    return least


def unit_seconds() -> float:
    """The processor time, in seconds, of a loop of a million steps, here and now."""
    began = time.process_time()
    for _step in range(_STEPS):
        pass
    return max(time.process_time() - began, 0.005)
