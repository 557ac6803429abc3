"""Conflicts of interest: declared by reviewers, read by them and by lead reviewers, asked about at every judgment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from registry.domain import conflict, policy
from registry.domain.actor import Actor, Permission
from registry.domain.conflict import ConflictKind, Declaration
from registry.domain.errors import Forbidden
from registry.domain.event import EventName
from registry.domain.policy import EVERYTHING
from registry.domain.record import PersonId, Record, RecordUid
from registry.ports import Reader, Registry, Unit
from registry.service.events import note

# Where a node is that of one house, these bind nobody to that house.
_OF_THE_HOUSE = frozenset({ConflictKind.EMPLOYER, ConflictKind.COMPETITOR})


def declare(registry: Registry, actor: Actor, said: Iterable[tuple[str, str]]) -> Declaration:
    """Say whom one is bound to, in place of what one said before; nothing says that there is nobody.

    Args:
        said: pairs of a kind and an organisation, by slug or name.

    Raises:
        Forbidden: *actor* does not review.
        InvalidInput: a kind is unknown, or a name is empty or too long.
    """
    policy.require(actor, Permission.RECORD_REVIEW)
    person = _person(actor)
    given = conflict.conflicts_given(said)
    made = Declaration(person, registry.clock.now(), given)
    with registry.storage.begin() as unit:
        unit.welfare.declare(made)
        note(registry, unit, actor, EventName.CONFLICTS_DECLARED, count=max(1, len(given)))
    return made


def own(registry: Registry, actor: Actor) -> Declaration | None:
    """What one has declared; ``None`` before the first time."""
    policy.require(actor, Permission.RECORD_REVIEW)
    with registry.storage.read() as reader:
        return reader.welfare.declaration(_person(actor))


def declared(registry: Registry, actor: Actor) -> Sequence[Declaration]:
    """What everybody has declared; for lead reviewers.

    Raises:
        Forbidden: *actor* is none.
    """
    policy.require(actor, Permission.CONFLICT_READ)
    with registry.storage.read() as reader:
        return reader.welfare.declarations()


def require_judge(registry: Registry, view: Reader | Unit, actor: Actor, record: Record) -> None:
    """Let *actor* judge *record*, within a unit of the caller, who has asked for permission.

    Raises:
        ConflictOfInterest: *actor* is bound to an organisation that the record is of or about, or has not declared
            anything yet.
    """
    if actor.person is None:
        return
    made = require_said(registry, view, actor)
    conflict.require_impartial(_bound(registry, view, actor.person, made, record), _parties(view, record))


def require_said(registry: Registry, view: Reader | Unit, actor: Actor) -> Declaration | None:
    """What a reviewer has declared, within a unit of the caller; where the node wants it, there must be something.

    Raises:
        ConflictOfInterest: the reviewer has not declared anything yet.
    """
    made = view.welfare.declaration(_person(actor))
    if registry.settings.conflicts_first and not policy.REVIEWERS.isdisjoint(actor.roles):
        conflict.require_declared(made)
    return made


def _bound(
    registry: Registry, view: Reader | Unit, person: PersonId, made: Declaration | None, record: Record
) -> frozenset[str]:
    """All that the organisations are called that *person* is bound to: by every membership, and as declared."""
    exempt = conflict.is_exempt(record, internal=registry.settings.internal_node)
    held = () if made is None else made.conflicts
    names = {one.organisation for one in held if not exempt or one.kind not in _OF_THE_HOUSE}
    organisations = view.accounts.organisations()
    by_id = {one.id: one.slug for one in organisations}
    homes = view.accounts.memberships(person)
    if not exempt:
        names |= {by_id[one.organisation] for one in homes}
    return conflict.family_of(names, organisations)


def _parties(view: Reader | Unit, record: Record) -> frozenset[str]:
    """Whom a record is of or about, and of a statement whom its subject is of or about."""
    subjects = view.records.many([RecordUid(one) for one in conflict.subject_of(record)], visible=EVERYTHING)
    found: set[str] = set()
    for one in (record, *subjects.values()):
        owner = view.accounts.organisation(one.owner)
        found |= conflict.named_in(one)
        found |= set() if owner is None else {conflict.folded(name) for name in owner.known_as}
    return frozenset(found)


def _person(actor: Actor) -> PersonId:
    if actor.person is None:
        raise Forbidden("only a person who reviews has conflicts to declare")
    return actor.person
