"""Copies of stores, and what is true once a node has gone back to one.

What was erased since stays erased. All else is as it was when the copy was made: the node has forgotten what it
published since, and whom it gave what. That others hold, as its origin once signed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from tests.federation.simulation.model import Book, Marked
from tests.federation.simulation.nodes import Simulated

# A node counts its headers on from the minute when it was restored.
_APART = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Copied:
    """What was true of a node when its store was copied.

    Attributes:
        records: its own, with the word that stood in each and the headers that it had signed.
        members: of its groups.
    """

    records: Mapping[str, tuple[Marked, str, frozenset[str]]]
    members: Mapping[tuple[str, str], frozenset[str]]


@dataclass(slots=True)
class Copies:
    """The newest copy of each node.

    Attributes:
        restored: how often a node went back to its copy.
    """

    random: Random
    book: Book
    restored: int = 0
    _kept: dict[str, _Copied] = field(default_factory=dict)
    _last: dict[str, datetime] = field(default_factory=dict)

    def make(self, node: Simulated) -> str:
        """Copy the store of a node."""
        node.back_up()
        records = {one.uid: (one.now, one.word, frozenset(one.signed)) for one in self.book.of(node.name)}
        members = {key: frozenset(one) for key, one in self.book.members.items() if key[0] == node.name}
        self._kept[node.name] = _Copied(records, members)
        for pair in self.book.given:
            if pair[0] == node.name:
                self.book.given[pair] = {}
        return f"copy {node.name}"

    def go_back(self, node: Simulated, now: datetime) -> str:
        """Let a node go back to its copy, if it has one and did not do so a moment ago."""
        kept = self._kept.get(node.name)
        if kept is None or now - self._last.get(node.name, now - _APART) < _APART:
            return f"no way back {node.name}"
        node.restore()
        self._last[node.name] = now
        self.restored += 1
        self._forget(node.name, kept)
        return f"back {node.name}"

    def drop(self) -> None:
        """Let no node go back behind this point."""
        self._kept.clear()

    def _forget(self, name: str, kept: _Copied) -> None:
        book = self.book
        for one in book.of(name):
            if one.uid not in kept.records:
                book.lost[one.uid] = book.records.pop(one.uid)
                continue
            before, one.word, signed = kept.records[one.uid]
            is_erased = "erased" in (one.now.state, before.state)
            one.now = replace(before, state="erased", blocked=False) if is_erased else before
            if signed != one.signed.keys():
                book.behind.add(one.uid)
        for key in book.members:
            if key[0] == name:
                book.members[key] = set(kept.members.get(key, ()))
        for (sender, receiver), headers in book.given.items():
            if sender == name:
                book.forgotten |= {(sender, receiver, uid): hash_ for uid, hash_ in headers.items()}
