"""What a viewer reads of the channels: pages of one, single records, and all records of several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from registry.domain import policy, redaction
from registry.domain.actor import ANONYMOUS, Actor, Permission
from registry.domain.change import LOG_ID
from registry.domain.errors import NotFound
from registry.domain.interop.channel import (
    Channel,
    Place,
    channel_of,
    channels_for,
    left_prefix,
    level_of,
    restricted_level_of,
    telling,
    telling_indicators,
)
from registry.domain.interop.told import Told
from registry.domain.policy import EVERYTHING, Visibility
from registry.domain.record import Record, RecordUid
from registry.domain.vocabulary import Kind, Tlp
from registry.ports import Reader, Registry

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PORTION = 100
_LINKS = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """A record and where it stands in the channel that was asked for."""

    place: Place
    told: Told | None


def channels(registry: Registry, actor: Actor) -> tuple[Channel, ...]:
    """The channels that *actor* reads, and behind them those of groups that its organisation has left."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        return _channels(reader, actor)


def version(registry: Registry, actor: Actor, *, imported: bool | None = None) -> str:
    """What all that *actor* reads depends on: as long as it stays, the same address is answered the same.

    Args:
        imported: of what was imported alone, or of all else.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        keys = [one.key for one in _channels(reader, actor) if imported in {None, one.imported}]
        last = reader.places.last(keys)
        seq = reader.changes.head().public_seq
        log_id = reader.meta.get(LOG_ID)
    who = "" if actor == ANONYMOUS else f"{actor.organisation} {sorted(actor.roles)} {sorted(actor.groups)}"
    return f"{log_id} {seq} {sorted(last.items())} {who}"


def log_id(registry: Registry, actor: Actor) -> str:
    """Which log the times in the channels are of; a restored backup begins another one."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        return reader.meta.get(LOG_ID) or ""


def page(registry: Registry, actor: Actor, channel: Channel, *, after: int, limit: int) -> tuple[Standing, ...]:
    """What stands in a channel behind a time in microseconds, in order; fewer than *limit* at its end.

    Raises:
        NotFound: *actor* does not read that channel.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        _require_channel(reader, actor, channel)
        places = reader.places.after(channel.key, after, limit=limit)
        told = _told(registry, reader, actor, [(one,) for one in places])
    return tuple(Standing(place, one) for place, one in zip(places, told, strict=True))


def named(registry: Registry, actor: Actor, channel: Channel, name: str) -> Standing | None:
    """The record of this name in a channel.

    Raises:
        NotFound: *actor* does not read that channel.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        _require_channel(reader, actor, channel)
        place = reader.places.named(channel.key, name)
        if place is None:
            return None
        return Standing(place, _told(registry, reader, actor, [(place,)])[0])


def one(registry: Registry, actor: Actor, uid: RecordUid) -> Told:
    """A record by all the channels that *actor* reads.

    Raises:
        NotFound: it is in none of them.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        mine = {channel.key for channel in _channels(reader, actor)}
        places = tuple(place for place in reader.places.of([uid]) if place.channel in mine)
        told = _told(registry, reader, actor, [places])[0] if places else None
    if told is None:
        raise NotFound("no such record")
    return told


def count(registry: Registry, actor: Actor, *, imported: bool) -> int:
    """How many places the channels hold that *actor* reads."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        return reader.places.count(_keys(reader, actor, imported=imported))


def everything(registry: Registry, actor: Actor, *, imported: bool) -> Iterator[Told]:
    """All that *actor* reads in any channel, each record once, by uid; read in portions, and nothing stays open."""
    policy.require(actor, Permission.RECORD_READ)
    after = None
    while True:
        with registry.storage.read() as reader:
            keys = _keys(reader, actor, imported=imported)
            places = reader.places.records(keys, after=after, limit=_PORTION)
            grouped: dict[RecordUid, list[Place]] = {}
            for place in places:
                grouped.setdefault(place.uid, []).append(place)
            told = _told(registry, reader, actor, list(grouped.values()))
        if not places:
            return
        after = places[-1].uid
        yield from (found for found in told if found is not None)


