"""Groups of organisations, and who belonged to them in which version."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Integer, insert, select, update

from registry.domain.group import Group, GroupMember
from registry.domain.record import GroupSlug, OrganisationId
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import GROUP_MEMBERS, GROUPS

_SLUG = named("slug", GROUPS.c.slug.type)
_ORGANISATION = named("organisation", GROUP_MEMBERS.c.organisation.type)
_BY_SLUG = Prepared(select(GROUPS).where(GROUPS.c.slug == _SLUG))
_ALL = Prepared(select(GROUPS).order_by(GROUPS.c.slug))
_COLUMNS = (GROUP_MEMBERS.c.organisation, GROUP_MEMBERS.c.joined_version, GROUP_MEMBERS.c.left_version)
_MEMBERS = Prepared(
    select(*_COLUMNS)
    .where(GROUP_MEMBERS.c.group == _SLUG)
    .order_by(GROUP_MEMBERS.c.joined_version, GROUP_MEMBERS.c.organisation)
)
_OF = Prepared(
    select(GROUP_MEMBERS.c.group).where(
        GROUP_MEMBERS.c.organisation == _ORGANISATION, GROUP_MEMBERS.c.left_version.is_(None)
    )
)
_JOIN = Prepared(insert(GROUP_MEMBERS))
_LEAVE = Prepared(
    update(GROUP_MEMBERS)
    .where(
        GROUP_MEMBERS.c.group == _SLUG,
        GROUP_MEMBERS.c.organisation == _ORGANISATION,
        GROUP_MEMBERS.c.left_version.is_(None),
    )
    .values(left_version=named("version", Integer()))
)
_RAISE = Prepared(update(GROUPS).where(GROUPS.c.slug == _SLUG).values(version=named("version", Integer())))


class GroupTables:
    """``ports.Groups``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, group: Group) -> None:
        """See the port."""
        values = {"slug": group.slug, "name": group.name, "version": group.version, "created_at": group.created_at}
        self._statements.run(insert(GROUPS), values, taken="a group with this slug exists already")

    def get(self, slug: GroupSlug) -> Group | None:
        """See the port."""
        row = self._statements.first(_BY_SLUG, {"slug": slug})
        return None if row is None else self._group(row)

    def all(self) -> tuple[Group, ...]:
        """See the port."""
        return tuple(map(self._group, self._statements.fetch(_ALL, {})))

    def of(self, organisation: OrganisationId) -> frozenset[GroupSlug]:
        """See the port."""
        return frozenset(row[0] for row in self._statements.fetch(_OF, {"organisation": organisation}))

    def join(self, slug: GroupSlug, organisation: OrganisationId, *, version: int) -> None:
        """See the port."""
        values = {"group": slug, "organisation": organisation, "joined_version": version, "left_version": None}
        self._statements.write(_JOIN, values)
        self._statements.write(_RAISE, {"slug": slug, "version": version})

    def leave(self, slug: GroupSlug, organisation: OrganisationId, *, version: int) -> None:
        """See the port."""
        self._statements.write(_LEAVE, {"slug": slug, "organisation": organisation, "version": version})
        self._statements.write(_RAISE, {"slug": slug, "version": version})

    def _group(self, row: Any) -> Group:
        slug, name, version, created_at = row
        members: Iterable[Any] = self._statements.fetch(_MEMBERS, {"slug": slug})
        return Group(slug, name, version, created_at, tuple(GroupMember(*one) for one in members))
