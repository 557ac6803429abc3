"""Searching: one text gives a page of public matches, and apart from it what else the asker may see."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from registry.domain import policy, redaction
from registry.domain.actor import Actor, Permission
from registry.domain.address import alias_key
from registry.domain.facets import FACETS
from registry.domain.numbering import NUMBER
from registry.domain.ordering import order_of
from registry.domain.pages import DEFAULT_PAGE, PageRequest
from registry.domain.policy import PUBLIC_ONLY, Visibility
from registry.domain.query import parse
from registry.domain.record import Record, RecordUid
from registry.domain.search import Bucket, FacetCount, Query, SearchRequest, SearchSort, Snippet, Word
from registry.ports import Registry
from registry.service.sources import naming, standing_for

# Letters and a digit: what no single word of a search is.
_ID_ELSEWHERE = re.compile(r"(?=.*\d)[A-Z][\w.:-]{2,99}")
_HIDDEN_AT_ONCE = 200
_READ_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Match:
    """A record that was found, the piece of its text that shows why, and the cursor that continues after it."""

    record: Record
    score: float
    snippet: Snippet
    cursor: str


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of public matches; all counts are over all of them, and the same for everybody.

    Attributes:
        histogram: the months in which they occurred, in order; empty where it was not asked for.
        undated: how many of them occurred at an unknown time, where it was.
    """

    query: Query
    matches: tuple[Match, ...]
    total: int
    has_next: bool
    facets: dict[str, tuple[FacetCount, ...]]
    histogram: tuple[Bucket, ...] = ()
    undated: int = 0


def search(
    registry: Registry,
    actor: Actor,
    text: str,
    *,
    sort: SearchSort = SearchSort.RELEVANCE,
    first: int = DEFAULT_PAGE,
    after: str | None = None,
    facets: tuple[str, ...] = FACETS,
    histogram: bool = False,
) -> SearchPage:
    """Search the public records.

    Args:
        text: a query in the language of ``registry.domain.query``; empty for everything.
        sort: as ``order_of`` takes it.
        after: the cursor of the match to continue after.

    Raises:
        BadQuery: the text cannot be read; carries the column and the nearest valid query.
        BadCursor: the cursor belongs to another search.
        SearchUnavailable: the index is being rebuilt.
    """
    policy.require(actor, Permission.RECORD_READ)
    query = parse(text)
    limit = PageRequest(first).limit
    order = order_of(query, sort)
    binding = ("search", text.strip(), order.value)
    position = registry.cursors.open(after, *binding) if after is not None else None
    result = registry.index.search(SearchRequest(query, order, limit, position, facets, histogram=histogram))
    with registry.storage.read() as reader:
        records = reader.records.many([hit.uid for hit in result.hits], visible=PUBLIC_ONLY)
    matches = tuple(
        Match(
            redaction.for_actor(records[hit.uid], actor),
            hit.score,
            hit.snippet,
            registry.cursors.seal(hit.position, *binding),
        )
        # The index may be a moment behind: what was withdrawn meanwhile is left out.
        for hit in result.hits
        if hit.uid in records and records[hit.uid].is_public
    )
    return SearchPage(query, matches, result.total, result.has_next, result.facets, result.histogram, result.undated)


def count(registry: Registry, actor: Actor, query: Query) -> int:
    """How many public records match.

    Raises:
        SearchUnavailable: the index is being rebuilt.
    """
    policy.require(actor, Permission.RECORD_READ)
    return registry.index.search(SearchRequest(query, SearchSort.PUBLISHED, limit=1, snippets=False)).total


def spellings(registry: Registry, actor: Actor, word: str, *, limit: int) -> tuple[str, ...]:
    """Words of public texts that are spelt like *word*, the likeliest first; none where a text has it.

    Raises:
        SearchUnavailable: as ``count``.
    """
    policy.require(actor, Permission.RECORD_READ)
    return () if count(registry, actor, Word(word)) else registry.index.near(word, limit=limit)


def search_mine(registry: Registry, actor: Actor, text: str, *, first: int = DEFAULT_PAGE) -> tuple[Record, ...]:
    """Records that match and that strangers do not see, but *actor* may: newest first, without scores.

    Raises:
        BadQuery, SearchUnavailable: as ``search``.
    """
    policy.require(actor, Permission.RECORD_READ)
    limit = PageRequest(first).limit
    visible = policy.visible_to(actor)
    if visible == PUBLIC_ONLY:
        return ()
    found = hidden_records(registry, parse(text), visible, limit=limit)
    return tuple(redaction.for_actor(one, actor) for one in found)


def hidden_records(registry: Registry, query: Query, visible: Visibility, *, limit: int) -> tuple[Record, ...]:
    """Records that match and that strangers do not see, but a viewer with *visible* finds in lists: newest first.

    For services that have asked for permission, and that redact what they give away.
    """
    found: list[Record] = []
    asked = read = 0
    # Hidden records of others match too; however many there are, none of the viewer's is lost behind them.
    while read == asked and len(found) < limit:
        asked = 2 * asked or _HIDDEN_AT_ONCE
        uids = registry.index.hidden_matches(query, limit=asked)[read:]
        found.extend(islice(_listed(registry, visible, uids, at_once=max(limit, _READ_AT_ONCE)), limit - len(found)))
        read += len(uids)
    return tuple(found)


def _listed(registry: Registry, visible: Visibility, uids: Sequence[RecordUid], *, at_once: int) -> Iterator[Record]:
    """Those of *uids*, in order, that are not public and that the viewer finds in lists; read as far as one looks."""
    for at in range(0, len(uids), at_once):
        portion = uids[at : at + at_once]
        with registry.storage.read() as reader:
            records = reader.records.many(portion, visible=visible)
        found = (records[uid] for uid in portion if uid in records)
        hidden = (one for one in found if not one.is_public and visible.lists(one))
        # Of a sealed record the owner's members see that there is one, and not its words.
        yield from (one for one in hidden if visible.sealed or not one.sealed)


def jump(registry: Registry, actor: Actor, text: str) -> Record | None:
    """The record that *text* names by its number, if it is a number of a record that *actor* may see.

    An id elsewhere that only merged records have, which no search finds, names the record that stands for them.
    """
    policy.require(actor, Permission.RECORD_READ)
    number = text.strip().upper()
    if not NUMBER.fullmatch(number):
        return _standing_for(registry, actor, number)
    with registry.storage.read() as reader:
        found = reader.records.by_number(number, visible=policy.visible_to(actor))
    if found is None:
        return None
    return redaction.for_actor(found, actor)


def _standing_for(registry: Registry, actor: Actor, text: str) -> Record | None:
    if not _ID_ELSEWHERE.fullmatch(text):
        return None
    if next(naming(registry, actor, [alias_key(text)]), None) is not None:
        return None
    standing = list(standing_for(registry, actor, text))
    return standing[0] if len(standing) == 1 else None
