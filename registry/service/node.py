"""The node itself: its first organisation and operator, its log's identity, and erasures after a restore."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from registry.domain import policy
from registry.domain.actor import Actor, Permission, Role
from registry.domain.change import FIRST_REV, LOG_ID, ChangeKind
from registry.domain.errors import AlreadyExists, StoreUnavailable
from registry.domain.event import EventName
from registry.domain.policy import EVERYTHING
from registry.domain.record import State
from registry.domain.vocabulary import Kind, OrganisationKind
from registry.ports import Registry, Unit
from registry.service.access import OWN_ORGANISATION
from registry.service.accounts import add_organisation
from registry.service.erasure import erased_record
from registry.service.events import note
from registry.service.keys import NewKey, create_key
from registry.service.members import add_member
from registry.service.sharing import follow_subject
from registry.service.writing import log

# More than a node gives of one kind between a backup and the next; and in a minute, so that a backup that is restored
# again does not give what it gave when it was restored before.
_SKIPPED_NUMBERS = 1000
_SKIPPED_A_MINUTE = 2


@dataclass(frozen=True, slots=True)
class FirstAccess:
    """The operator's key, shown this once."""

    key: NewKey
    organisation_slug: str


def initialise(registry: Registry, actor: Actor, *, slug: str, name: str) -> FirstAccess:
    """Give an empty node its log id, its own organisation and a first operator with a key.

    Raises:
        AlreadyExists: the node was initialised before.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.begin() as unit:
        if unit.meta.get(LOG_ID) is not None:
            raise AlreadyExists("this node was initialised before")
        unit.meta.put(LOG_ID, registry.ids.token(16))
    organisation = add_organisation(registry, actor, slug=slug, name=name, kind=OrganisationKind.OTHER)
    with registry.storage.begin() as unit:
        unit.meta.put(OWN_ORGANISATION, organisation.id)
    roles = frozenset({Role.OPERATOR})
    member = add_member(registry, actor, organisation_slug=slug, name="First operator", roles=roles)
    key = create_key(registry, actor, person=member.person, organisation_id=organisation.id, label="first operator key")
    return FirstAccess(key, slug)


def log_id(registry: Registry, actor: Actor) -> str | None:
    """What names the change log: positions in it hold as long as it stays, and a restored backup has another."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        return reader.meta.get(LOG_ID)


def after_restore(registry: Registry, actor: Actor, *, apply_erasures: bool = True) -> int:
    """Make a restored store safe to serve: a new log id, everything ever erased erased again, and nothing that names a
    record or a header given twice.

    Returns how many records were erased again.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    count = 0
    with registry.storage.begin() as unit:
        unit.meta.put(LOG_ID, registry.ids.token(16))
        _skip_what_was_given(unit, registry.clock.now())
        # Some were ended since the backup was made.
        unit.sessions.end_everybodys()
        for uid in registry.erasures.uids() if apply_erasures else ():
            record = unit.records.get(uid, visible=EVERYTHING)
            if record is None or record.state is State.ERASED:
                continue
            erased = erased_record(registry, unit, record, "erased before this backup was restored")
            log(unit, actor, erased, ChangeKind.ERASE, public=erased.was_public)
            follow_subject(unit, actor, erased)
            count += 1
        note(registry, unit, actor, EventName.BACKUP_RESTORED, erased_again=count)
    return count


def _skip_what_was_given(unit: Unit, now: datetime) -> None:
    """Give no number and no ``rev`` again that was given since the backup was made: other nodes would take that for a
    lie. The minutes since 1970 are more than any count of headers, and more at each restore."""
    unit.meta.put(FIRST_REV, str(int(now.timestamp()) // 60))
    last = unit.changes.after(unit.changes.head().seq - 1, limit=1)
    minutes = max(0, int((now - last[0].row.at).total_seconds()) // 60) if last else 0
    for kind in Kind:
        unit.records.next_numbers(kind, now.year, _SKIPPED_NUMBERS + _SKIPPED_A_MINUTE * minutes)


def note_backup(registry: Registry, actor: Actor) -> None:
    """Tell that a backup was made. Of a node that cannot write now one is made nevertheless."""
    policy.require(actor, Permission.NODE_MAINTAIN)
    with suppress(StoreUnavailable), registry.storage.begin() as unit:
        note(registry, unit, actor, EventName.BACKUP_MADE)
