"""Searches that one keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

import strawberry

from registry.domain.digest import Digest
from registry.domain.errors import BadQuery
from registry.domain.explaining import explanation
from registry.domain.query import parse
from registry.domain.saved_search import SavedSearch as DomainSavedSearch
from registry.domain.saved_search import SavedSearchId
from registry.domain.webhook import WebhookId
from registry.service import saved_searches
from registry.service.saved_searches import Same
from schema.context import Info
from schema.errors import UserError
from schema.fields import resolved
from schema.payloads import answered

strawberry.enum(Digest, name="SearchDigest", description="How often new matches are told by mail, all in one letter.")


@strawberry.type(description="A search that you keep; it tells you of what matches it newly, each record once.")
class SavedSearch:
    """A saved search."""

    id: strawberry.ID
    name: str
    query: str
    in_words: str | None = strawberry.field(
        description='What matches, as the end of "records where"; null where the query cannot be read any more.'
    )
    fault: str | None = strawberry.field(
        description="Why the query cannot be read any more: the language or a vocabulary has changed. It is kept."
    )
    suggestion: str | None = strawberry.field(description="The nearest query that can be read.")
    url: str = strawberry.field(description="Whoever has this link sees the name, and what strangers find by it.")
    atom_url: str = strawberry.field(description="What matches newly, as Atom; each record once.")
    json_feed_url: str = strawberry.field(description="The same as JSON Feed.")
    webhook_id: strawberry.ID | None = strawberry.field(description="The webhook that is told of matches.")
    digest: Digest
    created_at: datetime


@strawberry.type(description="The answer to a change of a saved search.")
class SavedSearchPayload:
    """Either the search, or why not."""

    saved_search: SavedSearch | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.input(description="A search to keep.")
class SaveSearchInput:
    """Its name, and what it asks for."""

    name: str = strawberry.field(description="At most 120 letters; whoever has the link reads it.")
    query: str = strawberry.field(description="In the language of `search`; empty for everything.")
    client_mutation_id: str | None = None


@strawberry.input(description="A change of a saved search; what is left out stays.")
class ChangeSavedSearchInput:
    """What it is called, and how one is told."""

    id: strawberry.ID
    name: str | None = None
    webhook_id: strawberry.ID | None = strawberry.field(
        default=None, description="A webhook of your organisation; it gets the event `search:match`. Empty for none."
    )
    digest: Digest | None = None
    client_mutation_id: str | None = None


@strawberry.input(description="Which saved search.")
class SavedSearchInput:
    """Which one to delete."""

    id: strawberry.ID
    client_mutation_id: str | None = None


@strawberry.type(description="Reading saved searches.")
class SavedSearchQueries:
    """Reads of saved searches."""

    @resolved("The searches that you keep.")
    async def saved_searches(self, info: Info) -> list[SavedSearch] | None:
        registry, actor = info.context.registry, info.context.actor
        found = await info.context.read(lambda: saved_searches.saved_searches(registry, actor))
        return [_shown(info, one) for one in found]


@strawberry.type(description="Changing saved searches.")
class SavedSearchMutations:
    """Writes of saved searches."""

    @resolved("Keep a search. What matches it from now on is told, what matches it already is not.")
    async def save_search(
        self, info: Info, said: Annotated[SaveSearchInput, strawberry.argument(name="input")]
    ) -> SavedSearchPayload | None:
        registry, actor = info.context.registry, info.context.actor
        address = urlencode({"q": said.query}) if said.query.strip() else ""
        return await _payload(
            info,
            said.client_mutation_id,
            lambda: saved_searches.save(registry, actor, name=said.name, text=said.query, address=address),
        )

    @resolved("Rename a saved search, or choose how you are told of what matches it.")
    async def change_saved_search(
        self, info: Info, said: Annotated[ChangeSavedSearchInput, strawberry.argument(name="input")]
    ) -> SavedSearchPayload | None:
        registry, actor = info.context.registry, info.context.actor
        webhook = Same.SAME if said.webhook_id is None else WebhookId(said.webhook_id) or None
        return await _payload(
            info,
            said.client_mutation_id,
            lambda: saved_searches.change(
                registry, actor, SavedSearchId(said.id), name=said.name, webhook=webhook, digest=said.digest
            ),
        )

    @resolved("Delete a saved search; its link and its feeds lead nowhere from then on.")
    async def delete_saved_search(
        self, info: Info, said: Annotated[SavedSearchInput, strawberry.argument(name="input")]
    ) -> SavedSearchPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _payload(
            info,
            said.client_mutation_id,
            lambda: saved_searches.delete(registry, actor, SavedSearchId(said.id)),
        )


async def _payload(
    info: Info, client_mutation_id: str | None, work: Callable[[], DomainSavedSearch]
) -> SavedSearchPayload:
    return await answered(
        info,
        work,
        lambda done: SavedSearchPayload(saved_search=_shown(info, done), client_mutation_id=client_mutation_id),
        lambda errors: SavedSearchPayload(user_errors=errors, client_mutation_id=client_mutation_id),
    )


def _shown(info: Info, search: DomainSavedSearch) -> SavedSearch:
    words, fault, suggestion = None, None, None
    try:
        words = explanation(parse(search.text))
    except BadQuery as error:
        fault, suggestion = error.problems[0].message, error.suggestion
    link = f"{info.context.registry.settings.base_url}/s/{search.token}"
    return SavedSearch(
        id=strawberry.ID(search.id),
        name=search.name,
        query=search.text,
        in_words=words,
        fault=fault,
        suggestion=suggestion,
        url=link,
        atom_url=f"{link}.atom",
        json_feed_url=f"{link}.json",
        webhook_id=None if search.webhook is None else strawberry.ID(search.webhook),
        digest=search.digest,
        created_at=search.created_at,
    )
