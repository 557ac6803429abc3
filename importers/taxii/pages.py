"""How the pages of a TAXII 2.1 server lead to each other; pure.

The state that travels with a request says what it asks for and what is left to do, so that collections are read one
after the other and the cursor of the last one holds those of all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from importers.contract import Source, Wanted
from importers.json_document import read_json
from registry.domain.canonical import JsonValue
from registry.domain.errors import InvalidInput

MEDIA_TYPE = "application/taxii+json;version=2.1"
MAX_PAGES = 10_000
_LIMIT = 5_000
_MAX_COLLECTIONS = 200
_MAX_TEXT = 2_000
_LONGEST_ID = 100
_OVERLAP = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class State:
    """What a request is for: ``discovery``, ``root``, ``collections``, ``probe`` or ``objects``.

    Attributes:
        todo: what comes after it, as pairs of step and address.
        added: by the address of a collection, when the last object that was read had been added.
        page: of the collection, counted from 0.
        since: the ``added_after`` of the request.
    """

    step: str
    todo: tuple[tuple[str, str], ...] = ()
    added: tuple[tuple[str, str], ...] = ()
    page: int = 0
    since: str | None = None

    def written(self) -> str:
        """As text; ``read_state`` reads it."""
        return json.dumps(asdict(self))


def read_state(written: str | None) -> State:
    """What ``State.written`` wrote."""
    found: dict[str, Any] = json.loads(written) if written else {"step": "objects"}
    for name in ("todo", "added"):
        found[name] = tuple((one, two) for one, two in found.get(name, ()))
    return State(**found)


def cursor_of(state: State) -> str | None:
    """Where the next run goes on: by collection, the time of the last object."""
    return json.dumps(dict(state.added), sort_keys=True) if state.added else None


def times_of(cursor: str | None) -> dict[str, str]:
    """What ``cursor_of`` wrote; nothing where it is broken."""
    try:
        found = read_json((cursor or "{}").encode())
    except InvalidInput:
        return {}
    if not isinstance(found, Mapping):
        return {}
    return {url: time for url, time in found.items() if isinstance(time, str)}


def next_of(state: State, source: Source, cursor: str | None) -> tuple[Wanted, ...]:
    """The next thing to do after what *state* was for, if there is any."""
    if not state.todo:
        return ()
    (step, url), *rest = state.todo
    done = replace(state, step=step, todo=tuple(rest), page=0, since=None)
    return (asked_for(done, url, source) if step != "objects" else first_page(done, url, source, cursor),)


def first_page(state: State, collection: str, source: Source, cursor: str | None) -> Wanted:
    """The first page of a collection; where something was read before, first whether anything was added since."""
    since = times_of(cursor).get(collection)
    if since is not None and source.options.get("incremental") is not True:
        return asked_for(replace(state, step="probe", since=since), objects_of(collection), source, limit=1)
    return asked_for(replace(state, step="objects", since=_before(since)), objects_of(collection), source)


def asked_for(state: State, url: str, source: Source, *, limit: int | None = None, next_: str | None = None) -> Wanted:
    """The request that *state* is for. A further page is asked for with everything that the first was."""
    asked: list[tuple[str, str]] = []
    if state.step in {"probe", "objects"}:
        said = source.options.get("limit")
        most = limit or (said if isinstance(said, int) and not isinstance(said, bool) and said > 0 else _LIMIT)
        asked = [("limit", str(most))]
        match = source.options.get("match")
        if isinstance(match, Mapping):
            asked += [(f"match[{name}]", value) for name, value in sorted(match.items()) if isinstance(value, str)]
        if state.since is not None:
            asked.append(("added_after", state.since))
        if next_ is not None:
            asked.append(("next", next_))
    parts = urlsplit(url)
    query = urlencode([*parse_qsl(parts.query), *asked])
    name = f"{state.step}-{state.page}" if state.page else state.step
    address = urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
    return Wanted(address, name, headers={"Accept": MEDIA_TYPE}, state=state.written())


def _before(time: str | None) -> str | None:
    """Somewhat earlier: what was added while the last run read, with an earlier time than it saw, is not lost."""
    try:
        found = datetime.fromisoformat(time or "") - _OVERLAP
    except (ValueError, OverflowError):
        return None
    return found.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def objects_of(collection: str) -> str:
    return f"{collection.rstrip('/')}/objects/"


def collection_of(url: str) -> str:
    """The address of the collection of whose objects *url* asks."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path.removesuffix("objects/").removesuffix("objects"), "", ""))


def roots_in(root: JsonValue, url: str, source: Source) -> tuple[tuple[str, str], ...]:
    """The API roots that a discovery names, or the one that the row chooses."""
    found = root.get("api_roots") if isinstance(root, Mapping) else None
    chosen = source.options.get("api_root")
    named = [chosen] if isinstance(chosen, str) else found if isinstance(found, list) else []
    addresses = (f"{_below(url, one).rstrip('/')}/collections/" for one in named if isinstance(one, str))
    return tuple(("collections", one) for one in dict.fromkeys(addresses))[:_MAX_COLLECTIONS]


def collections_in(root: JsonValue, url: str, source: Source) -> tuple[tuple[str, str], ...]:
    """The collections that may be read, or those of them that the row chooses by id or alias."""
    found = root.get("collections") if isinstance(root, Mapping) else None
    chosen = source.options.get("collections")
    wanted = {one for one in chosen if isinstance(one, str)} if isinstance(chosen, list) else None
    addresses = []
    for one in found if isinstance(found, list) else []:
        if not isinstance(one, Mapping) or one.get("can_read") is False:
            continue
        names = [name for name in (one.get("id"), one.get("alias")) if isinstance(name, str)]
        id_ = names[0] if names and names[0] == one.get("id") else ""
        is_chosen = wanted is None or not wanted.isdisjoint(names)
        if is_chosen and id_.replace("-", "").isalnum() and len(id_) <= _LONGEST_ID:
            addresses.append(_below(url.partition("?")[0].rstrip("/") + "/", f"{id_}/"))
    return tuple(("objects", one) for one in dict.fromkeys(addresses))[:_MAX_COLLECTIONS]


def _below(url: str, address: str) -> str:
    try:
        return urljoin(url, address[:_MAX_TEXT])
    except ValueError:
        return url
