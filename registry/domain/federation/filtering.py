"""What one node asks another for: some kinds of records, up to a marking. It hides nothing that was given before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from registry.domain.errors import InvalidInput, Problem
from registry.domain.federation.peer import Peer
from registry.domain.record import Record
from registry.domain.vocabulary import Kind, Tlp


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which records; empty fields do not narrow.

    Attributes:
        kinds: in the order of their names, each once.
        tlp_max: up to which marking.
    """

    kinds: tuple[Kind, ...] = ()
    tlp_max: Tlp | None = None

    @property
    def query(self) -> dict[str, str]:
        """How it is asked for."""
        kinds = {"kinds": ",".join(self.kinds)} if self.kinds else {}
        return kinds | ({"tlp_max": self.tlp_max.value} if self.tlp_max else {})

    def wants(self, record: Record) -> bool:
        """Whether a record is one of those."""
        is_kind = not self.kinds or record.kind in self.kinds
        return is_kind and (self.tlp_max is None or record.tlp.strictness <= self.tlp_max.strictness)


def filter_of(peer: Peer) -> LogFilter:
    """What this node asks *peer* for."""
    return LogFilter(peer.kinds, peer.tlp_max)


def read_filter(said: Mapping[str, str]) -> LogFilter:
    """What the parameters of a question ask for.

    Raises:
        InvalidInput: a kind or a marking is none.
    """
    names, most = set(filter(None, said.get("kinds", "").split(","))), said.get("tlp_max") or None
    problems: list[Problem] = []
    if not names <= set(Kind):
        problems.append(Problem(("kinds",), "UNKNOWN_TERM", f"the kinds are {', '.join(Kind)}"))
    if most is not None and most not in set(Tlp):
        problems.append(Problem(("tlp_max",), "UNKNOWN_TERM", f"the markings are {', '.join(Tlp)}"))
    if problems:
        raise InvalidInput(problems)
    return LogFilter(tuple(sorted(map(Kind, names))), None if most is None else Tlp(most))
