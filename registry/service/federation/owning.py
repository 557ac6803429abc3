"""Organisations here that stand for those of other nodes. Which one stands for whom is remembered, and never read from
a name: an organisation that was here before is taken for nobody else's, and one that is made later neither."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from registry.domain.account import Organisation, look_of
from registry.domain.change import ChangeKind, NewChange
from registry.domain.federation.header import OwnerName
from registry.domain.policy import PUBLIC_ONLY
from registry.domain.record import OrganisationId, RecordUid
from registry.domain.vocabulary import OrganisationKind
from registry.ports import Registry, Unit

_MOST_SLUG = 60
_MOST_NAME = 120
_COUNTED = 10
# What stands in the place of a slug for the node itself.
_NODE = ""


def owner_here(
    registry: Registry, unit: Unit, dns: str, short_name: str, owner: OwnerName, *, is_open: bool
) -> OrganisationId:
    """The organisation here that stands for *owner* at another node, under the name that it has there.

    Args:
        is_open: whether everybody may know who says this; otherwise strangers shall not see by another name that
            something came which they may not know of. It is listed only to those who may know of a record of it.
    """
    known = _known(unit, dns, owner.slug)
    if known is None:
        name = _free_name(unit, owner.name, short_name)
        made = _made(registry, unit, owner.slug, f"-at-{short_name.lower()}", name, by=f"node:{dns}", is_open=False)
        unit.peer_owners.add(dns, owner.slug, made)
        return made
    if is_open and known.name not in {owner.name, _told_apart(owner.name, short_name)}:
        unit.accounts.save_organisation(replace(known, name=_free_name(unit, owner.name, short_name)))
        _tell(unit, known.slug, by=f"node:{dns}", at=registry.clock.now(), is_open=True)
    return known.id


def give_way(unit: Unit, known: Organisation, *, by: str, at: datetime) -> bool:
    """Tell an organisation that stands for an owner at another node apart by its name, for one that is admitted here
    under the same; whether it does stand for one. Who may not know of it learns nothing of that."""
    origin = unit.peer_owners.origin_of(known.id)
    if origin is None:
        return False
    peer = unit.peers.get(origin)
    unit.accounts.save_organisation(
        replace(known, name=_told_apart(known.name, origin if peer is None else peer.short_name))
    )
    is_open = known.id not in unit.peer_owners.unseen(PUBLIC_ONLY)
    _tell(unit, known.slug, by=by, at=at, is_open=is_open)
    return True


def node_here(registry: Registry, unit: Unit, dns: str, short_name: str, title: str, *, by: str) -> OrganisationId:
    """The organisation that stands for a node itself: its groups are what the node is entitled to."""
    known = _known(unit, dns, _NODE)
    if known is not None:
        return known.id
    made = _made(registry, unit, "node", f"-{short_name.lower()}", f"{title} ({dns})"[:_MOST_NAME], by=by, is_open=True)
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


def _made(
    registry: Registry, unit: Unit, slug: str, suffix: str, name: str, *, by: str, is_open: bool
) -> OrganisationId:
    free = _free_slug(registry, unit, slug, suffix)
    made = Organisation(OrganisationId(registry.ids.uid()), free, name, OrganisationKind.OTHER, registry.clock.now())
    unit.accounts.add_organisation(made)
    _tell(unit, free, by=by, at=made.created_at, is_open=is_open)
    return made.id


def _tell(unit: Unit, slug: str, *, by: str, at: datetime, is_open: bool) -> None:
    unit.changes.append(NewChange(ChangeKind.ORGANISATION, by, at, public=is_open, subject=f"organisation:{slug}"))


def _free_name(unit: Unit, name: str, short_name: str) -> str:
    """The name of an owner at another node, told apart where an organisation of this one has it, or one that looks the
    same."""
    look = look_of(name)
    is_taken = any(look_of(one) == look for one in unit.peer_owners.names_here())
    return _told_apart(name, short_name) if is_taken else name


def _told_apart(name: str, of: str) -> str:
    end = f" ({of})"
    return name[: _MOST_NAME - len(end)] + end


def _free_slug(registry: Registry, unit: Unit, slug: str, suffix: str) -> str:
    """A slug that nobody has: the wanted one, or that with a number from 2 to 9, or else with six random digits: a node
    may have thousands of owners whose slugs begin alike."""
    at, end = 1, suffix
    while True:
        found = slug[: _MOST_SLUG - len(end)].rstrip("-") + end
        if unit.accounts.organisation_by_slug(found) is None:
            return found
        at += 1
        end = f"{suffix}-{at if at < _COUNTED else registry.ids.six_digits()}"
