"""Telling webhooks: from the change log into the outbox, from there to the addresses, at least once and in order."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from registry.domain import actor as actors
from registry.domain import policy
from registry.domain.actor import Actor, Permission, Role
from registry.domain.change import Change
from registry.domain.delivery import Delivery, DeliveryEvent, DeliveryId, DeliveryState, body_of, pause_after
from registry.domain.errors import FetchFailed, FetchRefused
from registry.domain.event import EventName
from registry.domain.history import was_told
from registry.domain.letter import MailKind
from registry.domain.policy import EVERYTHING, Visibility
from registry.domain.record import OrganisationId, PersonId, Record, RecordUid
from registry.domain.vocabulary import OrganisationKind
from registry.domain.webhook import DisabledReason, Webhook, WebhookState, signature
from registry.ports import Registry, Unit
from registry.ports.outbound import FetchRequest, FetchResponse
from registry.service.events import note
from registry.service.letters import tell
from registry.service.webhooks import request_to, secret_of

# Under which name the store keeps the last row of the log that was looked at.
POSITION = "webhook_position"
LEASE = timedelta(minutes=2)
_ROWS = 200
_CONFIRM_WITHIN = timedelta(days=1)
_GONE = 410
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try."""

    arrived: bool
    status: int | None = None
    error: str | None = None
    asked_for: int | None = None


def fan_out(registry: Registry, actor: Actor) -> int:
    """Put the next changes into the outbox of every webhook that is to be told, and return how many rows were read.

    The position moves in the same transaction: no row is missed or told twice, whichever process does it.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.read() as reader:
        if not reader.webhooks.active():
            return 0
        if int(reader.meta.get(POSITION) or 0) == reader.changes.head().seq:
            return 0
    with registry.storage.begin() as unit:
        head = unit.changes.head().seq
        # Ahead of the log it is where a backup was restored.
        position = min(int(unit.meta.get(POSITION) or 0), head)
        rows = unit.changes.after(position, limit=_ROWS)
        told = [one for one in rows if one.row.uid is not None]
        records = unit.records.many([one.row.uid for one in told if one.row.uid is not None], visible=EVERYTHING)
        for webhook in unit.webhooks.active():
            _put(registry, unit, actor, webhook, told, records)
        unit.meta.put(POSITION, str(rows[-1].seq if rows else position))
    return len(rows)


def deliver_next(registry: Registry, actor: Actor) -> int:
    """Send the delivery that has been due longest, if there is one; how many were sent.

    Several threads and processes may do so at once: a lease keeps a delivery, and with it its webhook, to one of them.
    Whoever dies between sending and noting it leaves it to be sent again, under the same id.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    now = registry.clock.now()
    with registry.storage.read() as reader:
        if not reader.webhooks.is_due(now):
            return 0
    with registry.storage.begin() as unit:
        delivery = unit.webhooks.claim_due(now, lease_until=now + LEASE)
        webhook = None if delivery is None else unit.webhooks.get(delivery.webhook)
    if delivery is None or webhook is None:
        return 0
    outcome = _sent(registry, webhook, delivery)
    with registry.storage.begin() as unit:
        present, held = unit.webhooks.get(webhook.id), unit.webhooks.delivery(delivery.id)
        # Deleted meanwhile, sent to another address since, or taken over by somebody else: this try is of the past.
        if present is not None and present.url == webhook.url and held == delivery:
            _note_outcome(registry, unit, actor, present, delivery, outcome)
    return 1


def tidy(registry: Registry, actor: Actor) -> None:
    """Forget the deliveries whose time is over."""
    policy.require(actor, Permission.NODE_MAINTAIN)
    kept = timedelta(days=registry.settings.delivery_kept_days)
    with registry.storage.begin() as unit:
        unit.webhooks.forget(done_before=registry.clock.now() - kept)


