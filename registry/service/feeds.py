"""A search as a feed: a page of what strangers find, the newest first, the same for everybody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from registry.domain import policy, redaction
from registry.domain.account import Organisation
from registry.domain.actor import ANONYMOUS, Actor, Permission
from registry.domain.feed import PAGE, Deleted
from registry.domain.policy import PUBLIC_ONLY
from registry.domain.query import parse
from registry.domain.record import OrganisationId, Record, RecordUid
from registry.domain.search import Query, SearchRequest, SearchSort
from registry.ports import Reader, Registry, Unit

# How far back it is looked for what is gone, and how much of it is told.
_CHANGES = 1000
_DELETED = 50


@dataclass(frozen=True, slots=True)
class Told:
    """A record that a feed tells, as strangers see it, with its owner."""

    record: Record
    owner: Organisation | None


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page of a feed; ``next_cursor`` continues after it."""

    query: Query
    told: tuple[Told, ...]
    next_cursor: str | None


def search_feed(registry: Registry, actor: Actor, text: str, *, after: str | None = None) -> FeedPage:
    """The public matches of *text* by the day on which they were first published, the newest first.

    A record that was withdrawn is in no feed any more.

    Raises:
        BadQuery: the text cannot be read; carries the column and the nearest valid query.
        BadCursor: the cursor belongs to another feed.
        SearchUnavailable: the index is being rebuilt.
    """
    policy.require(actor, Permission.RECORD_READ)
    query = parse(text)
    binding = ("feed", text.strip())
    position = registry.cursors.open(after, *binding) if after is not None else None
    asked = SearchRequest(query, SearchSort.PUBLISHED, PAGE, position, snippets=False)
    found = registry.index.search(asked)
    with registry.storage.read() as reader:
        told = shown(reader, [hit.uid for hit in found.hits])
    following = registry.cursors.seal(found.hits[-1].position, *binding) if found.has_next and found.hits else None
    return FeedPage(query, told, following)


def deleted(registry: Registry, actor: Actor) -> tuple[Deleted, ...]:
    """What strangers lost by the last thousand changes that they know of and have not got back, the newest first; fifty
    at most. It is the same whatever is searched for: readers pass over what they never had."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        last = reader.changes.head().public_seq
        rows = reader.changes.public_after(max(0, last - _CHANGES), limit=_CHANGES)
        told_at = {one.row.uid: one.row.at for one in rows if one.row.uid is not None}
        found = reader.records.many(sorted(told_at), visible=PUBLIC_ONLY)
    gone = [Deleted(uid, at) for uid, at in told_at.items() if uid in found and found[uid].is_tombstone]
    return tuple(sorted(gone, key=lambda one: (one.at, one.uid), reverse=True)[:_DELETED])


def shown(reader: Reader | Unit, uids: Iterable[RecordUid]) -> tuple[Told, ...]:
    """Those of *uids* that are public now, in their order, as strangers see them."""
    wanted = list(uids)
    found = reader.records.many(wanted, visible=PUBLIC_ONLY)
    records = [redaction.for_actor(found[uid], ANONYMOUS) for uid in wanted if uid in found and found[uid].is_public]
    owners: dict[OrganisationId, Organisation] = {}
    if records:
        owners = reader.accounts.organisations_by_id(sorted({one.owner for one in records}))
    return tuple(Told(one, owners.get(one.owner)) for one in records)
