"""Comparing the search index with the store: what an operator is told to do, one line a finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.errors import SearchUnavailable
from registry.domain.indexing import index_entry
from registry.domain.policy import EVERYTHING
from registry.domain.record import RecordUid
from registry.domain.search import Everything
from registry.ports import Reader, Registry

_PORTION = 500
# Of a store with more records, so many are compared, evenly spread.
SAMPLE = 2000
_BUILD = "build it anew: commons reindex"
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, under a stable name, and what to do about it."""

    code: str
    what: str
    advice: str


@dataclass(frozen=True, slots=True)
class Examination:
    """What was compared and found.

    Attributes:
        position, head: the row of the log that the index has read last, and the last one there is.
        compared: how many of the store's *records* were looked for in the index.
    """

    position: int
    head: int
    records: int
    compared: int
    findings: tuple[Finding, ...]


def examine(registry: Registry, actor: Actor, *, every_record: bool = False) -> Examination:
    """Compare the index with the store: its files with their seals, its position with the log, its records.

    Of many records a sample is compared, unless *every_record*. Records whose changes the index has not read yet, or
    that change meanwhile, are left out.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    position = registry.index.position()
    with registry.storage.read() as reader:
        head = reader.changes.head().seq
        uids = _uids(reader)
    findings = tuple(_of_position(position, head))
    if position == 0 or position > head:
        return Examination(position, head, len(uids), 0, findings)
    chosen = uids if every_record else uids[:: max(1, -(-len(uids) // SAMPLE))]
    try:
        public = set(registry.index.uids(Everything()))
        restricted = set(registry.index.hidden_matches(Everything(), limit=len(uids) + 1))
    except SearchUnavailable:
        finding = Finding("INDEX_UNREADABLE", "the search index cannot be read", _BUILD)
        return Examination(position, head, len(uids), 0, (*findings, finding))
    faults = _Faults()
    with registry.storage.read() as reader:
        unread = _changed_after(reader, position)
        faults.of_nothing = sorted((public | restricted) - set(uids) - unread)
        for at in range(0, len(chosen), _PORTION):
            portion = [uid for uid in chosen[at : at + _PORTION] if uid not in unread]
            _compare(reader, portion, public, restricted, faults)
    return Examination(position, head, len(uids), len(chosen), (*findings, *faults.findings()))


@dataclass(slots=True)
class _Faults:
    """The records of which index and store do not say the same."""

    missing: list[RecordUid] = field(default_factory=list)
    shown: list[RecordUid] = field(default_factory=list)
    of_nothing: list[RecordUid] = field(default_factory=list)

    def findings(self) -> list[Finding]:
        """One for each kind that there is."""
        told = (
            ("INDEX_MISSING", self.missing, "stand in the store and not in the index", _BUILD),
            ("INDEX_EXTRA", self.of_nothing, "stand in the index and not in the store", _BUILD),
            ("INDEX_WRONG_SHELF", self.shown, "stand among records of another visibility", f"{_BUILD}, at once"),
        )
        return [Finding(code, _named(uids, what), advice) for code, uids, what, advice in told if uids]


def _of_position(position: int, head: int) -> list[Finding]:
    if position == 0 and head > 0:
        what = "the search index is not there, damaged, or of another version"
        return [Finding("INDEX_UNREADABLE", what, f"a serving node does it by itself; or {_BUILD}")]
    if position > head:
        what = f"the index has read change {position}, and the log ends at {head}: the store is older"
        return [Finding("INDEX_AHEAD", what, f"a serving node builds it anew by itself; or {_BUILD}")]
    if position < head:
        what = f"{head - position} change(s) are not in the index yet"
        return [Finding("INDEX_BEHIND", what, "start the node; if it serves for a while, read its log")]
    return []


def _uids(reader: Reader) -> list[RecordUid]:
    found: list[RecordUid] = []
    while portion := reader.records.uids(after=found[-1] if found else None, limit=_PORTION):
        found += portion
    return found


def _changed_after(reader: Reader, position: int) -> set[RecordUid]:
    found: set[RecordUid] = set()
    while changes := reader.changes.after(position, limit=_PORTION):
        found |= {change.row.uid for change in changes if change.row.uid is not None}
        position = changes[-1].seq
    return found


def _compare(
    reader: Reader, uids: Sequence[RecordUid], public: set[RecordUid], restricted: set[RecordUid], faults: _Faults
) -> None:
    if not uids:
        return
    records = reader.records.many(uids, visible=EVERYTHING)
    for uid in uids:
        if uid not in records:
            continue
        entry = index_entry(records[uid])
        held = uid in public, uid in restricted
        wanted = entry.public is not None, entry.restricted is not None
        if held != wanted:
            (faults.shown if any(held) else faults.missing).append(uid)


def _named(uids: Sequence[RecordUid], what: str) -> str:
    """How many, and the first of them."""
    named = ", ".join(uids[:_NAMED]) + (" …" if len(uids) > _NAMED else "")
    return f"{len(uids)} record(s) {what}: {named}"
