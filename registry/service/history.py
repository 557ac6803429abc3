"""Reading a record's past: what happened to it, its revisions, and what differs between two of them."""

from __future__ import annotations

from registry.domain import history, policy
from registry.domain.actor import Actor, Permission, member
from registry.domain.canonical import Document
from registry.domain.content.base import to_document
from registry.domain.errors import NotFound
from registry.domain.history import History, Part, PartChange, Past
from registry.domain.record import OrganisationId, RecordUid, Revision
from registry.ports import Reader, Registry
from registry.service import welfare
from registry.service.references import as_seen


def history_of(registry: Registry, actor: Actor, uid: RecordUid) -> History:
    """What happened to a record, as far as *actor* may know.

    Raises:
        NotFound: no such record, or none that *actor* may see; the two are not told apart.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        return _history(reader, actor, uid)


def difference(
    registry: Registry, actor: Actor, uid: RecordUid, older: int, newer: int, *, drafts: bool = False
) -> tuple[PartChange, ...]:
    """What differs between two revisions of a record, in every part that *actor* may read of both.

    References to records that *actor* does not see are not compared.

    Args:
        older: number of a published revision, from 1; with *drafts*, of a draft revision.
        newer: the same of the revision that is told of; it may also be the earlier one.

    Raises:
        NotFound: no such record or revision, or none that *actor* may read.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        readable = {
            one.draft_revision if drafts else one.revision: one
            for one in _history(reader, actor, uid).revisions
            if one.public is not None
        }
        if older not in readable or newer not in readable:
            raise NotFound("no such revision")
        before, after = (_parts(reader, actor, readable[number]) for number in (older, newer))
        record = reader.records.get(uid, visible=policy.visible_to(actor))
    if record is not None:
        shown = [readable[number] for number in (older, newer)]
        given = [(uid, one) for one in shown if welfare.is_reviewing(actor, record, one)]
        if given:
            welfare.note_work(registry, actor, given)
    if record is not None and policy.reads_for_review(actor, record):
        for number in (older, newer):
            welfare.note_reading(registry, actor, uid, readable[number])
    return history.differences(before, after)


def credits_of(registry: Registry, actor: Actor, uid: RecordUid) -> tuple[OrganisationId, ...]:
    """The organisations whose corrections are in what *actor* may read of a record, the first first; none twice.

    Raises:
        NotFound: as ``history_of``.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        told = _history(reader, actor, uid).credits
    return tuple(dict.fromkeys(one for organisations in told for one in organisations))


def _history(reader: Reader, actor: Actor, uid: RecordUid) -> History:
    record = reader.records.get(uid, visible=policy.visible_to(actor))
    if record is None:
        raise NotFound("no such record")
    members = (one for one, _ in reader.accounts.members(record.owner))
    past = Past(
        record,
        reader.changes.of_record(uid),
        reader.records.revisions(uid),
        reader.proposals.of_record(uid),
        frozenset(member(one.answerable, one.organisation, one.roles).id for one in members),
    )
    return history.as_told(past, actor)


def _parts(reader: Reader, actor: Actor, revision: Revision) -> dict[Part, Document]:
    """The parts of a redacted revision, without references to what *actor* does not see."""
    parts = {Part.CONTENT: revision.public, Part.RESTRICTED: revision.restricted}
    found = {part: as_seen(reader, actor, stored.document)[0] for part, stored in parts.items() if stored is not None}
    return found | {Part.MARKING: to_document(revision.marking)}
