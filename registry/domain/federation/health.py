"""How syncing with another node goes, and what of that somebody should look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from registry.domain.alert import AlertKind, Anomaly, Evidence
from registry.domain.federation.peer import Peer, PeerState

# From when on a node that does not answer is somebody's business.
FAILING = timedelta(hours=24)
# How far clocks may be apart before it is told; syncing goes on.
SKEW_SECONDS = 300
_DAY = timedelta(days=1)
_NOTHING: Mapping[str, int] = MappingProxyType({})

# What stands in ``Peer.last_error``, in words. Others are shown as they are.
ERRORS: Mapping[str, str] = MappingProxyType(
    {
        "BAD_BODY": "its answer is no page of a log, or belongs to another question",
        "BAD_SIGNATURE": "its answer is not signed by it",
        "FETCH_REFUSED": "its address may not be reached from here; see outbound_allow_networks",
        "INVALID_INPUT": "what it says of itself is wrong, old or not signed",
        "MASS_WITHDRAWAL": "it would take away too much; look, and then release it",
        "NO_ANSWER": "it does not answer",
        "NOT_FOUND": "no node answers at its address",
        "OTHER_NODE": "another node answers at its address",
        "STATUS_401": "it does not know this node's key: its operator has to confirm it; a new one it learns itself",
        "STATUS_403": "it does not answer this node: its operator has to confirm it, or end a pause",
        "STATUS_429": "it is asked too often",
        "SERVER_ERROR": "it has a fault of its own",
        "TIMEOUT": "no answer in time",
        "TLS": "it did not prove who it is",
        "UNKNOWN_KEY": "it signs with a key that was never confirmed: compare it with its operator",
        "UNREACHABLE": "nobody answers at its address",
    }
)


class Trouble(StrEnum):
    """What somebody should look at."""

    FAILING = "PEER_FAILING"
    SKEWED = "PEER_SKEWED"
    REFUSED = "PEER_REFUSED"
    HELD = "PEER_HELD"
    FROZEN = "PEER_FROZEN"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many items of a node wait or were refused for one reason.

    Attributes:
        recent: how many of them came since the instant that was asked about.
    """

    peer: str
    reason: str
    is_parked: bool
    count: int
    recent: int


@dataclass(frozen=True, slots=True)
class Health:
    """How it goes with one node.

    Attributes:
        refused: how many items are in quarantine, by reason.
        parked: how many wait for something.
        recent: how many went into quarantine within a day.
        frozen: how many records that began there are frozen.
        groups: slugs of the groups here that it belongs to: what is shared with them it may get.
        findings: how often it said why it refused something of this node, as far as that is kept.
    """

    peer: Peer
    at: datetime
    refused: Mapping[str, int] = field(default_factory=lambda: _NOTHING)
    parked: int = 0
    recent: int = 0
    frozen: int = 0
    groups: tuple[str, ...] = ()
    findings: int = 0

    @property
    def lag_seconds(self) -> int | None:
        """Seconds since it was last asked with success; ``None`` where it never was."""
        last = self.peer.last_success_at
        return None if last is None else max(0, int((self.at - last).total_seconds()))

    @property
    def error(self) -> str | None:
        """Why it was not asked with success last time, in words."""
        last = self.peer.last_error
        return None if last is None else ERRORS.get(last, last)

    @property
    def is_failing(self) -> bool:
        """Whether it has been asked in vain for a day."""
        peer = self.peer
        is_asked = peer.state is PeerState.ACTIVE and peer.failures > 0
        return is_asked and self.at - (peer.last_success_at or peer.added_at) >= FAILING

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What somebody should look at."""
        held = {
            Trouble.FAILING: self.is_failing,
            Trouble.SKEWED: abs(self.peer.skew_seconds or 0) > SKEW_SECONDS,
            Trouble.REFUSED: self.recent > 0,
            Trouble.HELD: self.peer.hold is not None,
            Trouble.FROZEN: self.frozen > 0,
        }
        return tuple(trouble for trouble, is_there in held.items() if is_there)


def health_of(
    peer: Peer, tallies: Iterable[Tally], *, frozen: int, groups: Iterable[str], findings: int, at: datetime
) -> Health:
    """How it goes with *peer*, by what is counted of it."""
    mine = [one for one in tallies if one.peer == peer.dns]
    refused = {one.reason: one.count for one in mine if not one.is_parked}
    return Health(
        peer,
        at,
        refused=dict(sorted(refused.items())),
        parked=sum(one.count for one in mine if one.is_parked),
        recent=sum(one.recent for one in mine if not one.is_parked),
        frozen=frozen,
        groups=tuple(sorted(groups)),
        findings=findings,
    )


def recent_since(now: datetime) -> datetime:
    """From when on something came lately."""
    return now - _DAY


def failing(health: Health) -> Anomaly:
    """That a node has been asked in vain for a day; its value is in hours."""
    peer = health.peer
    since = peer.last_success_at or peer.added_at
    hours = int((health.at - since).total_seconds() // 3600)
    evidence: Evidence = {"hours": hours, "failures": peer.failures, "error": peer.last_error or ""}
    return Anomaly(AlertKind.SYNC_FAILING, f"node:{peer.dns}", hours, evidence, since, health.at)
