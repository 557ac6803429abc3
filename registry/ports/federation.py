"""What nodes know of each other, and the signed headers they have made or got."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from registry.domain.federation.comparing import HeldEntry
from registry.domain.federation.envelope import Part
from registry.domain.federation.filtering import LogFilter
from registry.domain.federation.health import Tally
from registry.domain.federation.peer import Peer
from registry.domain.policy import Visibility
from registry.domain.record import RecordUid


@dataclass(frozen=True, slots=True)
class KeptHeader:
    """A header as it is kept.

    Attributes:
        body: its bytes, as they were signed.
        reason: the words of a tombstone, until they are erased.
        came_from: the node that handed it on; ``None`` of one's own.
        hops: how many nodes had relayed it when it came.
    """

    uid: RecordUid
    origin: str
    rev: int
    hash: str
    body: bytes
    signature: str
    kept_at: datetime
    came_from: str | None = None
    hops: int = 0
    reason: Part | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The newest header of a record, and whether the record is frozen, because its origin contradicts itself."""

    header: KeptHeader
    frozen: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """What a peer was last sent of a record: at which position of the log, and whether it was that it lost access."""

    position: int
    hash: str
    revoked: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """An item of a peer that was not applied: in quarantine, or parked until something that is missing comes.

    Attributes:
        item: as it came, canonical JSON.
        parked_until: of a parked one, when it is given up.
    """

    id: str
    peer: str
    uid: RecordUid | None
    hash: str
    reason: str
    item: bytes
    at: datetime
    parked_until: datetime | None = None


class Peers(Protocol):
    """Other nodes."""

    def add(self, peer: Peer) -> None:
        """Raises ``AlreadyExists`` if its DNS name or short name is taken."""
        ...

    def get(self, dns: str) -> Peer | None:
        """The peer with this DNS name."""
        ...

    def all(self) -> tuple[Peer, ...]:
        """Every peer, by DNS name."""
        ...

    def save(self, peer: Peer) -> None:
        """Store everything but what names it."""
        ...

    def remove(self, dns: str) -> None:
        """Forget it, what it was sent, what of it was refused and counted, and its messages; its records stay."""
        ...

    def sent(self, dns: str, uids: Collection[RecordUid]) -> dict[RecordUid, Sent]:
        """What the peer was last sent of these records."""
        ...

    def count_sent(self, dns: str) -> int:
        """How many records the peer was ever sent: as long as it stays, so do they."""
        ...

    def given(self, uids: Collection[RecordUid]) -> tuple[tuple[RecordUid, str], ...]:
        """The records, of some hundreds, with the peers that were sent each; in one statement."""
        ...

    def note_sent(self, dns: str, sent: Sequence[tuple[RecordUid, Sent]]) -> None:
        """Keep what the peer is sent now in the place of what was kept of the same records."""
        ...

    def spend_nonce(self, kid: str, nonce: str, *, expires_at: datetime, now: datetime) -> bool:
        """Whether this word of this key comes for the first time; what has expired before *now* is forgotten."""
        ...


