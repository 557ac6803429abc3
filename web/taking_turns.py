"""How long a thread of a process that serves, or works beside one, goes on before others have their turn."""

from __future__ import annotations

import sys

# Each statement of SQLite and each longer hash lets other threads work. Beside one that only counts, such as the index
# follower, whoever did so waits so long for its next turn: by Python's 5 ms everything took several times as long.
_SECONDS = 0.0005


def let_others_work() -> None:
    """Let threads of this process take turns often."""
    sys.setswitchinterval(_SECONDS)
