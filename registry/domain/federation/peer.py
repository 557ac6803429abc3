"""Other nodes: who they are, whether they are trusted, and how far the two have got with each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from registry.domain.record import GroupSlug, OrganisationId
from registry.domain.vocabulary import Kind, Tlp

# So many questions behind one another must have stayed without an answer before a node counts as silent: whoever was
# away for long has asked nobody.
SILENT_AFTER_FAILURES = 20

_NOBODY: Mapping[str, GroupSlug] = MappingProxyType({})


class PeerState(StrEnum):
    """How an operator stands to another node. Only ``active`` ones are asked and answered."""

    ASKED = "asked"
    ACTIVE = "active"
    PAUSED = "paused"


class KeyStatus(StrEnum):
    """What a key's signatures are worth: a retired one's, what it signed before; a compromised one's, what was held
    before that was learned."""

    ACTIVE = "active"
    RETIRED = "retired"
    COMPROMISED = "compromised"


@dataclass(frozen=True, slots=True)
class NodeKeyEntry:
    """A public key of a node.

    Attributes:
        kid: its RFC 7638 thumbprint.
        x: the Ed25519 public key, 32 bytes as base64url.
        at: since when it is no longer active.
    """

    kid: str
    x: str
    status: KeyStatus = KeyStatus.ACTIVE
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Successor:
    """A node that may correct, withdraw and erase for another that has been silent for long, by this key of it."""

    dns: str
    kid: str


@dataclass(frozen=True, slots=True)
class Peer:
    """Another node.

    Attributes:
        dns: what names it everywhere; it never changes.
        organisation: the organisation that stands for it here: its groups are what it is entitled to.
        keys: as its discovery document last said, once its fingerprint was confirmed.
        log_id: of the peer's log, as last seen; a restored backup has another.
        cursor: where to go on in the peer's log.
        pulls: whether this node asks it for what it has.
        serves: whether it is answered when it asks.
        imports: whether it also gets what was imported.
        groups: which group here stands for a group there.
        remaining: how many items it still has for this node.
        kinds: of which kinds of records this node asks it for; of all where there is none.
        tlp_max: up to which marking it is asked.
        poll_seconds: how long this node waits before it asks again; as the settings say where there is none.
        successors: as its discovery document last named them.
        heard_at: when a discovery document signed by itself last came.
        hold: why what it says is not taken in before an operator has looked; a stable word in capitals.
        released_until: until when an operator lets pass what would be held.
        reconciled_at: when the two last compared what they hold.
        differing: how many records differed then.
        pinged_at: when it last said that it has something new.
    """

    dns: str
    short_name: str
    title: str
    base_url: str
    state: PeerState
    organisation: OrganisationId
    keys: tuple[NodeKeyEntry, ...]
    added_at: datetime
    log_id: str | None = None
    cursor: str | None = None
    pulls: bool = True
    serves: bool = True
    imports: bool = False
    groups: Mapping[str, GroupSlug] = field(default_factory=lambda: _NOBODY)
    last_asked_at: datetime | None = None
    last_success_at: datetime | None = None
    last_error: str | None = None
    failures: int = 0
    remaining: int | None = None
    skew_seconds: int | None = None
    kinds: tuple[Kind, ...] = ()
    tlp_max: Tlp | None = None
    poll_seconds: int | None = None
    successors: tuple[Successor, ...] = ()
    heard_at: datetime | None = None
    hold: str | None = None
    released_until: datetime | None = None
    reconciled_at: datetime | None = None
    differing: int | None = None
    pinged_at: datetime | None = None

    @property
    def fingerprint(self) -> str:
        """The thumbprint of its active key, which operators compare."""
        return next((one.kid for one in self.keys if one.status is KeyStatus.ACTIVE), "")


def is_silent(peer: Peer, now: datetime, *, days: int) -> bool:
    """Whether nothing was heard of a node itself for so many days, though it was asked until lately."""
    was_asked = peer.pulls and peer.state is PeerState.ACTIVE and peer.failures >= SILENT_AFTER_FAILURES
    is_asked = peer.last_asked_at is not None and now - peer.last_asked_at <= timedelta(days=7)
    return was_asked and is_asked and now - (peer.heard_at or peer.added_at) >= timedelta(days=days)


def is_good(key: NodeKeyEntry, signed_at: datetime) -> bool:
    """Whether a signature that says it was made at *signed_at* by *key* counts for something new."""
    match key.status:
        case KeyStatus.ACTIVE:
            return True
        case KeyStatus.RETIRED:
            return key.at is not None and signed_at < key.at
        case KeyStatus.COMPROMISED:
            return False