class Envelopes(Protocol):
    """Signed headers, and the log of records in the order in which each last changed for somebody."""

    def heads(self, uids: Collection[RecordUid]) -> dict[RecordUid, Head]:
        """The newest header of each of these records that has one."""
        ...

    def known(self, hashes: Collection[str]) -> frozenset[str]:
        """Those of these headers that are held."""
        ...

    def history(self, uid: RecordUid, *, limit: int, below: int | None = None) -> tuple[KeptHeader, ...]:
        """Headers of a record, the newest first; of a frozen one the contradicting one too.

        Args:
            below: only those of a lower ``rev``.
        """
        ...

    def held(self, uid: RecordUid, header_hash: str) -> KeptHeader | None:
        """The header of this hash, if it is one of this record."""
        ...

    def count_of_rev(self, uid: RecordUid, rev: int) -> int:
        """How many headers of one ``rev`` are held of a record: more than one where its origin contradicts itself."""
        ...

    def add(self, header: KeptHeader, *, is_head: bool) -> None:
        """Keep a header; a new head lets a frozen record go on.

        Raises:
            AlreadyExists: it is held.
        """
        ...

    def add_first(self, headers: Sequence[KeptHeader]) -> None:
        """Keep headers of as many records of which none is held, each as the newest.

        Raises:
            AlreadyExists: one is held.
        """
        ...

    def frozen(self) -> dict[str, int]:
        """How many records are frozen, by the node that they began at."""
        ...

    def hand_over(self, header: KeptHeader) -> None:
        """Keep anew from whom a header that is held is had, over how many nodes, and its words."""
        ...

    def frozen_records(self, *, limit: int) -> tuple[RecordUid, ...]:
        """Records that are frozen, by uid."""
        ...

    def put_head(self, uid: RecordUid, header_hash: str) -> None:
        """Let a header that is held be the newest of its record."""
        ...

    def freeze(self, uid: RecordUid, *, on: bool) -> None:
        """Freeze a record, or let it go on."""
        ...

    def forget(self, uid: RecordUid) -> None:
        """Erase every header of a record and the words kept with it: a marking holds words of its author too. Hashes
        and their order stay; ``body`` and ``signature`` are empty from then on."""
        ...

    def place(self, uids: Sequence[RecordUid]) -> None:
        """Put these records at the end of the log, in this order."""
        ...

    def after(self, position: int, *, limit: int) -> tuple[tuple[int, RecordUid], ...]:
        """Positions after this one with their records, in order."""
        ...

    def last(self) -> int:
        """The last position of the log; 0 of an empty one."""
        ...

    def position(self, uid: RecordUid) -> int | None:
        """Where a record stands in the log, if it does."""
        ...

    def bucket(self, origin: str, bucket: int) -> tuple[HeldEntry, ...]:
        """What is held of the records of an origin that are in this bucket, by uid."""
        ...

    def count_after(self, position: int, *, visible: Visibility, imports: bool, wanted: LogFilter) -> int:
        """How many records behind this position a viewer may know of, of those that are wanted."""
        ...

    def shared_with(self, group: str, *, after: RecordUid | None, limit: int) -> tuple[RecordUid, ...]:
        """Records in the log that are given out to a group, by uid, in portions."""
        ...


class Refusals(Protocol):
    """What of peers was not applied."""

    def add(self, refused: Refused) -> None:
        """Keep it, unless the same item of the same peer is kept for the same reason."""
        ...

    def of(self, peer: str, *, limit: int) -> tuple[Refused, ...]:
        """What of a peer is kept, the newest first."""
        ...

    def parked(self, peer: str, *, limit: int) -> tuple[Refused, ...]:
        """What of a peer waits for something, the oldest first."""
        ...

    def since(self, uids: Collection[RecordUid], at: datetime) -> frozenset[str]:
        """The headers of these records that were not taken, and that is no older than *at*, or waits for something."""
        ...

    def get(self, refused_id: str) -> Refused | None:
        """The one with this id."""
        ...

    def about(self, uid: RecordUid, *, reasons: Collection[str]) -> tuple[Refused, ...]:
        """What is kept of a record for one of these reasons, of whichever peer, the oldest first."""
        ...

    def drop(self, refused_id: str) -> None:
        """Forget it."""
        ...

    def supersede(self, peer: str, uid: RecordUid, *, reasons: Collection[str], but: str | None) -> bool:
        """Forget for good what a peer gave of a record and is kept for one of these reasons, but for one header;
        whether there was something."""
        ...

    def bound(self, peer: str, *, items: int, size: int) -> int:
        """Forget of a peer what is worth least until no more is kept than this many items and bytes; how many went.

        What cannot be read goes first, the oldest before the others; then what nobody has signed that is known here;
        then what was refused; of what waits and is signed the newest, and only where there is nothing else.
        """
        ...

    def bounded(self) -> dict[str, int]:
        """How many items of each peer were forgotten for want of room, ever."""
        ...

    def tallies(self, *, since: datetime) -> tuple[Tally, ...]:
        """How many are kept, by peer, reason and whether they wait; and how many of them came since then."""
        ...

    def erase(self, uid: RecordUid) -> None:
        """Forget every item about a record."""
        ...
