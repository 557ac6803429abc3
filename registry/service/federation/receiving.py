"""Storing what another node signed, once it was judged: the record as it is there, as visible as it may be here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import cast

from registry.domain.actor import Actor
from registry.domain.canonical import Document, parse_json
from registry.domain.change import ChangeKind
from registry.domain.content.kinds import parse
from registry.domain.content.marking import Marking
from registry.domain.federation.envelope import Envelope, Part
from registry.domain.federation.guarding import Gone
from registry.domain.federation.header import RELAYED, Header, kept_header
from registry.domain.federation.peer import Peer
from registry.domain.federation.telling import LetGo
from registry.domain.people import is_sensitive
from registry.domain.record import OrganisationId, Record, RecordUid, Revision, State, StoredPart
from registry.domain.redaction import is_noticed
from registry.domain.sealed import is_sealed
from registry.domain.vocabulary import Tlp
from registry.ports import Registry, Unit
from registry.service.erasure import erased_record
from registry.service.federation.guarding import note_going
from registry.service.federation.owning import owner_here
from registry.service.federation.unfit import WAITING, NotYet, Unfit
from registry.service.sharing import follow_subject, is_followed, leads_round, with_cap
from registry.service.writing import log, note_first_sight


def receive(
    registry: Registry,
    unit: Unit,
    actor: Actor,
    origin: Peer,
    before: Record | None,
    envelope: Envelope,
    gone: Gone,
) -> None:
    """Store the state that *envelope* tells, within a unit of the caller, who has judged header and signature, and
    settles what is gone.

    What was erased here stays erased, and what was blocked here stays blocked.

    Raises:
        InvalidInput: a part says what no record may say.
        Unfit: it is sealed, or its public part is neither held nor given.
    """
    header, now = envelope.header, registry.clock.now()
    if before is not None and before.state is State.ERASED:
        if header.state is State.ERASED:
            # Where that was known only from this node's own journal, those behind it have not heard of it yet.
            unit.envelopes.place([before.uid])
        return
    if header.state is State.ERASED:
        if before is None and unit.refusals.about(RecordUid(header.uid), reasons=WAITING):
            # It is let go of like every other: whoever began it must not learn by this what was taken in.
            gone.lets_go(RecordUid(header.uid), LetGo.ERASE, for_=header.origin)
        unit.refusals.erase(RecordUid(header.uid))
    if header.state is State.ERASED and before is not None:
        _erase(registry, unit, actor, before, envelope, gone)
        return
    owner = owner_here(registry, unit, origin.dns, origin.short_name, header.owner, is_open=header.is_open)
    is_direct = actor.id == f"node:{origin.dns}"
    after = record_of(unit, before, envelope, owner=owner, now=now, is_direct=is_direct)
    after = note_first_sight(with_cap(unit, after), now)
    if before is not None:
        forget_restricted(unit, before, after)
    if before is None:
        unit.records.add(after)
    elif _is_stored_without_parts(unit, after):
        unit.records.put_back(after)
    else:
        unit.records.save(after)
    note_going(registry, unit, before, after, gone)
    public = is_noticed(before, after)
    # The two call alike what happened.
    kind = ChangeKind(header.change.value) if before is not None else ChangeKind.UPSERT
    log(unit, actor, after, kind, public=public, reason=after.reason if after.is_tombstone else None)
    if is_followed(before, after):
        follow_subject(unit, actor, after)


def record_of(
    unit: Unit,
    before: Record | None,
    envelope: Envelope,
    *,
    owner: OrganisationId,
    now: datetime,
    is_direct: bool = True,
) -> Record:
    """The record as *envelope* tells, not stored yet.

    Args:
        is_direct: whether its origin gave it: what the origin leaves out is not for this node.

    Raises:
        InvalidInput: a part says what no record may say.
        Unfit: it is sealed, or its public part is neither held nor given.
    """
    header = envelope.header
    if header.has_content:
        _require_content(before, envelope)
        require_readable(envelope)
    into = _stands_for(unit, header)
    if into is not None and leads_round(unit, RecordUid(header.uid), into):
        raise NotYet("MERGED_IN_A_CIRCLE")
    head = _head(unit, before, envelope, now, is_direct=is_direct)
    is_out = header.has_content
    reason = envelope.parts.get("reason")
    values: dict[str, object] = {
        "owner": owner,
        "state": header.state,
        "revision": header.revision,
        "draft_revision": head.draft_revision,
        "head": head,
        "changed_at": now,
        "embargoed": header.embargoed,
        "imported": header.imported,
        "reason": None if is_out else (None if reason is None else reason.body.decode(errors="replace")),
        "withdrawn_at": None if is_out else now,
        "merged_into": into,
        "sensitive": head.public is not None and is_sensitive(head.public.document, head.marking),
        # Its origin gives source links out once somebody there has found them fit to be shown.
        "sources_cleared": True,
        "blocked": header.blocked or (before is not None and before.blocked and before.blocked_by is not None),
    }
    if before is not None:
        return replace(before, **values)  # type: ignore[arg-type]  # by the fields of a record
    return Record(
        uid=RecordUid(header.uid),
        kind=header.kind,
        origin=header.origin,
        number=header.number,
        created_at=now,
        # When readers here can first see it: who follows a list or a feed would miss what is put further back.
        published_at=now,
        received=True,
        **values,  # type: ignore[arg-type]  # by the fields of a record
    )


def _stands_for(unit: Unit, header: Header) -> RecordUid | None:
    """The record that stands for a merged one, which is of the same node and may stand here under another uid."""
    if header.merged_into is None or header.state is not State.MERGED:
        return None
    return unit.peer_owners.uid_here(header.origin, header.merged_into) or RecordUid(header.merged_into)


def _head(unit: Unit, before: Record | None, envelope: Envelope, now: datetime, *, is_direct: bool) -> Revision:
    """The head revision: the one that is held, where neither what was written nor how it is marked is another."""
    header = envelope.header
    marking = marking_here(unit, header)
    hashes = bytes.fromhex(header.public_hash), bytes.fromhex(header.restricted_hash)
    held = None if before is None else before.head
    is_same = held is not None and (held.public_hash, held.restricted_hash) == hashes
    public = stored_part(header, envelope.parts.get("public")) or (held.public if held and is_same else None)
    restricted = stored_part(header, envelope.parts.get("restricted"))
    # What every node may have stays where somebody relays the header without it. What is for a group only comes with
    # the header from the origin itself, to those who may have it.
    is_closed = header.marking.restricted_tlp not in RELAYED or (is_direct and header.has_content)
    if restricted is None and held is not None and is_same and not is_closed:
        restricted = held.restricted
    if held is not None and is_same and held.marking == marking and held.revision == header.revision:
        return replace(held, public=public, restricted=restricted)
    return Revision(
        draft_revision=header.rev,
        marking=marking,
        public=public,
        restricted=restricted,
        public_hash=hashes[0],
        restricted_hash=hashes[1],
        author=None,
        created_at=now,
        revision=header.revision,
        published_at=now,
    )


def forget_restricted(unit: Unit, before: Record, after: Record) -> None:
    """Let go of the restricted part, of earlier revisions too, where it is not for this node any more."""
    if before.head.restricted is not None and after.head.restricted is None:
        unit.records.forget_restricted(after.uid)


def _is_stored_without_parts(unit: Unit, record: Record) -> bool:
    """Whether the head's revision is stored, and lacks parts that are given now."""
    head = record.head
    stored = unit.records.revision(record.uid, head.draft_revision)
    return stored is not None and (
        (stored.public is None and head.public is not None)
        or (stored.restricted is None and head.restricted is not None)
    )


