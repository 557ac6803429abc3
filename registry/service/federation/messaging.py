"""Messages for other nodes: putting them out, and telling which ones wait.

What a message of another node means is for the module that deals with its type: ``taking`` hands it over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.canonical import JsonValue
from registry.domain.errors import QueueFull
from registry.domain.federation.message import (
    AT_ONCE,
    AT_ONCE_BYTES,
    MAX_WAITING,
    MAX_WAITING_BYTES,
    Message,
    MessageType,
    SignedMessage,
    message_bytes,
)
from registry.domain.federation.peer import Peer
from registry.domain.record import RecordUid
from registry.ports import Reader, Registry, Unit
from registry.ports.messages import Direction, KeptMessage

# What a handler of a type is: it judges first, and writes within the unit; ``Unfit`` refuses the message.
Handler: TypeAlias = Callable[[Registry, Unit, Peer, Message], None]
# What follows where a message that was sent was not taken, with the reason; it may read its text for the last time.
Undelivered: TypeAlias = Callable[[Registry, Unit, KeptMessage, str], None]

TAKEN = "TAKEN"
# Not taken now; whoever sent it tries again.
LATER = "TOO_MANY"


def queue(
    registry: Registry,
    unit: Unit,
    peer_dns: str,
    type_: MessageType,
    about: RecordUid | None,
    body: Mapping[str, JsonValue],
) -> str:
    """Put out a message for another node within a unit of the caller; the id of the message.

    It goes by itself soon, or with the next page that the other node asks for.

    Raises:
        QueueFull: too much waits for that node already.
        InvalidInput: the message is too large.
    """
    now = registry.clock.now()
    load = unit.messages.waiting_load(peer_dns)
    if load.count >= MAX_WAITING or load.size >= MAX_WAITING_BYTES:
        raise QueueFull("as much waits for the other node as it may", hint="it does not answer; try again later")
    message = Message(
        id=registry.ids.uid(),
        type=type_.value,
        sender=registry.settings.node_name,
        recipient=peer_dns,
        about=about,
        made_at=now,
        body=body,
    )
    text = message_bytes(message)
    kept = KeptMessage(
        direction=Direction.OUT,
        peer=peer_dns,
        id=message.id,
        type=message.type,
        about=about,
        text=text,
        # It is signed when it goes: the key of today may count no more by then.
        signature="",
        made_at=now,
        kept_at=now,
        due_at=now,
    )
    unit.messages.add(kept)
    return message.id


def waiting(registry: Registry, actor: Actor) -> tuple[SignedMessage, ...]:
    """What waits for the node that *actor* is, as much as goes with one page."""
    policy.require(actor, Permission.SYNC_PULL)
    with registry.storage.read() as reader:
        found = next_portion(reader, actor.node or "")
    return signed(registry, found)


def signed(registry: Registry, messages: Iterable[KeptMessage]) -> tuple[SignedMessage, ...]:
    """Messages of this node as they travel, by its present key."""
    return tuple(SignedMessage(one.text, registry.key.sign(one.text)) for one in messages)


def next_portion(view: Reader | Unit, peer_dns: str) -> tuple[KeptMessage, ...]:
    """The oldest messages that wait for a node, as many as go at once."""
    found: list[KeptMessage] = []
    size = 0
    for one in view.messages.waiting(peer_dns, limit=AT_ONCE):
        size += len(one.text)
        if found and size > AT_ONCE_BYTES:
            break
        found.append(one)
    return tuple(found)
