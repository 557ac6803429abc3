"""Parts of a record that is held already: taken when access is given, let go of when it is taken back."""

from __future__ import annotations

from dataclasses import replace

from registry.domain.actor import Actor
from registry.domain.change import ChangeKind
from registry.domain.federation.envelope import Envelope, Revocation
from registry.domain.federation.guarding import Gone
from registry.domain.federation.header import TAKEN_BACK
from registry.domain.federation.peer import Peer
from registry.domain.federation.telling import LetGo
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid, State
from registry.domain.redaction import is_noticed
from registry.ports import Registry, Unit
from registry.ports.federation import Head, KeptHeader
from registry.service.federation.guarding import note_going
from registry.service.federation.receiving import (
    forget_restricted,
    marking_here,
    receive,
    require_readable,
    stored_part,
)
from registry.service.sharing import follow_subject, with_cap
from registry.service.writing import log, note_first_sight

REVOKED = "this node may not show the record any more"
# Headers of one rev of a record that are kept: the one that held, and some that contradict it.
MOST_OF_ONE_REV = 8


def take_again(
    registry: Registry,
    unit: Unit,
    actor: Actor,
    origin: Peer,
    record: Record,
    held: KeptHeader,
    again: KeptHeader,
    envelope: Envelope,
    gone: Gone,
) -> None:
    """Take of a header that is *held* what came with it *again*.

    Only its origin, and whoever gave it, changes which parts are here: another node may not have heard yet that they
    were taken back, and in a ring one that has not would give them to one that has for ever.
    """
    if record.state is State.ERASED and envelope.header.state is not State.ERASED:
        return
    gives = again.came_from in {record.origin, held.came_from}
    if gives and held.hops >= TAKEN_BACK and not envelope.header.has_content:
        # It was taken back; and what became of it at its origin is known now.
        receive(registry, unit, actor, origin, record, envelope, gone)
    elif gives:
        _take_parts(registry, unit, actor, record, envelope, gone, is_direct=again.came_from == record.origin)
    if again.hops < held.hops and (gives or held.hops < TAKEN_BACK):
        # By a shorter way it may be handed on further.
        unit.envelopes.hand_over(again)
        unit.envelopes.place([record.uid])


def is_closed(unit: Unit, uid: RecordUid) -> bool:
    """Whether a record was held here and erased or taken back: of what is refused of it nothing is kept either."""
    head, record = unit.envelopes.heads([uid]).get(uid), unit.records.get(uid, visible=EVERYTHING)
    return head is not None and is_gone(head, record)


def is_gone(head: Head | None, record: Record | None) -> bool:
    """Whether what was held of a record was erased or taken back, or only that it was erased ever came."""
    return record is None or record.state is State.ERASED or (head is not None and head.header.hops >= TAKEN_BACK)


def _take_parts(
    registry: Registry, unit: Unit, actor: Actor, record: Record, envelope: Envelope, gone: Gone, *, is_direct: bool
) -> None:
    """Take parts of a header that is held already: access was given back, or to a further part, or the restricted one
    was taken back.

    Args:
        is_direct: whether the origin itself gives it: what it leaves out is not for this node.
    """
    if not envelope.header.has_content:
        return
    if is_direct and "restricted" not in envelope.parts and record.head.restricted is not None:
        after = replace(record, head=replace(record.head, restricted=None), changed_at=registry.clock.now())
        forget_restricted(unit, record, after)
        unit.records.put_back(after)
        log(unit, actor, after, ChangeKind.VISIBILITY, public=is_noticed(record, after))
        return
    lacks = {name for name in ("public", "restricted") if getattr(record.head, name) is None}
    if lacks.isdisjoint(envelope.parts):
        return
    require_readable(envelope)
    head, now = record.head, registry.clock.now()
    after = replace(
        record,
        state=envelope.header.state,
        head=replace(
            head,
            marking=marking_here(unit, envelope.header),
            public=head.public or stored_part(envelope.header, envelope.parts.get("public")),
            restricted=head.restricted or stored_part(envelope.header, envelope.parts.get("restricted")),
        ),
        reason=None,
        withdrawn_at=None,
        changed_at=now,
    )
    after = note_first_sight(with_cap(unit, after), now)
    unit.records.put_back(after)
    note_going(registry, unit, record, after, gone)
    log(unit, actor, after, ChangeKind.VISIBILITY, public=is_noticed(record, after))
    follow_subject(unit, actor, after)


def revoke(registry: Registry, unit: Unit, actor: Actor, peer: Peer, revocation: Revocation, gone: Gone) -> int:
    """Let go of the parts of a record that *peer* gave and may not give any more; how many records that was.

    Only whoever gave it, or began it, takes it back. Hashes and the number stay, and
    nothing of it is handed on: those who have it from here let go of it too.
    """
    # A number is one record's; its uid may be claimed by two nodes.
    named = unit.records.by_number(revocation.number, visible=EVERYTHING)
    uid = RecordUid(revocation.uid) if named is None else named.uid
    record, head = unit.records.get(uid, visible=EVERYTHING), unit.envelopes.heads([uid]).get(uid)
    if record is None or head is None or not record.received or record.state is State.ERASED:
        return 0
    if peer.dns not in {record.origin, head.header.came_from} or head.header.hops >= TAKEN_BACK:
        return 0
    unit.envelopes.forget(uid)
    # From now on only whoever took it back gives it back.
    unit.envelopes.hand_over(without_words(replace(head.header, came_from=peer.dns, hops=TAKEN_BACK)))
    now = registry.clock.now()
    after = replace(
        record,
        state=State.WITHDRAWN,
        head=replace(record.head, public=None, restricted=None),
        reason=REVOKED,
        withdrawn_at=now,
        changed_at=now,
    )
    unit.records.erase(after)
    note_going(registry, unit, record, after, gone)
    gone.lets_go(RecordUid(revocation.uid), LetGo.REVOKE, for_=peer.dns)
    unit.changes.forget_reasons(uid)
    unit.refusals.erase(uid)
    unit.proposals.erase(uid)
    unit.messages.erase(uid)
    log(unit, actor, after, ChangeKind.WITHDRAW, public=is_noticed(record, after), reason=REVOKED)
    follow_subject(unit, actor, after)
    return 1


def keep_beside(unit: Unit, header: KeptHeader, *, is_gone: bool) -> None:
    """Keep a header that is not the newest of its record, unless too many of its ``rev`` are held: an origin that
    contradicts itself without end fills no disk by it.

    Args:
        is_gone: whether no words of the record may come back, not even those of an old marking.
    """
    if unit.envelopes.count_of_rev(header.uid, header.rev) < MOST_OF_ONE_REV:
        unit.envelopes.add(without_words(header) if is_gone else header, is_head=False)


def without_words(header: KeptHeader) -> KeptHeader:
    """A header of which only that it was there is kept: a marking holds words of its author too."""
    return replace(header, body=b"", signature="", reason=None)
