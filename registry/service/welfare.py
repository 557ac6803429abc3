"""Reviewers' welfare: what one does not read, how much one reads, and limits. Read and changed by oneself alone.

No event and no row of the log tells of any of this: nobody else learns who opted out of what, or has read how much.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from registry.domain import policy
from registry.domain import welfare as rules
from registry.domain.account import Member
from registry.domain.actor import Actor, Permission
from registry.domain.errors import Forbidden
from registry.domain.job import Job, JobName
from registry.domain.record import PersonId, Record, RecordUid, Revision
from registry.domain.welfare import Exposure, Limits, Preferences, Topic
from registry.ports import Reader, Registry, Unit

RESTRICTED = "restricted"
PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class OwnWelfare:
    """What one person has chosen and read."""

    avoids: frozenset[Topic]
    own: Limits
    house: Limits
    exposure: Exposure


def mine(registry: Registry, actor: Actor) -> OwnWelfare:
    """What one has chosen and read oneself; nobody else can ask.

    Raises:
        Forbidden: *actor* does not review.
    """
    policy.require(actor, Permission.RECORD_REVIEW)
    with registry.storage.read() as reader:
        return _mine(registry, reader, _person(actor))


def set_opt_outs(registry: Registry, actor: Actor, topics: Iterable[str]) -> OwnWelfare:
    """Say what one does not read, without saying why; it holds from the next request on.

    What one holds in these categories goes back to the queue by itself, as every claim does after a while, so that
    nobody can tell from it.

    Raises:
        Forbidden: as ``mine``.
        InvalidInput: there is no such topic.
    """
    policy.require(actor, Permission.RECORD_REVIEW)
    person, chosen = _person(actor), rules.topics_named(topics)
    with registry.storage.begin() as unit:
        before = unit.welfare.preferences(person)
        unit.welfare.save_preferences(person, replace(before, avoids=chosen))
        return _mine(registry, unit, person)


def set_own_limit(registry: Registry, actor: Actor, *, per_day: int | None, per_week: int | None) -> OwnWelfare:
    """Set limits of one's own, below those of the house; ``None`` is none, and 0 is a break.

    Raises:
        Forbidden: as ``mine``.
        InvalidInput: one is below 0 or above that of the house.
    """
    policy.require(actor, Permission.RECORD_REVIEW)
    person = _person(actor)
    given = rules.limits_given(Limits(per_day, per_week), _house(registry))
    with registry.storage.begin() as unit:
        before = unit.welfare.preferences(person)
        unit.welfare.save_preferences(person, Preferences(before.avoids, given))
        return _mine(registry, unit, person)


def note_reading(registry: Registry, actor: Actor, uid: RecordUid, revision: Revision) -> None:
    """Count the restricted part of a revision as read, once; for whoever is about to give it out.

    Raises:
        ExposureLimit: it is enough for now; the part is not given out.
    """
    policy.require(actor, Permission.RECORD_READ)
    person = _person(actor)
    if revision.restricted is None or not revision.restricted.document:
        return
    with registry.storage.read() as reader:
        mark = rules.mark_of(person, uid, revision.draft_revision, RESTRICTED)
        if reader.welfare.is_counted(mark):
            return
    with registry.storage.begin() as unit:
        count(registry, unit, person, uid, revision, RESTRICTED)


def is_reviewing(actor: Actor, record: Record, revision: Revision) -> bool:
    """Whether *actor* meets the public part of *revision* as a reviewer: work of others that was not published."""
    if actor.person is None or policy.REVIEWERS.isdisjoint(actor.roles) or actor.organisation == record.owner:
        return False
    return revision.revision is None and revision.public is not None


def note_work(registry: Registry, actor: Actor, given: Iterable[tuple[RecordUid, Revision]]) -> None:
    """Count public parts that *actor* is about to be given as a reviewer, each once: all of them, or none.

    Raises:
        ExposureLimit: it is enough for now; none of them is given out.
    """
    policy.require(actor, Permission.RECORD_READ)
    person = _person(actor)
    with registry.storage.read() as reader:
        unread = [
            (uid, revision)
            for uid, revision in given
            if not reader.welfare.is_counted(rules.mark_of(person, uid, revision.draft_revision, PUBLIC))
        ]
    if unread:
        with registry.storage.begin() as unit:
            for uid, revision in unread:
                count(registry, unit, person, uid, revision, PUBLIC)


def forget_exposure(registry: Registry, actor: Actor, day: date) -> None:
    """Delete what was counted up to *day*, once its time is over."""
    policy.require(actor, Permission.NODE_MAINTAIN)
    if day + rules.KEPT_FOR <= registry.clock.now().date():
        with registry.storage.begin() as unit:
            unit.welfare.forget_until(day)


def count(registry: Registry, unit: Unit, person: PersonId, uid: RecordUid, revision: Revision, part: str) -> None:
    """Count a part as read, once, within a unit of the caller, who has asked for permission.

    Raises:
        ExposureLimit: it is enough for now.
    """
    mark = rules.mark_of(person, uid, revision.draft_revision, part)
    if unit.welfare.is_counted(mark):
        return
    weight = rules.weight_of(revision, restricted=part == RESTRICTED)
    rules.require_within(_mine(registry, unit, person).exposure, weight)
    today = registry.clock.now().date()
    if unit.welfare.count(person, today, weight, mark=mark):
        due_at = datetime.combine(today + rules.KEPT_FOR, time(), UTC)
        unit.jobs.add(Job(f"exposure:{today.isoformat()}", JobName.FORGET_EXPOSURE, today.isoformat(), due_at))


def require_room(registry: Registry, view: Reader | Unit, actor: Actor) -> None:
    """Let *actor* claim something new, within a unit of the caller, who has asked for permission.

    Raises:
        ExposureLimit: it is enough for now.
    """
    if actor.person is not None:
        rules.require_within(_mine(registry, view, actor.person).exposure)


def avoided_by(reader: Reader, member: Member | None) -> frozenset[Topic]:
    """What somebody who is about to act need not read; of a reviewer always one statement, whatever there is."""
    if member is None or policy.REVIEWERS.isdisjoint(member.roles):
        return frozenset()
    return reader.welfare.preferences(member.answerable).avoids


def forget(unit: Unit, person: PersonId) -> None:
    """Delete all that is kept of somebody who is a member of nothing any more, within a unit of the caller."""
    if not unit.accounts.memberships(person):
        unit.welfare.forget(person)


def _mine(registry: Registry, view: Reader | Unit, person: PersonId) -> OwnWelfare:
    chosen, today = view.welfare.preferences(person), registry.clock.now().date()
    read = view.welfare.read_by_day(person, since=today - rules.WEEK + timedelta(days=1))
    house = _house(registry)
    exposure = rules.exposure_of(read, today, house, chosen.limits)
    return OwnWelfare(chosen.avoids, chosen.limits, house, exposure)


def _house(registry: Registry) -> Limits:
    return Limits(registry.settings.exposure_per_day, registry.settings.exposure_per_week)


def _person(actor: Actor) -> PersonId:
    if actor.person is None:
        raise Forbidden("only a person who reviews has this")
    return actor.person