def _require_content(before: Record | None, envelope: Envelope) -> None:
    if "public" in envelope.parts:
        return
    is_held = before is not None and before.head.public is not None
    if not is_held or before is None or before.head.public_hash.hex() != envelope.header.public_hash:
        raise NotYet("MISSING_PART")


def require_readable(envelope: Envelope) -> None:
    """Refuse content that could not have been handed in here.

    Raises:
        InvalidInput: a part is not as its kind has it.
        Unfit: it is sealed: such a record is never shared.
    """
    public, restricted = envelope.parts.get("public"), envelope.parts.get("restricted")
    if public is None:
        return
    content = parse(
        envelope.header.kind,
        content=_document(public.body),
        restricted=None if restricted is None else _document(restricted.body),
    )
    if is_sealed(content):
        raise Unfit("SEALED")


def _document(body: bytes) -> Document:
    value = parse_json(body)
    return value if isinstance(value, Mapping) else cast("Document", {"": value})


def stored_part(header: Header, part: Part | None) -> StoredPart | None:
    if part is None:
        return None
    return StoredPart(header.schema_version, part.body, part.salt, bytes.fromhex(part.hash))


def marking_here(unit: Unit, header: Header) -> Marking:
    """How the record is marked here: a group there is the group here that an operator named, or nobody."""
    marking = header.marking
    if marking.audience is None:
        return marking
    origin = unit.peers.get(header.origin)
    group = None if origin is None else origin.groups.get(marking.audience)
    return marking.model_copy(update={"audience": None if marking.tlp is Tlp.RED else group})


def _erase(registry: Registry, unit: Unit, actor: Actor, record: Record, envelope: Envelope, gone: Gone) -> None:
    reason = envelope.parts.get("reason")
    words = "erased at its origin" if reason is None else reason.body.decode(errors="replace")
    gone.erased.append(record.uid)
    # By the uid that its origin knows.
    gone.lets_go(RecordUid(kept_header(envelope.body).uid), LetGo.ERASE, for_=record.origin)
    after = erased_record(registry, unit, record, words)
    note_going(registry, unit, record, after, gone)
    log(unit, actor, after, ChangeKind.ERASE, public=record.was_public, reason=words)
    follow_subject(unit, actor, after)
