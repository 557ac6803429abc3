"""What leaves the registry: a record as one viewer may see it.

Each rule is one line of a table, so that a reader can check them and a test can take each away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any

from registry.domain.actor import ANONYMOUS, Actor
from registry.domain.canonical import canonical_bytes
from registry.domain.content.marking import Marking
from registry.domain.policy import PUBLIC_ONLY, REVIEWERS, reads_restricted, reads_sealed, visible_to
from registry.domain.record import NOT_HANDED_IN, Cap, Record, Revision, State, StoredPart
from registry.domain.vocabulary import Tlp


@dataclass(frozen=True, slots=True)
class Sight:
    """How one viewer stands to one record: what the rules ask.

    Attributes:
        is_stranger: neither of the owning organisation nor one who sees everything.
        sees_tombstone: a stranger to whom only that something was here is shown.
        is_kept_out: not of the owning organisation, which has taken the newest work back.
        was_narrowed: taken from such a viewer by a marking: of its further life nothing is shown.
        in_audience: of the group that the record is shared with.
        hides_sources: source links wait to be cleared, and the viewer neither owns nor reviews the record.
        is_sealed: sealed, and the viewer may not read sealed records.
    """

    is_stranger: bool
    is_reviewer: bool
    is_kept_out: bool
    reads_restricted: bool
    sees_tombstone: bool
    was_narrowed: bool
    in_audience: bool
    hides_sources: bool
    is_sealed: bool


def sight_of(actor: Actor, record: Record) -> Sight:
    """How *actor* stands to *record*."""
    visible = visible_to(actor)
    is_stranger = not visible.sees_all_of(record)
    sees_tombstone = is_stranger and not visible.lists(record)
    closed = not (record.is_open or visible.was_given(record)) and record.state is not State.ERASED
    return Sight(
        is_stranger=is_stranger,
        is_reviewer=visible.everything and not is_stranger and not REVIEWERS.isdisjoint(actor.roles),
        is_kept_out=record.stage in NOT_HANDED_IN and not visible.owns(record),
        reads_restricted=reads_restricted(actor, record),
        sees_tombstone=sees_tombstone,
        was_narrowed=closed and sees_tombstone,
        in_audience=record.shared_with in visible.groups,
        hides_sources=is_stranger and record.hides_sources,
        is_sealed=not reads_sealed(actor, record),
    )


@dataclass(slots=True)
class Shown:
    """What is shown so far, field by field: a record is put together once, after all rules."""

    record: dict[str, Any]
    head: dict[str, Any]
    work: dict[str, Any] | None

    @property
    def revisions(self) -> tuple[dict[str, Any], ...]:
        """Both revisions, or the only one."""
        return (self.head,) if self.work is None else (self.head, self.work)


@dataclass(frozen=True, slots=True)
class Rule:
    """What is taken away, from whom: *hide* is applied where *applies* holds."""

    name: str
    applies: Callable[[Sight], bool]
    hide: Callable[[Shown], None]


def _is_stranger(sight: Sight) -> bool:
    return sight.is_stranger


def _is_not_reviewer(sight: Sight) -> bool:
    return not sight.is_reviewer


def _hide_restricted(shown: Shown) -> None:
    for one in shown.revisions:
        one["restricted"] = None


def _hide_parts(shown: Shown) -> None:
    # A marking holds words of the author too, such as warnings.
    for one in shown.revisions:
        one.update(public=None, restricted=None, marking=Marking(tlp=one["marking"].tlp))


def _hide_retracted(shown: Shown) -> None:
    if shown.record["state"] in NOT_HANDED_IN:
        _hide_parts(shown)
    shown.work = None


def _hide_further_life(shown: Shown) -> None:
    shown.head.update(
        marking=Marking(),
        revision=None,
        published_at=shown.record["published_at"],
        public_hash=b"",
        restricted_hash=b"",
    )
    hidden = {"withdrawn_at": None, "reason": None, "blocked": False, "merged_into": None}
    shown.record.update(state=State.WITHDRAWN, revision=0, **hidden)


def _hide_work(shown: Shown) -> None:
    shown.head["draft_revision"] = shown.head["revision"] or shown.record["revision"]
    shown.work = None
    shown.record.update(pending=None, draft_revision=shown.record["revision"])


def _hide_times(shown: Shown) -> None:
    # What was published under embargo was shown when that ended, which only the record itself tells.
    published_at = shown.record["published_at"]
    shown_at = max(filter(None, (published_at, shown.head["published_at"])), default=None)
    seen = shown.record["withdrawn_at"] or shown_at or shown.record["created_at"]
    shown.head.update(created_at=shown_at or seen, published_at=shown_at)
    shown.record.update(created_at=published_at or seen, changed_at=seen)


def _hide_terms(shown: Shown) -> None:
    for one in shown.revisions:
        marking: Marking = one["marking"]
        if marking.embargo_until is not None or not marking.restricted_for_review:
            hidden = {"embargo_until": None, "restricted_for_review": True}
            one["marking"] = marking.model_copy(update=hidden)


def _hide_sources(shown: Shown) -> None:
    # The part no longer fits its hash, which is told of what was written, and not of what is shown.
    for one in shown.revisions:
        part: StoredPart | None = one["public"]
        if part is not None and "sources" in part.document:
            kept = {name: value for name, value in part.document.items() if name != "sources"}
            one["public"] = replace(part, body=canonical_bytes(kept))


def _hide_deadlines(shown: Shown) -> None:
    for one in shown.revisions:
        part: StoredPart | None = one["restricted"]
        if part is not None and "deadlines" in part.document:
            kept = {name: value for name, value in part.document.items() if name != "deadlines"}
            one["restricted"] = replace(part, body=canonical_bytes(kept))


def _hide_restricted_tlp(shown: Shown) -> None:
    for one in shown.revisions:
        if one["marking"].restricted_tlp is not Tlp.RED:
            one["marking"] = one["marking"].model_copy(update={"restricted_tlp": Tlp.RED})


def _hide_audience(shown: Shown) -> None:
    for one in shown.revisions:
        if one["marking"].audience is not None:
            one["marking"] = one["marking"].model_copy(update={"audience": None})
    cap: Cap | None = shown.record["cap"]
    shown.record["cap"] = cap and replace(cap, audience=None)


def _hide_authors(shown: Shown) -> None:
    for one in shown.revisions:
        one["author"] = None


def _hide(name: str, instead: object = None) -> Callable[[Shown], None]:
    def hide(shown: Shown) -> None:
        shown.record[name] = instead

    return hide


RULES: tuple[Rule, ...] = (
    Rule("restricted part", lambda sight: not sight.reads_restricted, _hide_restricted),
    Rule("content of a sealed record", lambda sight: sight.is_sealed, _hide_parts),
    Rule("retracted work", lambda sight: sight.is_kept_out, _hide_retracted),
    Rule("content of a tombstone", lambda sight: sight.sees_tombstone, _hide_parts),
    Rule("source links of a sensitive record", lambda sight: sight.hides_sources, _hide_sources),
    Rule("what is due to whom", _is_stranger, _hide_deadlines),
    Rule("life after narrowing", lambda sight: sight.was_narrowed, _hide_further_life),
    Rule("unpublished work", _is_stranger, _hide_work),
    Rule("times of unpublished work", _is_stranger, _hide_times),
    Rule("the owner's own key", _is_stranger, _hide("external_ref")),
    Rule("terms of embargo and review", _is_stranger, _hide_terms),
    Rule("who blocked it", _is_not_reviewer, _hide("blocked_by")),
    Rule("when it was blocked", _is_stranger, _hide("blocked_at")),
    Rule("legal hold", _is_stranger, _hide("legal_hold", instead=False)),
    Rule("accepted terms", _is_stranger, _hide("terms")),
    Rule("audience", lambda sight: sight.is_stranger and not sight.in_audience, _hide_audience),
    Rule(
        "marking of the restricted part",
        lambda sight: sight.is_stranger and not sight.reads_restricted,
        _hide_restricted_tlp,
    ),
    Rule("authors", _is_stranger, _hide_authors),
    Rule("contributors", _is_stranger, _hide("contributors", frozenset())),
    Rule("who holds the claim", _is_not_reviewer, _hide("claimed_by")),
    Rule("when it was claimed", _is_not_reviewer, _hide("claimed_at")),
    Rule("who asks for a second opinion", _is_not_reviewer, _hide("opinion_of")),
    Rule("who approved", _is_not_reviewer, _hide("approved_by")),
    Rule("reasons of decisions", lambda sight: sight.is_stranger and not sight.sees_tombstone, _hide("reason")),
)

_RECORD_FIELDS = tuple(one.name for one in fields(Record))
_REVISION_FIELDS = tuple(one.name for one in fields(Revision))
_record_values = attrgetter(*_RECORD_FIELDS)
_revision_values = attrgetter(*_REVISION_FIELDS)


def for_actor(record: Record, actor: Actor) -> Record:
    """The record with everything taken away that *actor* may not see.

    Says nothing about whether the actor may know of the record: ask ``Visibility.admits`` first.
    """
    sight = sight_of(actor, record)
    shown = Shown(
        dict(zip(_RECORD_FIELDS, _record_values(record), strict=True)),
        _opened(record.head),
        None if record.work is None else _opened(record.work),
    )
    for rule in RULES:
        if rule.applies(sight):
            rule.hide(shown)
    work = None if shown.work is None else Revision(**shown.work)
    return Record(**(shown.record | {"head": Revision(**shown.head), "work": work}))


def is_noticed(before: Record | None, after: Record) -> bool:
    """Whether strangers see something else of a record than *before*: the row that tells of such a change is public.

    Args:
        before: ``None`` of a record that is stored for the first time.
    """
    if before is None:
        return PUBLIC_ONLY.admits(after)
    return _as_stranger(before) != _as_stranger(after)


def _as_stranger(record: Record) -> Record | None:
    return for_actor(record, ANONYMOUS) if PUBLIC_ONLY.admits(record) else None


def _opened(revision: Revision) -> dict[str, Any]:
    return dict(zip(_REVISION_FIELDS, _revision_values(revision), strict=True))
