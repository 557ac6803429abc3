"""Comparing what two nodes hold of an origin: records by buckets, a hash for each bucket, and what to ask for where the
hashes differ."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from registry.domain.record import RecordUid

BUCKETS = 256
# Hashes are told for so many buckets at once, whatever is in them: how far an answer goes tells nothing.
AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Entry:
    """A record and its newest header."""

    uid: RecordUid
    rev: int
    hash: str


@dataclass(frozen=True, slots=True)
class HeldEntry:
    """An entry with what becomes of it here.

    Attributes:
        let_go: its text was given up here, because access to it was lost; that is not told as held.
        closed: it was erased here or is frozen: whatever the other holds, nothing is asked for.
        contested: it stands here under another uid than its own, which is that of another node's record.
    """

    entry: Entry
    let_go: bool
    closed: bool
    contested: bool = False


def bucket_of(uid: str) -> int:
    """The bucket that a record is in, from 0: the first byte of the SHA-256 of its uid."""
    return hashlib.sha256(uid.encode()).digest()[0]


def bucket_hash(entries: Iterable[Entry]) -> str:
    """SHA-256, as hexadecimal, of a line for each entry in the order of their uids: uid, rev and hash of the header,
    parted by single spaces, each line ended by a line feed."""
    lines = (f"{one.uid} {one.rev} {one.hash}\n" for one in sorted(entries, key=lambda one: one.uid))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def told_as_held(here: Iterable[HeldEntry]) -> list[Entry]:
    """What a node counts as held where it compares."""
    return [one.entry for one in here if not one.let_go]


def to_ask(
    here: Mapping[RecordUid, HeldEntry], there: Mapping[RecordUid, Entry], *, is_origin: bool
) -> list[RecordUid]:
    """The records that the other node is to be asked about, in the order of their uids.

    Args:
        is_origin: whether the other is the records' origin: then what it does not list is asked about too. Of what
            others relay only what they have more, newer or otherwise counts.
    """
    found = {one.uid for one in there.values() if _is_news(here.get(one.uid), one)}
    if is_origin:
        found |= {uid for uid, held in here.items() if uid not in there and not held.let_go and not held.closed}
    return sorted(found)


def _is_news(held: HeldEntry | None, told: Entry) -> bool:
    if held is None:
        return True
    if held.closed or held.entry.rev > told.rev:
        return False
    return held.let_go or held.entry.hash != told.hash
