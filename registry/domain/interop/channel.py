"""To whom a record is told: channels, each read by all of the same viewers and by nobody else.

Whatever moves in a channel moves for all who read it, and nothing else moves it: its order, its times and its length
tell nobody of what the others get. A record that is narrowed is gone from the wide channel once, and what happens to it
then is told in the narrow one alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from registry.domain.canonical import JsonValue, canonical_bytes
from registry.domain.interop.patterns import pattern_of
from registry.domain.policy import Visibility
from registry.domain.record import GroupSlug, OrganisationId, Record, RecordUid
from registry.domain.vocabulary import Tlp

# Microseconds between two records of a channel, whole milliseconds. The objects of a record have a time each within
# them, in their order: a record has fewer than this.
STEP = 2000
_SECOND = 1_000_000
_BY_NAME = {level.value: level for level in Tlp}
_LEFT = "left/"
_CLOSED = (Tlp.AMBER, Tlp.AMBER_STRICT)


@dataclass(frozen=True, slots=True)
class Channel:
    """Records of one level.

    Attributes:
        group: of those who read it; of ``GREEN``, those who are not of the community.
        imported: whether it tells what was imported, and nothing else.
        left_by: the organisation that has left the group; the channel then tells it alone that all which the group's
            channel held by then is gone, in that one's stead.
    """

    tlp: Tlp
    group: GroupSlug | None = None
    imported: bool = False
    left_by: OrganisationId | None = None

    @property
    def key(self) -> str:
        """What it is stored under."""
        return f"{left_prefix(self.left_by)}{self.address}" if self.left_by is not None else self.address

    @property
    def address(self) -> str:
        """What it is asked for by: the same before and after an organisation has left."""
        return f"{self.tlp.value}/{self.group or ''}/{'imported' if self.imported else ''}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands in a channel.

    Attributes:
        name: the UUID that it has in STIX.
        placed_at: since when, in microseconds since 1970; no two of a channel come nearer than ``STEP``.
        modified_at: since when it tells what it tells, in microseconds; later by a second at least each time.
        said: stands for what it tells; empty where that is nothing any more.
        told: whether it ever told the public part here.
        sources: how many sources it ever told here.
        indicators: how many indicators it ever told here; ``patterns``: how many of them as patterns of STIX.
    """

    channel: str
    uid: RecordUid
    name: str
    placed_at: int
    modified_at: int
    said: str
    told: bool = True
    sources: int = 0
    indicators: int = 0
    patterns: int = 0

    @property
    def is_gone(self) -> bool:
        """Whether those who read the channel see the record no more through it."""
        return not self.said


def channel_of(key: str) -> Channel:
    """The channel that is stored under *key*."""
    left, _, address = key.removeprefix(_LEFT).partition("/") if key.startswith(_LEFT) else ("", "", key)
    level, group, imported = address.split("/")
    of = GroupSlug(group) if group else None
    return Channel(_BY_NAME[level], of, imported == "imported", OrganisationId(left) if left else None)


def left_prefix(organisation: OrganisationId) -> str:
    """What the keys of all channels begin with that tell an organisation what it has lost by leaving groups."""
    return f"{_LEFT}{organisation}/"


def of_group(group: GroupSlug) -> tuple[Channel, ...]:
    """The channels that members of a group may read for it."""
    return tuple(Channel(level, group, imported) for level in (Tlp.GREEN, *_CLOSED) for imported in (False, True))


def taken_back(place: Place, channel: Channel, *, at: int) -> Place:
    """How a channel that was left tells that what stood at *place* is gone."""
    return replace(place, channel=channel.key, placed_at=at, modified_at=max(at, place.modified_at + _SECOND), said="")


def given_back(place: Place, lost: Place, *, at: int) -> Place:
    """How a group's channel tells anew what stands at *place*, newer than that it was gone for somebody."""
    return replace(place, placed_at=at, modified_at=max(at, max(place.modified_at, lost.modified_at) + _SECOND))


def channels_for(visible: Visibility) -> tuple[Channel, ...]:
    """The channels that a viewer reads, what was imported last."""
    found = [Channel(Tlp.CLEAR)]
    if visible.community:
        found.append(Channel(Tlp.GREEN))
    for group in sorted(visible.groups):
        levels = _CLOSED if visible.community else (Tlp.GREEN, *_CLOSED)
        found += [Channel(level, group) for level in levels]
    return (*found, *(Channel(one.tlp, one.group, imported=True) for one in found))


