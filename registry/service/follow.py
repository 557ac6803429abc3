"""Keeping the search index up to date: it follows the change log after commit, and is rebuilt when it is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.change import ChangeKind
from registry.domain.errors import Interrupted
from registry.domain.indexing import Around, index_entry
from registry.domain.policy import EVERYTHING, PUBLIC_ONLY
from registry.domain.record import RecordUid
from registry.domain.search import FieldIs, IndexEntry
from registry.domain.search_fields import BESIDE
from registry.domain.vocabulary import Kind
from registry.ports import Reader, Registry

_PORTION = 500
_FAR_BATCHES = 50


def catch_up(registry: Registry, actor: Actor, *, stop: Callable[[], bool] = bool) -> int:
    """Bring one batch of changes into the index and return how many rows of the log were read.

    The index keeps its own position, so it goes on after a crash; taking a row in twice changes nothing. An
    index without a position, or ahead of the log because a backup was restored, is rebuilt; one that lacks most of the
    log too, and many batches of it, because that takes half the time.

    Args:
        stop: whether the process is to end; asked before each portion, so that it need not wait for the others.

    Raises:
        Interrupted: it is; the index stays as it was, and the next process goes on from there.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    position = registry.index.position()
    portion = registry.settings.index_batch_records
    with registry.storage.read() as reader:
        head = reader.changes.head().seq
        # An index that cannot be read has no position either, and takes nothing in.
        is_lost = position > head or (position == 0 and head > 0)
        is_far = head - position > max(position, _FAR_BATCHES * portion)
        changes = reader.changes.after(position, limit=portion)
        uids = list(dict.fromkeys(change.row.uid for change in changes if change.row.uid is not None))
        split = [
            change.row.uid for change in changes if change.row.kind is ChangeKind.SPLIT and change.row.uid is not None
        ]
        uids += [uid for uid in _standing_for(reader, split) if uid not in uids]
        beside = reader.graph.beside(uids, visible=PUBLIC_ONLY)
        entries = list(_entries_of(reader, uids))
    if is_lost or is_far:
        return reindex(registry, actor, stop=stop)
    if changes:
        redacted = {change.row.uid for change in changes if change.row.kind is ChangeKind.REDACT}
        entries = [replace(entry, forget=entry.uid in redacted) for entry in entries]
        others = sorted(_others(registry, uids, beside))
        for at in range(0, len(others), _PORTION):
            registry.index.apply(entries, position=position)
            _require_time(stop)
            with registry.storage.read() as reader:
                entries = list(_entries_of(reader, others[at : at + _PORTION]))
        registry.index.apply(entries, position=changes[-1].seq)
    return len(changes)


def catch_up_now(registry: Registry, actor: Actor) -> None:
    """Bring every change into the index: who is told that a node is ready shall find what is in it.

    Raises:
        SearchUnavailable: the index cannot be written, or another process does so and will take the changes in.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    while catch_up(registry, actor):
        pass


def reindex(
    registry: Registry,
    actor: Actor,
    *,
    progress: Callable[[int], None] | None = None,
    stop: Callable[[], bool] = bool,
) -> int:
    """Build the index anew from the store, while the old one serves, and return the position it has then.

    Args:
        progress: told how many records were read so far.
        stop: as for ``catch_up``.

    Raises:
        Interrupted: *stop* said so; nothing is left of the new one.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.read() as reader:
        head = reader.changes.head().seq
    # Records read later than the head may be newer than it: the follower then takes those rows in twice.
    registry.index.rebuild(_entries(registry, progress, stop), position=head)
    return head


def _entries(
    registry: Registry, progress: Callable[[int], None] | None, stop: Callable[[], bool]
) -> Iterator[IndexEntry]:
    after: RecordUid | None = None
    done = 0
    while True:
        _require_time(stop)
        with registry.storage.read() as reader:
            uids = reader.records.uids(after=after, limit=_PORTION)
            entries = list(_entries_of(reader, uids))
        if not uids:
            return
        yield from entries
        after = uids[-1]
        done += len(uids)
        if progress is not None:
            progress(done)


def _require_time(stop: Callable[[], bool]) -> None:
    if stop():
        raise Interrupted("the process ends", hint="the index is brought up to date at the next start")


def _entries_of(reader: Reader, uids: Sequence[RecordUid]) -> Iterator[IndexEntry]:
    """What the index should hold of those of *uids* that there are, in three statements."""
    if not uids:
        return
    records = reader.records.many(uids, visible=EVERYTHING)
    beside = reader.graph.beside(uids, visible=PUBLIC_ONLY)
    owners = reader.accounts.organisations_by_id(sorted({record.owner for record in records.values()}))
    for uid in uids:
        if uid in records:
            owner = owners.get(records[uid].owner)
            around = Around(owner.slug if owner else None, beside.get(uid, {}))
            yield index_entry(records[uid], around)


def _standing_for(reader: Reader, uids: Sequence[RecordUid]) -> list[RecordUid]:
    """What stands for those of *uids* that are merged, step by step: what was split from one of them is no longer
    beside it, and nothing else tells so."""
    found: list[RecordUid] = []
    while uids:
        records = reader.records.many(uids, visible=EVERYTHING).values()
        nearer = {one.merged_into for one in records if one.merged_into is not None}
        uids = sorted(nearer.difference(found))
        found += uids
    return found


def _others(
    registry: Registry, uids: Sequence[RecordUid], beside: Mapping[RecordUid, Mapping[RecordUid, Kind]]
) -> set[RecordUid]:
    """Other records that the index takes for being beside one of *uids* and that are not, or the other way round."""
    found: set[RecordUid] = set()
    for uid in uids:
        found |= set(registry.index.uids(FieldIs(BESIDE, uid))) ^ beside.get(uid, {}).keys()
    return found.difference(uids)
