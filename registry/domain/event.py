"""What happened beside the records: who came in, who was let in, what was refused and what stood out.

The change log tells of records; these rows tell of everything else. They are appended and never changed. Nothing secret
is in them: no key, no password, no content.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from registry.domain.record import OrganisationId

Detail: TypeAlias = Mapping[str, str | int]

_NOTHING: Detail = MappingProxyType({})


class EventName(StrEnum):
    """What happened, as ``source:subject:action``. Names are added, never renamed: searches and alerts rest on them."""

    KEY_CREATED = "account:key:create"
    KEY_REVOKED = "account:key:revoke"


@dataclass(frozen=True, slots=True)
class Event:
    """One row.

    Attributes:
        id: a UUIDv7; later ones sort after earlier ones.
        actor: the pseudonymous id of who did it, as in the change log.
        key: id of the API key it was done with; not secret.
        address: the network address it came from; deleted after a time, see ``retention``.
        request_id: the id that the answer to the request bore.
        subject: what it was done to, such as ``key:3f…`` or a record's uid.
        detail: numbers and short words that explain it; never what somebody wrote.
    """

    id: str
    name: EventName
    at: datetime
    actor: str
    organisation: OrganisationId | None = None
    key: str | None = None
    address: str | None = None
    request_id: str | None = None
    subject: str | None = None
    detail: Detail = field(default_factory=lambda: _NOTHING)
