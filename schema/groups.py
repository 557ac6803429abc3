"""Groups of organisations: who makes them, who belongs. Strangers learn nothing of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import strawberry

from registry.domain.group import Group as DomainGroup
from registry.service import accounts, groups
from schema.context import Info
from schema.errors import UserError
from schema.fields import resolved
from schema.payloads import answered


@strawberry.type(description="An organisation in a group, from one version of the group to another.")
class GroupMembership:
    """Who belonged when."""

    organisation: str = strawberry.field(description="Slug of the organisation.")
    joined_version: int = strawberry.field(description="The first version of the group that it belonged to.")
    left_version: int | None = strawberry.field(description="The first that it no longer belonged to; null if it does.")


@strawberry.type(description="Organisations that records are shared with.")
class Group:
    """A group as it is now."""

    slug: str = strawberry.field(description="What a marking names as its audience.")
    name: str
    version: int = strawberry.field(description="Raised by one when somebody joins or leaves; 0 at first.")
    created_at: datetime
    members: list[GroupMembership] = strawberry.field(description="Who belongs or belonged, in the order of joining.")


@strawberry.type(description="The answer to a change of a group.")
class GroupPayload:
    """Either the group, or why not."""

    group: Group | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.input(description="A new group.")
class AddGroupInput:
    """What it is called."""

    slug: str = strawberry.field(description="Lower-case letters, digits and hyphens; never changes.")
    name: str
    client_mutation_id: str | None = None


@strawberry.input(description="An organisation that joins or leaves a group.")
class GroupMembershipInput:
    """Which organisation, which group."""

    group: str = strawberry.field(description="Slug of the group.")
    organisation: str = strawberry.field(description="Slug of the organisation.")
    client_mutation_id: str | None = None


@strawberry.type(description="Reading groups.")
class GroupQueries:
    """Reads of groups."""

    @resolved("The groups that you may share with: those of your organisation; all for operators.")
    async def groups(self, info: Info) -> list[Group] | None:
        registry, actor = info.context.registry, info.context.actor
        return await info.context.read(lambda: [_shown(info, one) for one in groups.groups(registry, actor)])


@strawberry.type(description="Changing groups.")
class GroupMutations:
    """Writes of groups."""

    @resolved("Make a group, empty for now.")
    async def add_group(
        self, info: Info, said: Annotated[AddGroupInput, strawberry.argument(name="input")]
    ) -> GroupPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _payload(
            info, said.client_mutation_id, lambda: groups.add_group(registry, actor, slug=said.slug, name=said.name)
        )

    @resolved("Let an organisation belong to a group; it sees what was shared before, too.")
    async def join_group(
        self, info: Info, said: Annotated[GroupMembershipInput, strawberry.argument(name="input")]
    ) -> GroupPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _payload(
            info,
            said.client_mutation_id,
            lambda: groups.join(registry, actor, slug=said.group, organisation_slug=said.organisation),
        )

    @resolved("End an organisation's membership in a group; it no longer sees what is shared with it.")
    async def leave_group(
        self, info: Info, said: Annotated[GroupMembershipInput, strawberry.argument(name="input")]
    ) -> GroupPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _payload(
            info,
            said.client_mutation_id,
            lambda: groups.leave(registry, actor, slug=said.group, organisation_slug=said.organisation),
        )


async def _payload(info: Info, client_mutation_id: str | None, work: Callable[[], DomainGroup]) -> GroupPayload:
    return await answered(
        info,
        lambda: _shown(info, work()),
        lambda group: GroupPayload(group=group, client_mutation_id=client_mutation_id),
        lambda errors: GroupPayload(user_errors=errors, client_mutation_id=client_mutation_id),
    )


def _shown(info: Info, group: DomainGroup) -> Group:
    ids = [one.organisation for one in group.members]
    known = accounts.organisations_by_id(info.context.registry, info.context.actor, ids)
    members = [
        GroupMembership(
            organisation=known[one.organisation].slug, joined_version=one.joined_version, left_version=one.left_version
        )
        for one in group.members
    ]
    return Group(slug=group.slug, name=group.name, version=group.version, created_at=group.created_at, members=members)