def telling(record: Record) -> tuple[Channel, ...]:
    """The channels in which *record* is told."""
    if not record.is_out or record.number is None or record.published_at is None:
        return ()
    if record.is_open:
        return (Channel(Tlp.CLEAR, imported=record.imported),)
    found = [Channel(Tlp.GREEN, imported=record.imported)] if record.is_open_to_community else []
    if record.shared_with is not None:
        level = level_of(record)
        found.append(Channel(level, record.shared_with, record.imported))
    return tuple(found)


def telling_indicators(record: Record) -> tuple[Channel, ...]:
    """The channels in which the indicators of *record* are told, to those who may read its restricted part."""
    if not indicators_in(record) or not record.is_out or record.is_under_embargo or record.number is None:
        return ()
    level = restricted_level_of(record)
    if level is Tlp.RED:
        return ()
    found = []
    if level not in _CLOSED and record.is_open_to_community:
        found.append(Channel(Tlp.GREEN, imported=record.imported))
    if record.shared_with is not None:
        found.append(Channel(level, record.shared_with, record.imported))
    return tuple(found)


def level_of(record: Record) -> Tlp:
    """How what is told of it is marked: under an embargo, as for the group alone."""
    if record.is_under_embargo and record.tlp.strictness < Tlp.AMBER.strictness:
        return Tlp.AMBER
    return record.tlp


def restricted_level_of(record: Record) -> Tlp:
    """How its indicators are marked: what few are given is GREEN at the widest."""
    levels = (Tlp.GREEN, record.tlp, record.head.marking.restricted_tlp)
    return max(levels, key=lambda one: one.strictness)


def sources_in(record: Record) -> int:
    """How many sources it tells to those who do not own it."""
    return 0 if record.head.public is None or record.hides_sources else _count(record.head.public.document, "sources")


def indicators_in(record: Record) -> int:
    """How many indicators its restricted part holds."""
    return 0 if record.head.restricted is None else _count(record.head.restricted.document, "indicators")


def _patterns_in(record: Record) -> int:
    """How many of them STIX has words for."""
    document: Any = record.head.restricted.document if record.head.restricted is not None else {}
    return sum(pattern_of(one["type"], one["value"]) is not None for one in document.get("indicators", []))


def place_of(record: Record, channel: Channel, before: Place | None, *, name: str, at: int) -> Place | None:
    """Where *record* is to stand in *channel* from now on; ``None`` where it may stay as it is.

    Args:
        at: behind all that the channel holds, in microseconds.
    """
    said = _said(record, channel)
    if said == ("" if before is None else before.said):
        return None
    tells_indicators = channel in telling_indicators(record)
    return Place(
        channel=channel.key,
        uid=record.uid,
        name=name,
        placed_at=at,
        modified_at=at if before is None else max(at, before.modified_at + _SECOND),
        said=said,
        told=channel in telling(record) or (before is not None and before.told),
        sources=max(sources_in(record) if channel in telling(record) else 0, before.sources if before else 0),
        indicators=max(indicators_in(record) if tells_indicators else 0, before.indicators if before else 0),
        patterns=max(_patterns_in(record) if tells_indicators else 0, before.patterns if before else 0),
    )


def _said(record: Record, channel: Channel) -> str:
    tells, tells_indicators = channel in telling(record), channel in telling_indicators(record)
    if not tells and not tells_indicators:
        return ""
    said: dict[str, JsonValue] = {}
    if tells:
        marking = record.head.marking
        said |= {
            "revision": record.revision,
            "public": record.head.public_hash.hex(),
            "sources": sources_in(record),
            "level": level_of(record).value,
            "licence": marking.licence,
            "language": marking.language,
            "standing": marking.standing.value,
        }
    if tells_indicators:
        level = restricted_level_of(record)
        said |= {"restricted": record.head.restricted_hash.hex(), "restricted_level": level.value}
    return hashlib.sha256(canonical_bytes(said)).hexdigest()


def _count(document: object, name: str) -> int:
    items = document.get(name) if isinstance(document, dict) else None
    return len(items) if isinstance(items, list) else 0
