"""What happened beside the records: who came in, who was let in, what was refused and what stood out.

The change log tells of records; these rows tell of everything else. They are appended and never changed. Nothing secret
is in them: no key, no password, no content.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
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
    KEY_ROTATED = "account:key:rotate"
    KEY_REMOVED_LEAK = "account:key:removed_leak"
    ORGANISATION_ADDED = "account:organisation:add"
    ORGANISATION_DESCRIBED = "account:organisation:describe"
    MEMBER_ADDED = "account:member:add"
    MEMBER_CHANGED = "account:member:change"
    MEMBER_REMOVED = "account:member:remove"
    PRODUCTION_GRANTED = "account:production:grant"
    APPLICATION_OPENED = "account:application:open"
    APPLICATION_ANSWERED = "account:application:answer"
    APPLICATION_DECIDED = "account:application:decide"
    APPLICATION_PURGED = "account:application:purge"
    GUIDELINES_PUBLISHED = "account:guidelines:publish"
    GUIDELINES_AGREED = "account:guidelines:agree"
    INVITED = "account:member:invite"
    CREDENTIAL_SET = "account:credential:set"
    IDENTITY_LINKED = "account:identity:link"
    IDENTITY_UNLINKED = "account:identity:unlink"
    SESSION_CREATED = "account:session:create"
    SESSION_ENDED = "account:session:end"
    SESSION_MOVED = "account:session:move"
    SESSION_REFUSED = "account:session:refuse"
    GROUP_CREATED = "account:group:create"
    GROUP_JOINED = "account:group:join"
    GROUP_LEFT = "account:group:leave"
    FROZEN = "account:access:freeze"
    THAWED = "account:access:thaw"
    CREDENTIAL_REFUSED = "web:credential:refuse"
    PERMISSION_REFUSED = "web:permission:refuse"
    SECOND_PERSON_REFUSED = "web:second_person:refuse"
    RATE_REFUSED = "web:rate:refuse"
    EVENTS_READ = "audit:event:read"
    EVENTS_EXPORTED = "audit:event:export"
    CANDIDATE_DECIDED = "review:candidate:decide"
    CONFLICTS_DECLARED = "review:conflict:declare"
    ALERT_RAISED = "monitor:alert:raise"
    ALERT_ACKNOWLEDGED = "monitor:alert:acknowledge"
    ALERT_DISMISSED = "monitor:alert:dismiss"
    ALERT_CLEARED = "monitor:alert:clear"
    RECORD_ERASED = "record:content:erase"
    RECORD_BLOCKED = "record:content:block"
    RECORD_UNBLOCKED = "record:content:unblock"
    RECORD_HELD = "record:content:hold"
    RECORD_FREED = "record:content:free"
    RELATION_DECIDED = "record:relation:decide"
    RELATION_UNDONE = "record:relation:undo"
    AUTHORITY_ASKED = "record:authority:ask"
    DOCUMENT_TRUSTED = "node:document:trust"
    DOCUMENT_DISTRUSTED = "node:document:distrust"
    POLICY_WATCHED = "policy:page:watch"
    POLICY_UNWATCHED = "policy:page:unwatch"
    POLICY_CHANGED = "policy:page:change"
    POLICY_UNREACHABLE = "policy:page:fail"
    WEBHOOK_CREATED = "webhook:endpoint:create"
    WEBHOOK_CHANGED = "webhook:endpoint:change"
    WEBHOOK_CONFIRMED = "webhook:endpoint:confirm"
    WEBHOOK_DISABLED = "webhook:endpoint:disable"
    WEBHOOK_DELETED = "webhook:endpoint:delete"
    WEBHOOK_TESTED = "webhook:endpoint:test"
    WEBHOOK_ROTATED = "webhook:secret:rotate"
    WEBHOOK_REPEATED = "webhook:delivery:repeat"
    SEARCH_SAVED = "search:saved:create"
    SEARCH_CHANGED = "search:saved:change"
    SEARCH_DELETED = "search:saved:delete"
    LETTER_FAILED = "mail:letter:fail"
    LETTERS_DROPPED = "mail:letter:drop"
    MAIL_CHOSEN = "mail:address:choose"
    SOURCE_PUT = "import:source:put"
    SOURCE_REMOVED = "import:source:remove"
    SOURCE_CHOSEN = "import:source:choose"
    SOURCE_ASKED = "import:source:ask"
    SOURCE_LINKED = "import:source:link"
    SOURCE_UNLINKED = "import:source:unlink"
    IMPORT_ENDED = "import:run:end"
    IMPORT_HELD = "import:run:hold"
    IMPORT_FAILING = "import:source:failing"
    PEER_ADDED = "sync:node:add"
    PEER_CONFIRMED = "sync:node:confirm"
    PEER_CHANGED = "sync:node:change"
    PEER_REMOVED = "sync:node:remove"
    NODE_KEY_ROTATED = "node:key:rotate"
    PEER_ASKED = "sync:node:ask"
    SUCCESSOR_NAMED = "sync:successor:add"
    SUCCESSOR_REMOVED = "sync:successor:remove"
    ACTED_FOR = "sync:record:act"
    DUMP_MADE = "node:dump:make"
    DUMP_REMOVED = "node:dump:remove"
    REFUSED_DROPPED = "sync:item:drop"
    REFUSED_RETRIED = "sync:item:retry"
    FORK_RESOLVED = "sync:record:resolve"
    PEER_HELD = "sync:node:hold"
    PEER_RELEASED = "sync:node:release"
    BACKUP_MADE = "node:backup:make"
    BACKUP_RESTORED = "node:backup:restore"


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
        detail: numbers and short words that explain it; never what somebody wrote. ``count`` stands for how many
            alike one row tells of.
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

    @property
    def count(self) -> int:
        """How many alike it tells of."""
        return int(self.detail.get("count", 1))


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events; empty fields do not narrow.

    Attributes:
        name: a whole name, or the beginning of one.
        since: the first instant; ``before`` is the first one no more.
    """

    name: str | None = None
    actor: str | None = None
    organisation: str | None = None
    key: str | None = None
    address: str | None = None
    subject: str | None = None
    request_id: str | None = None
    since: datetime | None = None
    before: datetime | None = None

    def said(self) -> dict[str, str]:
        """What narrows, by name, without the values."""
        return {"narrowed_by": " ".join(sorted(name for name, value in asdict(self).items() if value is not None))}
