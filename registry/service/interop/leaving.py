"""What platforms are told when their organisation leaves a group: that all is gone which they had by it.

The channel of the group goes on for the others. Whoever has left finds in its place, under the same address, a channel
of its own in which everything that stood there is taken back, once. Comes it back, that channel ends, and what it was
told to be gone is told anew in the group's, to all, since a platform takes only what is newer than what it has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from registry.domain.interop.channel import STEP, Channel, Place, given_back, of_group, taken_back
from registry.domain.record import GroupSlug, OrganisationId
from registry.ports import Registry, Unit

_PORTION = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def take_back(registry: Registry, unit: Unit, group: GroupSlug, organisation: OrganisationId) -> None:
    """Tell an organisation that has left, within a unit of the caller, that all is gone."""
    for channel in of_group(group):
        left = replace(channel, left_by=organisation)
        at = _behind(registry, unit, left)
        for places in _portions(unit, channel.key):
            told = [taken_back(one, left, at=at + count * STEP) for count, one in enumerate(places)]
            unit.places.put(told)
            at += len(told) * STEP


def give_back(registry: Registry, unit: Unit, group: GroupSlug, organisation: OrganisationId) -> None:
    """Tell anew, within a unit of the caller, what an organisation lost that has come back."""
    for channel in of_group(group):
        left = replace(channel, left_by=organisation)
        at = _behind(registry, unit, channel)
        for lost in _portions(unit, left.key):
            standing = {one.uid: one for one in unit.places.of([one.uid for one in lost]) if one.channel == channel.key}
            told = [
                given_back(standing[one.uid], one, at=at + count * STEP)
                for count, one in enumerate(lost)
                if one.uid in standing
            ]
            unit.places.put(told)
            at += len(lost) * STEP
        unit.places.remove(left.key)


def _behind(registry: Registry, unit: Unit, channel: Channel) -> int:
    """A time behind all that a channel holds, in microseconds."""
    now = (registry.clock.now() - _EPOCH) // timedelta(milliseconds=1) * 1000
    return max(now, unit.places.last([channel.key]).get(channel.key, 0) + STEP)


def _portions(unit: Unit, channel: str) -> Iterator[tuple[Place, ...]]:
    """What stands in a channel now, in order."""
    end = unit.places.last([channel]).get(channel, 0)
    after = -1
    while found := unit.places.after(channel, after, limit=_PORTION):
        after = found[-1].placed_at
        yield tuple(one for one in found if one.placed_at <= end)
        if after >= end:
            return
