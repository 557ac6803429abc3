"""The errors of syncing, in the tree of ``registry.domain.errors``.

Conflict
├── ForeignRecord   FOREIGN_RECORD   the record began at another node, which alone changes it
├── MassWithdrawal  MASS_WITHDRAWAL  too much of a node's records would go: an operator looks first
├── NotYetSilent    NOT_YET_SILENT   a successor waits until the node that named it is silent for long
└── Resync          RESYNC           the cursor of a peer is of another log: it starts again
"""

from __future__ import annotations

from registry.domain.errors import Conflict


class ForeignRecord(Conflict):
    """The record began at another node, which alone changes it."""

    code = "FOREIGN_RECORD"

    def __init__(self) -> None:
        message = "this record began at another node, which alone changes it"
        super().__init__(message, hint="block or erase it here, or propose a correction")


class MassWithdrawal(Conflict):
    """More of a node's records would go than an operator need not look at; nothing is taken in.

    Attributes:
        origin: the node whose records they are.
        gone: how many would be gone; 0 where it was found before.
        left: how many would be left, as far as they were counted.
    """

    code = "MASS_WITHDRAWAL"

    def __init__(self, origin: str, gone: int = 0, left: int = 0) -> None:
        self.origin, self.gone, self.left = origin, gone, left
        message = "too many records would go: nothing is taken from this node before an operator has looked"
        super().__init__(message, hint="look, and then: commons sync release NODE")


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
