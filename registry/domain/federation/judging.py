"""What becomes of a header that arrived, judged by what is held of the record: one function, no side effects."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from registry.domain.federation.header import Header
from registry.domain.record import State


class Verdict(StrEnum):
    """What to do with a header whose form and signature are right."""

    APPLY = "apply"
    KNOWN = "known"
    OWN = "own"
    HISTORY = "history"
    FORK = "fork"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class Held:
    """The newest header held of a record.

    Attributes:
        frozen: two headers of the same origin contradict each other; nobody decides by itself which one holds.
    """

    origin: str
    rev: int
    hash: str
    frozen: bool = False


def judge(header: Header, held: Held | None, *, own: str, is_known: bool) -> Verdict:
    """What becomes of *header*.

    Args:
        held: the newest header held of the record, if there is one.
        own: the DNS name of this node.
        is_known: whether this very header is held already, as the newest or as history.
    """
    if is_known:
        return Verdict.KNOWN
    if header.origin == own:
        return Verdict.OWN
    if held is None:
        return Verdict.APPLY
    if held.origin != header.origin:
        return Verdict.FORK
    if header.state is State.ERASED and (held.frozen or header.rev >= held.rev):
        # Whichever of two contradicting headers holds, an erasure ends both.
        return Verdict.APPLY
    if held.frozen:
        return Verdict.FROZEN
    if header.rev < held.rev:
        return Verdict.HISTORY
    # Of a gap nothing is said: drafts, wider markings and snapshots make gaps.
    follows = header.rev > held.rev + 1 or (header.rev == held.rev + 1 and header.prev_hash == held.hash)
    return Verdict.APPLY if follows else Verdict.FORK
