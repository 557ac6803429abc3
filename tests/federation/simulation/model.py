"""Who may see what, written from the design and from nothing of the product: what the checks compare with.

TLP is by default closed. RED never leaves; AMBER is for the named group; GREEN for every registered node; CLEAR for
all. Under an embargo only the named group sees a record, whatever its marking. Only CLEAR and GREEN go through others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from tests.federation.simulation.plan import Broken

WIDE = frozenset({"CLEAR", "GREEN"})
GROUPED = frozenset({"AMBER", "AMBER+STRICT"})
TLPS = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")


@dataclass(frozen=True, slots=True)
class Marked:
    """How a record is marked, and where it stands in its life.

    Attributes:
        restricted: marking of its restricted part, never wider than its own.
        until: when its embargo ends.
        was_public: whether everybody could once see it; then no embargo keeps it back any more.
    """

    tlp: str
    audience: str | None = None
    restricted: str = "RED"
    until: datetime | None = None
    embargoed: bool = False
    was_public: bool = False
    state: str = "published"
    blocked: bool = False

    def __str__(self) -> str:
        """In few words."""
        said = [self.tlp, f"restricted {self.restricted}", self.state]
        said += [] if self.audience is None else [f"for {self.audience}"]
        return " ".join(said + ["embargoed"] * self.embargoed + ["blocked"] * self.blocked)

    @property
    def is_wide(self) -> bool:
        """Whether every node may have it."""
        return self.tlp in WIDE and not self.embargoed

    @property
    def is_out(self) -> bool:
        """Whether there is something to read."""
        return self.state == "published" and not self.blocked

    @property
    def is_relayed_with_restricted(self) -> bool:
        """Whether every node may have its restricted part too."""
        return self.is_wide and self.restricted in WIDE

    def seen(self) -> Marked:
        """The same, remembering whether everybody sees it now."""
        is_public = self.is_out and self.tlp == "CLEAR" and not self.embargoed
        return replace(self, was_public=True) if is_public else self


@dataclass(slots=True)
class Tracked:
    """A record at its origin, as the model has it.

    Attributes:
        word: stands in its published revision.
        words: each stands, or stood, in one of its revisions and nowhere else.
        signed: what each signed header stood for, by hash.
    """

    uid: str
    origin: str
    kind: str
    now: Marked
    word: str
    words: list[str] = field(default_factory=list)
    signed: dict[str, Marked] = field(default_factory=dict)


@dataclass(slots=True)
class Book:
    """Everything that is true.

    Attributes:
        records: of honest nodes, by uid.
        members: the nodes that belong to a group, by the origin's name and the group's.
        asks: from whom each node pulls.
        trusts: whose records each node takes in.
        honest: names of the nodes that keep to the protocol.
        lost: records that their origin forgot because it went back to a copy of its store; others may hold them.
        behind: records of which others may hold a newer header than their origin, until it signs the next one.
        given: what a node gave to another since it last made a copy, by the names of both: uids with the last header.
        forgotten: which header of which record a node does not remember that it gave: by its name, the name of who got
            it, and uid.
        numbers: every number that was ever given.
        revs: the hash of each header that was ever signed, by uid and rev.
    """

    max_hops: int
    records: dict[str, Tracked] = field(default_factory=dict)
    members: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    asks: Mapping[str, list[str]] = field(default_factory=dict)
    trusts: dict[str, set[str]] = field(default_factory=dict)
    honest: set[str] = field(default_factory=set)
    lost: dict[str, Tracked] = field(default_factory=dict)
    behind: set[str] = field(default_factory=set)
    given: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    forgotten: dict[tuple[str, str, str], str] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)
    revs: dict[tuple[str, int], str] = field(default_factory=dict)

    @property
    def liars(self) -> set[str]:
        """Names of the nodes that do not."""
        return set(self.asks) - self.honest

    def of(self, origin: str) -> list[Tracked]:
        """The records of a node."""
        return [one for one in self.records.values() if one.origin == origin]

    def known(self, uid: str) -> Tracked:
        """A record that a node has, or had."""
        return self.records.get(uid) or self.lost[uid]

    def give(self, sender: str, receiver: str, uid: str, hash_: str | None) -> None:
        """Note that one node gave another a header of a record, or took the record back.

        The very header that a relay has forgotten may have come back to it from those who have it by its gift.
        """
        if hash_ is not None:
            self.given.setdefault((sender, receiver), {})[uid] = hash_
        if hash_ != self.forgotten.get((sender, receiver, uid)) or sender == self.known(uid).origin:
            self.forgotten.pop((sender, receiver, uid), None)

    def sign(self, one: Tracked, rev: int, hash_: str) -> None:
        """Note what a new header of an origin stands for.

        Raises:
            Broken: it signed another one with this rev before.
        """
        if hash_ in one.signed:
            return
        if self.revs.setdefault((one.uid, rev), hash_) != hash_:
            raise Broken(f"{one.origin} signs rev {rev} of {one.uid} twice")
        one.signed[hash_] = one.now
        self.behind.discard(one.uid)

    def may_know(self, name: str, origin: str, marked: Marked) -> bool:
        """Whether a node may have a record from its origin, or what is told of one that is gone."""
        return marked.is_wide or self.is_member(name, origin, marked)

    def is_member(self, name: str, origin: str, marked: Marked) -> bool:
        """Whether a node is of the group that a record is shared with."""
        if marked.audience is None or marked.tlp == "RED":
            return False
        return name in self.members.get((origin, marked.audience), ())

    def may_read_restricted(self, name: str, origin: str, marked: Marked) -> bool:
        """Whether a node may have the restricted part."""
        if not marked.is_out or marked.embargoed or not self.may_know(name, origin, marked):
            return False
        if marked.restricted in GROUPED:
            return self.is_member(name, origin, marked)
        return marked.restricted in WIDE

    def distances(self, origin: str, names: Collection[str]) -> dict[str, int]:
        """How many nodes must relay what is wide from *origin* to each other honest node, where it can come at all."""
        found = {origin: -1}
        nearest = [origin]
        while nearest:
            further = []
            for name in names:
                is_next = not set(self.asks[name]).isdisjoint(nearest)
                if name in self.honest and name not in found and is_next and origin in self.trusts[name]:
                    further.append(name)
            distance = max(found.values()) + 1
            found |= dict.fromkeys(further, distance)
            nearest = further
        return {name: distance for name, distance in found.items() if distance <= self.max_hops}

    def expected(self, name: str, origin: str, distance: int | None) -> Iterator[Tracked]:
        """The records of *origin* that a node has once all have told each other everything."""
        is_direct = origin in self.asks[name] and origin in self.trusts[name]
        for one in self.of(origin):
            if not one.signed:
                continue
            is_given = is_direct and self.may_know(name, origin, one.now)
            if is_given or (distance is not None and one.now.is_wide):
                yield one