def _channels(reader: Reader, actor: Actor) -> tuple[Channel, ...]:
    visible = policy.visible_to(actor)
    found = channels_for(visible)
    if actor.organisation is None or actor.staging:
        return found
    left = map(channel_of, reader.places.begin_with(left_prefix(actor.organisation)))
    # Who reads all that is GREEN never read it by a group.
    return (*found, *(one for one in left if not (one.tlp is Tlp.GREEN and visible.community)))


def _keys(reader: Reader, actor: Actor, *, imported: bool) -> frozenset[str]:
    return frozenset(one.key for one in _channels(reader, actor) if one.imported == imported)


def _require_channel(reader: Reader, actor: Actor, channel: Channel) -> None:
    if channel not in _channels(reader, actor):
        raise NotFound("no such collection")


def _told(registry: Registry, reader: Reader, actor: Actor, places: Sequence[Sequence[Place]]) -> list[Told | None]:
    """What *actor* is told of records by some of the places of each; ``None`` where that is nothing."""
    visible = policy.visible_to(actor)
    records = reader.records.many([some[0].uid for some in places], visible=EVERYTHING)
    owners = reader.accounts.organisations_by_id(sorted({one.owner for one in records.values()}))
    kinds = _linked(reader, records.values(), visible)
    found: list[Told | None] = []
    for some in places:
        record = records.get(some[0].uid)
        if record is None:
            found.append(None)
            continue
        owner = owners.get(record.owner)
        url = f"{registry.settings.base_url}/r/{record.number or record.uid}"
        found.append(_one(actor, record, some, owner.name if owner else None, url, kinds))
    return found


def _one(
    actor: Actor, record: Record, places: Sequence[Place], owner: str | None, url: str, kinds: dict[str, Kind]
) -> Told | None:
    visible, shown = policy.visible_to(actor), redaction.for_actor(record, actor)
    here = {channel_of(place.channel): place for place in places}
    live = [channel for channel, place in here.items() if not place.is_gone]
    mine = channels_for(visible)
    is_shown = visible.lists(record) and shown.head.public is not None
    is_told = is_shown and any(channel in telling(record) for channel in live)
    reads = shown.head.restricted is not None and policy.reads_restricted(actor, record)
    tells_indicators = reads and any(channel in telling_indicators(record) for channel in live)
    if live and not is_told and not tells_indicators:
        # The record has changed, and its places follow in a moment: they then tell what holds.
        return None
    levels = sorted((channel.tlp for channel in here), key=lambda level: level.strictness)
    return Told(
        record=shown,
        is_told=is_told,
        tells_indicators=tells_indicators,
        level=level_of(record) if is_told else levels[0],
        restricted_level=restricted_level_of(record) if tells_indicators else levels[-1],
        modified_at=_EPOCH + timedelta(microseconds=max(place.modified_at for place in places)),
        url=url,
        owner=owner if is_told else None,
        is_left=any(channel in mine for channel in telling(record)) or not any(place.told for place in places),
        keeps_indicators=reads and not tells_indicators and any(one in mine for one in telling_indicators(record)),
        sources=max(place.sources for place in places),
        indicators=max(place.indicators for place in places),
        patterns=max(place.patterns for place in places),
        linked=kinds,
    )


def _linked(reader: Reader, records: Iterable[Record], visible: Visibility) -> dict[str, Kind]:
    """The kinds of all that these records are linked to, as far as the viewer sees it."""
    targets: dict[RecordUid, None] = {}
    for record in records:
        document: Any = record.head.public.document if record.head.public is not None else {}
        targets |= {RecordUid(link["target"]): None for link in document.get("links", [])}
    asked, kinds = list(targets), dict[str, Kind]()
    for at in range(0, len(asked), _LINKS):
        found = reader.records.many(asked[at : at + _LINKS], visible=visible)
        kinds |= {uid: record.kind for uid, record in found.items() if visible.lists(record)}
    return kinds
