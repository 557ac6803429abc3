"""TAXII 2.1: the collections of a server, whose objects are read as those of a STIX bundle are.

An address of a row is that of a discovery (``…/taxii2/``), or of a collection (``…/collections/<id>/``). Options:
``api_root`` (one of those that the discovery names), ``collections`` (ids or aliases; all that may be read), ``limit``
(objects a page), ``match`` (filters by name, such as ``type``), ``tlp`` (what unmarked objects are), ``incremental``.

A collection is read whole once anything was added to it since the last run, since what is added now may belong to what
was added before: records whose techniques came earlier would lose them. ``incremental`` reads what was added alone, for
collections too large for that. Pages are asked for by ``next`` together with all that the first was asked for, or by
the time of the last object where the server has no ``next``; one that leads to itself, or the 10,000th, is the last.
What was added later than it is read moves nothing; a collection that would begin there is read whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from importers.contract import Following, Importer, Parsed, RawDocument, Source, Trust, Wanted
from importers.json_document import read_json
from importers.sources import stix
from importers.taxii.pages import (
    MAX_PAGES,
    State,
    asked_for,
    collection_of,
    collections_in,
    cursor_of,
    first_page,
    next_of,
    read_state,
    roots_in,
    times_of,
)
from registry.domain.canonical import JsonValue
from registry.domain.errors import InvalidInput
from registry.domain.vocabulary import OrganisationKind

_LAST = "x-taxii-date-added-last"
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z")
_COLLECTION = re.compile(r"/collections/[^/]+/?(?:objects/?)?\Z")


def parse(document: RawDocument, source: Source) -> Iterator[Parsed]:
    """Read a page of objects; a list of roots or collections holds none, and what a probe sees is read again."""
    if document.name == "probe" or _is_list(document):
        return
    yield from stix.parse(document, source)


def begin(source: Source, cursor: str | None) -> Iterator[Wanted]:
    """One request for all addresses: the others wait in its state, and so does what the last run knew."""
    known = tuple(times_of(cursor).items())
    todo = tuple(("objects" if _COLLECTION.search(url) else "discovery", url) for url in source.urls)
    todo = tuple((step, collection_of(url) if step == "objects" else url) for step, url in todo)
    yield from next_of(State("begin", todo, known), source, cursor)


def follow(document: RawDocument, wanted: Wanted, source: Source, cursor: str | None) -> Following:
    """The next page, else the next collection, else the cursor of all."""
    state = read_state(wanted.state)
    try:
        root = read_json(document.body)
    except InvalidInput:
        root = None
    match state.step:
        case "discovery":
            state = replace(state, todo=(*roots_in(root, wanted.url, source), *state.todo))
        case "collections":
            state = replace(state, todo=(*collections_in(root, wanted.url, source), *state.todo))
        case "probe":
            if _has_objects(root) or _began_ahead(document, state):
                # Something was added: the whole collection, from its beginning.
                again = replace(state, step="objects", since=None)
                return Following((first_page(again, collection_of(wanted.url), source, None),))
        case "objects" if state.page == 0 and _began_ahead(document, state):
            again = replace(state, since=None)
            return Following((first_page(again, collection_of(wanted.url), source, None),))
        case _:
            last = _last(document)
            if last is not None and not document.came_before(last):
                state = replace(state, added=tuple((dict(state.added) | {collection_of(wanted.url): last}).items()))
            page = _next_page(root, wanted, state, source, last)
            if page is not None:
                return Following((page,))
    following = next_of(state, source, cursor)
    return Following(following, cursor=None if following else cursor_of(state))


def _next_page(root: JsonValue, wanted: Wanted, state: State, source: Source, last: str | None) -> Wanted | None:
    if not isinstance(root, Mapping) or root.get("more") is not True or state.page >= MAX_PAGES:
        return None
    further, address = replace(state, page=state.page + 1), wanted.url.partition("?")[0]
    token = root.get("next")
    if isinstance(token, str) and token:
        page = asked_for(further, address, source, next_=token[:2_000])
    elif last is not None and last != state.since:
        page = asked_for(replace(further, since=last), address, source)
    else:
        return None
    return page if page.url != wanted.url else None


def _is_list(document: RawDocument) -> bool:
    try:
        root = read_json(document.body)
    except InvalidInput:
        return False
    return isinstance(root, Mapping) and bool(root.keys() & {"api_roots", "collections"}) and "objects" not in root


def _last(document: RawDocument) -> str | None:
    said = document.headers.get(_LAST, "").strip()
    return said if _TIME.fullmatch(said) else None


def _began_ahead(document: RawDocument, state: State) -> bool:
    return state.since is not None and document.came_before(state.since)


def _has_objects(root: JsonValue) -> bool:
    objects = root.get("objects") if isinstance(root, Mapping) else None
    return isinstance(objects, list) and bool(objects)


IMPORTER = Importer(
    source=Source(
        id="taxii",
        format="taxii",
        title="TAXII server",
        home="https://oasis-open.github.io/cti-documentation/taxii/intro",
        licence="NOASSERTION",
        attribution="TAXII server",
        obligations=(),
        hosts=frozenset({"oasis-open.github.io"}),
        organisation=OrganisationKind.OTHER,
        trust=Trust.REVIEW,
    ),
    parse=parse,
    begin=begin,
    follow=follow,
    is_whole=False,
    is_format=True,
)
