"""Changing the node's key: a new one, which the old one vouches for, and what is to be signed anew with it.

The file of the key is put in its place twice, whole each time, and what is said in the store between the two decides:
before it the node has the old key, behind it the new one, whenever the power fails.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from registry import signing
from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.canonical import Document
from registry.domain.errors import Conflict
from registry.domain.event import EventName
from registry.domain.federation.discovery import KeyEntry, endorsed_bytes
from registry.domain.federation.header import FederatedChange, header_bytes, header_hash, read_header
from registry.domain.federation.peer import KeyStatus
from registry.domain.record import RecordUid
from registry.locking import locked
from registry.ports import Registry
from registry.ports.federation import KeptHeader
from registry.service.events import note
from registry.service.federation.identity import (
    ENDORSEMENTS,
    FORMER_KEYS,
    MOST_FORMER,
    endorsements,
    former_keys,
    is_retired,
)
from registry.service.federation.signing import next_rev
from registry.signing import NodeKey, kid_of

# Under which name the store keeps behind which record headers are still to be signed anew.
_SIGN_ANEW = "sign_anew_after"
_DONE = "done"
_PORTION = 200


@dataclass(frozen=True, slots=True)
class Rotated:
    """The fingerprints of the key before and of the new one."""

    before: str
    after: str


def rotate(registry: Registry, actor: Actor, *, compromised: bool = False) -> Rotated:
    """Give the node a new key. The old one counts for what it signed before; a *compromised* one for what others hold
    already, and everything of this node is signed anew.

    A process that serves goes on with the key that it has read, and signs no headers, until it is started anew.

    Raises:
        Forbidden: *actor* lacks ``sync:manage``.
        Conflict: the key is being changed, or was since this process has read it.
        Misconfigured: the file of the key cannot be read.
    """
    policy.require(actor, Permission.SYNC_MANAGE)
    path = registry.settings.node_key_path
    with locked(path.with_name(path.name + ".lock"), wait=False) as is_mine:
        if not is_mine:
            raise Conflict("the key is being changed")
        new = begin(registry)
        retire(registry, actor, new, compromised=compromised)
        finish(path, new)
    return Rotated(registry.key.fingerprint, new.fingerprint)


def begin(registry: Registry) -> NodeKey:
    """Make the next key, and keep it beside the present one, which stays the node's."""
    new = registry.key.next()
    signing.put(registry.settings.node_key_path, (registry.key, new))
    return new


def retire(registry: Registry, actor: Actor, new: NodeKey, *, compromised: bool) -> None:
    """Say in the store that the present key is the node's no more, and what it says of the new one.

    Raises:
        Conflict: the key was changed since this process has read it.
    """
    policy.require(actor, Permission.SYNC_MANAGE)
    old, now = registry.key, registry.clock.now()
    said = endorsed_bytes(registry.settings.node_name, new.fingerprint, new.public.x)
    with registry.storage.begin() as unit:
        if is_retired(registry, unit):
            raise Conflict("the key was changed meanwhile", hint="start again")
        vouched = endorsements(unit)
        entry = KeyEntry(
            kid=old.fingerprint,
            x=old.public.x,
            status=KeyStatus.COMPROMISED if compromised else KeyStatus.RETIRED,
            at=now,
            endorsement=vouched.get(old.fingerprint),
        )
        kept = [_kept(one) for one in (entry, *former_keys(unit))][:MOST_FORMER]
        unit.meta.put(FORMER_KEYS, json.dumps(kept))
        unit.meta.put(ENDORSEMENTS, json.dumps({new.fingerprint: old.sign(said)}))
        if compromised:
            unit.meta.put(_SIGN_ANEW, "")
        note(registry, unit, actor, EventName.NODE_KEY_ROTATED, compromised=int(compromised))


def finish(path: Path, new: NodeKey) -> None:
    """Let the file hold the new key alone."""
    signing.put(path, (new,))


def have_signed_anew(registry: Registry, actor: Actor) -> None:
    """Have everything of this node signed anew, because others cannot check what was signed with a key that is lost."""
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.begin() as unit:
        unit.meta.put(_SIGN_ANEW, "")


def sign_anew(registry: Registry, actor: Actor) -> int:
    """Sign the next of the headers that an earlier key has signed, as the next headers of their records, and return how
    many records were looked at; none where nothing is to be signed anew."""
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.read() as reader:
        if reader.meta.get(_SIGN_ANEW) in {None, _DONE}:
            return 0
    with registry.storage.begin() as unit:
        after = unit.meta.get(_SIGN_ANEW) or None
        if after == _DONE or is_retired(registry, unit):
            return 0
        uids = unit.records.uids(after=None if after is None else RecordUid(after), limit=_PORTION)
        heads = unit.envelopes.heads(uids)
        mine = [heads[uid].header for uid in uids if uid in heads and _is_due(registry, heads[uid].header)]
        for one in mine:
            unit.envelopes.add(_next(registry, one, rev=next_rev(unit, one)), is_head=True)
        unit.envelopes.place([one.uid for one in mine])
        unit.meta.put(_SIGN_ANEW, uids[-1] if uids else _DONE)
    return len(uids)


def _is_due(registry: Registry, head: KeptHeader) -> bool:
    """Whether it is a header of this node that another key has signed; of an erased one only its hash is left."""
    is_own = head.origin == registry.settings.node_name and head.body != b""
    return is_own and kid_of(head.signature) != registry.key.fingerprint


def _next(registry: Registry, before: KeptHeader, *, rev: int) -> KeptHeader:
    """The header that says the same, signed by the present key."""
    now = registry.clock.now()
    header = read_header(before.body).model_copy(
        update={
            "rev": rev,
            "prev_hash": before.hash,
            "signed_at": now,
            "change": FederatedChange.VISIBILITY,
        }
    )
    body = header_bytes(header)
    return replace(
        before, rev=header.rev, hash=header_hash(body), body=body, signature=registry.key.sign(body), kept_at=now
    )


def _kept(entry: KeyEntry) -> Document:
    return {
        "kid": entry.kid,
        "x": entry.x,
        "status": entry.status.value,
        "at": None if entry.at is None else entry.at.isoformat(),
        "endorsement": entry.endorsement,
    }
