"""Webhooks of an organisation: who makes them, changes them, tries them and reads what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.change import ChangeKind
from registry.domain.delivery import Delivery, DeliveryEvent, DeliveryId, DeliveryState
from registry.domain.errors import Conflict, InvalidInput, NotFound, Problem, did_you_mean
from registry.domain.event import EventName
from registry.domain.record import OrganisationId
from registry.domain.vocabulary import Kind
from registry.domain.webhook import ROTATION, TOLD, Webhook, WebhookId, WebhookState, secret_text
from registry.ports import Reader, Registry, Unit
from registry.ports.outbound import FetchRequest
from registry.service.events import note

MAX_SHOWN = 100
PORTS = frozenset({443, 8443})
Term = TypeVar("Term", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class KeyedWebhook:
    """A webhook with a secret just made, which is told this once."""

    webhook: Webhook
    secret: str


def request_to(webhook_url: str, body: bytes | None = None) -> FetchRequest:
    """How a webhook is called: any public host, by https, never redirected, of the answer the beginning only."""
    return FetchRequest(
        webhook_url, "POST", ports=PORTS, body=body, max_bytes=4096, cut=True, timeout_seconds=10.0, redirects=0
    )


def webhooks(registry: Registry, actor: Actor) -> tuple[Webhook, ...]:
    """The webhooks of the actor's organisation, the oldest first.

    Raises:
        Forbidden: *actor* lacks ``webhook:own``, or is nobody's member.
    """
    policy.require(actor, Permission.WEBHOOK_OWN)
    owner, _ = policy.require_member(actor)
    with registry.storage.read() as reader:
        return reader.webhooks.of(owner)


def deliveries(
    registry: Registry, actor: Actor, webhook_id: WebhookId, *, limit: int = MAX_SHOWN
) -> tuple[Delivery, ...]:
    """The newest deliveries of a webhook, at most 100, the newest first.

    Raises:
        NotFound: no such webhook of the actor's organisation.
    """
    policy.require(actor, Permission.WEBHOOK_OWN)
    owner, _ = policy.require_member(actor)
    with registry.storage.read() as reader:
        found = _load(reader, owner, webhook_id)
        return reader.webhooks.deliveries(found.id, limit=max(1, min(limit, MAX_SHOWN)))


def create(
    registry: Registry, actor: Actor, *, url: str, changes: Sequence[str] = (), kinds: Sequence[str] = ()
) -> KeyedWebhook:
    """Make a webhook. Nothing but a challenge is sent there until it was answered.

    Raises:
        InvalidInput: no such kind of change or record.
        FetchRefused: nothing is sent to this address.
        Conflict: the organisation has as many as it may have.
    """
    policy.require(actor, Permission.WEBHOOK_OWN)
    owner, person = policy.require_member(actor)
    chosen = _chosen(changes, kinds)
    registry.outbound.check(request_to(url))
    now = registry.clock.now()
    webhook = Webhook(WebhookId(registry.ids.uid()), owner, person, url, now, *chosen)
    with registry.storage.begin() as unit:
        if len(unit.webhooks.of(owner)) >= registry.settings.webhooks_each:
            raise Conflict(f"an organisation has at most {registry.settings.webhooks_each} webhooks")
        unit.webhooks.add(webhook)
        _post(registry, unit, webhook, DeliveryEvent.CHALLENGE)
        note(registry, unit, actor, EventName.WEBHOOK_CREATED, subject=_subject(webhook))
    return KeyedWebhook(webhook, secret_text(secret_of(registry, webhook, webhook.generation)))


def update(
    registry: Registry,
    actor: Actor,
    webhook_id: WebhookId,
    *,
    url: str | None = None,
    changes: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
) -> Webhook:
    """Change where or of what a webhook is told; at another address it must answer a challenge again.

    Raises:
        NotFound, InvalidInput, FetchRefused: as for ``create`` and ``deliveries``.
    """
    policy.require(actor, Permission.WEBHOOK_OWN)
    owner, _ = policy.require_member(actor)
    chosen_changes, chosen_kinds = _chosen(changes or (), kinds or ())
    if url is not None:
        registry.outbound.check(request_to(url))
    with registry.storage.begin() as unit:
        before = _load(unit, owner, webhook_id)
        webhook = replace(
            before,
            changes=before.changes if changes is None else chosen_changes,
            kinds=before.kinds if kinds is None else chosen_kinds,
        )
        if url is not None and url != before.url:
            webhook = _begun_anew(registry, unit, replace(webhook, url=url))
        unit.webhooks.save(webhook)
        note(registry, unit, actor, EventName.WEBHOOK_CHANGED, subject=_subject(webhook))
    return webhook


def rotate_secret(registry: Registry, actor: Actor, webhook_id: WebhookId) -> KeyedWebhook:
    """Make a new secret; the one before it goes on signing for a day, any older one no longer.

    Raises:
        NotFound: no such webhook of the actor's organisation.
    """
    policy.require(actor, Permission.WEBHOOK_OWN)
    owner, _ = policy.require_member(actor)
    with registry.storage.begin() as unit:
        before = _load(unit, owner, webhook_id)
        until = registry.clock.now() + ROTATION
        webhook = replace(before, generation=before.generation + 1, older_until=until)
        unit.webhooks.save(webhook)
        note(registry, unit, actor, EventName.WEBHOOK_ROTATED, subject=_subject(webhook))
    return KeyedWebhook(webhook, secret_text(secret_of(registry, webhook, webhook.generation)))


def pause(registry: Registry, actor: Actor, webhook_id: WebhookId, *, paused: bool) -> Webhook:
    """Stop telling a webhook of changes, or go on. What happens meanwhile is not told later: ``changes`` lists it.

    One that was switched off must answer a challenge again.

    Raises:
        NotFound: no such webhook of the actor's organisation.
        Conflict: it has not answered the challenge yet.
    """
    policy.require(actor, Permission.WEBHOOK_OWN)
    owner, _ = policy.require_member(actor)
    with registry.storage.begin() as unit:
        webhook = _load(unit, owner, webhook_id)
        if webhook.state is WebhookState.PENDING:
            raise Conflict("the webhook has not answered the challenge yet", hint="test it, or delete it")
        if paused:
            webhook = replace(webhook, state=WebhookState.PAUSED, reason=None)
        elif webhook.state is WebhookState.DISABLED:
            webhook = _begun_anew(registry, unit, webhook)
        else:
            webhook = replace(webhook, state=WebhookState.ACTIVE, failing_since=None)
        unit.webhooks.save(webhook)
        note(registry, unit, actor, EventName.WEBHOOK_CHANGED, subject=_subject(webhook), state=webhook.state.value)
    return webhook


def test(registry: Registry, actor: Actor, webhook_id: WebhookId) -> Delivery:
    """Send something now: the challenge where it was not answered yet, else a message that tells of nothing.

    Raises:
        NotFound: no such webhook of the actor's organisation.
        Conflict: it is paused or switched off.
    """
    policy.require(actor, Permission.WEBHOOK_OWN)
    owner, _ = policy.require_member(actor)
    with registry.storage.begin() as unit:
        webhook = _load(unit, owner, webhook_id)
        if webhook.state not in {WebhookState.ACTIVE, WebhookState.PENDING}:
            raise Conflict("the webhook is paused or switched off", hint="let it go on first")
        if webhook.state is WebhookState.PENDING:
            unit.webhooks.drop_waiting(webhook.id)
            delivery = _post(registry, unit, webhook, DeliveryEvent.CHALLENGE)
        else:
            delivery = _post(registry, unit, webhook, DeliveryEvent.TEST)
            unit.webhooks.hurry(webhook.id, registry.clock.now())
        note(registry, unit, actor, EventName.WEBHOOK_TESTED, subject=_subject(webhook))
    return delivery


def redeliver(registry: Registry, actor: Actor, delivery_id: DeliveryId) -> Delivery:
    """Send something once more, under the id that it had.

    Raises:
        NotFound: no such delivery to a webhook of the actor's organisation.
        Conflict: it waits to be sent anyway, or its webhook is not active.
    """
    policy.require(actor, Permission.WEBHOOK_OWN)
    owner, _ = policy.require_member(actor)
    with registry.storage.begin() as unit:
        found = unit.webhooks.delivery(delivery_id)
        webhook = None if found is None else unit.webhooks.get(found.webhook)
        if found is None or webhook is None or webhook.organisation != owner:
            raise NotFound("no such delivery", path=("id",))
        if webhook.state is not WebhookState.ACTIVE or found.state is DeliveryState.WAITING:
            raise Conflict("it waits to be sent anyway, or its webhook is not active")
        now = registry.clock.now()
        again = replace(found, state=DeliveryState.WAITING, attempts=0, due_at=now, lease_until=None, done_at=None)
        unit.webhooks.save_delivery(again)
        note(registry, unit, actor, EventName.WEBHOOK_REPEATED, subject=_subject(webhook))
    return again


def delete(registry: Registry, actor: Actor, webhook_id: WebhookId) -> Webhook:
    """Delete a webhook with the list of what was sent to it.

    Raises:
        NotFound: no such webhook of the actor's organisation.
    """
    policy.require(actor, Permission.WEBHOOK_OWN)
    owner, _ = policy.require_member(actor)
    with registry.storage.begin() as unit:
        webhook = _load(unit, owner, webhook_id)
        unit.saved_searches.forget_webhook(webhook.id)
        unit.webhooks.delete(webhook.id)
        note(registry, unit, actor, EventName.WEBHOOK_DELETED, subject=_subject(webhook))
    return webhook


def secret_of(registry: Registry, webhook: Webhook, generation: int) -> bytes:
    """A secret of a webhook, made from the node's own key: it is stored nowhere."""
    return registry.vault.mac("webhook secret", webhook.seed(generation))


