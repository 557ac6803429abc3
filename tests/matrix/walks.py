"""How one viewer walks through a door: what is asked, and which records are found behind it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from registry.domain.vocabulary import Kind
from schema.ids import make_id
from tests.matrix import expected
from tests.matrix.seed import WORD, Cell
from tests.matrix.viewer import Viewer

Walk = Callable[[Viewer, Sequence[Cell]], set[str]]

# In pages and feeds of any form.
_REF = re.compile(r'"(?:https?://[^"/]+)?/r/([A-Za-z0-9-]+)')
_GOING_ON = "pageInfo { hasNextPage endCursor }"
_NEXT = re.compile(r'href="([^"]*[?&;]after=[^"]+)"')


def nodes(name: str, arguments: str = "") -> Walk:
    """Every page of a connection at the root, told by its nodes, with as many as it says that there are."""

    def walk(viewer: Viewer, _cells: Sequence[Cell]) -> set[str]:
        page_of_it = f"{name}(first: 100, after: $after{arguments}) {{ totalCount nodes {{ uid }} {_GOING_ON} }}"
        query = f"query ($after: String) {{ {page_of_it} }}"
        found: list[str] = []
        after = None
        while True:
            page = viewer.ask(query, after=after)[name]
            found += [one["uid"] for one in page["nodes"]]
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]
        assert len(found) == len(set(found)) == page["totalCount"], (viewer.name, name)
        return set(found)

    return walk


def below(kind: Kind, name: str) -> Walk:
    """Every page of a connection of the hub of this kind."""

    def walk(viewer: Viewer, _cells: Sequence[Cell]) -> set[str]:
        inner = f"{name}(first: 100, after: $after) {{ nodes {{ uid }} pageInfo {{ hasNextPage endCursor }} }}"
        query = (
            f"query ($uid: String, $after: String) {{ record(uid: $uid) {{ ... on {kind.type_name} {{ {inner} }} }} }}"
        )
        found: set[str] = set()
        after = None
        while True:
            page = viewer.ask(query, uid=viewer.matrix.hubs[kind].uid, after=after)["record"][name]
            found |= {one["uid"] for one in page["nodes"]}
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]

    return walk


def by_id(selection: str, is_shown: Callable[[dict[str, Any]], bool], *, at_once: int = 50) -> Walk:
    """``nodes`` of all ids; *is_shown* tells from what is selected whether the viewer found what the door is about."""

    def walk(viewer: Viewer, cells: Sequence[Cell]) -> set[str]:
        query = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Record {{ uid {selection} }} }} }}"
        found: set[str] = set()
        for portion in _portions(cells, at_once):
            nodes = viewer.ask(query, ids=[_id_of(cell) for cell in portion])["nodes"]
            found |= {one["uid"] for one in nodes if one is not None and is_shown(one)}
        return found

    return walk


def _id_of(cell: Cell) -> str:
    return make_id(cell.kind.value, cell.uid)


def _portions(cells: Sequence[Cell], size: int) -> Iterator[Sequence[Cell]]:
    for at in range(0, len(cells), size):
        yield cells[at : at + size]


def one_by_one(argument: str) -> Walk:
    """``record`` of each, several in one request."""

    def walk(viewer: Viewer, cells: Sequence[Cell]) -> set[str]:
        found: set[str] = set()
        for portion in _portions(cells, 20):
            asked = " ".join(
                f'a{at}: record({argument}: "{getattr(one, argument)}") {{ uid }}' for at, one in enumerate(portion)
            )
            answers = viewer.ask(f"{{ {asked} }}").values()
            found |= {one["uid"] for one in answers if one is not None}
        return found

    return walk


def alone(viewer: Viewer, cells: Sequence[Cell]) -> set[str]:
    """``node`` of each, several in one request."""
    found: set[str] = set()
    for portion in _portions(cells, 20):
        asked = " ".join(
            f'a{at}: node(id: "{_id_of(one)}") {{ ... on Record {{ uid }} }}' for at, one in enumerate(portion)
        )
        answers = viewer.ask(f"{{ {asked} }}").values()
        found |= {one["uid"] for one in answers if one is not None}
    return found


def public_matches(viewer: Viewer, _cells: Sequence[Cell]) -> set[str]:
    counts = 'totalCount facets(names: ["kind"]) { values { value count } }'
    asked = f'search(query: "{WORD}", first: 100, after: $after) {{ {counts} nodes {{ uid }} {_GOING_ON} }}'
    query = f"query ($after: String) {{ {asked} }}"
    found: set[str] = set()
    after = None
    while True:
        page = viewer.ask(query, after=after)["search"]
        found |= {one["uid"] for one in page["nodes"]}
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    counted = sum(value["count"] for facet in page["facets"] for value in facet["values"])
    assert len(found) == page["totalCount"] == counted
    return found


def own_matches(viewer: Viewer, _cells: Sequence[Cell]) -> set[str]:
    """What is searched apart from the public records, by state, so that each answer holds all of it."""
    found: set[str] = set()
    query = "query ($q: String!) { search(query: $q, scope: MINE, first: 100) { nodes { uid } } }"
    for state in expected.STATES:
        words = f"{WORD} {state}".replace("_", " ")
        nodes = viewer.ask(query, q=words)["search"]["nodes"]
        assert len(nodes) < 100
        found |= {one["uid"] for one in nodes}
    return found


def told(viewer: Viewer, _cells: Sequence[Cell]) -> set[str]:
    asked = f"changes(first: 100, after: $after) {{ edges {{ node {{ uid }} record {{ uid }} }} {_GOING_ON} }}"
    query = f"query ($after: String) {{ {asked} }}"
    found: set[str] = set()
    after = None
    while True:
        page = viewer.ask(query, after=after)["changes"]
        for edge in page["edges"]:
            # A row names what strangers saw; the record beside it is what this viewer may see of it now.
            assert edge["record"] is None or edge["record"]["uid"] == edge["node"]["uid"]
            found |= {edge["node"]["uid"]} - {None}
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


def field(query: str, path: str, *, refused_to: Collection[str] = ()) -> Walk:
    """The uids at *path* of an answer: names joined by dots, of which lists are walked through."""

    def walk(viewer: Viewer, _cells: Sequence[Cell]) -> set[str]:
        if viewer.name in refused_to:
            assert viewer.refusal(query) in {"UNAUTHENTICATED", "FORBIDDEN"}
            return set()
        uids = {name.name: viewer.matrix.hubs[name].uid for name in Kind}
        asked = re.sub(r"<(\w+)>", lambda match: str(uids[match[1]]), query)
        return set(_uids_at(viewer.ask(asked), path.split(".")))

    return walk


def _uids_at(value: Any, path: list[str]) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _uids_at(one, path)
    elif value is not None and path:
        yield from _uids_at(value[path[0]], path[1:])
    elif value is not None:
        yield str(value)


def listed_on(path: str) -> Walk:
    """Every page of a list, told by what it links to."""

    def walk(viewer: Viewer, cells: Sequence[Cell]) -> set[str]:
        found: set[str] = set()
        address: str | None = path
        while address is not None:
            status, text = viewer.get(address)
            assert status == 200, (viewer.name, address)
            found |= set(_REF.findall(text))
            going_on = [html.unescape(one) for one in _NEXT.findall(text)]
            address = next((one if one.startswith("/") else path + one for one in going_on), None)
        return _named(cells, found)

    return walk


def linked_on(*paths: str) -> Walk:
    """What these pages link to."""

    def walk(viewer: Viewer, cells: Sequence[Cell]) -> set[str]:
        uids = {name.name: viewer.matrix.hubs[name].number or "" for name in Kind} | {"SHARED": viewer.matrix.shared}
        found: set[str] = set()
        for path in paths:
            status, text = viewer.get(re.sub(r"<(\w+)>", lambda match: uids[match[1]], path))
            assert status == 200, (viewer.name, path)
            found |= set(_REF.findall(text))
        return _named(cells, found)

    return walk


def exported(path: str, *, refused_to: Collection[str] = ()) -> Walk:
    """The uids of an export as JSON lines."""

    def walk(viewer: Viewer, _cells: Sequence[Cell]) -> set[str]:
        status, text = viewer.get(path)
        assert status == (401 if viewer.name in refused_to else 200), (viewer.name, path, status)
        return {json.loads(line)["uid"] for line in text.splitlines()} if status == 200 else set()

    return walk


def _named(cells: Sequence[Cell], refs: set[str]) -> set[str]:
    by_ref = {ref: cell.uid for cell in cells for ref in (cell.uid, cell.number) if ref}
    return {by_ref[ref] for ref in refs if ref in by_ref}


def page_of(address: str, *, tells: str = "") -> Walk:
    """The page of each record: found at all, or with *tells* found and holding what that is for the record."""

    def walk(viewer: Viewer, cells: Sequence[Cell]) -> set[str]:
        found = set()
        for cell in cells:
            status, text = viewer.get(
                address.format(ref=cell.number or cell.uid, hub=viewer.matrix.hubs[cell.kind].number)
            )
            assert status in {200, 404, 410}, (viewer.name, cell, status)
            if status != 404 and (not tells or tells.format(title=cell.title) in text):
                found.add(cell.uid)
        return found

    return walk


def read(*names: str) -> Callable[[dict[str, Any]], bool]:
    return lambda node: any(node.get(name) is not None for name in names)


def review_page(viewer: Viewer, cells: Sequence[Cell]) -> set[str]:
    """The page on which a reviewer works on each record; it never shows what the record says."""
    found = set()
    for cell in cells:
        status, text = viewer.get(f"/review/{cell.uid}")
        assert status in {200, 303, 403, 404}, (viewer.name, cell, status)
        assert cell.title not in text, (viewer.name, cell)
        if status == 200 and cell.uid in text:
            found.add(cell.uid)
    return found
