"""Webhooks: where an organisation wants to be told that a record changed, and how it knows that we told it.

What is sent follows Standard Webhooks: headers ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature``, the
latter HMAC-SHA256 over ``id.timestamp.body``. It holds ids, never content.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from registry.domain.change import ChangeKind
from registry.domain.record import OrganisationId, PersonId
from registry.domain.vocabulary import Kind

WebhookId = NewType("WebhookId", str)

# How long the older of two secrets goes on signing, so that a receiver can change over.
ROTATION = timedelta(days=1)
SECRET_START = "whsec_"  # noqa: S105  # how a secret begins, not one
# The kinds of change that are told, which are about records.
TOLD = frozenset(
    {
        ChangeKind.SUBMIT,
        ChangeKind.REVISE,
        ChangeKind.REVIEW,
        ChangeKind.UPSERT,
        ChangeKind.WITHDRAW,
        ChangeKind.RESTORE,
        ChangeKind.MERGE,
        ChangeKind.SPLIT,
        ChangeKind.BLOCK,
        ChangeKind.VISIBILITY,
        ChangeKind.ERASE,
    }
)


class WebhookState(StrEnum):
    """Whether anything is sent. ``pending``: until the address has shown that it wants it."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class DisabledReason(StrEnum):
    """Why nothing is sent any more."""

    NOT_CONFIRMED = "not_confirmed"
    GONE = "gone"
    FAILING = "failing"
    BACKLOG = "backlog"


@dataclass(frozen=True, slots=True)
class Webhook:
    """One address of an organisation.

    Attributes:
        person: who made it, and is told when it is switched off.
        changes, kinds: which changes of which kinds of record; empty is all.
        generation: counts its secrets, from 1; none of them is kept.
        older_until: until when the secret before this one signs too.
        failing_since: since when nothing has arrived.
    """

    id: WebhookId
    organisation: OrganisationId
    person: PersonId
    url: str
    created_at: datetime
    changes: frozenset[ChangeKind] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    state: WebhookState = WebhookState.PENDING
    generation: int = 1
    older_until: datetime | None = None
    failing_since: datetime | None = None
    reason: DisabledReason | None = None

    def wants(self, change: ChangeKind, kind: Kind) -> bool:
        """Whether it is to be told of such a change."""
        is_chosen = not self.changes or change in self.changes
        return change in TOLD and is_chosen and (not self.kinds or kind in self.kinds)

    def generations(self, now: datetime) -> tuple[int, ...]:
        """The secrets that sign now, the newest first."""
        is_older_alive = self.older_until is not None and now < self.older_until and self.generation > 1
        return (self.generation, self.generation - 1) if is_older_alive else (self.generation,)

    def seed(self, generation: int) -> bytes:
        """What its secret is made from, together with the node's own key."""
        return f"{self.id} {generation}".encode()


def secret_text(secret: bytes) -> str:
    """A secret as its owner gets it."""
    return SECRET_START + base64.b64encode(secret).decode()


def signature(secrets: Sequence[bytes], delivery: str, timestamp: int, body: bytes) -> str:
    """The value of ``webhook-signature``: one signature for each secret, with a blank between them."""
    signed = f"{delivery}.{timestamp}.".encode() + body
    made = (base64.b64encode(hmac.new(one, signed, hashlib.sha256).digest()).decode() for one in secrets)
    return " ".join(f"v1,{one}" for one in made)
