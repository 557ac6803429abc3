"""Dumps that were made, which of them stand, and why others are gone."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from registry.domain.canonical import JsonValue

PATH = "/dumps"
NAME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(\.[0-9]{1,4})?")
# After a dump had to go the next one is made, but no sooner than this after it.
SOONEST = timedelta(hours=1)


class Gone(StrEnum):
    """Why a dump is there no more."""

    ERASED = "erased"
    CLOSED = "closed"
    REPLACED = "replaced"
    LOST = "lost"

    @property
    def sentence(self) -> str:
        """The same in words."""
        return _SENTENCES[self]


_SENTENCES = {
    Gone.ERASED: "removed because a record in it was erased",
    Gone.CLOSED: "removed because a record in it was withdrawn, or is no longer public",
    Gone.REPLACED: "removed because newer ones took its place",
    Gone.LOST: "not there: the node was restored from a backup, which holds no dumps",
}


@dataclass(frozen=True, slots=True)
class DumpFile:
    """A file of a dump. ``sha256``: hexadecimal; ``size``: bytes; ``rows``: records in it, if it holds records."""

    name: str
    media_type: str
    size: int
    sha256: str
    rows: int | None = None

    def as_dict(self) -> dict[str, JsonValue]:
        """As JSON values."""
        told: dict[str, JsonValue] = {
            "name": self.name,
            "media_type": self.media_type,
            "bytes": self.size,
            "sha256": self.sha256,
        }
        return told if self.rows is None else told | {"rows": self.rows}


@dataclass(frozen=True, slots=True)
class Made:
    """A dump that was made.

    Attributes:
        name: the day on which it was begun (UTC), and from the second one of a day a dot and which it is. Never given
            twice, so that an address never means other bytes.
        public_seq: the newest change that strangers see of it; with ``log_id`` it names what the dump holds.
        gone_at: since when it is there no more; ``because``: why.
    """

    name: str
    made_at: datetime
    log_id: str
    public_seq: int
    records: int
    tombstones: int
    files: tuple[DumpFile, ...]
    gone_at: datetime | None = None
    because: Gone | None = None

    @property
    def stands(self) -> bool:
        """Whether it is there."""
        return self.gone_at is None

    def as_dict(self, *, base_url: str) -> dict[str, JsonValue]:
        """As JSON values, for the index."""
        told: dict[str, JsonValue] = {
            "name": self.name,
            "made_at": self.made_at.isoformat(),
            "log_id": self.log_id,
            "as_of": self.public_seq,
            "records": self.records,
            "tombstones": self.tombstones,
        }
        if self.gone_at is not None and self.because is not None:
            files: list[JsonValue] = [one.as_dict() for one in self.files]
            return told | {"gone_at": self.gone_at.isoformat(), "because": self.because.sentence, "files": files}
        address = f"{base_url}{PATH}/{self.name}"
        return told | {"files": [one.as_dict() | {"url": f"{address}/{one.name}"} for one in self.files]}


def new_name(day: date, taken: Collection[str]) -> str:
    """The name of the next dump of a day."""
    name, count = day.isoformat(), 1
    while name in taken:
        count += 1
        name = f"{day.isoformat()}.{count}"
    return name


def is_due(known: Sequence[Made], *, now: datetime, every: timedelta, log_id: str, public_seq: int) -> bool:
    """Whether the next dump is to be made, if there is anything to dump; nothing is dumped twice.

    Args:
        known: all dumps, the newest first.
        every: between two of them; none are made where it is zero.
        log_id, public_seq: what a new one would hold.
    """
    if not every:
        return False
    if not known:
        return True
    last = known[0]
    if last.stands and (last.log_id, last.public_seq) == (log_id, public_seq):
        return False
    wait = every if last.stands or last.because is Gone.REPLACED else min(every, SOONEST)
    return now - last.made_at >= wait


def surplus(known: Sequence[Made], *, kept: int) -> tuple[str, ...]:
    """The names of those that newer ones take the place of; *known* are all, the newest first."""
    return tuple(one.name for one in [each for each in known if each.stands][kept:])
