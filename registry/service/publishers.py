"""The organisations that stand for sources: they own what is taken in, and nobody acts for them here."""

from __future__ import annotations

from registry.domain.account import Organisation
from registry.domain.actor import Actor
from registry.domain.errors import AlreadyExists, Misconfigured
from registry.domain.importing import Source
from registry.domain.record import OrganisationId
from registry.ports import Reader, Registry, Unit
from registry.service.accounts import put_organisation

_TAKEN = "another organisation has the id or the name of this source, or a name that looks the same"
_HINT = "rename that organisation, or give the source another id and title"


def publisher_of(registry: Registry, unit: Unit, actor: Actor, source: Source) -> OrganisationId:
    """The organisation that stands for *source*, made at its first import.

    Raises:
        Misconfigured: an organisation with members has its id, whose records they would be, or one has its name.
    """
    found = unit.accounts.organisation_by_slug(source.id)
    if found is not None:
        if unit.accounts.members(found.id):
            raise Misconfigured("the organisation with the id of this source has members", hint=_HINT)
        return found.id
    now = registry.clock.now()
    organisation = Organisation(OrganisationId(registry.ids.uid()), source.id, source.title, source.organisation, now)
    try:
        put_organisation(unit, actor, organisation)
    except AlreadyExists:
        raise Misconfigured(_TAKEN, hint=_HINT) from None
    return organisation.id


def require_no_publisher(registry: Registry, view: Reader | Unit, slug: str) -> None:
    """Refuse to let somebody into an organisation that stands for a source: all that is taken in would be theirs.

    Raises:
        AlreadyExists: a source has this id.
    """
    if slug in registry.built_in() or view.import_sources.get(slug) is not None:
        raise AlreadyExists("a source has this id; nobody acts for it here", path=("organisation",))
