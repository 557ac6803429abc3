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
from registry.domain.alike import Alike
from registry.domain.change import ChangeKind
from registry.domain.content.marking import Marking
from registry.domain.record import OrganisationId, Record, RecordUid
from registry.domain.vocabulary import Kind
from registry.domain.workflow import Step
from registry.ports import Registry, Unit
from registry.service.numbers import new_numbers
from registry.service.ready import Readings, Ready
from registry.service.review import put_out
from registry.service.writing import new_record, store_part, told


def publish_imported(
    registry: Registry, unit: Unit, actor: Actor, owner: OrganisationId, given: Sequence[tuple[Ready, Readings]]
) -> None:
    """Publish new records within a unit of the caller as "imported, not reviewed here": first those that have to be
    decided about, then those like them."""
    alike: dict[tuple[Kind, Marking, bool], tuple[Record, list[tuple[Ready, Readings]]]] = {}
    for ready, read in given:
        sort = ready.kind, ready.marking, read.sensitive
        found = alike.get(sort)
        if not _is_plain(ready, read):
            _alone(registry, unit, actor, owner, ready)
        elif found is None:
            alike[sort] = _alone(registry, unit, actor, owner, ready), []
        else:
            found[1].append((ready, read))
    for sample, others in alike.values():
        if others:
            _add_alike(registry, unit, actor, sample, others)


def _is_plain(ready: Ready, read: Readings) -> bool:
    """Whether nothing but kind, marking and sensitivity decides about it as a new record: it refers to no other, is
    not sealed, and no job has to lift an embargo."""
    is_closed = ready.sealed or ready.marking.embargo_until is not None
    return not (is_closed or read.derived.references or ready.kind is Kind.STATEMENT)


def _alone(registry: Registry, unit: Unit, actor: Actor, owner: OrganisationId, ready: Ready) -> Record:
    record = new_record(registry, ready, owner=owner, author=None, now=registry.clock.now())
    record = replace(record, imported=True, terms=None)
    return put_out(registry, unit, actor, record, Step.PUBLISH_IMPORT, is_new=True)


def _add_alike(
    registry: Registry, unit: Unit, actor: Actor, sample: Record, others: Sequence[tuple[Ready, Readings]]
) -> None:
    numbers = new_numbers(registry, unit, sample, len(others))
    own = [_alike(registry, number, *one) for number, one in zip(numbers, others, strict=True)]
    unit.records.add_alike(sample, own)
    public = redaction.is_noticed(None, sample)
    row = told(actor, sample, ChangeKind.UPSERT, public=public, step=Step.PUBLISH_IMPORT, told_with=sample)
    unit.changes.append_alike(row, own)


def _alike(registry: Registry, number: str, ready: Ready, read: Readings) -> Alike:
    public, restricted = store_part(registry, ready.public), store_part(registry, ready.restricted)
    uid = RecordUid(registry.ids.uid())
    return Alike(uid, number, public, restricted, restricted.hash, read.derived, read.topics)
