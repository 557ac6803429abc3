"""The errors of syncing, in the tree of ``registry.domain.errors``.

Conflict
├── ForeignRecord  FOREIGN_RECORD  the record began at another node, which alone changes it
├── NotYetSilent   NOT_YET_SILENT  a successor waits until the node that named it is silent for long
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


class NotYetSilent(Conflict):
    """A successor acts only for a node that nothing was heard of for long."""

    code = "NOT_YET_SILENT"

    def __init__(self) -> None:
        message = "that node was heard of too lately, or has not been asked often enough since"
        super().__init__(message, hint="let this node go on asking it: commons sync successor list")


class Resync(Conflict):
    """A peer's cursor does not belong to this log any more; the peer asks again without one."""

    code = "RESYNC"

    def __init__(self) -> None:
        super().__init__("this cursor does not belong to this log; start again without one", path=("after",))
