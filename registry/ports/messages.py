"""Keeping messages between this node and others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from registry.domain.record import RecordUid


class Direction(StrEnum):
    """Which way a message goes."""

    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A message as it is kept.

    Attributes:
        peer: the other node.
        text: as it is signed; empty once nobody needs it.
        signature: of one that came and is kept as it did; what waits to be sent is signed when it goes.
        due_at: of one that waits to be sent, when it is tried next.
        done_at: when it was received there, or dealt with here.
        outcome: what became of it: ``TAKEN``, or why not, as a stable word in capitals.
    """

    direction: Direction
    peer: str
    id: str
    type: str
    about: RecordUid | None
    text: bytes
    signature: str
    made_at: datetime
    kept_at: datetime
    due_at: datetime | None = None
    tries: int = 0
    done_at: datetime | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """How much there is: messages, and bytes of their texts as far as these are kept."""

    count: int
    size: int


class Messages(Protocol):
    """Messages by direction, node and id."""

    def add(self, message: KeptMessage) -> None:
        """Raises ``AlreadyExists`` if the same node has used this id in this direction."""
        ...

    def save(self, message: KeptMessage) -> None:
        """Store what became of it, and its text if that is gone."""
        ...

    def get(self, direction: Direction, peer: str, message_id: str) -> KeptMessage | None:
        """The message with this id."""
        ...

    def waiting(self, peer: str, *, limit: int) -> tuple[KeptMessage, ...]:
        """What waits to be received by a node, the oldest first."""
        ...

    def due(self, now: datetime) -> tuple[str, ...]:
        """Nodes for which something waits that is all due, by name: one that does not answer is tried no more often
        because more came for it."""
        ...

    def waiting_load(self, peer: str) -> Load:
        """How much waits to be received by a node."""
        ...

    def taken_load(self, peer: str, *, since: datetime) -> Load:
        """How much came from a node since then."""
        ...

    def made_before(self, when: datetime, *, limit: int) -> tuple[KeptMessage, ...]:
        """What waits to be received though it was made before *when*, the oldest first."""
        ...

    def forget(self, *, kept_before: datetime) -> int:
        """Forget what was kept before then; how many there were."""
        ...

    def erase(self, uid: RecordUid) -> None:
        """Forget the texts of all messages about a record; what waits to be received is given up."""
        ...

    def about(self, uids: Collection[RecordUid], type_: str) -> tuple[KeptMessage, ...]:
        """Messages of this type about these records, in both directions, the oldest first."""
        ...
