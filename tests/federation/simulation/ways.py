"""By which ways a record came to each node, and whether what became of it could come by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from registry.domain.record import RecordUid
from registry.ports.federation import Head
from tests.federation.simulation.model import Book, Tracked
from tests.federation.simulation.nodes import Simulated


@dataclass(frozen=True, slots=True)
class Ways:
    """How records came.

    Attributes:
        givers: from whom each honest node has each record, by its name and uid.
    """

    book: Book
    givers: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, nodes: Sequence[Simulated], book: Book) -> Ways:
        """As they are now."""
        givers = {
            (node.name, uid): (head.header.came_from or node.dns).partition(".")[0]
            for node in nodes
            if not node.lies
            for uid, head in heads_of(node, book.records).items()
        }
        return cls(book, givers)

    def is_tainted(self, uid: str, name: str) -> bool:
        """Whether who gave a record, or gave it to who gave it, lies: it may take it back, or not tell that it was."""
        return any(one in self.book.liars for one in self._back(uid, name))

    def is_forgotten(self, uid: str, name: str) -> bool:
        """Whether one of those went back to a time before it gave it: then it cannot take it back."""
        way = self._back(uid, name)
        return any((self.givers.get((one, uid), one), one, uid) in self.book.forgotten for one in way)

    def is_cut_off(self, one: Tracked, name: str) -> bool:
        """Whether a record comes to a node only by nodes that have it from one that lies, which may have taken it back
        from them."""
        honest = [other for other in self.book.honest if not self.is_tainted(one.uid, other)]
        return name not in self.book.distances(one.origin, honest)

    def hears_of_end(self, one: Tracked, name: str) -> bool:
        """Whether a node is told that a record was erased. If it was closed before, a revocation tells that, and only
        those get one of whom it is remembered that they were given the record."""
        if one.origin in self.book.trusts[name]:
            if one.now.is_wide:
                return self._is_reached(one, name)
            # Who never took it has words of it only from liars, refused; and nobody knows that it has them.
            return (name, one.uid) in self.givers and not self._is_lost(one.uid, name)
        # What it was given waits for a key, and whoever gave it has the last word.
        return all(self._has_last_word(one, giver, name) for giver in self.book.asks[name])

    def _has_last_word(self, one: Tracked, giver: str, name: str) -> bool:
        if giver in self.book.liars:
            return False
        if one.origin not in self.book.trusts[giver]:
            return True
        if one.now.is_wide:
            return self._is_reached(one, giver)
        return (giver, name, one.uid) not in self.book.forgotten and not self._is_lost(one.uid, giver)

    def _is_reached(self, one: Tracked, name: str) -> bool:
        """Whether there is a way from the origin on which nobody lies."""
        return name in self.book.distances(one.origin, self.book.honest)

    def _is_lost(self, uid: str, name: str) -> bool:
        return self.is_tainted(uid, name) or self.is_forgotten(uid, name)

    def _back(self, uid: str, name: str) -> list[str]:
        """The node, who gave it the record, and so on."""
        passed = [name]
        while (giver := self.givers.get((passed[-1], uid), passed[-1])) not in passed:
            passed.append(giver)
        return passed


def heads_of(node: Simulated, uids: Iterable[str]) -> dict[str, Head]:
    """The newest headers of these records that a node has."""
    with node.storage.read() as reader:
        return {str(uid): head for uid, head in reader.envelopes.heads([RecordUid(one) for one in uids]).items()}
