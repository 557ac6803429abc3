"""When too much of one node's records would go at once: what goes waits then until an operator has looked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from registry.domain.alert import AlertKind, Anomaly, Evidence
from registry.domain.federation.telling import LetGo, LetGoOf, Refusal
from registry.domain.record import Record, RecordUid

HOLD = "MASS_WITHDRAWAL"
WINDOW = timedelta(hours=24)
LEAST = 20
_ONE_IN = 10


@dataclass(slots=True)
class Gone:
    """What the items of one transaction take away, and what others are to know of that.

    Attributes:
        origins: of which nodes records go.
        erased: records that are erased for good, in order.
        let_go: by the node that is to know of it, which records were let go of, and why.
        refused: what was not taken.
    """

    origins: set[str] = field(default_factory=set)
    erased: list[RecordUid] = field(default_factory=list)
    let_go: dict[str, list[LetGoOf]] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)

    def lets_go(self, uid: RecordUid, what: LetGo, *, for_: str) -> None:
        """Note that a record was let go of, for a node to know."""
        self.let_go.setdefault(for_, []).append(LetGoOf(uid=uid, what=what))


def goes(before: Record | None, after: Record) -> bool:
    """Whether readers who found the record find it no more: it is gone, or kept from strangers or the community who
    could see it."""
    if before is None or not before.is_out:
        return False
    if not after.is_out:
        return True
    return (before.is_open and not after.is_open) or (before.is_open_to_community and not after.is_open_to_community)


def is_back(before: Record | None, after: Record) -> bool:
    """Whether readers who did not find the record any more find it again."""
    if before is None or not after.is_out:
        return False
    widened = (after.is_open and not before.is_open) or (after.is_open_to_community and not before.is_open_to_community)
    return widened or not before.is_out


def looked_at(gone: int) -> int:
    """How many records that are still out have to be counted at the most, to judge of *gone* ones."""
    return gone * (_ONE_IN - 1)


def is_mass(gone: int, still_out: int) -> bool:
    """Whether that is too much: at least 20, and more than a tenth of all there were.

    Args:
        still_out: counted no further than ``looked_at(gone)``.
    """
    return gone >= LEAST and gone * _ONE_IN > gone + still_out


def held(dns: str, origin: str, gone: int, still_out: int, now: datetime) -> Anomaly:
    """That what a node says waits."""
    evidence: Evidence = {"origin": origin, "would_be_gone": gone, "would_be_left": still_out}
    return Anomaly(AlertKind.SYNC_HELD, f"node:{dns}", gone, evidence, now, now)


def forked(origin: str, uid: RecordUid, number: str, kept: str, other: str, now: datetime) -> Anomaly:
    """That a node contradicts itself about a record."""
    evidence: Evidence = {"number": number, "uid": uid, "kept": kept, "other": other}
    return Anomaly(AlertKind.SYNC_FORK, f"node:{origin}", 1, evidence, now, now)