def _begun_anew(registry: Registry, unit: Unit, webhook: Webhook) -> Webhook:
    unit.webhooks.drop_waiting(webhook.id)
    _post(registry, unit, webhook, DeliveryEvent.CHALLENGE)
    return replace(webhook, state=WebhookState.PENDING, failing_since=None, reason=None)


def _post(registry: Registry, unit: Unit, webhook: Webhook, event: DeliveryEvent) -> Delivery:
    now = registry.clock.now()
    delivery = Delivery(DeliveryId(registry.ids.uid()), webhook.id, event, now, now)
    unit.webhooks.post(delivery)
    return delivery


def _load(reader: Reader | Unit, owner: OrganisationId, webhook_id: WebhookId) -> Webhook:
    found = reader.webhooks.get(webhook_id)
    if found is None or found.organisation != owner:
        raise NotFound("no such webhook", path=("id",))
    return found


def _chosen(changes: Sequence[str], kinds: Sequence[str]) -> tuple[frozenset[ChangeKind], frozenset[Kind]]:
    problems: list[Problem] = []
    told = {one.value: one for one in ChangeKind if one in TOLD}
    known = {one.value: one for one in Kind}
    chosen = (_terms("changes", changes, told, problems), _terms("kinds", kinds, known, problems))
    if problems:
        raise InvalidInput(problems)
    return chosen


def _terms(field: str, given: Sequence[str], known: dict[str, Term], problems: list[Problem]) -> frozenset[Term]:
    for at, one in enumerate(given):
        if one not in known:
            message = "one of these is expected: " + ", ".join(sorted(known))
            problems.append(Problem((field, str(at)), "UNKNOWN_TERM", message, did_you_mean(one, known)))
    return frozenset(known[one] for one in given if one in known)


def _subject(webhook: Webhook) -> str:
    return f"webhook:{webhook.id}"
