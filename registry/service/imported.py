"""Imported records of one source that wait for review: listed with their titles, and accepted together.

Accepting several is as many single acceptances: each is claimed, approved and published by the rules of ``review``, in
one transaction of its own, or left as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from registry.domain import policy, redaction
from registry.domain.actor import Actor, Permission
from registry.domain.errors import CommonsError, InvalidInput, NotFound, Problem
from registry.domain.facets import title_of
from registry.domain.record import Record, RecordUid
from registry.domain.workflow import Step
from registry.ports import Registry
from registry.service import limits, queue, review, screening
from registry.service.origins import source_of, waiting_of
from registry.service.queue import Waiting
from registry.service.writing import load

# As many as a reviewer looks at in one list.
MOST = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A record that waits, with the title of its public part."""

    waiting: Waiting
    title: str

    @property
    def is_acceptable(self) -> bool:
        """Whether it may be accepted from a list, as far as can be told before.

        A sensitive record needs every item on people confirmed, and a second opinion was asked for a reason: both are
        opened.
        """
        one = self.waiting
        return one.refusal is None and not one.is_sensitive and not one.wants_opinion


@dataclass(frozen=True, slots=True)
class ImportedList:
    """A page of what waits of one source, the longest waiting first."""

    records: tuple[Listed, ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """A record to be accepted, and the draft revision that the reviewer saw."""

    uid: RecordUid
    expected_revision: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of one: published, or left as it was because of *problems*."""

    uid: RecordUid
    record: Record | None = None
    problems: tuple[Problem, ...] = ()


def listed(registry: Registry, actor: Actor, source: str, *, skip: int = 0) -> ImportedList:
    """What waits of the source with this id, as far as *actor* sees work under review; none of an unknown source.

    Raises:
        Forbidden: *actor* does not review.
    """
    policy.require(actor, Permission.RECORD_REVIEW)
    visible = policy.visible_to(actor)
    with registry.storage.read() as reader:
        uids = waiting_of(reader, source, visible, limit=MOST + 1, skip=max(0, skip))
        told = queue.told(registry, reader, actor, uids[:MOST])
        records = reader.records.many(uids[:MOST], visible=visible)
    titled = tuple(Listed(one, _title(redaction.for_actor(records[one.uid], actor))) for one in told)
    return ImportedList(titled, has_more=len(uids) > MOST)


def accept(registry: Registry, actor: Actor, source: str, chosen: Sequence[Chosen]) -> tuple[Accepted, ...]:
    """Claim, approve and publish records of one source that the reviewer looked at; what became of each, in order.

    Each is a decision of its own with its rows in the log; what is refused stays as it was, and the others go on. What
    a single acceptance would need beside the reviewer's word, such as the list on people, is refused here.

    Raises:
        Forbidden: *actor* lacks ``record:review`` or ``record:publish``; then nothing was done.
        InvalidInput: none, more than 50, or one twice is chosen; then nothing was done.
        RateLimited: more than may be written now; then nothing was done.
    """
    policy.require(actor, Permission.RECORD_REVIEW)
    policy.require(actor, Permission.RECORD_PUBLISH)
    problems = list(_problems(chosen))
    if problems:
        raise InvalidInput(problems)
    # Each counts as a write; whoever let the request in has charged the first.
    limits.charge(registry, actor, writes=len(chosen) - 1)
    return tuple(_answered(registry, actor, source, one) for one in chosen)


def _problems(chosen: Sequence[Chosen]) -> Iterator[Problem]:
    if not chosen:
        yield Problem(("records",), "REQUIRED", "say which records")
    if len(chosen) > MOST:
        yield Problem(("records",), "TOO_MANY", f"at most {MOST} records are accepted at once")
        return
    times = Counter(one.uid for one in chosen)
    for at, one in enumerate(chosen):
        if times[one.uid] > 1:
            yield Problem(("records", str(at), "uid"), "NOT_ALLOWED", "name each record once")


def _answered(registry: Registry, actor: Actor, source: str, one: Chosen) -> Accepted:
    try:
        return Accepted(one.uid, redaction.for_actor(_accepted(registry, actor, source, one), actor))
    except CommonsError as error:
        return Accepted(one.uid, problems=error.problems)


def _accepted(registry: Registry, actor: Actor, source: str, one: Chosen) -> Record:
    uid, seen = one.uid, one.expected_revision
    found = screening.still_open(registry, uid, expected_revision=seen)
    with registry.storage.begin() as unit:
        if source_of(load(unit, actor, uid).newest) != source:
            raise NotFound("no such record", path=("uid",))
        review.claim_within(registry, unit, actor, uid, expected_revision=seen)
        review.decide_within(registry, unit, actor, uid, Step.APPROVE, found, expected_revision=seen)
        return review.publish_within(registry, unit, actor, uid, found, expected_revision=seen)


def _title(record: Record) -> str:
    public = record.newest.public
    return "" if public is None else title_of(record.kind, public.document)
