"""Reading how records hang together, by the references in public parts; only what the viewer finds in lists counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from registry.domain.link import Rel
from registry.domain.pages import Keyset, PageRequest
from registry.domain.policy import Visibility
from registry.domain.record import RecordUid
from registry.domain.vocabulary import Kind


@dataclass(frozen=True, slots=True)
class Ends:
    """Which references to follow: by *rel*, from their target with *reverse*, to records of *kind*, and of those the
    ones with this facet value; *clause* narrows violations."""

    rel: Rel
    reverse: bool = False
    kind: Kind | None = None
    clause: str | None = None
    facet: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A record by uid, with its position in a list of what was published last."""

    uid: RecordUid
    position: Keyset


@dataclass(frozen=True, slots=True)
class Meeting:
    """The newest incidents in which a mitigation met something, and how many there are."""

    incidents: tuple[RecordUid, ...]
    count: int


class Graph(Protocol):
    """Reading references."""

    def ends(
        self, uids: Sequence[RecordUid], wanted: Ends, request: PageRequest, *, visible: Visibility
    ) -> dict[RecordUid, tuple[Place, ...]]:
        """The other ends of references of each of *uids*, the latest published first, one more each than *request*
        asks for. What was said about records merged into one of *uids* counts as said about that one. A position is
        of use for one uid only.

        Raises:
            BadCursor: the position is not one of such a list.
        """
        ...

    def beside(self, uids: Sequence[RecordUid], *, visible: Visibility) -> dict[RecordUid, dict[RecordUid, Kind]]:
        """Of each of *uids* that the viewer finds in lists, what else there is with a reference to it or from it, and
        of which kind; whatever the relation, but those that say that there is none. What is about a merged record
        counts for the one that stands for it. In one statement."""
        ...

    def tried(
        self, facet: str, value: str, request: PageRequest, *, visible: Visibility
    ) -> tuple[tuple[Place, bool], ...]:
        """Mitigations against what carries this facet value, one more than asked for: those that carry it themselves
        (then true), and those that incidents with it link to, or in which they were observed."""
        ...

    def met(
        self, mitigations: Sequence[RecordUid], facet: str, value: str, *, each: int, visible: Visibility
    ) -> dict[RecordUid, Meeting]:
        """Incidents with this facet value that link to each of *mitigations*, or in which it was observed."""
        ...

    def violations(self, policies: Sequence[RecordUid], *, visible: Visibility) -> dict[RecordUid, dict[str, int]]:
        """How many incidents violate each clause of these policies, by path; the empty path is the whole policy."""
        ...

    def adoptions(self, uid: RecordUid, *, visible: Visibility) -> dict[str, int]:
        """How many statements say how far this record was adopted, by status."""
        ...

    def matrix(self, *, visible: Visibility) -> tuple[tuple[str, str, str | None, int], ...]:
        """How many mitigations there are by misuse category, type and, in rows where it is not ``None``, outcome."""
        ...