def challenge_of(registry: Registry, delivery: Delivery) -> str:
    """What an address has to answer to show that it wants to be told."""
    return registry.vault.mac("webhook challenge", delivery.id.encode()).hex()


def _put(
    registry: Registry, unit: Unit, actor: Actor, webhook: Webhook, rows: list[Change], records: dict[RecordUid, Record]
) -> None:
    visible = visible_to(unit, webhook.organisation)
    now = registry.clock.now()
    wanted = [
        (one, record)
        for one in rows
        if (record := records.get(one.row.uid or RecordUid(""))) is not None
        and webhook.wants(one.row.kind, record.kind)
        and _may_know(one, record, visible)
    ]
    if wanted and unit.webhooks.waiting(webhook.id) + len(wanted) > registry.settings.webhook_backlog:
        disable(registry, unit, actor, webhook, DisabledReason.BACKLOG)
        return
    for change, record in wanted:
        unit.webhooks.post(
            Delivery(
                DeliveryId(registry.ids.uid()),
                webhook.id,
                DeliveryEvent.CHANGE,
                now,
                now,
                change=change.row.kind,
                kind=record.kind,
                uid=record.uid,
                public_seq=change.public_seq,
            )
        )


def _may_know(change: Change, record: Record, visible: Visibility) -> bool:
    """Whether the organisation may know of a change: its own, what strangers see, and what it was given."""
    return visible.owns(record) or (visible.admits(record) and was_told(change, visible))


def visible_to(unit: Unit, organisation: OrganisationId) -> Visibility:
    """What an organisation may see as such, whoever of its members made the webhook and reviews besides."""
    home = unit.accounts.organisation(organisation)
    viewer = actors.member(
        PersonId(""),
        organisation,
        frozenset({Role.SUBMITTER}),
        groups=unit.groups.of(organisation),
        in_government=home is not None and home.kind is OrganisationKind.GOVERNMENT,
    )
    return policy.visible_to(viewer)


def _sent(registry: Registry, webhook: Webhook, delivery: Delivery) -> Outcome:
    is_challenge = delivery.event is DeliveryEvent.CHALLENGE
    challenge = challenge_of(registry, delivery) if is_challenge else None
    try:
        answer = registry.outbound.fetch(signed_request(registry, webhook, delivery, challenge))
    except FetchRefused as refusal:
        return Outcome(arrived=False, error=refusal.code)
    except FetchFailed as failure:
        return Outcome(arrived=False, error=failure.reason)
    if not answer.is_ok:
        return Outcome(arrived=False, status=answer.status, error="STATUS", asked_for=_asked_for(registry, answer))
    if challenge is not None and not _echoes(answer, challenge):
        return Outcome(arrived=False, status=answer.status, error="NO_ECHO")
    return Outcome(arrived=True, status=answer.status)


def signed_request(
    registry: Registry, webhook: Webhook, delivery: Delivery, challenge: str | None = None
) -> FetchRequest:
    """The request of one try; the timestamp is of the try, id and body are of the delivery."""
    now = registry.clock.now()
    body = body_of(delivery, challenge)
    keys = [secret_of(registry, webhook, one) for one in webhook.generations(now)]
    timestamp = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "Webhook-Id": delivery.id,
        "Webhook-Timestamp": str(timestamp),
        "Webhook-Signature": signature(keys, delivery.id, timestamp, body),
    }
    return replace(request_to(webhook.url, body), headers=headers)


def _echoes(answer: FetchResponse, challenge: str) -> bool:
    with suppress(FetchFailed):
        found = answer.json()
        return isinstance(found, dict) and found.get("challenge") == challenge
    return answer.body.strip() == challenge.encode()


def _asked_for(registry: Registry, answer: FetchResponse) -> int | None:
    """Seconds that the answer asks to wait: by its ``Retry-After``, a number or a date."""
    told = answer.headers.get("retry-after", "").strip()
    if told.isdecimal() and told.isascii():
        return int(told[:_MOST_DIGITS])
    with suppress(ValueError, OverflowError):
        at = parsedate_to_datetime(told)
        aware = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
        return int((aware - registry.clock.now()).total_seconds())
    return None


