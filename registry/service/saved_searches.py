"""Searches that members keep: made, named, followed, shared by a link, and deleted."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.digest import Digest, next_digest
from registry.domain.errors import Conflict, InvalidInput, NotFound, Problem, did_you_mean
from registry.domain.event import EventName
from registry.domain.pages import PageRequest
from registry.domain.query import parse
from registry.domain.record import OrganisationId, PersonId, RecordUid
from registry.domain.saved_search import (
    MAX_ADDRESS,
    MOST_REMEMBERED,
    SavedSearch,
    SavedSearchId,
    name_problems,
    remembered,
)
from registry.domain.search import Query
from registry.domain.webhook import WebhookId
from registry.ports import Reader, Registry, Unit
from registry.service.events import note
from registry.service.feeds import Told, shown
from registry.service.screening import require_clean


class Same(Enum):
    """What is not to be changed."""

    SAME = "same"


@dataclass(frozen=True, slots=True)
class MatchPage:
    """A page of what a saved search was told of, the newest first, as far as it is public now.

    Attributes:
        at: by record, when it was told.
        newest: the number of its newest match; 0 where there is none.
    """

    told: tuple[Told, ...]
    at: dict[RecordUid, datetime]
    newest: int
    next_cursor: str | None


def saved_searches(registry: Registry, actor: Actor) -> tuple[SavedSearch, ...]:
    """The actor's own searches, the oldest first; also those that cannot be read any more.

    Raises:
        Forbidden: *actor* lacks ``search:own``, or is nobody's member.
    """
    policy.require(actor, Permission.SEARCH_OWN)
    owner, person = policy.require_member(actor)
    with registry.storage.read() as reader:
        return reader.saved_searches.of(person, owner)


def save(registry: Registry, actor: Actor, *, name: str, text: str, address: str) -> SavedSearch:
    """Keep a search. What matches it from now on is news, what matches it already is not.

    Args:
        text: the whole query.
        address: the parameters of the search page that show the same.

    Raises:
        InvalidInput: the name is missing or too long, or holds what screening finds.
        BadQuery: the text cannot be read.
        Conflict: the actor keeps as many as one may keep.
        SearchUnavailable: the index is being rebuilt.
    """
    policy.require(actor, Permission.SEARCH_OWN)
    owner, person = policy.require_member(actor)
    name = _named(name)
    if len(address) > MAX_ADDRESS:
        raise InvalidInput([Problem(("query",), "TOO_LONG", "this search says too much to be kept")])
    query, now = parse(text), registry.clock.now()
    # Before the matches: what the index takes in meanwhile is looked at once more, and found among them.
    position = registry.index.position()
    is_whole, memory = _remembered(registry, query)
    search = SavedSearch(
        SavedSearchId(registry.ids.uid()),
        person,
        owner,
        name,
        text.strip(),
        address,
        registry.ids.secret(),
        now,
        position,
        is_whole,
    )
    with registry.storage.begin() as unit:
        if len(unit.saved_searches.of(person, owner)) >= registry.settings.saved_searches_each:
            raise Conflict(f"a member keeps at most {registry.settings.saved_searches_each} searches")
        unit.saved_searches.add(search, memory=memory)
        note(registry, unit, actor, EventName.SEARCH_SAVED, subject=_subject(search))
    return search


def change(
    registry: Registry,
    actor: Actor,
    search_id: SavedSearchId,
    *,
    name: str | None = None,
    webhook: WebhookId | Same | None = Same.SAME,
    digest: str | None = None,
) -> SavedSearch:
    """Give a search another name, or choose how one is told of what matches it; what is left out stays.

    Args:
        webhook: one of the organisation's, or none.
        digest: a value of ``Digest``.

    Raises:
        NotFound: no such search of the actor's own, or no such webhook of the organisation.
        InvalidInput: the name cannot be used, or there is no such rhythm of letters.
    """
    policy.require(actor, Permission.SEARCH_OWN)
    owner, person = policy.require_member(actor)
    named = None if name is None else _named(name)
    rhythm = None if digest is None else _rhythm(digest)
    if isinstance(webhook, str):
        policy.require(actor, Permission.WEBHOOK_OWN)
    with registry.storage.begin() as unit:
        search = _own(unit, owner, person, search_id)
        if named is not None:
            search = replace(search, name=named)
        if rhythm is not None and rhythm is not search.digest:
            if search.digest is Digest.NEVER:
                # What was told in other ways before anybody wanted letters does not come by letter now.
                unit.saved_searches.skip_letters(search.id)
            search = replace(search, digest=rhythm, digest_due_at=next_digest(rhythm, registry.clock.now()))
        if not isinstance(webhook, Same):
            search = replace(search, webhook=_webhook(unit, owner, webhook))
        unit.saved_searches.save(search)
        note(registry, unit, actor, EventName.SEARCH_CHANGED, subject=_subject(search), digest=search.digest.value)
    return search


def delete(registry: Registry, actor: Actor, search_id: SavedSearchId) -> SavedSearch:
    """Delete a search: its link and its feed lead nowhere from then on.

    Raises:
        NotFound: no such search of the actor's own.
    """
    policy.require(actor, Permission.SEARCH_OWN)
    owner, person = policy.require_member(actor)
    with registry.storage.begin() as unit:
        search = _own(unit, owner, person, search_id)
        unit.saved_searches.delete(search.id)
        unit.letters.erase(search.id)
        note(registry, unit, actor, EventName.SEARCH_DELETED, subject=_subject(search))
    return search


def shared(registry: Registry, actor: Actor, token: str) -> SavedSearch:
    """The search that a link leads to, for anybody who has the link.

    Raises:
        NotFound: there is no such link, or not any more.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        return _by_token(reader, token)


