"""Which other nodes were given a record, and which of them let go of it."""

from __future__ import annotations

from typing import Protocol

import strawberry

from registry.domain.federation.telling import LetGo
from registry.domain.record import Record as DomainRecord
from registry.domain.record import RecordUid
from registry.service.federation import telling
from schema.context import Info
from schema.fields import resolved

strawberry.enum(LetGo, description="What made another node let go of a record.")


class OfRecord(Protocol):
    """The record type that these fields are given to."""

    record: DomainRecord
    together: tuple[RecordUid, ...]


@strawberry.type(description="How another node stands to a record that it was given.")
class NodeStanding:
    """A node."""

    node: str = strawberry.field(description="Its DNS name.")
    let_go: LetGo | None = strawberry.field(
        description="After what it said that it let go of the record; null where it has not said so."
    )


class TellingFields:
    """What a record tells of other nodes; ``schema.types.record`` gives these fields to every record."""

    @resolved(
        "Which other nodes were given it, and which of them said that they let go of it, by DNS name; null for whoever "
        "is neither of its owner nor an operator, and for a record that began at another node."
    )
    def acknowledgements(self: OfRecord, info: Info) -> list[NodeStanding] | None:
        context, record = info.context, self.record
        # The rule is asked first, so that strangers read nothing.
        if not telling.may_ask(context.actor, record):
            return None
        found = context.acknowledgements(record.uid, self.together)
        return None if found is None else [NodeStanding(node=one.node, let_go=one.said) for one in found]
