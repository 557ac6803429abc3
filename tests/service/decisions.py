"""Every decision of a review by name, and a record from which it is possible."""

from __future__ import annotations

from collections.abc import Callable

from registry.domain.actor import Actor
from registry.domain.record import Record, RecordUid
from registry.ports import Registry
from registry.service import review
from tests.service.world import REASON, People, approved, claimed, submitted

UNKNOWN = RecordUid("01950000-0000-7000-8000-ffffffffffff")
Decision = Callable[[Registry, Actor, RecordUid, int], Record]

DECISIONS: dict[str, Decision] = {
    "claim": lambda registry, actor, uid, at: review.claim(registry, actor, uid, expected_revision=at),
    "release": lambda registry, actor, uid, at: review.release(registry, actor, uid, expected_revision=at),
    "request_changes": lambda registry, actor, uid, at: review.request_changes(
        registry, actor, uid, expected_revision=at, reason=REASON
    ),
    "approve": lambda registry, actor, uid, at: review.approve(registry, actor, uid, expected_revision=at),
    "reject": lambda registry, actor, uid, at: review.reject(registry, actor, uid, expected_revision=at, reason=REASON),
    "publish": lambda registry, actor, uid, at: review.publish(registry, actor, uid, expected_revision=at),
}


def ready_for(name: str, registry: Registry, people: People) -> Record:
    """A record from which the decision would be possible for the reviewer."""
    if name == "claim":
        return submitted(registry, people)
    return approved(registry, people) if name == "publish" else claimed(registry, people)
