"""What leaves the registry: a record as one viewer may see it.

Each rule is one line of a table, so that a reader can check them and a test can take each away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from registry.domain.actor import Actor
from registry.domain.content.kinds import Marking
from registry.domain.policy import REVIEWERS, reads_restricted, visible_to
from registry.domain.record import Record, Revision, State
from registry.domain.vocabulary import Tlp


@dataclass(frozen=True, slots=True)
class Rule:
    """What is taken away, from whom: *hide* is applied where *applies* holds."""

    name: str
    applies: Callable[[Actor, Record], bool]
    hide: Callable[[Record], Record]


def _is_stranger(actor: Actor, record: Record) -> bool:
    """Neither of the owning organisation nor one who sees everything."""
    visible = visible_to(actor)
    return not (visible.everything or visible.owns(record))


def _is_not_reviewer(actor: Actor, _record: Record) -> bool:
    return not (visible_to(actor).everything and actor.roles & REVIEWERS)


def _may_not_read_restricted(actor: Actor, record: Record) -> bool:
    return not reads_restricted(actor, record)


def _sees_tombstone(actor: Actor, record: Record) -> bool:
    return record.is_tombstone and _is_stranger(actor, record)


def _was_narrowed(actor: Actor, record: Record) -> bool:
    """Withdrawn from strangers by a marking: they see nothing of its further life."""
    closed = record.head.marking.tlp is not Tlp.CLEAR and record.state is not State.ERASED
    return closed and _sees_tombstone(actor, record)


def _on_each(record: Record, change: Callable[[Revision], Revision]) -> Record:
    work = None if record.work is None else change(record.work)
    return replace(record, head=change(record.head), work=work)


def _hide_restricted(record: Record) -> Record:
    return _on_each(record, lambda revision: replace(revision, restricted=None))


def _hide_parts(record: Record) -> Record:
    # A marking holds words of the author too, such as warnings.
    return _on_each(
        record,
        lambda one: replace(one, public=None, restricted=None, marking=Marking(tlp=one.marking.tlp)),
    )


def _hide_further_life(record: Record) -> Record:
    head = replace(
        record.head,
        marking=Marking(),
        revision=None,
        published_at=record.published_at,
        public_hash=b"",
        restricted_hash=b"",
    )
    return replace(record, state=State.WITHDRAWN, revision=0, head=head, withdrawn_at=None, reason=None)


def _hide_work(record: Record) -> Record:
    head = replace(record.head, draft_revision=record.head.revision or record.revision)
    return replace(record, head=head, work=None, pending=None, draft_revision=record.revision)


def _hide_times(record: Record) -> Record:
    # What was published under embargo was shown when that ended, which only the record itself tells.
    shown_at = max(filter(None, (record.published_at, record.head.published_at)), default=None)
    seen = record.withdrawn_at or shown_at or record.created_at
    head = replace(record.head, created_at=shown_at or seen, published_at=shown_at)
    return replace(record, head=head, created_at=record.published_at or seen, changed_at=seen)


def _hide_terms(record: Record) -> Record:
    hidden = {"embargo_until": None, "restricted_for_review": True}
    return _on_each(record, lambda one: replace(one, marking=one.marking.model_copy(update=hidden)))


RULES: tuple[Rule, ...] = (
    Rule("restricted part", _may_not_read_restricted, _hide_restricted),
    Rule("content of a tombstone", _sees_tombstone, _hide_parts),
    Rule("life after narrowing", _was_narrowed, _hide_further_life),
    Rule("unpublished work", _is_stranger, _hide_work),
    Rule("times of unpublished work", _is_stranger, _hide_times),
    Rule("the owner's own key", _is_stranger, lambda record: replace(record, external_ref=None)),
    Rule("terms of embargo and review", _is_stranger, _hide_terms),
    Rule("authors", _is_stranger, lambda record: _on_each(record, lambda one: replace(one, author=None))),
    Rule("contributors", _is_stranger, lambda record: replace(record, contributors=frozenset())),
    Rule("who holds the claim", _is_not_reviewer, lambda record: replace(record, claimed_by=None)),
    Rule("who approved", _is_not_reviewer, lambda record: replace(record, approved_by=None)),
    Rule(
        "reasons of decisions",
        lambda actor, record: _is_stranger(actor, record) and not record.is_tombstone,
        lambda record: replace(record, reason=None),
    ),
)


def for_actor(record: Record, actor: Actor) -> Record:
    """The record with everything taken away that *actor* may not see.

    Says nothing about whether the actor may know of the record: ask ``Visibility.admits`` first.
    """
    applying = [rule for rule in RULES if rule.applies(actor, record)]
    for rule in applying:
        record = rule.hide(record)
    return record
