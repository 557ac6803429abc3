"""One delivery to a webhook: what is sent, when it is tried again, and what becomes of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NewType

from registry.domain.change import ChangeKind
from registry.domain.record import RecordUid
from registry.domain.vocabulary import Kind
from registry.domain.webhook import WebhookId

DeliveryId = NewType("DeliveryId", str)

LONGEST_PAUSE = timedelta(days=1)
_FIRST_PAUSE = timedelta(seconds=5)
_DOUBLINGS = 15


class DeliveryEvent(StrEnum):
    """Why something is sent."""

    CHANGE = "change"
    MATCH = "match"
    TEST = "test"
    CHALLENGE = "challenge"


_NAMES = {DeliveryEvent.CHANGE: "record.changed", DeliveryEvent.MATCH: "search:match"}


class DeliveryState(StrEnum):
    """Where a delivery is."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one webhook. It keeps its id however often it is sent.

    Attributes:
        change, kind, uid, public_seq: of the row of the log that it tells of.
        search, revision: the saved search that a record matches, and the published revision that does.
        status: of the last answer.
        error: stable word for why the last try failed.
    """

    id: DeliveryId
    webhook: WebhookId
    event: DeliveryEvent
    created_at: datetime
    due_at: datetime
    change: ChangeKind | None = None
    kind: Kind | None = None
    uid: RecordUid | None = None
    public_seq: int | None = None
    search: str | None = None
    revision: int | None = None
    state: DeliveryState = DeliveryState.WAITING
    attempts: int = 0
    lease_until: datetime | None = None
    status: int | None = None
    error: str | None = None
    done_at: datetime | None = None


def body_of(delivery: Delivery, challenge: str | None = None) -> bytes:
    """What is sent, the same bytes at each try."""
    data: dict[str, Any] = {}
    if delivery.event is DeliveryEvent.CHANGE:
        data = {"uid": delivery.uid, "kind": delivery.kind, "change": delivery.change}
        if delivery.public_seq is not None:
            data["publicSeq"] = delivery.public_seq
    elif delivery.event is DeliveryEvent.MATCH:
        data = {"search": delivery.search, "uid": delivery.uid, "kind": delivery.kind, "revision": delivery.revision}
    elif delivery.event is DeliveryEvent.CHALLENGE:
        data = {"challenge": challenge}
    name = _NAMES.get(delivery.event, f"webhook.{delivery.event}")
    at = delivery.created_at.isoformat(timespec="seconds").replace("+00:00", "Z")
    return json.dumps({"type": name, "timestamp": at, "data": data}, separators=(",", ":")).encode()


def pause_after(attempts: int, *, spread: float, asked_for: int | None = None) -> timedelta:
    """How long to wait before the next try: doubled each time, up to a day.

    Args:
        attempts: how often it was tried, from 1.
        spread: 0 to 1, by chance: up to half of the pause is added, so that many do not come back at once.
        asked_for: seconds that the receiver asked for.
    """
    doublings = min(max(attempts - 1, 0), _DOUBLINGS)
    pause = _FIRST_PAUSE * float(2**doublings) * (1 + spread / 2)
    wished = timedelta(seconds=min(max(asked_for or 0, 0), int(LONGEST_PAUSE.total_seconds())))
    return min(max(pause, wished), LONGEST_PAUSE)
