"""By whom a record that came from another node is signed, and when it came: what its page tells beside its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.federation.header import kept_header
from registry.domain.record import Record, RecordUid
from registry.ports import Registry
from registry.service.federation.stand_ins import signed_by


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is told of a record that came from another node.

    Attributes:
        signed_by: DNS name of the node whose key signed its newest header: its origin, or one that acts for it.
        came_from: the node that handed it on.
        received_at: when that header came.
        published_at: when its origin published the version that is held: of the first one as it says, of a later one
            when it signed it. ``None`` where only that it was there is kept.
        address: of its page at its origin; ``None`` where that node is not known any more.
    """

    signed_by: str
    came_from: str
    received_at: datetime
    published_at: datetime | None
    address: str | None


def of_record(registry: Registry, actor: Actor, uid: RecordUid) -> Provenance | None:
    """What is told of a record; ``None`` of one that began here, and of one that *actor* may not see."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        record = reader.records.get(uid, visible=policy.visible_to(actor))
        head = None if record is None or not record.received else reader.envelopes.heads([uid]).get(uid)
        if record is None or head is None:
            return None
        kept, origin = head.header, reader.peers.get(record.origin)
        signer = signed_by(registry, reader, kept)
    address = None if origin is None else _address(origin.base_url, record)
    return Provenance(signer, kept.came_from or record.origin, kept.kept_at, _published_at(kept.body), address)


def _published_at(body: bytes) -> datetime | None:
    header = kept_header(body) if body else None
    if header is None:
        return None
    return header.published_at if header.revision == 1 else header.signed_at


def _address(base_url: str, record: Record) -> str:
    return f"{base_url}/r/{record.number or record.uid}"
