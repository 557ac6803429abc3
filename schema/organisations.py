"""Changing what is told of an organisation."""

from __future__ import annotations

from typing import Annotated

import strawberry

from registry.service import organisations
from schema.context import Info
from schema.errors import UserError
from schema.fields import resolved
from schema.payloads import answered
from schema.types.organisation import Organisation, organisation_type


@strawberry.input(description="What is told of an organisation beside its name; what is left out is removed.")
class DescribeOrganisationInput:
    """Names, parents and contact."""

    organisation: str = strawberry.field(description="Its slug.")
    aliases: list[str] = strawberry.field(default_factory=list, description="Other names, former ones too.")
    parents: list[str] = strawberry.field(default_factory=list, description="Slugs of organisations it belongs to.")
    contact: str | None = strawberry.field(default=None, description="For affected people: mailto: or https: address.")
    client_mutation_id: str | None = None


@strawberry.type(description="The answer to a change of an organisation.")
class OrganisationPayload:
    """Either the organisation, or why not."""

    organisation: Organisation | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.type(description="Changing organisations.")
class OrganisationMutations:
    """Writes of organisations."""

    @resolved("Say what else an organisation is called, what it belongs to, and where affected people turn to.")
    async def describe_organisation(
        self, info: Info, said: Annotated[DescribeOrganisationInput, strawberry.argument(name="input")]
    ) -> OrganisationPayload | None:
        registry, actor = info.context.registry, info.context.actor
        aliases, parents = tuple(said.aliases), tuple(said.parents)
        return await answered(
            info,
            lambda: organisations.describe_organisation(
                registry, actor, said.organisation, aliases=aliases, parents=parents, contact=said.contact
            ),
            lambda found: OrganisationPayload(
                organisation=organisation_type(found), client_mutation_id=said.client_mutation_id
            ),
            lambda errors: OrganisationPayload(user_errors=errors, client_mutation_id=said.client_mutation_id),
        )
