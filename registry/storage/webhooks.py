"""Webhooks, and the outbox of what is sent to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, delete, func, insert, or_, select, update

from registry.domain.change import ChangeKind
from registry.domain.delivery import Delivery, DeliveryEvent, DeliveryId, DeliveryState
from registry.domain.record import OrganisationId
from registry.domain.vocabulary import Kind
from registry.domain.webhook import DisabledReason, Webhook, WebhookId, WebhookState
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import DELIVERIES, WEBHOOKS

_CALLED = (WebhookState.ACTIVE.value, WebhookState.PENDING.value)


def _oldest(webhook: ColumnElement[str]) -> ScalarSelect[Any]:
    """The delivery that a webhook gets next."""
    other = DELIVERIES.alias()
    waiting = select(func.min(other.c.id)).where(
        other.c.webhook == webhook, other.c.state == DeliveryState.WAITING.value
    )
    return waiting.scalar_subquery()


def _due(now: ColumnElement[datetime]) -> Select[Any]:
    """Ids of deliveries that may be sent: the oldest of each webhook only, so that their order is kept, and one of an
    organisation at a time, so that slow receivers of one do not hold back all others."""
    beside, sent = WEBHOOKS.alias(), DELIVERIES.alias()
    being_called = (
        select(beside.c.id)
        .where(beside.c.organisation == WEBHOOKS.c.organisation)
        .where(sent.c.id == _oldest(beside.c.id), sent.c.lease_until > now)
        .exists()
    )
    return (
        # From the few webhooks to what each gets next, however much waits behind it.
        select(DELIVERIES.c.id)
        .select_from(WEBHOOKS)
        .join(DELIVERIES, DELIVERIES.c.id == _oldest(WEBHOOKS.c.id).correlate(WEBHOOKS))
        .where(
            DELIVERIES.c.due_at <= now,
            or_(DELIVERIES.c.lease_until.is_(None), DELIVERIES.c.lease_until <= now),
            or_(*(WEBHOOKS.c.state == one for one in _CALLED)),
            ~being_called,
        )
        .order_by(DELIVERIES.c.due_at, DELIVERIES.c.id)
        .limit(1)
    )


_DUE = Prepared(_due(named("now", DELIVERIES.c.due_at.type)))


class WebhookTables:
    """``ports.Webhooks``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, webhook: Webhook) -> None:
        """See the port."""
        self._statements.run(insert(WEBHOOKS), _webhook_values(webhook))

    def get(self, webhook_id: WebhookId) -> Webhook | None:
        """See the port."""
        row = self._statements.row(select(WEBHOOKS).where(WEBHOOKS.c.id == webhook_id))
        return None if row is None else _webhook(row)

    def save(self, webhook: Webhook) -> None:
        """See the port."""
        self._statements.run(update(WEBHOOKS).where(WEBHOOKS.c.id == webhook.id).values(**_webhook_values(webhook)))

    def delete(self, webhook_id: WebhookId) -> None:
        """See the port."""
        self._statements.run(delete(DELIVERIES).where(DELIVERIES.c.webhook == webhook_id))
        self._statements.run(delete(WEBHOOKS).where(WEBHOOKS.c.id == webhook_id))

    def of(self, organisation: OrganisationId) -> tuple[Webhook, ...]:
        """See the port."""
        found = select(WEBHOOKS).where(WEBHOOKS.c.organisation == organisation).order_by(WEBHOOKS.c.id)
        return tuple(map(_webhook, self._statements.rows(found)))

    def active(self) -> tuple[Webhook, ...]:
        """See the port."""
        found = select(WEBHOOKS).where(WEBHOOKS.c.state == WebhookState.ACTIVE.value).order_by(WEBHOOKS.c.id)
        return tuple(map(_webhook, self._statements.rows(found)))

    def post(self, delivery: Delivery) -> None:
        """See the port."""
        self._statements.run(insert(DELIVERIES), _delivery_values(delivery))

    def delivery(self, delivery_id: DeliveryId) -> Delivery | None:
        """See the port."""
        row = self._statements.row(select(DELIVERIES).where(DELIVERIES.c.id == delivery_id))
        return None if row is None else _delivery(row)

    def save_delivery(self, delivery: Delivery) -> None:
        """See the port."""
        values = _delivery_values(delivery)
        self._statements.run(update(DELIVERIES).where(DELIVERIES.c.id == delivery.id).values(**values))

    def deliveries(self, webhook_id: WebhookId, *, limit: int) -> tuple[Delivery, ...]:
        """See the port."""
        newest = select(DELIVERIES).where(DELIVERIES.c.webhook == webhook_id).order_by(DELIVERIES.c.id.desc())
        return tuple(map(_delivery, self._statements.rows(newest.limit(limit))))

    def waiting(self, webhook_id: WebhookId) -> int:
        """See the port."""
        mine = and_(DELIVERIES.c.webhook == webhook_id, DELIVERIES.c.state == DeliveryState.WAITING.value)
        return int(self._statements.run(select(func.count()).select_from(DELIVERIES).where(mine)).scalar_one())

    def is_due(self, now: datetime) -> bool:
        """See the port."""
        return self._statements.first(_DUE, {"now": now}) is not None

    def claim_due(self, now: datetime, *, lease_until: datetime) -> Delivery | None:
        """See the port."""
        found = self._statements.first(_DUE, {"now": now})
        if found is None:
            return None
        claimed = DELIVERIES.c.id == found[0]
        values = {"lease_until": lease_until, "attempts": DELIVERIES.c.attempts + 1}
        self._statements.run(update(DELIVERIES).where(claimed).values(**values))
        return self.delivery(DeliveryId(found[0]))

    def hurry(self, webhook_id: WebhookId, now: datetime) -> None:
        """See the port."""
        mine = and_(DELIVERIES.c.webhook == webhook_id, DELIVERIES.c.state == DeliveryState.WAITING.value)
        self._statements.run(update(DELIVERIES).where(mine).values(due_at=now))

    def drop_waiting(self, webhook_id: WebhookId) -> None:
        """See the port."""
        mine = and_(DELIVERIES.c.webhook == webhook_id, DELIVERIES.c.state == DeliveryState.WAITING.value)
        self._statements.run(delete(DELIVERIES).where(mine))

    def forget(self, *, done_before: datetime) -> None:
        """See the port."""
        self._statements.run(delete(DELIVERIES).where(DELIVERIES.c.done_at < done_before))


