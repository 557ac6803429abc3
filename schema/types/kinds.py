"""The types of the six kinds: what every record tells, and the content of its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import strawberry

from registry.domain.content.kinds import PUBLIC, RESTRICTED
from registry.domain.content.parts import PublicPart
from registry.domain.link import FieldRel
from registry.domain.policy import reads_for_review
from registry.domain.record import RecordUid
from registry.domain.vocabulary import Kind, LinkRel
from registry.service import welfare
from schema.context import Info
from schema.fields import resolved, with_fields
from schema.types.content import output_of
from schema.types.graph import IncidentGraph, MitigationGraph, UsagePolicyGraph
from schema.types.pages import After, Connection, First
from schema.types.record import Record, with_content
from schema.types.shown import TYPES, record_type

Class = TypeVar("Class", bound=type[Record])
_INHERITED = ("title", "summary", *PublicPart.model_fields)


def _restricted_field(kind: Kind) -> Any:
    def resolve(self: Record, info: Info) -> object:
        part = self.restricted_part()
        if part is None:
            return None
        if reads_for_review(info.context.actor, self.record):
            # What reviewers read is bounded by their own limit, which nobody else sees; operators count the others.
            return _counted(self, info, part)
        info.context.note_restricted(self.record.uid)
        return part

    text = "What only the owner and the reviewer who holds the claim read; null for everybody else."
    return strawberry.field(resolver=resolve, description=text, graphql_type=output_of(RESTRICTED[kind]) | None)


async def _counted(record: Record, info: Info, part: object) -> object:
    """The restricted part, once it is counted as read by its reviewer."""
    registry, actor, uid = info.context.registry, info.context.actor, record.record.uid
    await info.context.write(lambda: welfare.note_reading(registry, actor, uid, record.shown))
    return part


def _of_kind(kind: Kind) -> Callable[[Class], Class]:
    """Make a type the one of *kind*: with the fields of its public part, but those that every record has."""

    def add(cls: Class) -> Class:
        TYPES[kind] = with_content(PUBLIC[kind], _INHERITED)(cls)
        return cls

    return add


@strawberry.type(description="How a system was misused or did harm.")
@_of_kind(Kind.INCIDENT)
@with_fields(IncidentGraph)
class Incident(Record):
    """An incident."""

    restricted: Any = _restricted_field(Kind.INCIDENT)

    @resolved("Mitigations that it links to as mitigated by.")
    def mitigations(self, info: Info, first: First = None, after: After = None) -> Connection[Mitigation] | None:
        return self.linked(info, LinkRel.MITIGATED_BY, Kind.MITIGATION, first, after)  # type: ignore[no-any-return]

    @resolved("Weaknesses that it exploits.")
    def weaknesses(self, info: Info, first: First = None, after: After = None) -> Connection[Weakness] | None:
        return self.linked(info, LinkRel.EXPLOITS, Kind.WEAKNESS, first, after)  # type: ignore[no-any-return]

    @resolved("Usage policies that it violates; the clauses stand in links.")
    def violations(self, info: Info, first: First = None, after: After = None) -> Connection[UsagePolicy] | None:
        return self.linked(info, LinkRel.VIOLATES, Kind.USAGE_POLICY, first, after)  # type: ignore[no-any-return]

    @resolved("Lessons that are derived from it.")
    def lessons(self, info: Info, first: First = None, after: After = None) -> Connection[Lesson] | None:
        return self.linked(info, LinkRel.DERIVED_FROM, Kind.LESSON, first, after, reverse=True)  # type: ignore[no-any-return]


@strawberry.type(description="A measure, what it addresses, and what shows that it works.")
@_of_kind(Kind.MITIGATION)
@with_fields(MitigationGraph)
class Mitigation(Record):
    """A mitigation."""

    restricted: Any = _restricted_field(Kind.MITIGATION)

    @resolved("Incidents that link to it as mitigated by.")
    def incidents(self, info: Info, first: First = None, after: After = None) -> Connection[Incident] | None:
        return self.linked(info, LinkRel.MITIGATED_BY, Kind.INCIDENT, first, after, reverse=True)  # type: ignore[no-any-return]

    @resolved("Weaknesses that it addresses.")
    def weaknesses(self, info: Info, first: First = None, after: After = None) -> Connection[Weakness] | None:
        return self.linked(info, FieldRel.ADDRESSES, Kind.WEAKNESS, first, after)  # type: ignore[no-any-return]


@strawberry.type(description="What everybody should learn.")
@_of_kind(Kind.LESSON)
class Lesson(Record):
    """A lesson."""

    restricted: Any = _restricted_field(Kind.LESSON)

    @resolved("Incidents that it is derived from.")
    def incidents(self, info: Info, first: First = None, after: After = None) -> Connection[Incident] | None:
        return self.linked(info, LinkRel.DERIVED_FROM, Kind.INCIDENT, first, after)  # type: ignore[no-any-return]


@strawberry.type(description="What a model or a deployment is known to get wrong.")
@_of_kind(Kind.WEAKNESS)
class Weakness(Record):
    """A known weakness."""

    restricted: Any = _restricted_field(Kind.WEAKNESS)

    @resolved("Incidents that exploit it.")
    def incidents(self, info: Info, first: First = None, after: After = None) -> Connection[Incident] | None:
        return self.linked(info, LinkRel.EXPLOITS, Kind.INCIDENT, first, after, reverse=True)  # type: ignore[no-any-return]

    @resolved("Mitigations that it links to as mitigated by.")
    def mitigations(self, info: Info, first: First = None, after: After = None) -> Connection[Mitigation] | None:
        return self.linked(info, LinkRel.MITIGATED_BY, Kind.MITIGATION, first, after)  # type: ignore[no-any-return]

    @resolved("Mitigations that name it among what they address.")
    def addressed_by(self, info: Info, first: First = None, after: After = None) -> Connection[Mitigation] | None:
        return self.linked(info, FieldRel.ADDRESSES, Kind.MITIGATION, first, after, reverse=True)  # type: ignore[no-any-return]


@strawberry.type(description="One version of what a provider allows and forbids.")
@_of_kind(Kind.USAGE_POLICY)
@with_fields(UsagePolicyGraph)
class UsagePolicy(Record):
    """A usage policy."""

    restricted: Any = _restricted_field(Kind.USAGE_POLICY)

    @resolved("Incidents that violate it.")
    def violated_in(self, info: Info, first: First = None, after: After = None) -> Connection[Incident] | None:
        return self.linked(info, LinkRel.VIOLATES, Kind.INCIDENT, first, after, reverse=True)  # type: ignore[no-any-return]


@strawberry.type(description="What an organisation says about another record.")
@_of_kind(Kind.STATEMENT)
class Statement(Record):
    """A statement."""

    restricted: Any = _restricted_field(Kind.STATEMENT)

    @resolved("The record it is about, or its tombstone, if you may see it.")
    def subject(self, info: Info) -> Record | None:
        uid = RecordUid(str(self.document().get("about", "")))
        found = info.context.records((uid,))
        return record_type(found[uid]) if uid in found else None
