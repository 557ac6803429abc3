"""Members of organisations, and their agreement to the usage guidelines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import strawberry

from registry.domain.actor import Role
from registry.domain.errors import NotFound
from registry.domain.record import PersonId
from registry.service import admission, guidelines, members
from schema.context import Info
from schema.errors import UserError
from schema.fields import resolved
from schema.payloads import answered
from schema.types.membership import Guidelines, Member, guidelines_type, member_type


@strawberry.type(description="The answer to a change of members.")
class MembersPayload:
    """Either the members that it concerned, or why not."""

    members: list[Member] = strawberry.field(default_factory=list)
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.type(description="The answer to an agreement.")
class GuidelinesPayload:
    """Either what was agreed to, or why not."""

    guidelines: Guidelines | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.input(description="An organisation that has tried things out enough.")
class GrantProductionInput:
    """Which organisation, and why."""

    organisation: str = strawberry.field(description="Its slug.")
    reason: str = strawberry.field(default="", description="Required; the applicant reads it.")
    client_mutation_id: str | None = None


@strawberry.input(description="A new member.")
class AddMemberInput:
    """Who, where, and as what."""

    organisation: str = strawberry.field(description="Slug of the organisation.")
    name: str
    roles: list[Role]
    person: str | None = strawberry.field(default=None, description="Id of somebody who is a member elsewhere already.")
    responsible: str | None = strawberry.field(default=None, description="For a service account: whom it acts for.")
    client_mutation_id: str | None = None


@strawberry.input(description="The roles of a member from now on.")
class SetMemberRolesInput:
    """Whose, and which."""

    organisation: str = strawberry.field(description="Slug of the organisation.")
    person: str = strawberry.field(description="Id of the member.")
    roles: list[Role]
    client_mutation_id: str | None = None


@strawberry.input(description="A membership that ends at once, with its keys.")
class RemoveMemberInput:
    """Whose, and where."""

    organisation: str = strawberry.field(description="Slug of the organisation.")
    person: str = strawberry.field(description="Id of the member.")
    client_mutation_id: str | None = None


@strawberry.input(description="One's agreement to the usage guidelines.")
class AgreeToGuidelinesInput:
    """To which revision."""

    revision: int = strawberry.field(description="The revision of `usageGuidelines` that you have read.")
    client_mutation_id: str | None = None


@strawberry.type(description="Reading members and usage guidelines.")
class MemberQueries:
    """Reads of members."""

    @resolved("The usage guidelines of this node; null if it has published none.")
    def usage_guidelines(self, info: Info) -> Guidelines | None:
        found = guidelines.current(info.context.registry, info.context.actor)
        return None if found is None else guidelines_type(found)

    @resolved("The members of an organisation; for operators. Null if there is no such organisation.")
    def members(self, info: Info, organisation: str) -> list[Member] | None:
        try:
            found = members.members(info.context.registry, info.context.actor, organisation)
        except NotFound:
            return None
        return [member_type(one, name) for one, name in found]


@strawberry.type(description="Changes of members.")
class MemberMutations:
    """Writes of members. A field is null where an error stands in ``errors``."""

    @resolved("Let an organisation that tried things out act in earnest. For operators.")
    async def grant_production(
        self, info: Info, said: Annotated[GrantProductionInput, strawberry.argument(name="input")]
    ) -> MembersPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _members(
            info,
            said.client_mutation_id,
            lambda: [
                member_type(one)
                for one in admission.grant_production(registry, actor, said.organisation, reason=said.reason)
            ],
        )

    @resolved("Make somebody a member of an organisation. For operators.")
    async def add_member(
        self, info: Info, said: Annotated[AddMemberInput, strawberry.argument(name="input")]
    ) -> MembersPayload | None:
        registry, actor = info.context.registry, info.context.actor

        def work() -> list[Member]:
            made = members.add_member(
                registry,
                actor,
                organisation_slug=said.organisation,
                name=said.name,
                roles=frozenset(said.roles),
                person=None if said.person is None else PersonId(said.person),
                responsible=None if said.responsible is None else PersonId(said.responsible),
            )
            return [member_type(made, said.name)]

        return await _members(info, said.client_mutation_id, work)

    @resolved("Give a member these roles in place of the present ones. For operators.")
    async def set_member_roles(
        self, info: Info, said: Annotated[SetMemberRolesInput, strawberry.argument(name="input")]
    ) -> MembersPayload | None:
        registry, actor = info.context.registry, info.context.actor
        person, slug, roles = PersonId(said.person), said.organisation, frozenset(said.roles)
        return await _members(
            info,
            said.client_mutation_id,
            lambda: [
                member_type(members.set_roles(registry, actor, person=person, organisation_slug=slug, roles=roles))
            ],
        )

    @resolved("End a membership at once, with its keys and service accounts. For operators.")
    async def remove_member(
        self, info: Info, said: Annotated[RemoveMemberInput, strawberry.argument(name="input")]
    ) -> MembersPayload | None:
        registry, actor = info.context.registry, info.context.actor
        person, slug = PersonId(said.person), said.organisation
        return await _members(
            info,
            said.client_mutation_id,
            lambda: [member_type(members.remove_member(registry, actor, person=person, organisation_slug=slug))],
        )

    @resolved("Agree to the usage guidelines, for your own part.")
    async def agree_to_guidelines(
        self, info: Info, said: Annotated[AgreeToGuidelinesInput, strawberry.argument(name="input")]
    ) -> GuidelinesPayload | None:
        registry, actor, said_id = info.context.registry, info.context.actor, said.client_mutation_id
        return await answered(
            info,
            lambda: guidelines.agree(registry, actor, revision=said.revision),
            lambda done: GuidelinesPayload(guidelines=guidelines_type(done), client_mutation_id=said_id),
            lambda errors: GuidelinesPayload(user_errors=errors, client_mutation_id=said_id),
        )


async def _members(info: Info, client_mutation_id: str | None, work: Callable[[], list[Member]]) -> MembersPayload:
    return await answered(
        info,
        work,
        lambda found: MembersPayload(members=found, client_mutation_id=client_mutation_id),
        lambda errors: MembersPayload(user_errors=errors, client_mutation_id=client_mutation_id),
    )
