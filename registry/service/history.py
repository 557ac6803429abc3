"""Reading a record's past: what happened to it, its revisions, and what differs between two of them."""

from __future__ import annotations

from registry.domain import history, policy
from registry.domain.actor import Actor, Permission
from registry.domain.errors import NotFound
from registry.domain.history import History, PartChange
from registry.domain.record import RecordUid, Revision
from registry.ports import Registry


def history_of(registry: Registry, actor: Actor, uid: RecordUid) -> History:
    """What happened to a record, as far as *actor* may know.

    Raises:
        NotFound: no such record, or none that *actor* may see; the two are not told apart.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        found = reader.records.get(uid, visible=policy.visible_to(actor))
        if found is None:
            raise NotFound("no such record")
        changes = reader.changes.of_record(uid)
        revisions = reader.records.revisions(uid)
    return history.as_told(found, changes, revisions, actor)


def difference(
    registry: Registry, actor: Actor, uid: RecordUid, older: int, newer: int, *, drafts: bool = False
) -> tuple[PartChange, ...]:
    """What differs between two revisions of a record, in every part that *actor* may read of both.

    Args:
        older: number of a published revision, from 1; with *drafts*, of a draft revision.
        newer: the same of the revision that is told of; it may also be the earlier one.

    Raises:
        NotFound: no such record or revision, or none that *actor* may read.
    """
    policy.require(actor, Permission.RECORD_READ)
    readable = {
        one.draft_revision if drafts else one.revision: one
        for one in history_of(registry, actor, uid).revisions
        if one.public is not None
    }
    return history.differences(_known(readable, older), _known(readable, newer))


def _known(readable: dict[int | None, Revision], number: int) -> Revision:
    found = readable.get(number)
    if found is None:
        raise NotFound("no such revision")
    return found
