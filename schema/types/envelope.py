"""What the registry itself says of a record: where it came from, who may see it, and what was decided about it."""

from __future__ import annotations

from typing import Any, Protocol

import strawberry

from registry.domain.record import Record as DomainRecord
from registry.domain.vocabulary import Tlp
from registry.service import merge, notices
from registry.service.federation import provenance
from schema.context import Info
from schema.fields import resolved
from schema.types.notice import Notice
from schema.types.shown import record_type, record_types

_RECORD: Any = strawberry.LazyType("Record", "schema.types.record")


class OfRecord(Protocol):
    """The record type that these fields are given to."""

    record: DomainRecord


class EnvelopeFields:
    """The fields of a record that nobody wrote into it."""

    @resolved("The node that it was first recorded on.")
    def origin(self: OfRecord) -> str:
        return self.record.origin

    @resolved("The node whose key signed what is held of it: where it was first recorded, or one that acts for that.")
    async def signed_by(self: OfRecord, info: Info) -> str:
        context, record = info.context, self.record
        if not record.received:
            return record.origin
        came = await context.read(lambda: provenance.of_record(context.registry, context.actor, record.uid))
        return record.origin if came is None else came.signed_by

    @resolved("The marking that holds now: its own, or the stricter one of the record that a statement is about.")
    def effective_tlp(self: OfRecord) -> Tlp:
        return self.record.tlp

    @resolved("Whether it is hidden while somebody judges whether it must go.")
    def is_blocked(self: OfRecord) -> bool:
        return self.record.blocked

    @resolved("Whether nothing of it may be destroyed for now; false for whoever may not know.")
    def legal_hold(self: OfRecord) -> bool:
        return self.record.legal_hold

    @resolved("Whether it is sealed: read with a permission of its own, and never given out.")
    def is_sealed(self: OfRecord) -> bool:
        return self.record.sealed

    @resolved("Whether it is about sexual harm or minors, or names a person.")
    def is_sensitive(self: OfRecord) -> bool:
        return self.record.sensitive

    @resolved("Whether its source links wait to be cleared, and are shown to the owner and to reviewers only.")
    def sources_hidden(self: OfRecord) -> bool:
        return self.record.hides_sources

    @resolved("The version of the node's terms that was accepted; null for strangers.")
    def terms(self: OfRecord) -> str | None:
        return self.record.terms

    @resolved(
        "The record that stands for this one since they were merged, if you may see it.", graphql_type=_RECORD | None
    )
    def merged_into(self: OfRecord, info: Info) -> object:
        into = self.record.merged_into
        found = {} if into is None else info.context.records((into,))
        return record_type(found[into]) if into in found else None

    @resolved(
        "The records that it stands for since they were merged into it, as far as you may know of them.",
        graphql_type=list[_RECORD],
    )
    async def merged_from(self: OfRecord, info: Info) -> object:
        context, uid = info.context, self.record.uid
        return record_types(await context.read(lambda: merge.merged_from(context.registry, context.actor, uid)))

    @resolved("Parties named in it that were asked to answer, oldest first.")
    async def notices(self: OfRecord, info: Info) -> list[Notice]:
        context, record = info.context, self.record
        found = await context.read(lambda: notices.beside(context.registry, context.actor, record))
        return [Notice(notice=one) for one in found]