def matches(registry: Registry, actor: Actor, token: str, *, limit: int, after: str | None = None) -> MatchPage:
    """What the search that a link leads to was told of, in the order in which it was told; only what is public.

    Raises:
        NotFound: as ``shared``.
        BadCursor: the cursor belongs to another list.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        search = _by_token(reader, token)
        binding = ("matches", search.id)
        position = registry.cursors.open(after, *binding) if after is not None else None
        found = reader.saved_searches.matches(search.id, PageRequest(limit, position))
        told = shown(reader, [match.uid for match in found.items])
        newest = reader.saved_searches.last_number(search.id)
    following = registry.cursors.seal(found.positions[-1], *binding) if found.has_next else None
    return MatchPage(told, {match.uid: match.at for match in found.items}, newest, following)


def quiet_secret(registry: Registry, search_id: SavedSearchId) -> str:
    """The secret part of the link in a letter by which letters are ended; made from the node's own key."""
    return registry.vault.mac("saved search letters", search_id.encode()).hex()[:40]


def end_letters(registry: Registry, actor: Actor, token: str, secret: str, *, really: bool) -> SavedSearch:
    """End the letters about a search, for whoever has the link that stands in each of them.

    Args:
        really: whether to do it; else only the search is told.

    Raises:
        NotFound: there is no such link.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        search = _by_token(reader, token)
    if not hmac.compare_digest(secret.encode("utf-8", "replace"), quiet_secret(registry, search.id).encode()):
        raise NotFound("no such link")
    if not really:
        return search
    with registry.storage.begin() as unit:
        search = replace(_by_token(unit, token), digest=Digest.NEVER, digest_due_at=None)
        unit.saved_searches.save(search)
        unit.letters.erase(search.id)
        note(registry, unit, actor, EventName.SEARCH_CHANGED, subject=_subject(search), digest=search.digest.value)
    return search


def _remembered(registry: Registry, query: Query) -> tuple[bool, bytes]:
    """Whether all that matches now can be remembered, and if so it."""
    found = registry.index.uids(query)
    return (True, remembered(found)) if len(found) <= MOST_REMEMBERED else (False, b"")


def _named(name: str) -> str:
    said = " ".join(name.split())
    problems: Sequence[Problem] = name_problems(said)
    if problems:
        raise InvalidInput(problems)
    require_clean(said, "name")
    return said


def _rhythm(digest: str) -> Digest:
    known = {one.value: one for one in Digest}
    if digest not in known:
        message = "one of these is expected: " + ", ".join(known)
        raise InvalidInput([Problem(("digest",), "UNKNOWN_TERM", message, did_you_mean(digest, known))])
    return known[digest]


def _own(unit: Unit, owner: OrganisationId, person: PersonId, search_id: SavedSearchId) -> SavedSearch:
    found = unit.saved_searches.get(search_id)
    if found is None or (found.organisation, found.person) != (owner, person):
        raise NotFound("no such saved search", path=("id",))
    return found


def _webhook(unit: Unit, owner: OrganisationId, wanted: WebhookId | None) -> WebhookId | None:
    if wanted is None:
        return None
    found = unit.webhooks.get(wanted)
    if found is None or found.organisation != owner:
        raise NotFound("no such webhook", path=("webhook_id",))
    return found.id


def _by_token(reader: Reader | Unit, token: str) -> SavedSearch:
    is_token = token.isascii() and token.isalnum()
    found = reader.saved_searches.by_token(token) if is_token else None
    if found is None:
        raise NotFound("no such link")
    return found


def _subject(search: SavedSearch) -> str:
    return f"search:{search.id}"
