"""What other nodes took away, whose organisations stand here for theirs, and what nodes told each other."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from registry.domain.federation.telling import LetGo
from registry.domain.policy import Visibility
from registry.domain.record import OrganisationId, RecordUid


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a record, as this header tells of it, was refused.

    Attributes:
        peer: who was told it, or told it.
        reason: a stable word in capitals.
    """

    peer: str
    uid: RecordUid
    hash: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """That a node said that it let go of a record."""

    uid: RecordUid
    peer: str
    what: LetGo
    at: datetime


class Departures(Protocol):
    """Records of other nodes that went out of sight by the word of a node, while that is remembered."""

    def add(self, uid: RecordUid, origin: str, at: datetime) -> None:
        """Remember that a record went; once, however often."""
        ...

    def undo(self, uid: RecordUid) -> None:
        """Forget it: the record is back."""
        ...

    def count(self, origin: str, *, since: datetime) -> int:
        """How many records of a node went since then."""
        ...

    def still_out(self, origin: str, *, at_most: int) -> int:
        """How many received records of a node are out here, counted no further than *at_most*."""
        ...

    def forget(self, origin: str, *, before: datetime | None = None) -> None:
        """Forget those of a node; all, or those that went before an instant."""
        ...


class PeerOwners(Protocol):
    """Which organisation here stands for which one at another node; the node itself has an empty slug there."""

    def of(self, origin: str, slug: str) -> OrganisationId | None:
        """The one that stands for it, if there is one."""
        ...

    def add(self, origin: str, slug: str, organisation: OrganisationId) -> None:
        """Raises ``AlreadyExists`` if there is one, or this one stands for another."""
        ...

    def origin_of(self, organisation: OrganisationId) -> str | None:
        """The node at which there is the owner that it stands for, if it stands for one."""
        ...

    def names_here(self) -> tuple[str, ...]:
        """Everything that organisations are called which stand for no owner at another node."""
        ...

    def unseen(self, visible: Visibility) -> frozenset[OrganisationId]:
        """Those that stand for an owner of whom a viewer may know no record, nor a correction that one took up."""
        ...

    def uid_here(self, origin: str, uid: str) -> RecordUid | None:
        """Under which uid a record of *origin* stands here, where that is another than its own."""
        ...

    def add_uid(self, origin: str, uid: str, uid_here: RecordUid) -> None:
        """Remember under which uid a record stands here."""
        ...


class PeerFindings(Protocol):
    """Why records were refused: what this node told others, and what others told it."""

    def add(self, finding: Finding, *, told_by_us: bool, at_most: int) -> bool:
        """Keep it, and of this peer only the newest *at_most*; whether it was not kept before."""
        ...

    def of(self, peer: str | None, *, told_by_us: bool, limit: int) -> tuple[Finding, ...]:
        """Those of one peer or of all, the newest first."""
        ...

    def counts(self) -> dict[str, int]:
        """How many of what they told this node are kept, by peer."""
        ...

    def forget(self, peer: str) -> None:
        """Forget all of a peer."""
        ...


class Acknowledgements(Protocol):
    """Which node has said that it let go of which record."""

    def add(self, acknowledgement: Acknowledgement) -> None:
        """Keep it; what was said before stays."""
        ...

    def of(self, uids: Collection[RecordUid]) -> tuple[Acknowledgement, ...]:
        """Who has said so of some hundreds of records, by DNS name and the earlier first."""
        ...
