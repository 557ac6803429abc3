"""New records of which everything that was decided is the same, so that it is decided, and put into words, once."""

from __future__ import annotations

from dataclasses import dataclass

from registry.domain.derived import Derived
from registry.domain.record import RecordUid, StoredPart


@dataclass(frozen=True, slots=True)
class Alike:
    """What is a record's own beside a sample, which has the same envelope and the same marking.

    Attributes:
        restricted: ``None`` where the node does not hold it.
        derived: what is read out of ``public``.
        topics: what it is about, as ``welfare.mask_of`` writes it.
    """

    uid: RecordUid
    number: str
    public: StoredPart
    restricted: StoredPart | None
    restricted_hash: bytes
    derived: Derived
    topics: int
