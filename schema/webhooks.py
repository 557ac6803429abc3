"""Webhooks of one's own organisation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import strawberry

from registry.domain.change import ChangeKind
from registry.domain.delivery import Delivery as DomainDelivery
from registry.domain.delivery import DeliveryEvent, DeliveryId, DeliveryState
from registry.domain.vocabulary import Kind
from registry.domain.webhook import DisabledReason, WebhookId, WebhookState
from registry.domain.webhook import Webhook as DomainWebhook
from registry.service import webhooks
from registry.service.webhooks import KeyedWebhook
from schema.context import Info
from schema.errors import UserError, check_size
from schema.fields import resolved
from schema.payloads import answered

strawberry.enum(WebhookState, name="WebhookState", description="Whether anything is sent to a webhook.")
strawberry.enum(DisabledReason, name="WebhookDisabledReason", description="Why nothing is sent any more.")
strawberry.enum(DeliveryState, name="DeliveryState", description="Where a delivery is.")
strawberry.enum(DeliveryEvent, name="DeliveryEvent", description="Why something is sent to a webhook.")


@strawberry.type(description="Something sent to a webhook: ids, never content.")
class Delivery:
    """One message, however often it was tried."""

    id: strawberry.ID = strawberry.field(description="The same at each try: the header `webhook-id`.")
    event: DeliveryEvent
    change: ChangeKind | None = strawberry.field(description="The kind of change that it tells of.")
    uid: str | None = strawberry.field(description="The record.")
    public_seq: str | None = strawberry.field(
        description="The row of `changes`; null where strangers see nothing of it."
    )
    state: DeliveryState
    attempts: int
    status: int | None = strawberry.field(description="HTTP status of the last answer.")
    error: str | None = strawberry.field(description="Why the last try failed, as a stable word.")
    created_at: datetime
    due_at: datetime = strawberry.field(description="When it is tried next, while it waits.")
    done_at: datetime | None


@strawberry.type(description="An address at which your organisation is told of changes.")
class Webhook:
    """A webhook; its secrets are told once, when they are made."""

    is_gone: strawberry.Private[bool]
    id: strawberry.ID
    url: str
    changes: list[ChangeKind] = strawberry.field(description="The kinds of change that it is told of; empty is all.")
    kinds: list[Kind] = strawberry.field(description="The kinds of record; empty is all.")
    state: WebhookState
    reason: DisabledReason | None = strawberry.field(description="Why it was switched off.")
    created_at: datetime
    failing_since: datetime | None

    @resolved("What was or will be sent, newest first; at most 100.")
    async def deliveries(self, info: Info, first: int = 20) -> list[Delivery] | None:
        check_size(first, "first", webhooks.MAX_SHOWN)
        if self.is_gone:
            return []
        registry, actor, which = info.context.registry, info.context.actor, WebhookId(self.id)
        found = await info.context.read(lambda: webhooks.deliveries(registry, actor, which, limit=first))
        return [_delivery(one) for one in found]


@strawberry.type(description="The answer to a change of a webhook.")
class WebhookPayload:
    """Either the webhook, or why not."""

    webhook: Webhook | None = None
    secret: str | None = strawberry.field(default=None, description="A secret just made, shown this once.")
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.type(description="The answer to something sent to a webhook by hand.")
class DeliveryPayload:
    """Either what will be sent, or why not."""

    delivery: Delivery | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.input(description="A new webhook.")
class CreateWebhookInput:
    """Where, and of what it is told."""

    url: str = strawberry.field(description="An https address of a public host. It must answer a challenge first.")
    changes: list[ChangeKind] = strawberry.field(default_factory=list, description="Kinds of change; empty is all.")
    kinds: list[Kind] = strawberry.field(default_factory=list, description="Kinds of record; empty is all.")
    client_mutation_id: str | None = None


@strawberry.input(description="A change of a webhook; what is left out stays.")
class UpdateWebhookInput:
    """What it is from now on."""

    id: strawberry.ID
    url: str | None = None
    changes: list[ChangeKind] | None = None
    kinds: list[Kind] | None = None
    client_mutation_id: str | None = None


@strawberry.input(description="Which webhook.")
class WebhookInput:
    """Which one to delete, test or give a new secret."""

    id: strawberry.ID
    client_mutation_id: str | None = None


@strawberry.input(description="Whether a webhook is told of changes.")
class PauseWebhookInput:
    """Pause it, or let it go on."""

    id: strawberry.ID
    paused: bool = strawberry.field(default=True, description="False lets it go on; one switched off is challenged.")
    client_mutation_id: str | None = None


@strawberry.input(description="Which delivery to send once more.")
class RedeliverInput:
    """A delivery that is done."""

    delivery_id: strawberry.ID
    client_mutation_id: str | None = None


@strawberry.type(description="Reading webhooks.")
class WebhookQueries:
    """Reads of webhooks."""

    @resolved("The webhooks of your organisation.")
    async def webhooks(self, info: Info) -> list[Webhook] | None:
        registry, actor = info.context.registry, info.context.actor
        return [_webhook(one) for one in await info.context.read(lambda: webhooks.webhooks(registry, actor))]


@strawberry.type(description="Changing webhooks.")
class WebhookMutations:
    """Writes of webhooks."""

    @resolved("Make a webhook; its secret is shown this once.")
    async def create_webhook(
        self, info: Info, said: Annotated[CreateWebhookInput, strawberry.argument(name="input")]
    ) -> WebhookPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _payload(
            info,
            said.client_mutation_id,
            lambda: webhooks.create(registry, actor, url=said.url, changes=said.changes, kinds=said.kinds),
        )

    @resolved("Change where or of what a webhook is told.")
    async def update_webhook(
        self, info: Info, said: Annotated[UpdateWebhookInput, strawberry.argument(name="input")]
    ) -> WebhookPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _payload(
            info,
            said.client_mutation_id,
            lambda: webhooks.update(
                registry, actor, WebhookId(said.id), url=said.url, changes=said.changes, kinds=said.kinds
            ),
        )

    @resolved("Make a new secret; the one before signs for another day.")
    async def rotate_webhook_secret(
        self, info: Info, said: Annotated[WebhookInput, strawberry.argument(name="input")]
    ) -> WebhookPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _payload(
            info, said.client_mutation_id, lambda: webhooks.rotate_secret(registry, actor, WebhookId(said.id))
        )

    @resolved("Stop telling a webhook of changes, or go on.")
    async def pause_webhook(
        self, info: Info, said: Annotated[PauseWebhookInput, strawberry.argument(name="input")]
    ) -> WebhookPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _payload(
            info,
            said.client_mutation_id,
            lambda: webhooks.pause(registry, actor, WebhookId(said.id), paused=said.paused),
        )

    @resolved("Delete a webhook, with the list of what was sent to it.")
    async def delete_webhook(
        self, info: Info, said: Annotated[WebhookInput, strawberry.argument(name="input")]
    ) -> WebhookPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _payload(
            info, said.client_mutation_id, lambda: webhooks.delete(registry, actor, WebhookId(said.id)), is_gone=True
        )

    @resolved("Send a webhook something now: its challenge, or a test.")
    async def test_webhook(
        self, info: Info, said: Annotated[WebhookInput, strawberry.argument(name="input")]
    ) -> DeliveryPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _sent(info, said.client_mutation_id, lambda: webhooks.test(registry, actor, WebhookId(said.id)))

    @resolved("Send something once more, under the id that it had.")
    async def redeliver(
        self, info: Info, said: Annotated[RedeliverInput, strawberry.argument(name="input")]
    ) -> DeliveryPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _sent(
            info, said.client_mutation_id, lambda: webhooks.redeliver(registry, actor, DeliveryId(said.delivery_id))
        )


async def _payload(
    info: Info,
    client_mutation_id: str | None,
    work: Callable[[], KeyedWebhook | DomainWebhook],
    *,
    is_gone: bool = False,
) -> WebhookPayload:
    def shown(done: KeyedWebhook | DomainWebhook) -> WebhookPayload:
        webhook, secret = (done.webhook, done.secret) if isinstance(done, KeyedWebhook) else (done, None)
        return WebhookPayload(
            webhook=_webhook(webhook, is_gone=is_gone), secret=secret, client_mutation_id=client_mutation_id
        )

    return await answered(
        info, work, shown, lambda errors: WebhookPayload(user_errors=errors, client_mutation_id=client_mutation_id)
    )


async def _sent(info: Info, client_mutation_id: str | None, work: Callable[[], DomainDelivery]) -> DeliveryPayload:
    return await answered(
        info,
        work,
        lambda done: DeliveryPayload(delivery=_delivery(done), client_mutation_id=client_mutation_id),
        lambda errors: DeliveryPayload(user_errors=errors, client_mutation_id=client_mutation_id),
    )


def _webhook(webhook: DomainWebhook, *, is_gone: bool = False) -> Webhook:
    return Webhook(
        is_gone=is_gone,
        id=strawberry.ID(webhook.id),
        url=webhook.url,
        changes=sorted(webhook.changes),
        kinds=sorted(webhook.kinds),
        state=webhook.state,
        reason=webhook.reason,
        created_at=webhook.created_at,
        failing_since=webhook.failing_since,
    )


def _delivery(delivery: DomainDelivery) -> Delivery:
    return Delivery(
        id=strawberry.ID(delivery.id),
        event=delivery.event,
        change=delivery.change,
        uid=delivery.uid,
        public_seq=None if delivery.public_seq is None else str(delivery.public_seq),
        state=delivery.state,
        attempts=delivery.attempts,
        status=delivery.status,
        error=delivery.error,
        created_at=delivery.created_at,
        due_at=delivery.due_at,
        done_at=delivery.done_at,
    )
