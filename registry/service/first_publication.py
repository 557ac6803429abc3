"""Publishing many new records of a trusted source at once.

What is decided about a new record depends on its kind and its marking, and on whether it is sensitive. The first of
each sort is published as any record is; the others are given the same envelope, each with content, uid and number of
its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from registry.domain import redaction
from registry.domain.actor import Actor
from registry.domain.change import ChangeKind, NewChange
from registry.domain.content.marking import Marking
from registry.domain.derived import Derived
from registry.domain.record import OrganisationId, Record, RecordUid, Revision
from registry.domain.vocabulary import Kind
from registry.domain.workflow import Step
from registry.ports import Registry, Unit
from registry.service.numbers import give_number
from registry.service.ready import Readings, Ready
from registry.service.review import put_out
from registry.service.writing import new_record, store_part, told


def publish_imported(
    registry: Registry, unit: Unit, actor: Actor, owner: OrganisationId, given: Sequence[tuple[Ready, Readings]]
) -> tuple[Record, ...]:
    """Publish new records within a unit of the caller, in their order, as "imported, not reviewed here"."""
    samples: dict[tuple[Kind, Marking, bool], Record] = {}
    published: list[Record] = []
    alike: list[tuple[Record, Derived]] = []
    for ready, read in given:
        sort = ready.kind, ready.marking, read.sensitive
        is_plain = _is_plain(ready, read)
        if is_plain and sort in samples:
            record = _like(registry, unit, samples[sort], ready)
            alike.append((record, read.derived))
        else:
            record = _alone(registry, unit, actor, owner, ready)
            samples |= {sort: record} if is_plain else {}
        published.append(record)
    if alike:
        unit.records.add_all(alike)
        unit.changes.append_all([_row(actor, record) for record, _ in alike])
    return tuple(published)


def _is_plain(ready: Ready, read: Readings) -> bool:
    """Whether nothing but kind, marking and sensitivity decides about it as a new record: it refers to no other, is
    not sealed, and no job has to lift an embargo."""
    is_closed = ready.sealed or ready.marking.embargo_until is not None
    return not (is_closed or read.derived.references or ready.kind is Kind.STATEMENT)


def _alone(registry: Registry, unit: Unit, actor: Actor, owner: OrganisationId, ready: Ready) -> Record:
    record = new_record(registry, ready, owner=owner, author=None, now=registry.clock.now())
    record = replace(record, imported=True, terms=None)
    return put_out(registry, unit, actor, record, Step.PUBLISH_IMPORT, is_new=True)


def _like(registry: Registry, unit: Unit, sample: Record, ready: Ready) -> Record:
    public, restricted = store_part(registry, ready.public), store_part(registry, ready.restricted)
    head = Revision(
        draft_revision=sample.draft_revision,
        marking=sample.head.marking,
        public=public,
        restricted=restricted,
        public_hash=public.hash,
        restricted_hash=restricted.hash,
        author=None,
        created_at=sample.head.created_at,
        revision=sample.revision,
        published_at=sample.head.published_at,
    )
    record = replace(sample, uid=RecordUid(registry.ids.uid()), head=head, number=None)
    return replace(record, number=give_number(registry, unit, record, is_new=True))


def _row(actor: Actor, record: Record) -> NewChange:
    public = redaction.is_noticed(None, record)
    return told(actor, record, ChangeKind.UPSERT, public=public, step=Step.PUBLISH_IMPORT, told_with=record)
