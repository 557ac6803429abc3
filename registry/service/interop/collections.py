"""Channels as collections of TAXII: objects in the order in which they were added, each with a time of its own."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, replace

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.errors import BadCursor, NotFound
from registry.domain.interop import ids, stix, taxii
from registry.domain.interop.channel import STEP, Channel
from registry.domain.interop.stix import Object
from registry.domain.interop.taxii import Asked
from registry.domain.interop.told import NameOf
from registry.ports import Registry
from registry.service.interop import reading
from registry.service.interop.reading import Standing

_PURPOSE = "taxii next"
_PORTION = 50
# Most records that are looked at for one page, however few of their objects are asked for; more of them where all are
# asked for and nothing was found yet, since there are clients that do not go on from a page without objects.
_LOOKED_AT = 2000
_LOOKED_AT_FOR_ONE = 20_000
# About how many bytes a page has at most.
_BYTES = 4 << 20
_BYTES_OF_ONE = 1000
# Ids that say which record they are of.
_OF_RECORDS = frozenset({"report", "course-of-action", "vulnerability"})


@dataclass(frozen=True, slots=True)
class Added:
    """An object, and when it was added, in microseconds since 1970."""

    at: int
    object: Object


@dataclass(frozen=True, slots=True)
class Envelope:
    """A page. ``next`` leads on where there is ``more``, which may be nothing that is asked for."""

    objects: tuple[Added, ...]
    more: bool
    next: str | None


def channel_named(registry: Registry, actor: Actor, collection: str) -> Channel:
    """The channel that is the collection of this id.

    Raises:
        NotFound: there is none, or *actor* does not read it.
    """
    policy.require(actor, Permission.RECORD_READ)
    for channel in reading.channels(registry, actor):
        if id_of(registry, channel) == collection:
            return channel
    raise NotFound("no such collection")


def id_of(registry: Registry, channel: Channel) -> str:
    """The id of the collection that *channel* is."""
    return ids.collection_id(registry.settings.node_name, channel.address)


def envelope(
    registry: Registry,
    actor: Actor,
    channel: Channel,
    asked: Asked,
    *,
    limit: int,
    next_: str | None = None,
    name_of: NameOf,
) -> Envelope:
    """The next objects of a collection; the same address gives the same page as long as nothing in it changes.

    Args:
        next_: what the page before said; *asked* then holds its filters once more, or none.

    Raises:
        BadCursor: *next_* is of something else.
        NotFound: *actor* does not read the channel.
    """
    policy.require(actor, Permission.RECORD_READ)
    log_id = reading.log_id(registry, actor)
    if next_ is not None:
        asked = _read(registry, next_, log_id, channel, asked)
    found: dict[str, Added] = {}
    end, looked_at, size, more = asked.after, 0, 0, True
    while more and len(found) < limit and size < _BYTES:
        if looked_at >= (_LOOKED_AT if found or any(asked.filters) else _LOOKED_AT_FOR_ONE):
            break
        portion = _portion(registry, actor, channel, end)
        looked_at += len(portion)
        more = len(portion) == _PORTION
        for standing in portion:
            for added in _objects(standing, end, name_of):
                if len(found) == limit or size >= _BYTES:
                    more = True
                    break
                end = added.at
                if asked.wants(added.object):
                    found.setdefault(str(added.object["id"]), added)
                    size += len(str(added.object.get("description", ""))) + _BYTES_OF_ONE
            else:
                end = max(end, standing.place.placed_at + STEP)
                continue
            break
    further = taxii.continued(replace(asked, after=end), log_id=log_id, collection=channel.key)
    return Envelope(tuple(found.values()), more, _written(registry, further) if more else None)


def single(registry: Registry, actor: Actor, channel: Channel, id_: str, *, name_of: NameOf) -> Added | None:
    """An object that says by its id which record it is of; ``None`` for any other id.

    Raises:
        NotFound: it is in no record of the channel.
    """
    policy.require(actor, Permission.RECORD_READ)
    type_, _, name = id_.partition("--")
    if type_ not in _OF_RECORDS:
        return None
    standing = reading.named(registry, actor, channel, name)
    for added in () if standing is None else _objects(standing, -1, name_of):
        if added.object["id"] == id_:
            return added
    raise NotFound("no such object")


def _portion(registry: Registry, actor: Actor, channel: Channel, after: int) -> tuple[Standing, ...]:
    # Where a page ended within a record, the rest of that record comes first.
    return reading.page(registry, actor, channel, after=max(after - STEP, -1), limit=_PORTION)


def _objects(standing: Standing, after: int, name_of: NameOf) -> Iterator[Added]:
    if standing.told is None:
        return
    objects = list(stix.stix_objects(standing.told, name_of=name_of))
    # The last one is added at a whole millisecond: there are clients that keep no more of a time, and go on from there.
    first = standing.place.placed_at + STEP - len(objects) + 1
    for at, one in enumerate(objects, first):
        if at > after:
            yield Added(at, one)


def _written(registry: Registry, body: bytes) -> str:
    # Signed and not sealed: it says what the viewer knows, and the same page must lead to the same next one.
    said = base64.urlsafe_b64encode(body).decode()
    return f"{said}.{_mac(registry, said)}"


def _mac(registry: Registry, said: str) -> str:
    return registry.vault.mac(_PURPOSE, said.encode(errors="replace")).hex()


def _read(registry: Registry, next_: str, log_id: str, channel: Channel, asked: Asked) -> Asked:
    said, _, mac = next_.partition(".")
    if not hmac.compare_digest(mac.encode(errors="replace"), _mac(registry, said).encode()):
        raise BadCursor(path=["next"])
    body = base64.urlsafe_b64decode(said)
    return taxii.read_continued(body, log_id=log_id, collection=channel.key, said=asked)
