"""Sessions of people who signed in: how long they live, and what is told of them to their owner."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from registry.domain.record import OrganisationId, PersonId

SessionId = NewType("SessionId", str)

CONFIRMED_FOR = timedelta(minutes=15)
SECRET = re.compile(r"[A-Za-z0-9]{40}")

# What a browser calls itself, most telling first: nearly all of them claim to be several others too.
_FAMILIES = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("HeadlessChrome", "Chrome"), ("Chrome", "Chrome"),
    ("Safari", "Safari"), ("curl", "curl"), ("python", "Python"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iOS"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in that still holds.

    Attributes:
        id: names it to its owner and in events; no secret.
        secret_hash: made of what the browser holds.
        confirmed_at: when the second factor was last asked for.
        seen_at: when it was last used, to a minute or more.
        network: the network it was opened from, coarse.
        agent: family of the browser and of its system.
        is_bound: an organisation's own provider vouched for the person, and speaks for no other organisation.
    """

    id: SessionId
    secret_hash: bytes
    person: PersonId
    organisation: OrganisationId
    created_at: datetime
    confirmed_at: datetime
    seen_at: datetime
    expires_at: datetime
    network: str
    agent: str
    is_bound: bool = False

    def is_alive(self, now: datetime, *, idle: timedelta) -> bool:
        """Whether it holds: neither too old nor unused for too long."""
        return now < self.expires_at and now - self.seen_at < idle

    def is_confirmed(self, now: datetime) -> bool:
        """Whether the second factor was asked for a short while ago."""
        return now - self.confirmed_at < CONFIRMED_FOR


def agent_family(text: str) -> str:
    """Browser and system, such as ``Firefox on Linux``; nothing of the text itself."""
    family = next((name for word, name in _FAMILIES if word in text[:500]), "Another program")
    system = next((name for word, name in _SYSTEMS if word in text[:500]), "")
    return f"{family} on {system}" if system else family
