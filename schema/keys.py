"""API keys: made, rotated and ended. One field is one service call is one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import strawberry

from registry.domain import policy
from registry.domain.account import ApiKey as DomainKey
from registry.domain.account import KeyId
from registry.domain.actor import Permission
from registry.domain.errors import Forbidden, InvalidInput, NotFound, Problem
from registry.domain.record import OrganisationId, PersonId
from registry.service import accounts, keys
from registry.service.keys import NewKey
from schema.context import Context, Info
from schema.errors import UserError
from schema.fields import resolved
from schema.payloads import answered
from schema.types.organisation import ApiKey, api_key_type


@strawberry.input(description="A new API key; your own unless you manage accounts.")
class CreateApiKeyInput:
    """What the key is for."""

    label: str = strawberry.field(description="What you will know it by; two live keys at most have one label.")
    scopes: list[Permission] | None = strawberry.field(default=None, description="Narrow it to these; null is all.")
    expires_at: datetime | None = strawberry.field(
        default=None, description="A year from now, if left out; never later than the key this is sent with."
    )
    person: str | None = strawberry.field(default=None, description="Id of the member; you, if left out.")
    organisation: str | None = strawberry.field(default=None, description="Slug of the member's organisation; yours.")
    staging: bool = strawberry.field(default=False, description="To try things out: it writes drafts only.")
    client_mutation_id: str | None = None


@strawberry.input(description="An API key to be replaced by a new one; both work for a while.")
class RotateApiKeyInput:
    """Which key."""

    id: strawberry.ID = strawberry.field(description="The key's own id, the third word of the key.")
    overlap_hours: int = strawberry.field(default=24, description="How long the old one goes on working, 0 to 168.")
    client_mutation_id: str | None = None


@strawberry.input(description="An API key to be ended at once.")
class RevokeApiKeyInput:
    """Which key."""

    id: strawberry.ID = strawberry.field(description="The key's own id, the third word of the key.")
    client_mutation_id: str | None = None


@strawberry.type(description="The answer to a change of an API key.")
class ApiKeyPayload:
    """Either the key, or why not."""

    api_key: ApiKey | None = None
    text: str | None = strawberry.field(default=None, description="The key itself, shown this once and never kept.")
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.type(description="Changes of API keys.")
class KeyMutations:
    """Writes of keys. A field is null where an error stands in ``errors``."""

    @resolved("Make an API key; its text is shown this once.")
    async def create_api_key(
        self, info: Info, said: Annotated[CreateApiKeyInput, strawberry.argument(name="input")]
    ) -> ApiKeyPayload | None:
        return await key_payload(info, said.client_mutation_id, lambda: _create_key(info.context, said))

    @resolved("Make a key in the place of another, with its label and scopes; the old one expires after the overlap.")
    async def rotate_api_key(
        self, info: Info, said: Annotated[RotateApiKeyInput, strawberry.argument(name="input")]
    ) -> ApiKeyPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await key_payload(
            info,
            said.client_mutation_id,
            lambda: keys.rotate_key(registry, actor, KeyId(said.id), overlap_hours=said.overlap_hours),
        )

    @resolved("End an API key at once.")
    async def revoke_api_key(
        self, info: Info, said: Annotated[RevokeApiKeyInput, strawberry.argument(name="input")]
    ) -> ApiKeyPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await key_payload(
            info, said.client_mutation_id, lambda: keys.revoke_key(registry, actor, KeyId(said.id))
        )


async def key_payload(
    info: Info, client_mutation_id: str | None, work: Callable[[], NewKey | DomainKey]
) -> ApiKeyPayload:
    """The answer to a change of a key, which *work* makes; see ``answered``."""

    def shown(done: NewKey | DomainKey) -> ApiKeyPayload:
        key, text = (done.key, done.text) if isinstance(done, NewKey) else (done, None)
        return ApiKeyPayload(api_key=api_key_type(key), text=text, client_mutation_id=client_mutation_id)

    return await answered(
        info, work, shown, lambda errors: ApiKeyPayload(user_errors=errors, client_mutation_id=client_mutation_id)
    )


def _create_key(context: Context, said: CreateApiKeyInput) -> NewKey:
    registry, actor = context.registry, context.actor
    person = PersonId(said.person) if said.person is not None else actor.person
    organisation = actor.organisation
    if said.expires_at is not None and said.expires_at.tzinfo is None:
        raise InvalidInput([Problem(("expires_at",), "INVALID_FORMAT", "say the time zone too")])
    if person is None:
        policy.require(actor, Permission.KEY_OWN)
        raise InvalidInput([Problem(("person",), "REQUIRED", "say whose key it is")])
    if said.organisation is not None:
        try:
            organisation = accounts.organisation(registry, actor, said.organisation).id
        except NotFound:
            raise NotFound("no such organisation", path=("organisation",)) from None
    if organisation is None:
        policy.require(actor, Permission.KEY_OWN)
        raise Forbidden("only members have keys")
    return keys.create_key(
        registry,
        actor,
        person=person,
        organisation_id=OrganisationId(organisation),
        label=said.label,
        scopes=None if said.scopes is None else frozenset(said.scopes),
        expires_at=said.expires_at,
        staging=said.staging,
    )
