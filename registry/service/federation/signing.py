"""Signing what was published: a header for each state of a record that others may get, behind the change log.

Headers are made by a follower, not by whoever publishes: a publication waits for no signature, and of several changes
in a row the last one is signed. A record stands in the log of peers once, where it last changed for somebody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from registry.domain import policy
from registry.domain.account import Organisation
from registry.domain.actor import Actor, Permission
from registry.domain.canonical import normalise
from registry.domain.change import FIRST_REV, Change, ChangeKind
from registry.domain.content.base import SCHEMA_VERSION
from registry.domain.federation.envelope import Part
from registry.domain.federation.header import (
    FederatedChange,
    Header,
    OwnerName,
    header_bytes,
    header_hash,
    marking_for_others,
    read_header,
    says_the_same,
)
from registry.domain.policy import EVERYTHING
from registry.domain.record import OrganisationId, Record, RecordUid, State
from registry.domain.vocabulary import Tlp
from registry.ports import Registry, Unit
from registry.ports.federation import Head, KeptHeader
from registry.service.federation.identity import is_retired

# Under which name the store keeps the last row of the log that was looked at.
POSITION = "federation_position"
_ROWS = 200
_PORTION = 500
_GROUP = "group:"
_CALLED = {
    ChangeKind.UPSERT: FederatedChange.UPSERT,
    ChangeKind.WITHDRAW: FederatedChange.WITHDRAW,
    ChangeKind.RESTORE: FederatedChange.RESTORE,
    ChangeKind.MERGE: FederatedChange.MERGE,
    ChangeKind.SPLIT: FederatedChange.SPLIT,
    ChangeKind.ERASE: FederatedChange.ERASE,
}


def sign_changes(registry: Registry, actor: Actor) -> int:
    """Sign what the next changes of the log lead to, and return how many rows were read.

    The position moves in the same transaction: no change is left out, and none is signed twice.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.read() as reader:
        if int(reader.meta.get(POSITION) or 0) == reader.changes.head().seq:
            return 0
    with registry.storage.begin() as unit:
        if is_retired(registry, unit):
            # What it signed now would count for nobody; the next process goes on from here.
            return 0
        # Ahead of the log it is where a backup was restored.
        position = min(int(unit.meta.get(POSITION) or 0), unit.changes.head().seq)
        rows = unit.changes.after(position, limit=_ROWS)
        placed = _signed(registry, unit, rows)
        unit.envelopes.place([*placed, *_shared_anew(unit, rows, but=frozenset(placed))])
        unit.meta.put(POSITION, str(rows[-1].seq if rows else position))
    return len(rows)


def _signed(registry: Registry, unit: Unit, rows: Sequence[Change]) -> list[RecordUid]:
    """Sign what these rows lead to; which records others are to look at again, in the order of their last row."""
    kinds = {one.row.uid: one.row.kind for one in rows if one.row.uid is not None}
    last = {one.row.uid: one.seq for one in rows if one.row.uid is not None}
    records = unit.records.many(list(kinds), visible=EVERYTHING)
    heads = unit.envelopes.heads(list(kinds))
    owners = unit.accounts.organisations_by_id(sorted({one.owner for one in records.values()}))
    placed = []
    for uid in sorted(records, key=last.__getitem__):
        record, head = records[uid], heads.get(uid)
        if record.origin != registry.settings.node_name:
            if head is not None:
                placed.append(uid)
        elif _is_for_others(record, head) and _sign(registry, unit, record, head, kinds[uid], owners):
            placed.append(uid)
    return placed


def _is_for_others(record: Record, head: Head | None) -> bool:
    """Whether a header is due: the record was given out, or those who got it must learn that it no longer is."""
    if not record.was_given_out or record.sealed or record.number is None or record.published_at is None:
        return False
    # Source links that nobody has cleared go to no other node; what it got before stays valid until then.
    is_waiting = record.is_out and record.hides_sources
    return not is_waiting and (head is not None or record.tlp is not Tlp.RED)


def _sign(
    registry: Registry,
    unit: Unit,
    record: Record,
    head: Head | None,
    kind: ChangeKind,
    owners: Mapping[OrganisationId, Organisation],
) -> bool:
    """Sign a header unless the newest says the same; tells whether one was made."""
    before = None if head is None else head.header
    reason = _reason(registry, record, before)
    owner = owners.get(record.owner)
    slug, name = (owner.slug, owner.name) if owner else ("unknown", "unknown")
    header = Header(
        uid=record.uid,
        number=record.number or "",
        kind=record.kind,
        change=_CALLED.get(kind, FederatedChange.VISIBILITY) if before else FederatedChange.UPSERT,
        state=record.state,
        origin=record.origin,
        owner=OwnerName(slug=slug, name=str(normalise(name))),
        rev=next_rev(unit, before),
        revision=record.revision,
        prev_hash=None if before is None else before.hash,
        signed_at=registry.clock.now(),
        published_at=record.published_at or record.created_at,
        schema_version=record.head.public.schema if record.head.public else SCHEMA_VERSION,
        marking=marking_for_others(record),
        embargoed=record.is_under_embargo,
        blocked=record.blocked,
        imported=record.imported,
        merged_into=record.merged_into,
        max_hops=registry.settings.federation_max_hops,
        public_hash=record.head.public_hash.hex(),
        restricted_hash=record.head.restricted_hash.hex(),
        reason_hash=None if reason is None else reason.hash,
    )
    if before is not None and before.body and says_the_same(read_header(before.body), header):
        return False
    body = header_bytes(header)
    kept = KeptHeader(
        uid=record.uid,
        origin=record.origin,
        rev=header.rev,
        hash=header_hash(body),
        body=body,
        signature=registry.key.sign(body),
        kept_at=header.signed_at,
        reason=reason,
    )
    unit.envelopes.add(kept, is_head=True)
    return True


def next_rev(unit: Unit, before: KeptHeader | None) -> int:
    """The ``rev`` of the next header of a record: behind all that were given out, also where a restored backup does not
    know of them."""
    return max(1 if before is None else before.rev + 1, int(unit.meta.get(FIRST_REV) or 1))


def _reason(registry: Registry, record: Record, before: KeptHeader | None) -> Part | None:
    """What a tombstone says, under the salt that it was sent with before."""
    is_out = record.state is State.PUBLISHED and not record.blocked
    if is_out or record.reason is None:
        return None
    body = record.reason.encode()
    if before is not None and before.reason is not None and before.reason.body == body:
        return before.reason
    return Part(registry.ids.salt(), body)


def _shared_anew(unit: Unit, rows: Sequence[Change], *, but: frozenset[RecordUid]) -> list[RecordUid]:
    """What is shared with groups whose members have changed: each peer then gets what it may see now."""
    groups = {
        one.row.subject.removeprefix(_GROUP)
        for one in rows
        if one.row.kind is ChangeKind.GROUP and one.row.subject is not None
    }
    found: list[RecordUid] = []
    for group in sorted(groups):
        after: RecordUid | None = None
        while portion := unit.envelopes.shared_with(group, after=after, limit=_PORTION):
            found += [uid for uid in portion if uid not in but]
            after = portion[-1]
    return list(dict.fromkeys(found))
