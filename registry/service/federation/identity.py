"""Who this node is to others: its discovery document and its keys."""

from __future__ import annotations

import json
from datetime import datetime

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.canonical import Document
from registry.domain.change import LOG_ID
from registry.domain.errors import NotFound
from registry.domain.federation.discovery import Discovery, KeyEntry, Successor, discovery_bytes, signed_document
from registry.domain.federation.peer import KeyStatus, PeerState
from registry.domain.vocabulary import Tlp
from registry.ports import Reader, Registry, Unit
from registry.release import version

LOG_PATH = "/fed/v1/log"
RECORDS_PATH = "/fed/v1/records"
INBOX_PATH = "/fed/v1/inbox"
BUCKETS_PATH = "/fed/v1/buckets"
PING_PATH = "/fed/v1/ping"
STREAM_PATH = "/fed/v1/stream"
_ENDPOINTS = {
    "log": LOG_PATH,
    "records": RECORDS_PATH,
    "inbox": INBOX_PATH,
    "buckets": BUCKETS_PATH,
    "ping": PING_PATH,
    "stream": STREAM_PATH,
}
# Under which name the store keeps the keys that the node signed with before.
FORMER_KEYS = "former_node_keys"
# Under which it keeps what the key before said of the present one.
ENDORSEMENTS = "node_key_endorsements"
# Under which it keeps the DNS names of its successors.
SUCCESSORS = "successors"
# Most former keys that are named; a document names fifty.
MOST_FORMER = 48
# RED never leaves; the others by who asks.
_SERVED = (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT)


def discovery(registry: Registry, actor: Actor) -> Document:
    """The node's signed discovery document, made now.

    Raises:
        NotFound: the node was not initialised, and has no log.
    """
    policy.require(actor, Permission.RECORD_READ)
    settings = registry.settings
    with registry.storage.read() as reader:
        log_id, former = reader.meta.get(LOG_ID), former_keys(reader)
        endorsement = endorsements(reader).get(registry.key.fingerprint)
        successors = named_successors(reader)
    if log_id is None:
        raise NotFound("this node does not sync")
    own = registry.key.public
    document = Discovery(
        dns=settings.node_name,
        short_name=settings.short_name,
        title=settings.title,
        contact=settings.contact or None,
        log_id=log_id,
        endpoints={name: settings.base_url + path for name, path in _ENDPOINTS.items()},
        tlp=_SERVED,
        # Until a running process is started anew, it goes on with the key that it has read.
        keys=(KeyEntry(kid=own.kid, x=own.x, endorsement=endorsement), *(one for one in former if one.kid != own.kid)),
        successors=successors,
        issued_at=registry.clock.now(),
        software=f"incident-commons {version()}",
    )
    return signed_document(document, registry.key.sign(discovery_bytes(document)))


def named_successors(reader: Reader | Unit) -> tuple[Successor, ...]:
    """The nodes that may act for this one once it is silent, as far as they are trusted here, with their present
    keys."""
    found = [reader.peers.get(dns) for dns in json.loads(reader.meta.get(SUCCESSORS) or "[]")]
    trusted = (one for one in found if one is not None and one.state is not PeerState.ASKED)
    return tuple(Successor(dns=one.dns, kid=one.fingerprint) for one in trusted if one.fingerprint)


def former_keys(reader: Reader | Unit) -> tuple[KeyEntry, ...]:
    """The keys that the node signed with before, the newest first."""
    kept = json.loads(reader.meta.get(FORMER_KEYS) or "[]")
    return tuple(
        KeyEntry(
            kid=one["kid"],
            x=one["x"],
            status=KeyStatus(one["status"]),
            at=datetime.fromisoformat(one["at"]),
            endorsement=one.get("endorsement"),
        )
        for one in kept
    )


def endorsements(reader: Reader | Unit) -> dict[str, str]:
    """What the key before said of a key, by its fingerprint."""
    kept: dict[str, str] = json.loads(reader.meta.get(ENDORSEMENTS) or "{}")
    return kept


def is_retired(registry: Registry, view: Reader | Unit) -> bool:
    """Whether this process has a key that the node signs with no more: it must be started anew."""
    return registry.key.fingerprint in {one.kid for one in former_keys(view)}