def _webhook_values(webhook: Webhook) -> dict[str, Any]:
    return asdict(webhook) | {
        "changes": sorted(webhook.changes),
        "kinds": sorted(webhook.kinds),
        "state": webhook.state.value,
        "reason": webhook.reason and webhook.reason.value,
    }


def _webhook(row: Mapping[str, Any]) -> Webhook:
    read = {
        "changes": frozenset(map(ChangeKind, row["changes"])),
        "kinds": frozenset(map(Kind, row["kinds"])),
        "state": WebhookState(row["state"]),
        "reason": row["reason"] and DisabledReason(row["reason"]),
    }
    return Webhook(**(dict(row) | read))


def _delivery_values(delivery: Delivery) -> dict[str, Any]:
    return asdict(delivery) | {
        "event": delivery.event.value,
        "change": delivery.change and delivery.change.value,
        "kind": delivery.kind and delivery.kind.value,
        "state": delivery.state.value,
    }


def _delivery(row: Mapping[str, Any]) -> Delivery:
    read = {
        "event": DeliveryEvent(row["event"]),
        "change": row["change"] and ChangeKind(row["change"]),
        "kind": row["kind"] and Kind(row["kind"]),
        "state": DeliveryState(row["state"]),
    }
    return Delivery(**(dict(row) | read))
