"""TAXII 2.1: from a discovery to the last page of the last collection, against servers that do it wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from importers.contract import RawDocument, Source, Wanted
from importers.sources.taxii import IMPORTER, begin, follow
from tests.factories import source

ROOT = "https://taxii.example"
SERVER: Source = source("taxii", "A server", format="taxii", urls=(f"{ROOT}/taxii2/",))
LAST = "X-TAXII-Date-Added-Last"
NOW = datetime(2024, 1, 1, 1, tzinfo=UTC)
TIMES = [f"2024-01-01T00:00:{second:02d}.000001Z" for second in range(60)]


class Server:
    """A server of two collections; ``told`` is what becomes of an honest page of objects."""

    def __init__(self, count: int = 5, size: int = 2, told: Callable[[RawDocument], RawDocument] | None = None) -> None:
        self.count, self.size = count, size
        self.told = told or (lambda page: page)
        self.asked: list[Wanted] = []

    def answer(self, wanted: Wanted) -> RawDocument:
        self.asked.append(wanted)
        parts = urlsplit(wanted.url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/taxii2/":
            return self._document(wanted, {"title": "T", "api_roots": ["/api/", "https://taxii.example/api"]})
        if parts.path == "/api/collections/":
            listed = [
                {"id": "one", "can_read": True},
                {"id": "two", "alias": "second"},
                {"id": "no", "can_read": False},
            ]
            return self._document(wanted, {"collections": [*listed, {"id": "../x"}, {"id": 7}, 3]})
        return self.told(self.objects(wanted, query))

    def objects(self, wanted: Wanted, query: dict[str, str]) -> RawDocument:
        """Honest paging: ``next`` is a number of objects, within those added after."""
        left = [n for n in range(self.count) if TIMES[n] > query.get("added_after", "")]
        start = int(query["next"]) if query.get("next", "").isdigit() else 0
        page = left[start : start + min(self.size, int(query["limit"]))]
        more = start + len(page) < len(left)
        root = {"more": more, "objects": page} | ({"next": str(start + self.size)} if more else {})
        return self._document(wanted, root, TIMES[page[-1]] if page else None)

    @staticmethod
    def _document(wanted: Wanted, root: object, last: str | None = None) -> RawDocument:
        headers = {LAST.lower(): last} if last else {}
        return RawDocument(wanted.name, json.dumps(root).encode(), headers, NOW)


def run(
    server: Server, cursor: str | None = None, of: Source = SERVER, most: int = 100
) -> tuple[str | None, list[str]]:
    """The new cursor, and what was asked for as step and query; at most *most* requests."""
    queue, found, done = list(begin(of, cursor)), cursor, 0
    while queue and done < most:
        wanted = queue.pop(0)
        led = follow(server.answer(wanted), wanted, of, cursor)
        queue += led.wanted
        found = led.cursor or found
        done += 1
    assert done < most
    return found, [one.name for one in server.asked]


def queries(server: Server, collection: str = "one") -> list[dict[str, str]]:
    told = [urlsplit(one.url) for one in server.asked if f"/{collection}/objects/" in one.url]
    return [{name: values[0] for name, values in parse_qs(one.query).items()} for one in told]


def test_every_page_of_every_collection_is_read_one_after_the_other() -> None:
    server = Server()

    cursor, steps = run(server)

    assert ["discovery", "collections", *["objects", "objects-1", "objects-2"] * 2] == steps
    assert {f"{ROOT}/api/collections/{name}/": TIMES[4] for name in ("one", "two")} == json.loads(cursor or "")
    assert {"application/taxii+json;version=2.1"} == {one.headers["Accept"] for one in server.asked}


def test_a_run_with_nothing_new_asks_for_one_object_a_collection() -> None:
    cursor, _ = run(Server())

    server = Server()
    again, steps = run(server, cursor)

    assert ["discovery", "collections", "probe", "probe"] == steps
    assert [{"limit": "1", "added_after": TIMES[4]}] == queries(server)
    assert cursor == again


def test_once_something_was_added_the_collection_is_read_whole() -> None:
    cursor, _ = run(Server())

    server = Server(count=6)
    later, steps = run(server, cursor)

    assert ["probe", "objects", "objects-1", "objects-2"] == steps[2:6]
    assert "added_after" not in queries(server)[1]
    assert TIMES[5] == json.loads(later or "")[f"{ROOT}/api/collections/one/"]


def test_a_collection_too_large_for_that_is_read_from_shortly_before_and_keeps_its_filters() -> None:
    row = replace(SERVER, options={"incremental": True, "limit": 3, "match": {"type": "report"}})
    cursor, _ = run(Server(), of=row)

    server = Server()
    run(server, cursor, of=row)

    first, *others = queries(server)
    assert {"limit": "3", "match[type]": "report", "added_after": "2023-12-31T23:50:04.000001Z"} == first
    assert others
    assert all(first.items() <= one.items() and "next" in one for one in others)


@pytest.mark.parametrize("incremental", [False, True])
def test_what_was_added_later_than_now_moves_nothing_and_a_collection_begun_there_is_read_whole(
    incremental: bool,
) -> None:
    ahead = "9999-12-31T23:59:59.000001Z"
    row = replace(SERVER, options={"incremental": incremental})
    one = f"{ROOT}/api/collections/one/"
    honest, lying = Server(), Server(told=lambda page: replace(page, headers={LAST.lower(): ahead}))

    found, _ = run(honest, json.dumps({one: ahead}), of=row)
    lied, _ = run(lying, of=row)

    assert ({one, f"{ROOT}/api/collections/two/"}, {TIMES[4]}) == (
        json.loads(found or "").keys(),
        set(json.loads(found or "").values()),
    )
    assert [{"limit"}, {"limit"}, {"limit", "next"}] == [
        {name for name in asked if name in {"limit", "next"}} for asked in queries(honest)[:3]
    ]
    assert None is lied


def test_the_row_chooses_root_and_collections() -> None:
    server = Server()

    run(server, of=replace(SERVER, options={"api_root": "/api/", "collections": ["second"]}))

    assert ([], True) == (queries(server, "one"), bool(queries(server, "two")))


def test_a_collection_may_be_the_address_of_a_row() -> None:
    server = Server()

    _, steps = run(
        server, of=replace(SERVER, urls=(f"{ROOT}/api/collections/one/", f"{ROOT}/api/collections/two/objects"))
    )

    assert ["objects", "objects-1", "objects-2"] * 2 == steps


def always(root: dict[str, object], last: str | None = None) -> Server:
    """A server that answers the same, whatever it is asked."""
    headers = {LAST.lower(): last} if last else {}
    return Server(told=lambda page: RawDocument(page.name, json.dumps(root).encode(), headers))


@pytest.mark.parametrize("root", [
    {"more": True}, {"more": True, "next": ""}, {"more": True, "next": 7}, {"more": "yes", "next": "x"},
    {"objects": {}},
])  # fmt: skip
def test_a_page_that_does_not_say_how_it_goes_on_is_the_last(root: dict[str, object]) -> None:
    server = always(root)

    _, steps = run(server)

    assert ["objects", "objects"] == steps[2:]


def test_a_server_without_next_is_paged_by_time_and_one_that_ignores_it_does_not_make_it_run_on() -> None:
    def without_next(page: RawDocument) -> RawDocument:
        return replace(page, body=json.dumps({"more": json.loads(page.body)["more"]}).encode())

    honest, ignoring = Server(told=without_next), always({"more": True}, TIMES[3])

    run(honest)
    run(ignoring)

    assert [None, TIMES[1], TIMES[3]] == [one.get("added_after") for one in queries(honest)]
    assert [None, TIMES[3]] == [one.get("added_after") for one in queries(ignoring)]


def test_a_token_that_leads_to_itself_ends_the_collection() -> None:
    server = always({"more": True, "next": "same"})

    _, steps = run(server)

    assert ["objects", "objects-1"] * 2 == steps[2:]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"7", b"{}", b"\xff", b"[" * 50_000, b'{"api_roots": {}}', b'{"api_roots": [3]}']
)
def test_a_discovery_that_is_none_leads_nowhere(body: bytes) -> None:
    (wanted,) = begin(SERVER, None)

    assert () == follow(RawDocument("discovery", body), wanted, SERVER, None).wanted


@pytest.mark.parametrize("cursor", ["", "x", "[]", "7", '{"a": 3}', "{"])
def test_a_broken_cursor_is_as_none(cursor: str) -> None:
    assert list(begin(SERVER, None)) == list(begin(SERVER, cursor))


def test_lists_of_roots_and_collections_and_what_a_probe_sees_are_no_records() -> None:
    page = json.dumps({"objects": [{"id": "x"}]}).encode()

    assert [] == list(IMPORTER.parse(RawDocument("discovery", b'{"api_roots": []}'), SERVER))
    assert [] == list(IMPORTER.parse(RawDocument("collections", b'{"collections": []}'), SERVER))
    assert [] == list(IMPORTER.parse(RawDocument("probe", page), SERVER))
    assert 1 == len(list(IMPORTER.parse(RawDocument("objects", page), SERVER)))
