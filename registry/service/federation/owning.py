"""Organisations here that stand for those of other nodes. Which one stands for whom is remembered, and never read from
a name: an organisation that was here before is taken for nobody else's, and one that is made later neither."""

from __future__ import annotations

from dataclasses import replace

from registry.domain.account import Organisation
from registry.domain.change import ChangeKind, NewChange
from registry.domain.federation.header import OwnerName
from registry.domain.record import OrganisationId, RecordUid
from registry.domain.vocabulary import OrganisationKind
from registry.ports import Registry, Unit

_MOST_SLUG = 60
_MOST_NAME = 120
# What stands in the place of a slug for the node itself.
_NODE = ""


def owner_here(registry: Registry, unit: Unit, dns: str, short_name: str, owner: OwnerName) -> OrganisationId:
    """The organisation here that stands for *owner* at another node, under the name that it has there."""
    known = _known(unit, dns, owner.slug)
    if known is None:
        made = _made(registry, unit, owner.slug, f"-at-{short_name.lower()}", owner.name, by=f"node:{dns}")
        unit.peer_owners.add(dns, owner.slug, made)
        return made
    if known.name != owner.name:
        unit.accounts.save_organisation(replace(known, name=owner.name))
    return known.id


def node_here(registry: Registry, unit: Unit, dns: str, short_name: str, title: str, *, by: str) -> OrganisationId:
    """The organisation that stands for a node itself: its groups are what the node is entitled to."""
    known = _known(unit, dns, _NODE)
    if known is not None:
        return known.id
    made = _made(registry, unit, "node", f"-{short_name.lower()}", f"{title} ({dns})"[:_MOST_NAME], by=by)
    unit.peer_owners.add(dns, _NODE, made)
    return made


def uid_here(registry: Registry, unit: Unit, dns: str, uid: str) -> RecordUid:
    """Under which uid a record of a node stands here, whose own another node's record has already: always the same."""
    found = unit.peer_owners.uid_here(dns, uid)
    if found is None:
        found = RecordUid(registry.ids.uid())
        unit.peer_owners.add_uid(dns, uid, found)
    return found


def _known(unit: Unit, dns: str, slug: str) -> Organisation | None:
    found = unit.peer_owners.of(dns, slug)
    return None if found is None else unit.accounts.organisation(found)


def _made(registry: Registry, unit: Unit, slug: str, suffix: str, name: str, *, by: str) -> OrganisationId:
    now = registry.clock.now()
    free = _free_slug(unit, slug, suffix)
    made = Organisation(OrganisationId(registry.ids.uid()), free, name, OrganisationKind.OTHER, now)
    unit.accounts.add_organisation(made)
    unit.changes.append(NewChange(ChangeKind.ORGANISATION, by, now, public=True, subject=f"organisation:{free}"))
    return made.id


def _free_slug(unit: Unit, slug: str, suffix: str) -> str:
    """A slug that nobody has: the wanted one, or that with the first number from 2 on that makes it one."""
    at, end = 1, suffix
    while True:
        found = slug[: _MOST_SLUG - len(end)].rstrip("-") + end
        if unit.accounts.organisation_by_slug(found) is None:
            return found
        at += 1
        end = f"{suffix}-{at}"
