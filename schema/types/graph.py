"""How records hang together: fields that kinds are given, and the types that only tell of that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import strawberry

from registry.domain import graph as domain
from registry.domain.canonical import JsonValue
from registry.domain.graph import evidence_of
from registry.domain.record import Record as DomainRecord
from registry.domain.record import RecordUid
from registry.domain.vocabulary import AdoptionStatus, EvidenceOutcome, EvidenceSetting, Kind, LinkRel
from registry.service import graph
from schema.context import Info
from schema.fields import resolved
from schema.types.shown import record_type

_RECORD: Any = strawberry.LazyType("Record", "schema.types.record")


class OfRecord(Protocol):
    """The record type that these fields are given to."""

    record: DomainRecord
    together: tuple[RecordUid, ...]

    def document(self) -> Mapping[str, JsonValue]:
        """The public part that is shown."""
        ...


@strawberry.type(description="How many observations of one setting came to one outcome.")
class EvidenceCount:
    """Counted evidence."""

    setting: EvidenceSetting
    outcome: EvidenceOutcome
    count: int
    by_others: int = strawberry.field(description="How many of them stand in statements about the record.")


@strawberry.type(description="A clause of a usage policy that an incident broke.")
class ViolatedClause:
    """A broken clause."""

    policy: Any = strawberry.field(description="The policy, in the version that holds it.", graphql_type=_RECORD)
    path: str | None = strawberry.field(description="Path of the clause; null where the policy as such was broken.")
    heading: str | None
    text: str | None = strawberry.field(description="Its wording, or its summary.")


@strawberry.type(description="How often a clause was broken, as far as you may see.")
class ClauseViolations:
    """Counted violations."""

    path: str | None = strawberry.field(description="Path of the clause; null where the policy as such was broken.")
    heading: str | None
    incidents: int = strawberry.field(description="How many incidents; incidentsViolating lists them.")


@strawberry.type(description="How many organisations say how far they have come.")
class AdoptionCount:
    """Counted adoptions."""

    status: AdoptionStatus
    count: int


@strawberry.type(description="Mitigations of one type against one sort of misuse.")
class MatrixCell:
    """A cell of the matrix."""

    misuse_category: str
    mitigation_type: str
    mitigations: int
    effective: int = strawberry.field(description="How many of them report that they were effective.")
    partial: int
    ineffective: int
    bypassed: int


class IncidentGraph:
    """Fields of an incident."""

    @resolved("Clauses of usage policies that it broke, as far as you may see the policies.")
    def violated_clauses(self: OfRecord, info: Info) -> list[ViolatedClause]:
        links: Any = self.document().get("links", ())
        stated = [(RecordUid(link["target"]), link.get("clause")) for link in links if link["rel"] == LinkRel.VIOLATES]
        wanted = list(dict.fromkeys(uid for uid, _ in stated))
        found = info.context.records(wanted)
        policies = {uid: record_type(one) for uid, one in found.items() if one.kind is Kind.USAGE_POLICY}
        return [_violated(policies[uid], path) for uid, path in stated if uid in policies]


class MitigationGraph:
    """Fields of a mitigation."""

    @resolved("What shows its effect, counted: its own evidence and that of its ten newest statements.")
    def evidence_summary(self: OfRecord, info: Info) -> list[EvidenceCount]:
        context, uid = info.context, self.record.uid
        if uid not in context.said:
            uids = list(dict.fromkeys((uid, *self.together)))
            found = graph.said_about(context.registry, context.actor, uids)
            context.said.update({one: found.get(one, []) for one in uids})
        return evidence_types(evidence_of(self.document(), context.said[uid]))


class UsagePolicyGraph:
    """Fields of a usage policy."""

    @resolved("How many incidents broke which clause, in the order of the clauses.")
    def clause_violations(self: OfRecord, info: Info) -> list[ClauseViolations]:
        context, uid = info.context, self.record.uid
        if uid not in context.violations:
            uids = dict.fromkeys((uid, *self.together))
            found = graph.violations(context.registry, context.actor, list(uids))
            context.violations.update({one: found.get(one, {}) for one in uids})
        counts, clauses = context.violations[uid], _clauses(self.document())
        order = [*clauses, *sorted(path for path in counts if path not in clauses)]
        return [
            ClauseViolations(path=path or None, heading=clauses.get(path, {}).get("heading"), incidents=counts[path])
            for path in order
            if path in counts
        ]


def evidence_types(found: tuple[domain.EvidenceCount, ...]) -> list[EvidenceCount]:
    """Counted evidence as GraphQL shows it."""
    return [
        EvidenceCount(setting=one.setting, outcome=one.outcome, count=one.count, by_others=one.by_others)
        for one in found
    ]


def cell_type(cell: domain.Cell) -> MatrixCell:
    """A cell of the matrix as GraphQL shows it."""
    counts = {outcome.value: cell.outcomes.get(outcome, 0) for outcome in EvidenceOutcome}
    return MatrixCell(
        misuse_category=cell.misuse, mitigation_type=cell.mitigation_type, mitigations=cell.mitigations, **counts
    )


def _clauses(document: Mapping[str, JsonValue]) -> dict[str, dict[str, Any]]:
    clauses: Any = document.get("clauses", ())
    return {clause["path"]: clause for clause in clauses}


def _violated(policy: Any, path: str | None) -> ViolatedClause:
    clause = _clauses(policy.document()).get(path or "", {})
    return ViolatedClause(
        policy=policy, path=path, heading=clause.get("heading"), text=clause.get("text") or clause.get("summary")
    )
