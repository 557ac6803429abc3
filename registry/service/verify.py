"""Checking that the store still says what was written: chain, hashes, numbers."""

from __future__ import annotations

from dataclasses import dataclass

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.change import CHAIN_START, ChangeKind, verify_chain
from registry.domain.errors import Corrupt
from registry.domain.policy import EVERYTHING
from registry.domain.record import RecordUid, Revision, State
from registry.ports import Reader, Registry

_PORTION = 500


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked, and every fault found, in words."""

    changes: int
    records: int
    revisions: int
    faults: tuple[str, ...]


def verify(registry: Registry, actor: Actor) -> Verification:
    """Walk the whole log and every revision.

    A part may be missing only where an ``erase`` row says so, and then none of that record may be left.
    Every hash in the log must be one of a revision that is kept.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    faults: list[str] = []
    with registry.storage.read() as reader:
        changes, erased, logged = _walk_log(reader, faults)
        records = revisions = 0
        after: RecordUid | None = None
        while uids := reader.records.uids(after=after, limit=_PORTION):
            after = uids[-1]
            for uid in uids:
                records += 1
                kept = reader.records.revisions(uid)
                revisions += len(kept)
                faults.extend(_faults_of(uid, kept, erased=uid in erased))
                faults.extend(_log_faults(uid, kept, logged.pop(uid, set())))
            faults.extend(_state_faults(reader, uids, erased))
        faults.extend(f"record {uid} is in the log but not in the store" for uid in logged)
    return Verification(changes, records, revisions, tuple(faults))


def _walk_log(reader: Reader, faults: list[str]) -> tuple[int, set[RecordUid], dict[RecordUid, set[bytes]]]:
    """The number of rows, the erased uids, and for each uid the public hashes the log knows."""
    before, seq = CHAIN_START, 0
    erased: set[RecordUid] = set()
    logged: dict[RecordUid, set[bytes]] = {}
    while rows := reader.changes.after(seq, limit=_PORTION):
        try:
            verify_chain(rows, before=before, seq=seq)
        except Corrupt as fault:
            faults.append(fault.message)
        before, seq = rows[-1].chain_hash, rows[-1].seq
        for change in rows:
            uid = change.row.uid
            if uid is not None and change.row.public_hash is not None:
                logged.setdefault(uid, set()).add(change.row.public_hash)
            if uid is not None and change.row.kind is ChangeKind.ERASE:
                erased.add(uid)
    return seq, erased, logged


def _faults_of(uid: RecordUid, kept: tuple[Revision, ...], *, erased: bool) -> list[str]:
    faults = []
    for revision in kept:
        name = f"record {uid}, draft revision {revision.draft_revision}"
        for part, expected in (
            (revision.public, revision.public_hash),
            (revision.restricted, revision.restricted_hash),
        ):
            if part is None:
                if not erased:
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


def _log_faults(uid: RecordUid, kept: tuple[Revision, ...], logged: set[bytes]) -> list[str]:
    known = {revision.public_hash for revision in kept}
    faults = [f"record {uid}: the log tells of a revision that is not kept"] if logged - known else []
    if known - logged:
        faults.append(f"record {uid}: a revision is kept that the log does not tell of")
    return faults


def _state_faults(reader: Reader, uids: tuple[RecordUid, ...], erased: set[RecordUid]) -> list[str]:
    found = reader.records.many(uids, visible=EVERYTHING)
    return [
        f"record {uid}: the log and the store disagree on whether it was erased"
        for uid in uids
        if uid in found and (found[uid].state is State.ERASED) != (uid in erased)
    ]
