"""What every resolver gets: the registry, who asks, and where slow work runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

import strawberry
from anyio import CapacityLimiter, to_thread

from registry.domain.account import Organisation
from registry.domain.actor import Actor
from registry.domain.canonical import Document
from registry.domain.errors import Forbidden
from registry.domain.federation.telling import Standing as NodeStanding
from registry.domain.pages import Page, PageRequest
from registry.domain.policy import REVIEWERS
from registry.domain.record import OrganisationId, Record, RecordUid, Revision
from registry.ports import Registry
from registry.ports.graph import Ends
from registry.service import accounts, find, graph, monitoring, welfare
from registry.service.federation import telling
from registry.service.limits import Standing

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Threads:
    """How many threads writes and unbounded reads may take.

    Writes wait for one another and share commits, so many may wait; busy readers would starve them.
    """

    writing: CapacityLimiter
    reading: CapacityLimiter


@dataclass(frozen=True, slots=True)
class Context:
    """The context of one request.

    Attributes:
        standing: what it cost, where budgets are kept.
        ends_at: when its execution is given up, by ``time.monotonic``.
        work: unpublished revisions of which a reviewer is given text; counted as read before the answer leaves.
    """

    registry: Registry
    actor: Actor
    request_id: str
    threads: Threads
    standing: Standing | None = None
    ends_at: float = math.inf
    organisations: dict[OrganisationId, Organisation] = field(default_factory=dict)
    referred: dict[RecordUid, Record | None] = field(default_factory=dict)
    ends: dict[tuple[Ends, int], dict[RecordUid, Page[Record]]] = field(default_factory=dict)
    said: dict[RecordUid, list[Document]] = field(default_factory=dict)
    violations: dict[RecordUid, dict[str, int]] = field(default_factory=dict)
    acknowledged: dict[RecordUid, tuple[NodeStanding, ...] | None] = field(default_factory=dict)
    work: dict[tuple[RecordUid, int], Revision] = field(default_factory=dict)

    @property
    def reviews(self) -> bool:
        """Whether the viewer is a reviewer, of whom it is counted what is read."""
        return not REVIEWERS.isdisjoint(self.actor.roles)

    async def write(self, work: Callable[[], Result]) -> Result:
        """Run a service that writes, in a thread. What was read together before may have changed by it."""
        for read_together in (self.referred, self.ends, self.said, self.violations, self.acknowledged):
            read_together.clear()
        return await self._noted(work, self.threads.writing)

    def note_restricted(self, uid: RecordUid) -> None:
        """Count that a restricted part was given out."""
        self.registry.tally.restricted(self.actor, uid, self.registry.clock.now())

    def note_work(self, record: Record, revision: Revision) -> None:
        """Remember that text of *revision* is in the answer, if the viewer meets it as a reviewer."""
        place = (record.uid, revision.draft_revision)
        if place not in self.work and welfare.is_reviewing(self.actor, record, revision):
            self.work[place] = revision

    def records(self, wanted: Iterable[RecordUid]) -> dict[RecordUid, Record]:
        """Those of *wanted* that the viewer may see; what something else referred to before is not read again."""
        uids = tuple(dict.fromkeys(wanted))
        unknown = [uid for uid in uids if uid not in self.referred]
        if unknown:
            found = find.many(self.registry, self.actor, unknown)
            self.referred.update({uid: found.get(uid) for uid in unknown})
        known = ((uid, self.referred[uid]) for uid in uids)
        return {uid: one for uid, one in known if one is not None}

    def pages(self, uid: RecordUid, together: Iterable[RecordUid], wanted: Ends, request: PageRequest) -> Page[Record]:
        """What *uid* refers to; the first pages of all it stands *together* with are read in the same statement."""
        if request.position is not None or request.backwards:
            return graph.ends(self.registry, self.actor, [uid], wanted, request=request)[uid]
        known = self.ends.setdefault((wanted, request.limit), {})
        if uid not in known:
            uids = list(dict.fromkeys((uid, *(one for one in together if one not in known))))
            known.update(graph.ends(self.registry, self.actor, uids, wanted, request=request))
        return known[uid]

    def acknowledgements(self, uid: RecordUid, together: Iterable[RecordUid]) -> tuple[NodeStanding, ...] | None:
        """How other nodes stand to *uid*, if the viewer may ask; what it stands *together* with is read with it."""
        if uid not in self.acknowledged:
            unknown = sorted({uid, *together} - self.acknowledged.keys())
            found = telling.standings(self.registry, self.actor, unknown)
            self.acknowledged.update({one: found.get(one) for one in unknown})
        return self.acknowledged[uid]

    async def read(self, work: Callable[[], Result]) -> Result:
        """Run a read without a bound, such as a search or a count, in a thread."""
        return await self._noted(work, self.threads.reading)

    async def _noted(self, work: Callable[[], Result], limiter: CapacityLimiter) -> Result:
        """Run *work* in a thread; what is refused to somebody known is counted."""
        try:
            return await to_thread.run_sync(work, limiter=limiter)
        except Forbidden as error:
            monitoring.note_refused(self.registry, self.actor, error)
            raise

    def organisation(self, wanted: OrganisationId, together: Iterable[OrganisationId]) -> Organisation:
        """The organisation *wanted*; those it stands *together* with are read in the same statement."""
        if wanted not in self.organisations:
            unknown = {wanted, *together} - self.organisations.keys()
            self.organisations.update(accounts.organisations_by_id(self.registry, self.actor, sorted(unknown)))
        return self.organisations[wanted]


Info: TypeAlias = strawberry.Info[Context, None]
