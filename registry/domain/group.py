"""Groups of organisations that records are shared with. Each change of who belongs makes a new version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from registry.domain.record import GroupSlug, OrganisationId


@dataclass(frozen=True, slots=True)
class GroupMember:
    """An organisation in a group from one of its versions on, and before ``left_version``, if it left."""

    organisation: OrganisationId
    joined_version: int
    left_version: int | None = None

    def belongs_at(self, version: int) -> bool:
        """Whether it belonged to the group in this version."""
        return self.joined_version <= version and (self.left_version is None or version < self.left_version)


@dataclass(frozen=True, slots=True)
class Group:
    """A group as it is now, with everybody who ever belonged to it, in the order of joining."""

    slug: GroupSlug
    name: str
    version: int
    created_at: datetime
    members: tuple[GroupMember, ...] = ()

    def organisations(self, version: int | None = None) -> frozenset[OrganisationId]:
        """Who belongs now, or belonged in an earlier *version*."""
        at = self.version if version is None else version
        return frozenset(one.organisation for one in self.members if one.belongs_at(at))
