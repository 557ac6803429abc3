"""Messages as a node that lies, or that speaks a later version, would make them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from registry.domain.canonical import JsonValue, canonical_bytes
from registry.ports.messages import Direction, KeptMessage
from registry.service.federation.exchange import answer_to
from registry.service.federation.identity import INBOX_PATH
from registry.signing import NodeKey
from tests.clocks import START
from tests.federation.world import Sister

UID = "019f0000-0000-7000-8000-000000000001"


def letter(sender: Sister, recipient: Sister, *, key: NodeKey | None = None, **fields: Any) -> dict[str, JsonValue]:
    """A signed message of a type that nobody knows, with other fields as they are given."""
    said: dict[str, Any] = {
        "v": 1,
        "id": "message-1",
        "type": "greeting",
        "from": sender.dns,
        "to": recipient.dns,
        "about": UID,
        "made_at": START.isoformat(),
        "body": {"words": "hello"},
    } | fields
    text = canonical_bytes(said)
    return {"message": text.decode(), "signature": (key or sender.registry.key).sign(text)}


def posted(sender: Sister, recipient: Sister, items: Sequence[JsonValue]) -> Any:
    """What *recipient* says became of messages that *sender* brings, by id."""
    body = json.dumps({"messages": list(items)}).encode()
    return answer_to(sender.registry, sender.peer(recipient), INBOX_PATH, body=body)["results"]


def kept(sister: Sister, direction: Direction, other: Sister) -> list[KeptMessage]:
    """Every message that *sister* keeps from, or for, *other*, the oldest first."""
    asked = "SELECT id FROM peer_messages WHERE direction = ? AND peer = ? ORDER BY kept_at, id"
    with closing(sqlite3.connect(sister.registry.settings.database_path)) as db:
        ids = [row[0] for row in db.execute(asked, (direction.value, other.dns))]
    with sister.registry.storage.begin() as unit:
        found = [unit.messages.get(direction, other.dns, one) for one in ids]
    return [one for one in found if one is not None]
