"""Groups of organisations: who makes them, who joins and who leaves. Strangers learn nothing of them."""

from __future__ import annotations

from registry.domain import policy
from registry.domain.account import SLUG
from registry.domain.actor import Actor, Permission
from registry.domain.change import ChangeKind, NewChange
from registry.domain.errors import AlreadyExists, Conflict, InvalidInput, NotFound, Problem
from registry.domain.event import EventName
from registry.domain.group import Group
from registry.domain.record import GroupSlug, OrganisationId
from registry.domain.screening.plainly import label_problems
from registry.ports import Reader, Registry, Unit
from registry.service.accounts import organisation_named
from registry.service.events import note
from registry.service.interop import leaving

MAX_GROUPS = 100


def add_group(registry: Registry, actor: Actor, *, slug: str, name: str) -> Group:
    """Make a group, empty for now.

    Raises:
        InvalidInput: the slug is not lower-case letters, digits and hyphens, or the name is empty or too long.
        AlreadyExists: the slug is taken.
    """
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    problems = []
    if not SLUG.fullmatch(slug):
        problems.append(Problem(("slug",), "INVALID_FORMAT", "use lower-case letters, digits and hyphens"))
    problems += label_problems(name)
    if problems:
        raise InvalidInput(problems)
    group = Group(GroupSlug(slug), name.strip(), 0, registry.clock.now())
    with registry.storage.begin() as unit:
        unit.groups.add(group)
        _log(registry, unit, actor, group.slug, EventName.GROUP_CREATED)
    return group


def join(registry: Registry, actor: Actor, *, slug: str, organisation_slug: str) -> Group:
    """Let an organisation belong to a group; it sees all that was shared with the group before, too.

    Raises:
        NotFound: no such group or organisation.
        AlreadyExists: it belongs to it already.
        Conflict: the organisation belongs to too many groups.
    """
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    with registry.storage.begin() as unit:
        group, organisation = _load(unit, slug, organisation_slug)
        if organisation in group.organisations():
            raise AlreadyExists("the organisation belongs to this group already")
        if len(unit.groups.of(organisation)) >= MAX_GROUPS:
            raise Conflict(f"an organisation belongs to at most {MAX_GROUPS} groups")
        unit.groups.join(group.slug, organisation, version=group.version + 1)
        leaving.give_back(registry, unit, group.slug, organisation)
        _log(registry, unit, actor, group.slug, EventName.GROUP_JOINED, organisation)
        return _group(unit, group.slug)


def leave(registry: Registry, actor: Actor, *, slug: str, organisation_slug: str) -> Group:
    """End an organisation's membership; from now on it sees nothing of what is shared with the group.

    Its platforms are told that all is gone which they could read by it.

    Raises:
        NotFound: no such group, no such organisation, or it does not belong to the group.
    """
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    with registry.storage.begin() as unit:
        group, organisation = _load(unit, slug, organisation_slug)
        if organisation not in group.organisations():
            raise NotFound("the organisation does not belong to this group", path=("organisation",))
        unit.groups.leave(group.slug, organisation, version=group.version + 1)
        leaving.take_back(registry, unit, group.slug, organisation)
        _log(registry, unit, actor, group.slug, EventName.GROUP_LEFT, organisation)
        return _group(unit, group.slug)


def groups(registry: Registry, actor: Actor) -> tuple[Group, ...]:
    """The groups that *actor* may address: all for who manages accounts, else those of the own organisation."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        found = reader.groups.all()
    if Permission.ACCOUNT_MANAGE in policy.permissions_of(actor):
        return found
    return tuple(one for one in found if one.slug in actor.groups)


def audience_problems(actor: Actor, audience: str | None) -> list[Problem]:
    """What is wrong with the audience of a marking: one shares only with groups one belongs to."""
    if audience is None or audience in actor.groups:
        return []
    message = "no such group, or none that your organisation belongs to"
    return [Problem(("marking", "audience"), "NOT_FOUND", message)]


def _load(unit: Unit, slug: str, organisation_slug: str) -> tuple[Group, OrganisationId]:
    group = _group(unit, GroupSlug(slug))
    return group, organisation_named(unit, organisation_slug).id


def _group(reader: Reader | Unit, slug: GroupSlug) -> Group:
    found = reader.groups.get(slug)
    if found is None:
        raise NotFound("no such group", path=("group",))
    return found


def _log(
    registry: Registry,
    unit: Unit,
    actor: Actor,
    slug: GroupSlug,
    name: EventName,
    organisation: OrganisationId | None = None,
) -> None:
    row = NewChange(ChangeKind.GROUP, actor.id, registry.clock.now(), public=False, subject=f"group:{slug}")
    unit.changes.append(row)
    detail = {} if organisation is None else {"organisation": organisation}
    note(registry, unit, actor, name, subject=f"group:{slug}", **detail)
