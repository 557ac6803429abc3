"""The change log's rows. Every write appends one; history, feeds, index, caches and alerts are readers of them.

``seq`` counts every row and is internal. A row that changes what strangers see also gets the next
``public_seq``; nothing a stranger can observe depends on anything else. ``chain_hash`` covers the row and the
row before it, so that a lost or altered row is found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from json.encoder import encode_basestring
from typing import Any

from registry.domain.alike import Alike
from registry.domain.canonical import canonical_bytes, part_hash
from registry.domain.errors import Corrupt
from registry.domain.record import Record, RecordUid
from registry.domain.workflow import Step

CHAIN_START = bytes(32)
# What differs in rows that are alike, sorted as canonical JSON sorts keys.
_VARYING = {"public_hash": '"%s"', "public_seq": "%s", "restricted_hash": '"%s"', "seq": "%d", "uid": "%s"}
# The name under which the store keeps which log this is; a restored backup begins a new one.
LOG_ID = "log_id"
# The name under which it keeps from which ``rev`` on headers are counted: a restored backup does not know of the last.
FIRST_REV = "first_rev"


class ChangeKind(StrEnum):
    """What a row says happened; the names travel in feeds."""

    SUBMIT = "submit"
    REVISE = "revise"
    REVIEW = "review"
    UPSERT = "upsert"
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    MERGE = "merge"
    SPLIT = "split"
    BLOCK = "block"
    HOLD = "hold"
    PROPOSAL = "proposal"
    DECISION = "decision"
    VISIBILITY = "visibility"
    ERASE = "erase"
    REDACT = "redact"
    ORGANISATION = "organisation"
    TAXONOMY = "taxonomy"
    ACCOUNT = "account"
    NUMBERS = "numbers"
    NOT_RELATED = "not_related"
    RELATION = "relation"
    GROUP = "group"
    NOTICE = "notice"
    CASE = "case"
    REPLY = "reply"
    REPORT = "report"


# Rows whose reason everybody reads who reads the row: why something public is gone or back.
TOLD_TO_ALL = frozenset(
    {ChangeKind.WITHDRAW, ChangeKind.RESTORE, ChangeKind.ERASE, ChangeKind.MERGE, ChangeKind.SPLIT, ChangeKind.BLOCK}
)


@dataclass(frozen=True, slots=True)
class NewChange:
    """A row about to be written.

    Attributes:
        public: whether it changes what a stranger sees; then it gets the next ``public_seq``.
        subject: what a row without a record is about, such as ``organisation:acme``.
        step: the workflow step that was taken, where the kind alone does not tell it.
        visibility: who may see the record from now on, as ``visibility_of`` writes it.
        reason: why, in words. It can be erased, with its salt; ``reason_hash``, over both, stays.
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
    visibility: str | None = None
    reason: str | None = None
    reason_hash: bytes | None = None
    reason_salt: bytes | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the log."""

    seq: int
    public_seq: int | None
    row: NewChange
    chain_hash: bytes


def visibility_of(record: Record) -> str:
    """Who may see *record*, for the log: ``<tlp>/<tlp of the restricted part>``, then what applies of
    ``audience=<slug>``, ``embargo=<instant>``, ``blocked``, ``hold`` and ``sealed``."""
    marking = record.head.marking
    words = [f"{record.tlp}/{marking.restricted_tlp}"]
    if record.shared_with is not None:
        words.append(f"audience={record.shared_with}")
    if record.is_under_embargo:
        words.append(f"embargo={marking.embargo_until.isoformat() if marking.embargo_until else 'of its subject'}")
    words += [name for name in ("blocked", "legal_hold", "sealed") if getattr(record, name)]
    return " ".join(words)


def link(row: NewChange, *, seq: int, public_seq: int | None, before: bytes) -> Change:
    """Chain *row* to the row before it, whose ``chain_hash`` is *before*."""
    return Change(seq, public_seq, row, _chain_hash(row, seq, public_seq, before))


def link_alike(row: NewChange, others: Sequence[Alike], *, seq: int, public_seq: int, before: bytes) -> Iterator[bytes]:
    """The ``chain_hash`` that ``link`` gives to each of *others*, if it is told of by a row like *row*.

    Args:
        seq: of the row before the first of them, whose ``chain_hash`` is *before*.
        public_seq: the newest one before them.
    """
    form = _form_of(row)
    for one in others:
        seq, public_seq = seq + 1, public_seq + row.public
        varying = (
            one.public.hash.hex(),
            public_seq if row.public else "null",
            one.restricted_hash.hex(),
            seq,
            encode_basestring(one.uid),
        )
        before = hashlib.sha256(before + (form % varying).encode()).digest()
        yield before


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
        if not _fits_its_reason(change.row):
            raise Corrupt(f"the reason of change {seq} does not fit its hash")
        before = change.chain_hash
        count += 1
    return count


def redact_internal(change: Change) -> Change:
    """The row as strangers may see it: without the actor and without what counts drafts."""
    hidden: dict[str, Any] = {"actor": "", "draft_revision": 0, "restricted_hash": None, "step": None}
    if change.row.kind not in TOLD_TO_ALL:
        hidden["reason"] = None
    return replace(change, row=replace(change.row, **hidden, visibility=None, reason_hash=None, reason_salt=None))


def _chain_hash(row: NewChange, seq: int, public_seq: int | None, before: bytes) -> bytes:
    return hashlib.sha256(before + canonical_bytes(_said(row, seq, public_seq))).digest()


def _said(row: NewChange, seq: int, public_seq: int | None) -> dict[str, Any]:
    return _later_fields(row) | {
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


def _form_of(row: NewChange) -> str:
    """What is hashed of a row like *row*, in canonical JSON, with a place for each of ``_VARYING``, in this order."""
    said = _said(row, 0, None)
    fixed = {name: canonical_bytes(value).decode().replace("%", "%%") for name, value in said.items()}
    return "{" + ",".join(f'"{name}":{text}' for name, text in sorted((fixed | _VARYING).items())) + "}"


def _fits_its_reason(row: NewChange) -> bool:
    return row.reason is None or part_hash(row.reason_salt or b"", row.reason.encode()) == row.reason_hash


def _later_fields(row: NewChange) -> dict[str, Any]:
    """What rows of the first release had not; left out where it is empty, so that their hashes still fit."""
    said = {"visibility": row.visibility, "reason_hash": row.reason_hash.hex() if row.reason_hash else None}
    return {name: value for name, value in said.items() if value is not None}
