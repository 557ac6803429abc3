"""Blocks of record numbers for one's own organisation."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from registry.domain import numbering
from registry.domain.vocabulary import Kind
from registry.service import numbers
from schema.context import Info
from schema.errors import UserError
from schema.fields import resolved
from schema.payloads import answered


@strawberry.input(description="Numbers to be set aside for your organisation.")
class ReserveNumbersInput:
    """How many numbers of which kind."""

    kind: Kind = strawberry.field(description="The kind of the records that will have them.")
    count: int = strawberry.field(default=1, description="1 to 100.")
    year: int | None = strawberry.field(default=None, description="This year, if left out, or the next.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="1 to 200 characters. The same key gives the same numbers again."
    )
    client_mutation_id: str | None = None


@strawberry.type(description="A number set aside for your organisation, that no record has asked for yet.")
class ReservedNumber:
    """A number to name in ``number`` of a submission."""

    number: str
    kind: Kind
    year: int
    reserved_at: datetime


@strawberry.type(description="The answer to a reservation of numbers.")
class NumbersPayload:
    """Either the numbers, or why not."""

    numbers: list[ReservedNumber] = strawberry.field(
        default_factory=list, description="In the order of the count; no others have them."
    )
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="All that is wrong. Empty if it was done."
    )
    replayed: bool = strawberry.field(default=False, description="Whether the same request had been answered before.")
    client_mutation_id: str | None = None


@strawberry.type(description="Reserved numbers.")
class NumberQueries:
    """Reading what is reserved."""

    @resolved("The numbers set aside for your organisation that no record has asked for.")
    def reserved_numbers(self, info: Info) -> list[ReservedNumber]:
        return [_shown(one) for one in numbers.unused(info.context.registry, info.context.actor)]


@strawberry.type(description="Reserving numbers.")
class NumberMutations:
    """Reserving a block."""

    @resolved("Set numbers aside for your organisation, to name them in submissions.")
    async def reserve_numbers(
        self, info: Info, said: Annotated[ReserveNumbersInput, strawberry.argument(name="input")]
    ) -> NumbersPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await answered(
            info,
            lambda: numbers.reserve(
                registry, actor, said.kind, count=said.count, year=said.year, idempotency_key=said.idempotency_key
            ),
            lambda block: NumbersPayload(
                numbers=[_shown(one) for one in block.numbers],
                replayed=block.replayed,
                client_mutation_id=said.client_mutation_id,
            ),
            lambda errors: NumbersPayload(user_errors=errors, client_mutation_id=said.client_mutation_id),
        )


def _shown(one: numbering.ReservedNumber) -> ReservedNumber:
    return ReservedNumber(number=one.number, kind=one.kind, year=one.year, reserved_at=one.reserved_at)