def _note_outcome(
    registry: Registry, unit: Unit, actor: Actor, webhook: Webhook, delivery: Delivery, outcome: Outcome
) -> None:
    now = registry.clock.now()
    done = replace(delivery, lease_until=None, status=outcome.status, error=outcome.error)
    if outcome.arrived:
        unit.webhooks.save_delivery(replace(done, state=DeliveryState.DELIVERED, done_at=now))
        _note_arrival(registry, unit, actor, webhook, delivery)
        return
    if delivery.event is DeliveryEvent.TEST:
        unit.webhooks.save_delivery(replace(done, state=DeliveryState.FAILED, done_at=now))
        return
    pause = pause_after(delivery.attempts, spread=secrets.randbelow(1000) / 1000, asked_for=outcome.asked_for)
    failing = replace(webhook, failing_since=webhook.failing_since or now)
    reason = _reason_to_stop(registry, failing, delivery, outcome, now)
    if reason is None:
        unit.webhooks.save_delivery(replace(done, due_at=now + pause))
        unit.webhooks.save(failing)
    else:
        unit.webhooks.save_delivery(replace(done, state=DeliveryState.FAILED, done_at=now))
        disable(registry, unit, actor, failing, reason)


def _note_arrival(registry: Registry, unit: Unit, actor: Actor, webhook: Webhook, delivery: Delivery) -> None:
    if delivery.event is DeliveryEvent.CHALLENGE and webhook.state is WebhookState.PENDING:
        if not unit.webhooks.active():
            # Nobody followed the log until now: what was before is not told.
            unit.meta.put(POSITION, str(unit.changes.head().seq))
        unit.webhooks.save(replace(webhook, state=WebhookState.ACTIVE, failing_since=None))
        note(registry, unit, actor, EventName.WEBHOOK_CONFIRMED, subject=f"webhook:{webhook.id}")
    elif webhook.failing_since is not None:
        unit.webhooks.save(replace(webhook, failing_since=None))


def _reason_to_stop(
    registry: Registry, webhook: Webhook, delivery: Delivery, outcome: Outcome, now: datetime
) -> DisabledReason | None:
    if outcome.status == _GONE:
        return DisabledReason.GONE
    if delivery.event is DeliveryEvent.CHALLENGE:
        return DisabledReason.NOT_CONFIRMED if now - delivery.created_at >= _CONFIRM_WITHIN else None
    since = webhook.failing_since or now
    return DisabledReason.FAILING if now - since >= timedelta(days=registry.settings.webhook_give_up_days) else None


def disable(registry: Registry, unit: Unit, actor: Actor, webhook: Webhook, reason: DisabledReason) -> None:
    """Switch a webhook off, within a unit of the caller, and tell who made it."""
    unit.webhooks.save(replace(webhook, state=WebhookState.DISABLED, reason=reason))
    unit.webhooks.drop_waiting(webhook.id)
    note(registry, unit, actor, EventName.WEBHOOK_DISABLED, subject=f"webhook:{webhook.id}", reason=reason.value)
    tell(
        registry,
        unit,
        MailKind.WEBHOOK,
        "A webhook was switched off",
        f"Nothing is sent to one of your webhooks any more: {_WHY[reason]}.\n\n"
        f"Which one, and how to let it go on: {registry.settings.base_url}/me/webhooks\n",
        person=webhook.person,
    )


_WHY = {
    DisabledReason.NOT_CONFIRMED: "it has not answered the challenge",
    DisabledReason.GONE: "it answered that it is gone (410)",
    DisabledReason.FAILING: "for days nothing has arrived there",
    DisabledReason.BACKLOG: "too much waited to be sent there",
}
