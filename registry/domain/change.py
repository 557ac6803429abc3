"""The change log's rows. Every write appends one; history, feeds, index, caches and alerts are readers of them.

``seq`` counts every row and is internal. A row that changes what strangers see also gets the next
``public_seq``; nothing a stranger can observe depends on anything else. ``chain_hash`` covers the row and the
row before it, so that a lost or altered row is found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from registry.domain.canonical import canonical_bytes
from registry.domain.errors import Corrupt
from registry.domain.record import RecordUid
from registry.domain.workflow import Step

CHAIN_START = bytes(32)
# The name under which the store keeps which log this is; a restored backup begins a new one.
LOG_ID = "log_id"


class ChangeKind(StrEnum):
    """What a row says happened; the names travel in feeds."""

    SUBMIT = "submit"
    REVISE = "revise"
    REVIEW = "review"
    UPSERT = "upsert"
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    VISIBILITY = "visibility"
    ERASE = "erase"
    ORGANISATION = "organisation"
    TAXONOMY = "taxonomy"
    ACCOUNT = "account"
    NUMBERS = "numbers"


@dataclass(frozen=True, slots=True)
class NewChange:
    """A row about to be written.

    Attributes:
        public: whether it changes what a stranger sees; then it gets the next ``public_seq``.
        subject: what a row without a record is about, such as ``organisation:acme``.
        step: the workflow step that was taken, where the kind alone does not tell it.
    """

    kind: ChangeKind
    actor: str
    at: datetime
    public: bool
    uid: RecordUid | None = None
    subject: str | None = None
    step: Step | None = None
    revision: int = 0
    draft_revision: int = 0
    public_hash: bytes | None = None
    restricted_hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the log."""

    seq: int
    public_seq: int | None
    row: NewChange
    chain_hash: bytes


def link(row: NewChange, *, seq: int, public_seq: int | None, before: bytes) -> Change:
    """Chain *row* to the row before it, whose ``chain_hash`` is *before*."""
    return Change(seq, public_seq, row, _chain_hash(row, seq, public_seq, before))


def verify_chain(rows: Iterable[Change], *, before: bytes = CHAIN_START, seq: int = 0) -> int:
    """Walk consecutive rows that follow row *seq* and return how many there were.

    Raises:
        Corrupt: a row is missing, out of order or was altered; the message names its seq.
    """
    count = 0
    for change in rows:
        seq += 1
        if change.seq != seq:
            raise Corrupt(f"change {seq} is missing from the log")
        if _chain_hash(change.row, change.seq, change.public_seq, before) != change.chain_hash:
            raise Corrupt(f"change {seq} does not fit the chain")
        before = change.chain_hash
        count += 1
    return count


def redact_internal(change: Change) -> Change:
    """The row as strangers may see it: without the actor and without what counts drafts."""
    return replace(change, row=replace(change.row, actor="", draft_revision=0, restricted_hash=None, step=None))


def _chain_hash(row: NewChange, seq: int, public_seq: int | None, before: bytes) -> bytes:
    body = canonical_bytes(
        {
            "seq": seq,
            "public_seq": public_seq,
            "kind": row.kind,
            "actor": row.actor,
            "at": row.at.isoformat(),
            "uid": row.uid,
            "subject": row.subject,
            "step": row.step,
            "revision": row.revision,
            "draft_revision": row.draft_revision,
            "public_hash": row.public_hash.hex() if row.public_hash else None,
            "restricted_hash": row.restricted_hash.hex() if row.restricted_hash else None,
        }
    )
    return hashlib.sha256(before + body).digest()
