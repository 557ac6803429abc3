"""Organisations, and whoever asks."""

from __future__ import annotations

from datetime import datetime

import strawberry

from registry.domain import account, policy
from registry.domain.actor import Permission, Role
from registry.domain.vocabulary import OrganisationKind
from registry.service import guidelines, keys
from schema.context import Info
from schema.errors import UserError
from schema.fields import resolved
from schema.ids import make_id
from schema.types.node import Node

ORGANISATION = "organisation"


@strawberry.type(description="A member organisation. Its name and kind are public.")
class Organisation(Node):
    """An organisation."""

    slug: str = strawberry.field(description="Short name in addresses and filters.")
    name: str
    kind: OrganisationKind
    aliases: list[str] = strawberry.field(description="Other names it goes by, former ones too.")
    parents: list[str] = strawberry.field(description="Slugs of the organisations it belongs to.")
    contact: str | None = strawberry.field(description="Where people whom its systems affected may turn to.")


def organisation_type(found: account.Organisation) -> Organisation:
    """An organisation of the domain as GraphQL shows it."""
    return Organisation(
        id=make_id(ORGANISATION, found.slug),
        slug=found.slug,
        name=found.name,
        kind=found.kind,
        aliases=list(found.aliases),
        parents=list(found.parents),
        contact=found.contact,
    )


@strawberry.type(description="An API key, without its secret.")
class ApiKey:
    """A key as its owner sees it."""

    id: strawberry.ID = strawberry.field(description="The key's own id, the third word of the key.")
    label: str
    scopes: list[Permission] | None = strawberry.field(description="What it may do of what the roles allow; null: all.")
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None = strawberry.field(description="To the hour.")
    staging: bool = strawberry.field(description="Whether it writes drafts only, to try things out.")
    frozen_at: datetime | None = strawberry.field(description="Since when it lets nobody in, until it is looked at.")


def api_key_type(key: account.ApiKey) -> ApiKey:
    """A key of the domain as GraphQL shows it."""
    return ApiKey(
        id=strawberry.ID(key.id),
        label=key.label,
        scopes=None if key.scopes is None else sorted(key.scopes),
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        last_used_at=key.last_used_at,
        staging=key.staging,
        frozen_at=key.frozen_at,
    )


@strawberry.type(description="Whoever sends this request.")
class Viewer:
    """The actor of the request."""

    @resolved("The organisation one acts for; null for strangers.")
    def organisation(self, info: Info) -> Organisation | None:
        own = info.context.actor.organisation
        return None if own is None else organisation_type(info.context.organisation(own, ()))

    @resolved("Whether one only tries things out: what one writes are drafts that go after a time.")
    def staging(self, info: Info) -> bool:
        return info.context.actor.staging

    @resolved("What one should look after, such as usage guidelines that have changed.")
    def warnings(self, info: Info) -> list[UserError]:
        owed = guidelines.owed(info.context.registry, info.context.actor)
        if owed is None:
            return []
        message = f"agree to the usage guidelines, {owed.number} at revision {owed.revision}"
        return [UserError(path=[], code="GUIDELINES_NOT_AGREED", message=message, hint="agreeToGuidelines")]

    @resolved("What one is to this node.")
    def roles(self, info: Info) -> list[Role]:
        return sorted(info.context.actor.roles)

    @resolved("What one may do: the roles' permissions, narrowed by the key's scopes.")
    def permissions(self, info: Info) -> list[Permission]:
        return sorted(policy.permissions_of(info.context.actor))

    @resolved("One's own API keys, newest first.")
    def api_keys(self, info: Info) -> list[ApiKey]:
        actor = info.context.actor
        if actor.person is None or Permission.KEY_OWN not in policy.permissions_of(actor):
            return []
        return [api_key_type(key) for key in keys.keys(info.context.registry, actor, actor.person)]
