"""Why an item of another node is not taken."""

from __future__ import annotations

# Why an item waits, or waited too long, of whose record nothing is known yet, so that nothing of it can be followed.
WAITING = frozenset({"MISSING_KEY", "MISSING_TARGET", "MISSING_KEY_GIVEN_UP", "MISSING_TARGET_GIVEN_UP"})


class Unfit(Exception):
    """An item that is not taken; ``reason`` is a stable word in capitals."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class NotYet(Unfit):
    """An item that cannot be judged before something missing comes; ``days`` it waits, if not as the settings say."""

    def __init__(self, reason: str, days: int | None = None) -> None:
        super().__init__(reason)
        self.days = days
