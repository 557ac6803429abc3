"""Finding records by an address that they name as a source, or by an id that others know them by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from registry.domain import policy, redaction
from registry.domain.actor import Actor, Permission
from registry.domain.address import MAX_ADDRESS, address_key, alias_key
from registry.domain.errors import InvalidInput, Problem
from registry.domain.likeness import keys_of
from registry.domain.pages import DEFAULT_PAGE, PageRequest
from registry.domain.record import Record, RecordUid
from registry.ports import Registry

_AT_ONCE = 100


def by_source(registry: Registry, actor: Actor, address: str, *, first: int = DEFAULT_PAGE) -> tuple[Record, ...]:
    """Records that name *address* as a source, or as an id that they have elsewhere, the newest first.

    It may be written in any way. Behind them stand the records into which one of that id was merged. Only what *actor*
    may read of a record counts: strangers find none by a source that is not published.

    Raises:
        InvalidInput: *address* has more than 8,000 characters.
    """
    policy.require(actor, Permission.RECORD_READ)
    if len(address) > MAX_ADDRESS:
        raise InvalidInput([Problem(("url",), "TOO_LONG", f"at most {MAX_ADDRESS:,} characters are allowed")])
    limit = PageRequest(first).limit
    found: dict[RecordUid, Record] = {}
    naming_it = naming(registry, actor, [address_key(address), alias_key(address)])
    for one in chain(naming_it, standing_for(registry, actor, address)):
        found.setdefault(one.uid, one)
        if len(found) == limit:
            break
    return tuple(found.values())


def standing_for(registry: Registry, actor: Actor, alias: str) -> Iterator[Record]:
    """Records that stand for merged ones with this id elsewhere, for whoever is told where those went."""
    policy.require(actor, Permission.RECORD_READ)
    visible = policy.visible_to(actor)
    found: dict[RecordUid, Record] = {}
    with registry.storage.read() as reader:
        nearest = reader.sources.merged_naming(alias_key(alias), limit=_AT_ONCE, visible=visible)
        asked: set[RecordUid] = set()
        while nearest:
            asked.update(nearest)
            records = reader.records.many(nearest, visible=visible)
            shown = [redaction.for_actor(records[uid], actor) for uid in nearest if uid in records]
            found |= {one.uid: one for one in shown if visible.lists(one)}
            nearer = dict.fromkeys(one.merged_into for one in shown if one.merged_into is not None)
            nearest = tuple(one for one in nearer if one not in asked)
    yield from (one for one in found.values() if one.merged_into is None)


def naming(registry: Registry, actor: Actor, keys: Sequence[bytes]) -> Iterator[Record]:
    """Records of which a part that *actor* may read names one of *keys*, as the actor may see them, newest first."""
    policy.require(actor, Permission.RECORD_READ)
    wanted, visible = frozenset(keys), policy.visible_to(actor)
    before: RecordUid | None = None
    while True:
        with registry.storage.read() as reader:
            uids = reader.sources.naming(sorted(wanted), before=before, limit=_AT_ONCE, visible=visible)
            records = reader.records.many(uids, visible=visible)
        for uid in uids:
            shown = redaction.for_actor(records[uid], actor)
            # What was taken back is still stored, and others than the owner do not read it.
            if wanted & (keys_of(shown.head) | keys_of(shown.work)):
                yield shown
        if len(uids) < _AT_ONCE:
            return
        before = uids[-1]
