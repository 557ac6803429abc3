"""Applications, members and usage guidelines, as GraphQL shows them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from registry.domain import account
from registry.domain import membership as domain
from registry.domain.actor import Role
from registry.domain.membership import ApplicationDecision, ApplicationState, Intended
from registry.domain.vocabulary import OrganisationKind
from registry.service import membership as service
from schema.types.case import Message, message_types

for _enum in (ApplicationDecision, ApplicationState):
    strawberry.enum(_enum, description=(_enum.__doc__ or "").strip())
strawberry.enum(Intended, name="IntendedRole", description=(Intended.__doc__ or "").strip())


@strawberry.type(description="The node's own usage guidelines as they are published now.")
class Guidelines:
    """A usage policy of the node itself."""

    uid: str = strawberry.field(description="uid of the record.")
    number: str
    revision: int = strawberry.field(description="The published revision, from 1; what one agrees to.")


def guidelines_type(found: domain.Guidelines) -> Guidelines:
    """Usage guidelines of the domain as GraphQL shows them."""
    return Guidelines(uid=found.uid, number=found.number, revision=found.revision)


@strawberry.type(description="Where one's own application stands.")
class ApplicationStatus:
    """What an applicant is told."""

    state: ApplicationState
    organisation: str
    opened_at: datetime
    agreed_revision: int
    reason: str = strawberry.field(description="Of the last decision.")
    messages: list[Message]
    staging_key_waits: bool = strawberry.field(description="Whether obtainApiKey hands out the staging key.")
    production_key_waits: bool = strawberry.field(description="Whether it hands out the other one.")


def status_type(status: service.ApplicationStatus) -> ApplicationStatus:
    """What an applicant is told, as GraphQL shows it."""
    found = status.application
    return ApplicationStatus(
        state=found.state,
        organisation=found.name,
        opened_at=found.opened_at,
        agreed_revision=found.agreed_revision,
        reason=found.reason,
        messages=message_types(found.messages),
        staging_key_waits=status.staging_key_waits,
        production_key_waits=status.production_key_waits,
    )


@strawberry.type(description="An application for membership, for operators.")
class Application:
    """An application."""

    id: strawberry.ID
    state: ApplicationState
    organisation: str
    slug: str = strawberry.field(description="A wish.")
    kind: OrganisationKind
    site: str
    contact: str
    email: str
    why: str
    intended: Intended
    agreed_revision: int = strawberry.field(description="The revision of the usage guidelines that was agreed to.")
    opened_at: datetime
    decided_at: datetime | None
    reason: str
    messages: list[Message]


def application_type(found: domain.Application) -> Application:
    """An application of the domain as GraphQL shows it to operators."""
    return Application(
        id=strawberry.ID(found.id),
        state=found.state,
        organisation=found.name,
        slug=found.slug,
        kind=found.kind,
        site=found.site,
        contact=found.contact,
        email=found.email,
        why=found.why,
        intended=found.intended,
        agreed_revision=found.agreed_revision,
        opened_at=found.opened_at,
        decided_at=found.decided_at,
        reason=found.reason,
        messages=message_types(found.messages),
    )


@strawberry.type(description="A member of an organisation, for operators.")
class Member:
    """A member."""

    person: str = strawberry.field(description="Pseudonymous id; the same in every organisation.")
    name: str = strawberry.field(description="Empty where it is forgotten, or the answer is about something else.")
    roles: list[Role]
    responsible: str | None = strawberry.field(description="Of a service account: whom it acts for.")
    staging: bool = strawberry.field(description="Whether the member only tries things out so far.")


def member_type(member: account.Member, name: str = "") -> Member:
    """A member of the domain as GraphQL shows it."""
    return Member(
        person=member.person,
        name=name,
        roles=sorted(member.roles),
        responsible=member.responsible,
        staging=member.staging,
    )
