"""What every resolver gets: the registry, who asks, and where slow work runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

import strawberry
from anyio import CapacityLimiter, to_thread

from registry.domain.account import Organisation
from registry.domain.actor import Actor
from registry.domain.canonical import Document
from registry.domain.pages import Page, PageRequest
from registry.domain.record import OrganisationId, Record, RecordUid
from registry.ports import Registry
from registry.ports.graph import Ends
from registry.service import accounts, find, graph

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
    """The context of one request."""

    registry: Registry
    actor: Actor
    request_id: str
    threads: Threads
    organisations: dict[OrganisationId, Organisation] = field(default_factory=dict)
    referred: dict[RecordUid, Record | None] = field(default_factory=dict)
    ends: dict[tuple[Ends, int], dict[RecordUid, Page[Record]]] = field(default_factory=dict)
    said: dict[RecordUid, list[Document]] = field(default_factory=dict)
    violations: dict[RecordUid, dict[str, int]] = field(default_factory=dict)

    async def write(self, work: Callable[[], Result]) -> Result:
        """Run a service that writes, in a thread. What was read together before may have changed by it."""
        for read_together in (self.referred, self.ends, self.said, self.violations):
            read_together.clear()
        return await to_thread.run_sync(work, limiter=self.threads.writing)

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

    async def read(self, work: Callable[[], Result]) -> Result:
        """Run a read without a bound, such as a search or a count, in a thread."""
        return await to_thread.run_sync(work, limiter=self.threads.reading)

    def organisation(self, wanted: OrganisationId, together: Iterable[OrganisationId]) -> Organisation:
        """The organisation *wanted*; those it stands *together* with are read in the same statement."""
        if wanted not in self.organisations:
            unknown = {wanted, *together} - self.organisations.keys()
            self.organisations.update(accounts.organisations_by_id(self.registry, self.actor, sorted(unknown)))
        return self.organisations[wanted]


Info: TypeAlias = strawberry.Info[Context, None]
