"""What was wrong with a source's records, told to the source itself through a link that needs no account.

The link tells nothing that the publisher cannot read off the own document and this project's published rules: which
records were left out, and which values were, each with a code and since when. It does not tell what becomes of a record
here. Findings that hold a record for review are left out, whatever they are, and so is what depends on other records of
this registry; no state, number or address of a record here is in it. A record that was erased, withdrawn or held here
is read from the document like any other, and its findings stay as they are.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from registry.domain import policy
from registry.domain.account import hash_secret
from registry.domain.actor import Actor, Permission
from registry.domain.canonical import JsonValue
from registry.domain.errors import NotFound
from registry.domain.event import EventName
from registry.domain.finding import ABOUT_THE_STORE, FindingFilter, KeptFinding
from registry.domain.pages import Page, PageRequest
from registry.ports import Registry
from registry.service.events import note

# What a source may be told: nothing that waits for somebody here, and nothing that depends on what is here.
_TOLD = FindingFilter(is_open=True, held=False, without=ABOUT_THE_STORE)
_UNSET = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One finding as its source reads it: ``record`` is the source's own id."""

    record: str
    code: str
    message: str
    left_out: bool
    first_seen_at: datetime
    last_attempt_at: datetime

    def as_dict(self) -> dict[str, JsonValue]:
        """As JSON values."""
        return {
            "record": self.record,
            "code": self.code,
            "message": self.message,
            "left_out": self.left_out,
            "first_seen": self.first_seen_at.isoformat(),
            "last_attempt": self.last_attempt_at.isoformat(),
        }


def new_link(registry: Registry, actor: Actor, source_id: str) -> str:
    """A new secret for the link of a source; the one before no longer works. It is kept as a hash only.

    Whoever calls has found the source to be there.

    Raises:
        Forbidden: *actor* lacks ``source:manage``.
        Reauthenticate: *actor* has signed in too long ago.
    """
    policy.require(actor, Permission.SOURCE_MANAGE)
    policy.require_confirmed(actor)
    secret = registry.ids.secret()
    with registry.storage.begin() as unit:
        unit.meta.put(_name(source_id), hash_secret(secret).hex())
        note(registry, unit, actor, EventName.SOURCE_LINKED, subject=f"source:{source_id}")
    return secret


def end_link(registry: Registry, actor: Actor, source_id: str) -> None:
    """Let the link of a source work no longer.

    Raises:
        Forbidden: *actor* lacks ``source:manage``.
        NotFound: it has none.
    """
    policy.require(actor, Permission.SOURCE_MANAGE)
    with registry.storage.begin() as unit:
        if not unit.meta.get(_name(source_id)):
            raise NotFound("this source has no link", path=("source",))
        unit.meta.put(_name(source_id), _UNSET)
        note(registry, unit, actor, EventName.SOURCE_UNLINKED, subject=f"source:{source_id}")


def has_link(registry: Registry, actor: Actor, source_id: str) -> bool:
    """Whether somebody was given a link to the findings of this source.

    Raises:
        Forbidden: *actor* lacks ``source:read``.
    """
    policy.require(actor, Permission.SOURCE_READ)
    with registry.storage.read() as reader:
        return bool(reader.meta.get(_name(source_id)))


def findings(registry: Registry, actor: Actor, source_id: str, secret: str, request: PageRequest) -> Page[Told]:
    """A page of what the source is told, by record, code and message.

    Raises:
        NotFound: there is no such source, or this is not its secret; the two are not told apart.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        kept = reader.meta.get(_name(source_id)) or _UNSET
        if not secret.isascii() or not hmac.compare_digest(kept, hash_secret(secret).hex()):
            raise NotFound("no such page")
        found = reader.findings.page(source_id, _TOLD, request)
    return Page(tuple(map(_told, found.items)), found.positions, found.has_next, found.has_previous)


def _told(one: KeptFinding) -> Told:
    said = one.finding
    return Told(said.record, said.code, said.message, said.refused, one.first_seen_at, one.last_attempt_at)


def _name(source_id: str) -> str:
    return f"import_findings_link:{source_id}"
