"""The errors of syncing, in the tree of ``registry.domain.errors``.

Conflict
├── ForeignRecord  FOREIGN_RECORD  the record began at another node, which alone changes it
└── Resync         RESYNC          the cursor of a peer is of another log: it starts again
"""

from __future__ import annotations

from registry.domain.errors import Conflict


class ForeignRecord(Conflict):
    """The record began at another node, which alone changes it."""

    code = "FOREIGN_RECORD"

    def __init__(self) -> None:
        message = "this record began at another node, which alone changes it"
        super().__init__(message, hint="block or erase it here, or propose a correction")


class Resync(Conflict):
    """A peer's cursor does not belong to this log any more; the peer asks again without one."""

    code = "RESYNC"

    def __init__(self) -> None:
        super().__init__("this cursor does not belong to this log; start again without one", path=("after",))
