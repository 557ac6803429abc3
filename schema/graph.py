"""Questions over the references between records: what was tried, what broke, who adopted, what was learned."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from registry.domain.graph import Tried
from registry.domain.pages import MAX_PAGE
from registry.domain.record import RecordUid
from registry.service import graph
from schema.context import Info
from schema.errors import check_size
from schema.fields import resolved
from schema.types.graph import AdoptionCount, EvidenceCount, MatrixCell, cell_type, evidence_types
from schema.types.kinds import Incident, Lesson, Mitigation, Statement
from schema.types.pages import After, Connection, First, List
from schema.types.shown import record_type, record_types


@strawberry.type(description="A mitigation that was tried against something, and what is known of its effect.")
class TriedMitigation:
    """A mitigation that was tried."""

    mitigation: Mitigation
    is_named: bool = strawberry.field(description="Whether the mitigation itself says that it acts against it.")
    evidence: list[EvidenceCount] = strawberry.field(description="Its own, and that of its ten newest statements.")
    incidents: list[Incident] = strawberry.field(description="The five newest that it was applied to or observed in.")
    incident_count: int = strawberry.field(description="How many of them you may see in all.")


@strawberry.type(description="Who says to have adopted something.")
class Adoptions:
    """Adoptions of one record."""

    counts: list[AdoptionCount]
    statements: Connection[Statement] = strawberry.field(description="The newest first; each is its owner's.")


@strawberry.type(description="Questions over many records at once.")
class GraphQueries:
    """Reads of this area."""

    @resolved(
        "Mitigations tried against one misuse category or one technique, the latest first: those that name it, and "
        "those that incidents of that sort link to or were observed in. At most 50."
    )
    async def mitigations_tried(
        self,
        info: Info,
        misuse_category: str | None = None,
        technique: str | None = None,
        first: First = None,
        after: After = None,
    ) -> Connection[TriedMitigation] | None:
        context = info.context
        listing = List(context, "tried", (misuse_category, technique))
        request = listing.request(first, after)
        page = await context.read(
            lambda: graph.tried(
                context.registry, context.actor, misuse=misuse_category, technique=technique, request=request
            )
        )
        return Connection(nodes=[_tried(one) for one in page.items], page=page, seal=listing.seal)

    @resolved("Mitigations by what they act against and their type, and how many of them report which outcome.")
    async def mitigation_matrix(self, info: Info) -> list[MatrixCell] | None:
        context = info.context
        found = await context.read(lambda: graph.matrix(context.registry, context.actor))
        return [cell_type(one) for one in found]

    @resolved("Incidents that broke a usage policy, or one clause of it; null if there is no such policy for you.")
    def incidents_violating(
        self,
        info: Info,
        policy: Annotated[str, strawberry.argument(description="uid of the policy.")],
        clause: Annotated[str | None, strawberry.argument(description="Path of the clause.")] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Incident] | None:
        context = info.context
        listing = List(context, "violating", (policy, clause))
        request = listing.request(first, after)
        page = graph.violating(context.registry, context.actor, RecordUid(policy), clause=clause, request=request)
        nodes: Any = None if page is None else record_types(page.items)
        return None if page is None else Connection(nodes=nodes, page=page, seal=listing.seal)

    @resolved("Who says to have adopted a record; null if there is none of this uid that you may see.")
    def adoptions(self, info: Info, uid: str, first: First = None, after: After = None) -> Adoptions | None:
        context = info.context
        listing = List(context, "adoptions", (uid,))
        request = listing.request(first, after)
        found = graph.adoptions(context.registry, context.actor, RecordUid(uid), request=request)
        if found is None:
            return None
        nodes: Any = record_types(found.statements.items)
        return Adoptions(
            counts=[AdoptionCount(status=status, count=count) for status, count in found.counts.items()],
            statements=Connection(nodes=nodes, page=found.statements, seal=listing.seal),
        )

    @resolved("Lessons that say that they hold for all that you name, the latest first; case does not matter.")
    async def lessons_for(
        self,
        info: Info,
        use_case: str | None = None,
        model: str | None = None,
        role: str | None = None,
        first: Annotated[int, strawberry.argument(description="How many: 1 to 100.")] = 20,
    ) -> list[Lesson] | None:
        context = info.context
        check_size(first, "first", MAX_PAGE)
        found = await context.read(
            lambda: graph.lessons_for(
                context.registry, context.actor, model=model, use_case=use_case, role=role, first=first
            )
        )
        lessons: Any = record_types(found)
        return lessons  # type: ignore[no-any-return]


def _tried(one: Tried) -> TriedMitigation:
    owners = frozenset(record.owner for record in (one.mitigation, *one.incidents))
    mitigation: Any = record_type(one.mitigation, owners=owners)
    incidents: Any = record_types(one.incidents)
    return TriedMitigation(
        mitigation=mitigation,
        is_named=one.is_named,
        evidence=evidence_types(one.evidence),
        incidents=incidents,
        incident_count=one.incident_count,
    )
