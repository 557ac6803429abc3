"""Records as the types of their kinds show them. Knows none of these types: ``schema.types.kinds`` names them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from registry.domain.record import OrganisationId, Record, RecordUid, Revision
from registry.domain.vocabulary import Kind

if TYPE_CHECKING:
    from schema.types.record import Record as RecordType

TYPES: dict[Kind, type[RecordType]] = {}


def record_type(
    found: Record,
    *,
    shown: Revision | None = None,
    owners: frozenset[OrganisationId] = frozenset(),
    together: tuple[RecordUid, ...] = (),
) -> RecordType:
    """A redacted record as GraphQL shows it, with the content of *shown* or else of its head."""
    return TYPES[found.kind](record=found, shown=shown or found.head, owners=owners, together=together)


def record_types(found: Sequence[Record]) -> list[RecordType]:
    """The records of a page; their owners, and what they refer to, are read in one statement."""
    owners, together = frozenset(one.owner for one in found), tuple(one.uid for one in found)
    return [record_type(one, owners=owners, together=together) for one in found]
