"""Webhooks, and the outbox of what is sent to them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from registry.domain.delivery import Delivery, DeliveryId
from registry.domain.record import OrganisationId
from registry.domain.webhook import Webhook, WebhookId


class Webhooks(Protocol):
    """Webhooks and their deliveries."""

    def add(self, webhook: Webhook) -> None:
        """Keep a new webhook."""
        ...

    def get(self, webhook_id: WebhookId) -> Webhook | None:
        """The webhook with this id."""
        ...

    def save(self, webhook: Webhook) -> None:
        """Store what it is now."""
        ...

    def delete(self, webhook_id: WebhookId) -> None:
        """Delete it with all its deliveries."""
        ...

    def of(self, organisation: OrganisationId) -> tuple[Webhook, ...]:
        """Those of an organisation, the oldest first."""
        ...

    def active(self) -> tuple[Webhook, ...]:
        """Those that are told of changes."""
        ...

    def post(self, delivery: Delivery) -> None:
        """Keep a delivery, to be sent after the transaction."""
        ...

    def delivery(self, delivery_id: DeliveryId) -> Delivery | None:
        """The delivery with this id."""
        ...

    def save_delivery(self, delivery: Delivery) -> None:
        """Store the delivery's new state, times and outcome."""
        ...

    def deliveries(self, webhook_id: WebhookId, *, limit: int) -> tuple[Delivery, ...]:
        """The newest deliveries of a webhook, the newest first."""
        ...

    def waiting(self, webhook_id: WebhookId) -> int:
        """How many deliveries of a webhook wait."""
        ...

    def is_due(self, now: datetime) -> bool:
        """Whether ``claim_due`` would find one."""
        ...

    def claim_due(self, now: datetime, *, lease_until: datetime) -> Delivery | None:
        """A due delivery that is the oldest waiting one of a webhook which is not paused or disabled, held until
        *lease_until*, with ``attempts`` raised by one. While it is held the webhook has no other."""
        ...

    def hurry(self, webhook_id: WebhookId, now: datetime) -> None:
        """Let what waits for a webhook be due now."""
        ...

    def drop_waiting(self, webhook_id: WebhookId) -> None:
        """Delete what waits for a webhook."""
        ...

    def forget(self, *, done_before: datetime) -> None:
        """Delete the deliveries that were done before then."""
        ...
