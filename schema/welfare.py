"""What reviewers need not read, how much they have read, and whom they are bound to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import strawberry

from registry.domain.conflict import ConflictKind, Declaration
from registry.domain.welfare import Topic
from registry.service import conflicts, welfare
from schema.context import Info
from schema.errors import UserError
from schema.fields import resolved
from schema.payloads import answered


@strawberry.type(description="An organisation that a reviewer is bound to.")
class ConflictOfInterest:
    """One conflict."""

    kind: ConflictKind
    organisation: str = strawberry.field(description="Slug or name, as it was declared.")


@strawberry.type(description="Whom a reviewer is bound to; without any conflict, that there is nobody.")
class ConflictDeclaration:
    """What was declared, and when."""

    person: str
    declared_at: datetime
    conflicts: list[ConflictOfInterest]


@strawberry.type(description="What you chose and read as a reviewer. Nobody else can ask for it.")
class Welfare:
    """One's own welfare; amounts are weights."""

    topics: list[Topic] = strawberry.field(description="What you need not read.")
    read_today: int
    read_this_week: int = strawberry.field(description="In the last seven days, today included.")
    limit_per_day: int = strawberry.field(description="The lower one of the house's limit and yours.")
    limit_per_week: int
    own_limit_per_day: int | None
    own_limit_per_week: int | None
    is_at_limit: bool = strawberry.field(description="Whether nothing new can be claimed or opened now.")
    declaration: ConflictDeclaration | None = strawberry.field(description="Null until you declare for the first time.")


@strawberry.type(description="The answer to a change of your own welfare, or of your conflicts.")
class WelfarePayload:
    """What holds now, or why not."""

    welfare: Welfare | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.input(description="What you need not read from now on; you need not say why.")
class SetOptOutsInput:
    """All topics, in place of those before."""

    topics: list[Topic]
    client_mutation_id: str | None = None


@strawberry.input(description="Limits of your own, below those of the house; null is none, 0 is a break.")
class SetOwnLimitInput:
    """In weights."""

    per_day: int | None = None
    per_week: int | None = None
    client_mutation_id: str | None = None


@strawberry.input(description="An organisation that you are bound to.")
class ConflictInput:
    """One conflict."""

    kind: ConflictKind
    organisation: str = strawberry.field(description="Slug or name.")


@strawberry.input(description="Whom you are bound to, in place of what you declared before; an empty list says nobody.")
class DeclareConflictsInput:
    """All conflicts."""

    conflicts: list[ConflictInput]
    client_mutation_id: str | None = None


@strawberry.type(description="Reading one's own welfare, and what was declared.")
class WelfareQueries:
    """Reads."""

    @resolved("What you chose and read as a reviewer; nobody else can ask for it.")
    async def my_welfare(self, info: Info) -> Welfare | None:
        return await info.context.read(lambda: _mine(info))

    @resolved("What every reviewer has declared; for lead reviewers.")
    async def declared_conflicts(self, info: Info) -> list[ConflictDeclaration] | None:
        registry, actor = info.context.registry, info.context.actor
        found = await info.context.read(lambda: conflicts.declared(registry, actor))
        return [_declaration(one) for one in found]


@strawberry.type(description="Changing one's own welfare, and declaring conflicts.")
class WelfareMutations:
    """Writes."""

    @resolved("Choose what you need not read: it is not put before you any more, and nobody is told.")
    async def set_opt_outs(
        self, info: Info, said: Annotated[SetOptOutsInput, strawberry.argument(name="input")]
    ) -> WelfarePayload | None:
        registry, actor = info.context.registry, info.context.actor
        topics = [one.value for one in said.topics]
        return await _payload(info, said.client_mutation_id, lambda: welfare.set_opt_outs(registry, actor, topics))

    @resolved("Set limits of your own, below those of the house; nobody is told.")
    async def set_own_limit(
        self, info: Info, said: Annotated[SetOwnLimitInput, strawberry.argument(name="input")]
    ) -> WelfarePayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _payload(
            info,
            said.client_mutation_id,
            lambda: welfare.set_own_limit(registry, actor, per_day=said.per_day, per_week=said.per_week),
        )

    @resolved("Declare whom you are bound to; lead reviewers read it.")
    async def declare_conflicts(
        self, info: Info, said: Annotated[DeclareConflictsInput, strawberry.argument(name="input")]
    ) -> WelfarePayload | None:
        registry, actor = info.context.registry, info.context.actor
        pairs = [(one.kind.value, one.organisation) for one in said.conflicts]
        return await _payload(info, said.client_mutation_id, lambda: conflicts.declare(registry, actor, pairs))


async def _payload(info: Info, client_mutation_id: str | None, work: Callable[[], object]) -> WelfarePayload:
    def done() -> Welfare:
        work()
        return _mine(info)

    return await answered(
        info,
        done,
        lambda shown: WelfarePayload(welfare=shown, client_mutation_id=client_mutation_id),
        lambda errors: WelfarePayload(user_errors=errors, client_mutation_id=client_mutation_id),
    )


def _mine(info: Info) -> Welfare:
    registry, actor = info.context.registry, info.context.actor
    found, declared = welfare.mine(registry, actor), conflicts.own(registry, actor)
    return Welfare(
        topics=sorted(found.avoids),
        read_today=found.exposure.today,
        read_this_week=found.exposure.this_week,
        limit_per_day=found.exposure.per_day,
        limit_per_week=found.exposure.per_week,
        own_limit_per_day=found.own.per_day,
        own_limit_per_week=found.own.per_week,
        is_at_limit=found.exposure.is_at_limit,
        declaration=None if declared is None else _declaration(declared),
    )


def _declaration(found: Declaration) -> ConflictDeclaration:
    return ConflictDeclaration(
        person=found.person,
        declared_at=found.declared_at,
        conflicts=[ConflictOfInterest(kind=one.kind, organisation=one.organisation) for one in found.conflicts],
    )
