"""Receivers of webhooks: ones that do it right, and ones that do not."""

from __future__ import annotations

import json
import socket
from typing import Any

from registry.domain.actor import SYSTEM, Actor
from registry.domain.delivery import Delivery
from registry.domain.webhook import Webhook, WebhookState
from registry.ports import Registry
from registry.service import delivering, webhooks
from tests.outbound.hostile import Answer, Hostile, says


def echoes(connection: socket.socket, request: bytes) -> None:
    """A receiver that answers a challenge, and takes everything else."""
    challenge = told(request).get("data", {}).get("challenge", "")
    says(json.dumps({"challenge": challenge}).encode())(connection, request)


def once_confirmed(answer: Answer) -> Answer:
    """A receiver that answers a challenge, and everything else like *answer*."""

    def serve(connection: socket.socket, request: bytes) -> None:
        (echoes if b"webhook.challenge" in request else answer)(connection, request)

    return serve


def told(request: bytes) -> dict[str, Any]:
    """What a request says."""
    found: dict[str, Any] = json.loads(request.partition(b"\r\n\r\n")[2])
    return found


def header(request: bytes, name: str) -> str:
    """One header of a request."""
    for line in request.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]:
        key, _, value = line.partition(": ")
        if key.lower() == name:
            return value
    return ""


def confirmed(registry: Registry, actor: Actor, server: Hostile, **chosen: Any) -> webhooks.KeyedWebhook:
    """A webhook to *server* that has answered its challenge, and is followed from here on."""
    made = webhooks.create(registry, actor, url=server.url("/hook"), **chosen)
    assert 1 == delivering.deliver_next(registry, SYSTEM)
    (present,) = (one for one in webhooks.webhooks(registry, actor) if one.id == made.webhook.id)
    assert WebhookState.ACTIVE is present.state
    server.requests.clear()
    return webhooks.KeyedWebhook(present, made.secret)


def run(registry: Registry) -> int:
    """Put everything into the outbox and send what is due; how many were sent."""
    while delivering.fan_out(registry, SYSTEM):
        pass
    count = 0
    while delivering.deliver_next(registry, SYSTEM):
        count += 1
    return count


def sent_to(registry: Registry, actor: Actor, webhook: Webhook) -> tuple[Delivery, ...]:
    """What was or will be sent to a webhook, the oldest first."""
    return tuple(reversed(webhooks.deliveries(registry, actor, webhook.id)))
