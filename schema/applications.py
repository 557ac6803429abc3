"""Applications for membership: sent and followed without an account, and decided by operators.

A receipt code stands in the input of a mutation, also where it only reads: so it is in no address and no log.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import strawberry

from registry.domain.errors import NotFound
from registry.domain.membership import UNDECIDED, ApplicationDecision, ApplicationId, ApplicationState, Intended
from registry.domain.membership import Application as DomainApplication
from registry.domain.vocabulary import OrganisationKind
from registry.service import admission, membership
from registry.service.membership import ApplicationStatus as Status
from registry.service.membership import Applied
from schema.context import Info
from schema.errors import UserError
from schema.fields import resolved
from schema.keys import ApiKeyPayload, key_payload
from schema.payloads import answered
from schema.types.membership import (
    Application,
    ApplicationStatus,
    application_type,
    status_type,
)
from schema.types.pages import After, Connection, First, List


@strawberry.type(description="The answer to an applicant.")
class ApplicationStatusPayload:
    """Either where the application stands, or why not."""

    status: ApplicationStatus | None = None
    receipt_code: str | None = strawberry.field(
        default=None, description="What leads back to the application, shown this once and never kept."
    )
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.type(description="The answer to an operator who decides.")
class ApplicationPayload:
    """Either the application, or why not."""

    application: Application | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.input(description="An application for membership. No account is needed.")
class ApplyForMembershipInput:
    """Who applies; fields may be left out here, so that all that is missing is told at once."""

    organisation: str = strawberry.field(default="", description="Its name. Required.")
    slug: str = strawberry.field(default="", description="What it would like to be called in addresses.")
    kind: OrganisationKind | None = strawberry.field(default=None, description="Required.")
    site: str = strawberry.field(default="", description="Its own pages, as http: or https: address.")
    contact: str = strawberry.field(default="", description="Who you are. Required.")
    email: str = strawberry.field(default="", description="Where we can write to you. Required.")
    why: str = strawberry.field(default="", description="Why you want to take part. Required, up to 3,000 characters.")
    intended: Intended | None = strawberry.field(default=None, description="What you want to be here. Required.")
    agreed_revision: int | None = strawberry.field(
        default=None, description="The revision of `usageGuidelines` that you have read and agree to. Required."
    )
    client_mutation_id: str | None = None


@strawberry.input(description="One's own application.")
class ReadApplicationInput:
    """Which application."""

    receipt_code: str
    client_mutation_id: str | None = None


@strawberry.input(description="Something to add to one's own application.")
class AnswerApplicationInput:
    """Which application, and what to say."""

    receipt_code: str
    text: str = strawberry.field(default="", description="Required.")
    client_mutation_id: str | None = None


@strawberry.input(description="A key that waits for the applicant.")
class ObtainApiKeyInput:
    """Which of the two."""

    receipt_code: str
    staging: bool = strawberry.field(default=True, description="The staging key; else the other one.")
    client_mutation_id: str | None = None


@strawberry.input(description="A decision about an application.")
class DecideApplicationInput:
    """What an operator decides."""

    id: strawberry.ID
    decision: ApplicationDecision
    reason: str = strawberry.field(default="", description="Required; the applicant reads it.")
    slug: str | None = strawberry.field(default=None, description="For a new organisation, in place of the wish.")
    join: str | None = strawberry.field(default=None, description="Slug of an organisation that is joined instead.")
    production: bool = strawberry.field(default=False, description="Whether production is granted at once.")
    client_mutation_id: str | None = None


@strawberry.type(description="Reading applications.")
class ApplicationQueries:
    """Reads of applications."""

    @resolved("Applications for membership, the oldest first; undecided ones unless you say otherwise. For operators.")
    def applications(
        self, info: Info, states: list[ApplicationState] | None = None, first: First = None, after: After = None
    ) -> Connection[Application] | None:
        context = info.context
        wanted = sorted(states or UNDECIDED)
        listing = List(context, "applications", tuple(wanted))
        page = admission.page(context.registry, context.actor, states=wanted, request=listing.request(first, after))
        return Connection(nodes=[application_type(one) for one in page.items], page=page, seal=listing.seal)

    @resolved("The application with this id; for operators. Null if there is none, or it is deleted.")
    def application(self, info: Info, id: strawberry.ID) -> Application | None:  # noqa: A002
        try:
            found = admission.application(info.context.registry, info.context.actor, ApplicationId(id))
        except NotFound:
            return None
        return application_type(found)


@strawberry.type(description="Changes of applications.")
class ApplicationMutations:
    """Writes of applications. A field is null where an error stands in ``errors``."""

    @resolved("Apply for membership without an account. Keep the receipt code.")
    async def apply_for_membership(
        self, info: Info, said: Annotated[ApplyForMembershipInput, strawberry.argument(name="input")]
    ) -> ApplicationStatusPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _status(
            info,
            said.client_mutation_id,
            lambda: membership.apply_for_membership(
                registry,
                actor,
                organisation=said.organisation,
                slug=said.slug,
                kind=said.kind or "",
                site=said.site,
                contact=said.contact,
                email=said.email,
                why=said.why,
                intended=said.intended or "",
                agreed_revision=said.agreed_revision,
            ),
        )

    @resolved("Your application, by its receipt code. It changes nothing; a mutation keeps the code out of addresses.")
    async def read_application(
        self, info: Info, said: Annotated[ReadApplicationInput, strawberry.argument(name="input")]
    ) -> ApplicationStatusPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _status(
            info, said.client_mutation_id, lambda: membership.read_application(registry, actor, said.receipt_code)
        )

    @resolved("Answer a question about your application, or add something.")
    async def answer_application(
        self, info: Info, said: Annotated[AnswerApplicationInput, strawberry.argument(name="input")]
    ) -> ApplicationStatusPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _status(
            info,
            said.client_mutation_id,
            lambda: membership.answer_application(registry, actor, said.receipt_code, text=said.text),
        )

    @resolved("Take the first key of an approved application, once each: the staging key, and later the other one.")
    async def obtain_api_key(
        self, info: Info, said: Annotated[ObtainApiKeyInput, strawberry.argument(name="input")]
    ) -> ApiKeyPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await key_payload(
            info,
            said.client_mutation_id,
            lambda: membership.obtain_key(registry, actor, said.receipt_code, staging=said.staging),
        )

    @resolved("Approve or decline an application, or ask the applicant something. For operators.")
    async def decide_application(
        self, info: Info, said: Annotated[DecideApplicationInput, strawberry.argument(name="input")]
    ) -> ApplicationPayload | None:
        registry, actor = info.context.registry, info.context.actor

        def work() -> DomainApplication:
            return admission.decide(
                registry,
                actor,
                ApplicationId(said.id),
                decision=said.decision,
                reason=said.reason,
                slug=said.slug,
                join=said.join,
                production=said.production,
            )

        said_id = said.client_mutation_id
        return await answered(
            info,
            work,
            lambda done: ApplicationPayload(application=application_type(done), client_mutation_id=said_id),
            lambda errors: ApplicationPayload(user_errors=errors, client_mutation_id=said_id),
        )


async def _status(
    info: Info, client_mutation_id: str | None, work: Callable[[], Applied | Status]
) -> ApplicationStatusPayload:
    def shown(done: Applied | Status) -> ApplicationStatusPayload:
        status, code = (done.status, done.code) if isinstance(done, Applied) else (done, None)
        return ApplicationStatusPayload(
            status=status_type(status), receipt_code=code, client_mutation_id=client_mutation_id
        )

    return await answered(
        info,
        work,
        shown,
        lambda errors: ApplicationStatusPayload(user_errors=errors, client_mutation_id=client_mutation_id),
    )
