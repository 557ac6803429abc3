"""Checking that the store still says what was written: chain, hashes, numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.change import CHAIN_START, ChangeKind, NewChange, verify_chain
from registry.domain.errors import Corrupt
from registry.domain.policy import EVERYTHING
from registry.domain.proposal import Proposal
from registry.domain.record import Record, RecordUid, Revision, State
from registry.ports import Reader, Registry

_PORTION = 500
# What is about a record and changes nothing of it.
_BESIDE = frozenset({ChangeKind.PROPOSAL, ChangeKind.DECISION, ChangeKind.REPLY})


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked, and every fault found, in words."""

    changes: int
    records: int
    revisions: int
    faults: tuple[str, ...]


@dataclass(slots=True)
class _Logged:
    """What the log tells of one record: its revisions' hashes, its newest row, and what once became of it; and whether
    it began at another node."""

    hashes: set[tuple[bytes, bytes | None]] = field(default_factory=set)
    newest: NewChange | None = None
    erased: bool = False
    redacted_at: int = 0
    public: bool = False
    received: bool = False


def verify(registry: Registry, actor: Actor) -> Verification:
    """Walk the whole log and every revision.

    A part may be missing only where an ``erase`` row says so, and then none of that record may be left.
    Log and store must tell of the same revisions, and the newest row of each record of its present state.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    faults: list[str] = []
    with registry.storage.read() as reader:
        changes, logged = _walk_log(reader, faults)
        records = revisions = 0
        after: RecordUid | None = None
        while uids := reader.records.uids(after=after, limit=_PORTION):
            after = uids[-1]
            found = reader.records.many(uids, visible=EVERYTHING)
            for uid in uids:
                records += 1
                kept = reader.records.revisions(uid)
                revisions += len(kept)
                known = logged.pop(uid, _Logged())
                record = found.get(uid)
                known.received = record is not None and record.received
                faults.extend(_faults_of(uid, kept, known))
                faults.extend(_proposal_faults(reader.proposals.of_record(uid), known))
                faults.extend(_log_faults(uid, kept, known))
                faults.extend(_state_faults(uid, record, kept, known))
        faults.extend(f"record {uid} is in the log but not in the store" for uid in logged)
    return Verification(changes, records, revisions, tuple(faults))


def _walk_log(reader: Reader, faults: list[str]) -> tuple[int, dict[RecordUid, _Logged]]:
    """The newest row's number, and what the rows tell of each record."""
    before, seq = CHAIN_START, 0
    logged: dict[RecordUid, _Logged] = {}
    while rows := reader.changes.after(seq, limit=_PORTION):
        try:
            verify_chain(rows, before=before, seq=seq)
        except Corrupt as fault:
            faults.append(fault.message)
        before, seq = rows[-1].chain_hash, rows[-1].seq
        for row in (change.row for change in rows):
            if row.uid is None:
                continue
            known = logged.setdefault(row.uid, _Logged())
            if row.kind not in _BESIDE:
                known.newest = row
            known.erased = known.erased or row.kind is ChangeKind.ERASE
            known.redacted_at = row.draft_revision if row.kind is ChangeKind.REDACT else known.redacted_at
            known.public = known.public or row.public
            if row.public_hash is not None:
                known.hashes.add((row.public_hash, row.restricted_hash))
    return seq, logged


def _faults_of(uid: RecordUid, kept: tuple[Revision, ...], known: _Logged) -> list[str]:
    faults = []
    erased = known.erased
    for revision in kept:
        name = f"record {uid}, draft revision {revision.draft_revision}"
        for part, expected in (
            (revision.public, revision.public_hash),
            (revision.restricted, revision.restricted_hash),
        ):
            if part is None:
                was_purged = revision.revision is None and revision.draft_revision < known.redacted_at
                # Of another node's record only those parts are here that it gave, and did not take back.
                if not erased and not was_purged and not known.received:
                    faults.append(f"{name}: a part is missing and no erasure says so")
                continue
            if erased:
                faults.append(f"{name}: a part is left of an erased record")
            try:
                part.verify()
            except Corrupt:
                faults.append(f"{name}: a part does not fit its hash")
            if part.hash != expected:
                faults.append(f"{name}: the part's hash is not the revision's")
    return faults


def _proposal_faults(kept: tuple[Proposal, ...], known: _Logged) -> Iterator[str]:
    erased = known.erased
    for one in kept:
        if one.part is None and (known.redacted_at or known.received):
            continue
        name = f"record {one.uid}, proposal {one.id}"
        if (one.part is None) != erased:
            yield f"{name}: it is left of an erased record" if erased else f"{name}: its text is missing"
        elif one.part is not None:
            try:
                one.part.verify()
            except Corrupt:
                yield f"{name}: it does not fit its hash"


def _log_faults(uid: RecordUid, kept: tuple[Revision, ...], known: _Logged) -> list[str]:
    hashes = {(revision.public_hash, revision.restricted_hash) for revision in kept}
    faults = [f"record {uid}: the log tells of a revision that is not kept"] if known.hashes - hashes else []
    if hashes - known.hashes:
        faults.append(f"record {uid}: a revision is kept that the log does not tell of")
    return faults


def _state_faults(uid: RecordUid, record: Record | None, kept: tuple[Revision, ...], known: _Logged) -> Iterator[str]:
    if record is None:
        yield f"record {uid}: its newest published revision, or its newest draft, is missing"
        return
    if (record.state is State.ERASED) != known.erased:
        yield f"record {uid}: the log and the store disagree on whether it was erased"
    if (record.is_public or record.was_public) and not known.public:
        yield f"record {uid}: it is shown to strangers, and no row of the log made it public"
    if record.is_public and known.newest is not None and known.newest.kind is ChangeKind.WITHDRAW:
        yield f"record {uid}: it is shown to strangers, and the log says that it was withdrawn"
    numbers = [revision.draft_revision for revision in kept]
    if not record.received and numbers != list(range(1, record.draft_revision + 1)):
        yield f"record {uid}: its revisions are not counted from 1 without a gap"
    row = known.newest
    present = (record.changed_at, record.revision, record.draft_revision)
    if row is None or (row.at, row.revision, row.draft_revision) != present:
        yield f"record {uid}: the newest row of the log does not tell of its present state"
