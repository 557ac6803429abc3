"""What a process counts while it answers, to be written down once a minute.

Counting costs a lock and a dictionary; nothing grows with the number of requests. What was counted since the last
time is lost when the process is killed; a process that stops writes it down first.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from registry.domain.actor import Actor
from registry.domain.event import EventName
from registry.domain.network import party_of, place_of

# So many refused parties are told apart between two writings; the others are counted together.
MAX_REFUSED = 200
# So many restricted parts are remembered to count each once an hour; more are counted each time.
MAX_REMEMBERED = 20_000
# The names of so many addresses are kept at hand.
MAX_NETWORKS = 4096


@dataclass(frozen=True, slots=True)
class Use:
    """What was done in an hour. ``cost`` is in the unit of query costs, ``restricted`` and ``edits`` in records."""

    requests: int = 0
    cost: int = 0
    restricted: int = 0
    edits: int = 0

    def plus(self, other: Use) -> Use:
        """Both together."""
        return Use(
            self.requests + other.requests,
            self.cost + other.cost,
            self.restricted + other.restricted,
            self.edits + other.edits,
        )


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when something was seen."""

    first_at: datetime
    last_at: datetime

    def plus(self, other: Span) -> Span:
        """Both together."""
        return Span(min(self.first_at, other.first_at), max(self.last_at, other.last_at))


@dataclass(frozen=True, slots=True)
class Refused:
    """Who was refused what. All ``None`` stands for the many that were counted together."""

    name: EventName
    actor: str
    organisation: str | None = None
    key: str | None = None
    address: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted: uses by subject and hour, networks by subject and keyed hash, refusals."""

    uses: dict[tuple[str, datetime], Use] = field(default_factory=dict)
    networks: dict[tuple[str, str], Span] = field(default_factory=dict)
    refusals: dict[Refused, int] = field(default_factory=dict)

    def is_empty(self) -> bool:
        """Whether nothing was counted."""
        return not (self.uses or self.networks or self.refusals)


class Tally:
    """Counts of one process. Any thread may count."""

    def __init__(self, secret: bytes | None = None) -> None:
        """Count nothing yet; *secret* is the node's own, so that all its processes know a network by one name."""
        self._secret = secret or secrets.token_bytes(16)
        # Parsing and hashing take longer than all the rest, and few addresses ask much.
        self._named = lru_cache(MAX_NETWORKS)(self._name)
        self._lock = threading.Lock()
        self._counted = Counted()
        self._read: set[tuple[str, str]] = set()
        self._hour: datetime | None = None

    def request(self, actor: Actor, now: datetime) -> None:
        """One request of somebody known; strangers are not counted."""
        subject = subject_of(actor)
        if subject is None:
            return
        network = None if actor.address is None else self._named(actor.address)
        with self._lock:
            self._add(subject, now, Use(requests=1))
            if network is not None:
                seen, known = Span(now, now), self._counted.networks.get((subject, network))
                self._counted.networks[subject, network] = seen if known is None else known.plus(seen)

    def cost(self, actor: Actor, cost: int, now: datetime) -> None:
        """What a query of somebody known costs."""
        subject = subject_of(actor)
        if subject is not None:
            with self._lock:
                self._add(subject, now, Use(cost=cost))

    def restricted(self, actor: Actor, uid: str, now: datetime) -> None:
        """A restricted part was given out to a person; each record counts once an hour."""
        if actor.person is None:
            return
        subject, hour = f"person:{actor.person}", hour_of(now)
        with self._lock:
            if self._hour != hour:
                self._hour = hour
                self._read.clear()
            if (subject, uid) in self._read:
                return
            if len(self._read) < MAX_REMEMBERED:
                self._read.add((subject, uid))
            self._add(subject, now, Use(restricted=1))

    def refuse(self, name: EventName, actor: Actor, *, subject: str | None = None) -> None:
        """Something was refused."""
        refused = Refused(name, actor.id, actor.organisation, actor.key, party_of(actor.address), subject)
        with self._lock:
            known = self._counted.refusals
            if refused not in known and len(known) >= MAX_REFUSED:
                refused = Refused(name, "anybody")
            known[refused] = known.get(refused, 0) + 1

    def take(self) -> Counted:
        """What was counted since the last time."""
        with self._lock:
            taken, self._counted = self._counted, Counted()
        return taken

    def give_back(self, taken: Counted) -> None:
        """Count again what could not be written down."""
        with self._lock:
            for (subject, hour), use in taken.uses.items():
                self._add(subject, hour, use)
            for place, span in taken.networks.items():
                known = self._counted.networks.get(place)
                self._counted.networks[place] = span if known is None else known.plus(span)
            for refused, count in taken.refusals.items():
                refusals = self._counted.refusals
                kept = refused if refused in refusals or len(refusals) < MAX_REFUSED else _together(refused)
                refusals[kept] = refusals.get(kept, 0) + count

    def _add(self, subject: str, now: datetime, use: Use) -> None:
        place = (subject, hour_of(now))
        known = self._counted.uses.get(place)
        self._counted.uses[place] = use if known is None else known.plus(use)

    def _name(self, address: str) -> str | None:
        network = place_of(address)
        if network is None:
            return None
        return hmac.new(self._secret, network.encode(), hashlib.sha256).hexdigest()[:16]


def hour_of(at: datetime) -> datetime:
    """The hour that *at* lies in."""
    return at.replace(minute=0, second=0, microsecond=0)


def subject_of(actor: Actor) -> str | None:
    """Whose use a request is: the key's, or of a session the person's; nobody's of strangers."""
    if actor.key is not None:
        return f"key:{actor.key}"
    return None if actor.person is None else f"person:{actor.person}"


def _together(refused: Refused) -> Refused:
    return Refused(refused.name, "anybody")
