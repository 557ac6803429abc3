"""Changing what is told of an organisation."""

from __future__ import annotations

from typing import Annotated

import strawberry

from registry.domain.errors import CommonsError
from registry.service import organisations
from schema.context import Info
from schema.errors import UserError, is_told_in_payload, user_errors
from schema.fields import resolved
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

    organisation: Organisation | None
    user_errors: list[UserError]
    client_mutation_id: str | None


@strawberry.type(description="Changing organisations.")
class OrganisationMutations:
    """Writes of organisations."""

    @resolved("Say what else an organisation is called, what it belongs to, and where affected people turn to.")
    async def describe_organisation(
        self, info: Info, said: Annotated[DescribeOrganisationInput, strawberry.argument(name="input")]
    ) -> OrganisationPayload | None:
        registry, actor = info.context.registry, info.context.actor
        aliases, parents = tuple(said.aliases), tuple(said.parents)
        try:
            found = await info.context.write(
                lambda: organisations.describe_organisation(
                    registry, actor, said.organisation, aliases=aliases, parents=parents, contact=said.contact
                )
            )
        except CommonsError as error:
            if not is_told_in_payload(error):
                raise
            problems = user_errors(error.problems)
            return OrganisationPayload(
                organisation=None, user_errors=problems, client_mutation_id=said.client_mutation_id
            )
        return OrganisationPayload(
            organisation=organisation_type(found), user_errors=[], client_mutation_id=said.client_mutation_id
        )
