"""What a peer is to learn of a record: the one place that decides it, whichever door the peer asks at.

It is decided anew each time, from the record as it is then: an envelope, a revocation, or nothing at all.
"""

from __future__ import annotations

from registry.domain import actor as actors
from registry.domain import policy
from registry.domain.actor import Actor
from registry.domain.federation.envelope import Envelope, Part, Revocation
from registry.domain.federation.header import RELAYED, TAKEN_BACK, Header, kept_header, marking_for_others
from registry.domain.federation.peer import Peer
from registry.domain.record import Record, State, StoredPart
from registry.domain.vocabulary import Tlp
from registry.ports import Reader, Unit
from registry.ports.federation import Head, KeptHeader, Sent


def actor_of(view: Reader | Unit, peer: Peer) -> Actor:
    """The peer as one who asks, with the groups that its organisation is in now."""
    return actors.peer(peer.dns, peer.organisation, view.groups.of(peer.organisation))


def item_for(
    actor: Actor, peer: Peer, record: Record, head: Head, sent: Sent | None, *, own: str
) -> Envelope | Revocation | None:
    """What the peer is to learn of a record: how it is now, that it may see it no more, or nothing.

    Args:
        actor: the peer as one who asks.
        sent: what it was sent of the record before.
        own: the DNS name of this node.
    """
    kept = head.header
    if kept.hops >= TAKEN_BACK:
        # Whoever gave it took it back: those who got it from here let go of it too.
        return _taken_back(record, kept) if sent is not None else None
    if head.frozen or not kept.body:
        return None
    header = kept_header(kept.body)
    is_own = record.origin == own
    if not _may_see(actor, peer, record, header, head, is_own=is_own):
        return _taken_back(record, kept) if sent is not None else None
    if not _tells_of(header, record, is_own=is_own):
        return None
    parts: dict[str, Part] = {}
    if header.has_content and record.head.public is not None:
        parts["public"] = _part(record.head.public)
        # A part for a group goes no further than its origin gave it, whoever is in the group here that stands for it.
        is_for_peer = is_own or header.marking.restricted_tlp in RELAYED
        if record.head.restricted is not None and is_for_peer and policy.reads_restricted(actor, record):
            parts["restricted"] = _part(record.head.restricted)
    if kept.reason is not None:
        parts["reason"] = kept.reason
    return Envelope(header, kept.body, kept.signature, parts, kept.hops + (not is_own))


def may_read_header(actor: Actor, peer: Peer, kept: KeptHeader, header: Header, *, own: str) -> bool:
    """Whether a header that was followed by another one was, by what it says, for the peer as it is now."""
    marking = header.marking
    if marking.tlp is Tlp.RED or (header.imported and not peer.imports):
        return False
    is_wide = not header.embargoed and marking.tlp in {Tlp.CLEAR, Tlp.GREEN}
    if header.origin == own:
        # Closed to all but a group.
        return is_wide or marking.audience in actor.groups
    return is_wide and kept.hops < header.max_hops and peer.dns not in {header.origin, kept.came_from}


def _taken_back(record: Record, kept: KeptHeader) -> Revocation:
    return Revocation(record.uid, record.number or "", kept.hash)


def _may_see(actor: Actor, peer: Peer, record: Record, header: Header, head: Head, *, is_own: bool) -> bool:
    """Whether the peer may have the record, or know of it as one that is gone, from this node."""
    visible = policy.visible_to(actor)
    may_see = visible.lists(record) if record.is_out else visible.admits(record) and not _is_narrowed(record, actor)
    return may_see and (is_own or _is_relayed(record, header, head, peer)) and (peer.imports or not record.imported)


def _tells_of(header: Header, record: Record, *, is_own: bool) -> bool:
    """Whether the newest header tells of the record as it is now; where it does not, the follower is about to sign."""
    if record.state is State.ERASED and not is_own:
        # What was erased may be a revision that never came here.
        return header.state is State.ERASED
    is_same = header.public_hash == record.head.public_hash.hex() and header.has_content == record.is_out
    if not is_own or not is_same:
        return is_same
    # Who got it under the marking of yesterday would hand it on to those who may not have it today.
    return header.embargoed == record.is_under_embargo and header.marking == marking_for_others(record)


def _is_narrowed(record: Record, actor: Actor) -> bool:
    """Whether a tombstone stands for something that the peer may not follow any more."""
    return not (record.is_open or policy.visible_to(actor).was_given(record))


def _is_relayed(record: Record, header: Header, head: Head, peer: Peer) -> bool:
    """Whether what came from another node is handed on to this peer: only what is for all or for the community, as far
    as its origin allows, and not back to where it came from. A copy that was taken back and then erased is as visible
    as it last was here; its header says how visible it was in the end."""
    is_wide = (record.is_open or record.is_open_to_community) and header.marking.tlp in RELAYED and not header.embargoed
    return is_wide and head.header.hops < header.max_hops and peer.dns not in {record.origin, head.header.came_from}


def has(sent: Sent | None, item: Envelope | Revocation, begin: int) -> bool:
    """Whether the peer has just this: it was sent, and the peer has asked for what comes behind since."""
    if sent is None or sent.position > begin:
        return False
    # What becomes of it once it was taken back is not told.
    return sent.revoked if isinstance(item, Revocation) else sent.hash == named(item)


def named(item: Envelope | Revocation) -> str:
    """What tells apart what a peer was sent of a record: the header, which parts came with it, and over how many
    nodes."""
    if isinstance(item, Revocation):
        return f"{item.hash} revoked"
    return " ".join((item.hash, *item.parts, str(item.hops)))


def _part(part: StoredPart) -> Part:
    return Part(part.salt, part.body)
