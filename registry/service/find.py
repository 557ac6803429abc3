"""Reading records: one, many, lists and links, each as the asker may see it."""

from __future__ import annotations

from collections.abc import Sequence

from registry.domain import policy, redaction
from registry.domain.actor import Actor, Permission
from registry.domain.change import LOG_ID, Change, redact_internal
from registry.domain.errors import NotFound
from registry.domain.link import Rel
from registry.domain.pages import Page, PageRequest, RecordFilter, RecordOrder
from registry.domain.record import Record, RecordUid
from registry.domain.vocabulary import Kind
from registry.ports import Registry


def record(registry: Registry, actor: Actor, uid: RecordUid) -> Record:
    """The record, or its tombstone.

    Raises:
        NotFound: no such record, or none that *actor* may see; the two are not told apart.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        found = reader.records.get(uid, visible=policy.visible_to(actor))
    return _shown(found, actor)


def by_number(registry: Registry, actor: Actor, number: str) -> Record:
    """The record with this number, or its tombstone; a number that was public resolves for ever.

    Raises:
        NotFound: as ``record``.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        found = reader.records.by_number(number, visible=policy.visible_to(actor))
    return _shown(found, actor)


def by_external_ref(registry: Registry, actor: Actor, external_ref: str) -> Record:
    """The record of the actor's own organisation with this key of its own, in whatever state.

    Raises:
        NotFound: no such record, or *actor* acts for no organisation or may not read its records.
    """
    policy.require(actor, Permission.RECORD_READ)
    found = None
    if actor.organisation is not None:
        with registry.storage.read() as reader:
            found = reader.records.by_external_ref(actor.organisation, external_ref)
    owned = found if found is not None and policy.visible_to(actor).owns(found) else None
    return _shown(owned, actor)


def many(registry: Registry, actor: Actor, uids: Sequence[RecordUid]) -> dict[RecordUid, Record]:
    """Those of *uids* that *actor* may see, tombstones included."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        found = reader.records.many(uids, visible=policy.visible_to(actor))
    return {uid: redaction.for_actor(one, actor) for uid, one in found.items()}


def page(
    registry: Registry,
    actor: Actor,
    wanted: RecordFilter,
    *,
    order: RecordOrder = RecordOrder.PUBLISHED,
    request: PageRequest | None = None,
) -> Page[Record]:
    """A page of the records that *actor* may see."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        found = reader.records.page(wanted, order, request or PageRequest(), visible=policy.visible_to(actor))
    return _redacted(found, actor)


def count(registry: Registry, actor: Actor, wanted: RecordFilter) -> int:
    """How many records ``page`` gives in all; only what *actor* may see is counted."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        return reader.records.count(wanted, visible=policy.visible_to(actor))


def linked(
    registry: Registry,
    actor: Actor,
    uid: RecordUid,
    rel: Rel,
    *,
    request: PageRequest,
    reverse: bool = False,
    kind: Kind | None = None,
) -> Page[Record]:
    """Records that *uid* links to by *rel* (with *reverse*: that link to it), as far as *actor* may see them; with
    *kind*, those of this kind only."""
    policy.require(actor, Permission.RECORD_READ)
    visible = policy.visible_to(actor)
    with registry.storage.read() as reader:
        found = reader.records.linked(uid, rel, request, visible=visible, reverse=reverse, kind=kind)
    return _redacted(found, actor)


def public_changes(registry: Registry, actor: Actor, *, after: int, limit: int) -> tuple[Change, ...]:
    """Rows of the log that changed what strangers see, after this ``public_seq``; the same for everybody."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        return tuple(redact_internal(change) for change in reader.changes.public_after(after, limit=limit))


def public_version(registry: Registry, actor: Actor) -> str:
    """What public answers depend on: as long as it stays, none of them changes, not even by a restored backup."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        return f"{reader.meta.get(LOG_ID)}.{reader.changes.head().public_seq}"


def public_seq(registry: Registry, actor: Actor) -> int:
    """The newest ``public_seq``: as long as it stays, no public answer changes."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        return reader.changes.head().public_seq


def _shown(found: Record | None, actor: Actor) -> Record:
    if found is None:
        raise NotFound("no such record")
    return redaction.for_actor(found, actor)


def _redacted(found: Page[Record], actor: Actor) -> Page[Record]:
    items = tuple(redaction.for_actor(one, actor) for one in found.items)
    return Page(items, found.positions, found.has_next, found.has_previous)
