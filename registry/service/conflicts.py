"""Conflicts of interest: declared by reviewers, read by them and by lead reviewers, asked about at every judgment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from registry.domain import conflict, policy
from registry.domain.actor import Actor, Permission
from registry.domain.conflict import ConflictKind, Declaration
from registry.domain.errors import Forbidden
from registry.domain.event import EventName
from registry.domain.policy import EVERYTHING
from registry.domain.record import OrganisationId, PersonId, Record, RecordUid
from registry.domain.report import Report
from registry.ports import Reader, Registry, Unit
from registry.service.events import note

# Where a node is that of one house, these bind nobody to that house.
_OF_THE_HOUSE = frozenset({ConflictKind.EMPLOYER, ConflictKind.COMPETITOR})


@dataclass(frozen=True, slots=True)
class Bonds:
    """Whom a reviewer is bound to, by every membership and as declared, and all that those are called.

    Attributes:
        beyond_house: those who bind also where a node within one house judges what stays in it.
        known_as: what each organisation here is called.
        is_silent: the node wants a declaration first, and there is none.
    """

    all: frozenset[str]
    beyond_house: frozenset[str]
    known_as: Mapping[OrganisationId, frozenset[str]]
    is_silent: bool


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
    require_unbound(registry, view, bonds_of(registry, view, actor), record)


def require_unbound(registry: Registry, view: Reader | Unit, bonds: Bonds | None, record: Record) -> None:
    """Let a reviewer with these *bonds* judge *record*, as ``require_judge``."""
    if bonds is not None:
        require_said(bonds)
        exempt = conflict.is_exempt(record, internal=registry.settings.internal_node)
        conflict.require_impartial(bonds.beyond_house if exempt else bonds.all, _parties(view, bonds, record))


def require_handler(
    registry: Registry, view: Reader | Unit, actor: Actor, report: Report, record: Record | None
) -> None:
    """Let *actor* handle *report*, of which *record* is made, within a unit of the caller, who asked for permission.

    Raises:
        ConflictOfInterest: as ``require_judge``; it is also about whom the reporter names as provider.
    """
    bonds = bonds_of(registry, view, actor)
    if bonds is None or record is None:
        return
    require_unbound(registry, view, bonds, record)
    exempt = conflict.is_exempt(record, internal=registry.settings.internal_node)
    bound = bonds.beyond_house if exempt else bonds.all
    conflict.require_impartial(bound, frozenset(conflict.within(bound, report.provider)))


def require_said(bonds: Bonds | None) -> None:
    """Let only those go on who have declared something, where the node wants it.

    Raises:
        ConflictOfInterest: the reviewer has not declared anything yet.
    """
    if bonds is not None and bonds.is_silent:
        conflict.require_declared(None)


def bonds_of(registry: Registry, view: Reader | Unit, actor: Actor) -> Bonds | None:
    """Whom *actor* is bound to, read once for any number of records; nobody is who acts at the machine itself."""
    if actor.person is None:
        return None
    made = view.welfare.declaration(actor.person)
    held = () if made is None else made.conflicts
    organisations = view.accounts.organisations()
    slugs = {one.id: one.slug for one in organisations}
    homes = {slugs[one.organisation] for one in view.accounts.memberships(actor.person)}
    beyond = [one.organisation for one in held if one.kind not in _OF_THE_HOUSE]
    reviews = not policy.REVIEWERS.isdisjoint(actor.roles)
    return Bonds(
        all=conflict.family_of(homes | {one.organisation for one in held}, organisations),
        beyond_house=conflict.family_of(beyond, organisations) if registry.settings.internal_node else frozenset(),
        known_as={one.id: frozenset(map(conflict.folded, one.known_as)) for one in organisations},
        is_silent=registry.settings.conflicts_first and reviews and made is None,
    )


def _parties(view: Reader | Unit, bonds: Bonds, record: Record) -> frozenset[str]:
    """Whom a record is of or about, and of a statement whom its subject is of or about."""
    subjects = view.records.many([RecordUid(one) for one in conflict.subject_of(record)], visible=EVERYTHING)
    concerned = (record, *subjects.values())
    return frozenset().union(*(conflict.named_in(one) | bonds.known_as[one.owner] for one in concerned))


def _person(actor: Actor) -> PersonId:
    if actor.person is None:
        raise Forbidden("only a person who reviews has conflicts to declare")
    return actor.person
