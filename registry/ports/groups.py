"""Groups of organisations."""

from __future__ import annotations

from typing import Protocol

from registry.domain.group import Group
from registry.domain.record import GroupSlug, OrganisationId


class Groups(Protocol):
    """Groups, with versions of who belongs."""

    def add(self, group: Group) -> None:
        """Raises ``AlreadyExists`` if the slug is taken."""
        ...

    def get(self, slug: GroupSlug) -> Group | None:
        """The group, with every membership it ever had."""
        ...

    def all(self) -> tuple[Group, ...]:
        """Every group, by slug."""
        ...

    def of(self, organisation: OrganisationId) -> frozenset[GroupSlug]:
        """The groups that the organisation belongs to now."""
        ...

    def join(self, slug: GroupSlug, organisation: OrganisationId, *, version: int) -> None:
        """Let the organisation belong from this version on, which becomes the group's."""
        ...

    def leave(self, slug: GroupSlug, organisation: OrganisationId, *, version: int) -> None:
        """End the membership with this version, which becomes the group's."""
        ...
