"""Exports over HTTP: files of all matches, for whoever reads fast, slowly, or not to the end."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace

import anyio
import pytest
from starlette.types import Message, Scope

from registry.domain.actor import ANONYMOUS, Actor
from registry.ports import Registry
from registry.service import limits
from tests import factories
from tests.bibliography import read_bibtex, read_ris
from tests.client import Client
from tests.web.node import Node
from web.app import create_app
from web.errors import HttpFailure
from web.pages.export import ExportApp


def told(client: Client, path: str, **headers: str) -> tuple[int, str]:
    """Status and first code of a request that is refused."""
    answer = client.get(path, headers=headers)
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]


@pytest.fixture
def marmots(node: Node) -> list[str]:
    """Titles of what a search for ``marmot`` finds, newest first; another record is beside them."""
    titles = ["Marmot seen", "Marmot heard", "Marmot met"]
    for title in titles:
        node.publish(factories.content(title=title))
    node.publish(factories.content(title="Vole seen"))
    return titles[::-1]


def test_each_format_holds_all_matches_and_tells_their_number_first(client: Client, marmots: list[str]) -> None:
    answers = {
        one: client.get(f"/export.{one}?q=marmot&sort=published") for one in ("jsonl", "csv", "bib", "ris", "csl.json")
    }

    titles = {
        "jsonl": [json.loads(line)["content"]["title"] for line in answers["jsonl"].text.splitlines()],
        "csv": [row["title"] for row in csv.DictReader(io.StringIO(answers["csv"].text))],
        "bib": [one["title"] for one in read_bibtex(answers["bib"].text)],
        "ris": [one["TI"][0] for one in read_ris(answers["ris"].text)],
        "csl.json": [one["title"] for one in answers["csl.json"].json()],
    }
    assert dict.fromkeys(answers, marmots) == titles
    for name, answer in answers.items():
        assert (200, "3") == (answer.status_code, answer.headers["x-total-count"])
        assert f'attachment; filename="export.{name}"' == answer.headers["content-disposition"]
        assert ("private, no-store", "noindex") == (answer.headers["cache-control"], answer.headers["x-robots-tag"])
    assert "text/csv; charset=utf-8; header=present" == answers["csv"].headers["content-type"]


def test_the_parameters_are_those_of_the_search_page(client: Client, marmots: list[str]) -> None:
    path = "csv?q=marmot+OR+vole&misuse=spam&kind=incident&after=nonsense&columns=title,kind&columns=kind"
    table = client.get(f"/export.{path}").text
    none = client.get("/export.csv?q=marmot&misuse=fraud&columns=title").text

    assert 4 == len(table.splitlines()) - 1
    assert "title,kind,licence,attribution" == table.splitlines()[0]
    assert ["title,licence,attribution"] == none.splitlines()


def test_excel_is_told_that_it_is_utf8_where_asked(client: Client, marmots: list[str]) -> None:
    plain, marked = (client.get(f"/export.csv?q=marmot{end}").content for end in ("", "&excel=1"))

    assert b"\xef\xbb\xbf" + plain == marked


def test_the_manifest_tells_what_the_export_is(client: Client, node: Node, marmots: list[str]) -> None:
    answer = client.get("/export.csv?q=marmot&columns=title&excel=1")
    link = answer.headers["link"].partition("<")[2].partition(">")[0]
    manifest = client.get(link).json()

    assert (3, "marmot", ["title", "licence", "attribution"]) == tuple(
        manifest[one] for one in ("count", "query", "columns")
    )
    assert ("csv", "relevance", "public") == tuple(manifest[one] for one in ("file_format", "sort", "scope"))
    assert [("CC-BY-4.0", 3)] == [(one["licence"], one["rows"]) for one in manifest["licences"]]
    assert "reports, not rates" in manifest["notice"]
    assert node.registry.settings.node_name == manifest["node"]
    assert manifest["public_seq"] > 0
    base = node.registry.settings.base_url
    assert manifest["url"].startswith(base)
    assert answer.content == client.get(manifest["url"].removeprefix(base)).content


def test_json_lines_tell_what_they_are_and_that_they_are_whole_if_asked(client: Client, marmots: list[str]) -> None:
    plain = client.get("/export.jsonl?q=marmot").content
    first, *rows, last = client.get("/export.jsonl?q=marmot&manifest=1").content.splitlines(keepends=True)

    assert plain == b"".join(rows)
    assert 3 == json.loads(first)["manifest"]["count"]
    licences = [{"licence": "CC-BY-4.0", "rows": 3, "url": "https://creativecommons.org/licenses/by/4.0/"}]
    assert {"end": {"rows": 3, "left_out": 0, "licences": licences}} == json.loads(last)


def test_a_bundle_holds_the_same_file_and_its_hash(client: Client, marmots: list[str]) -> None:
    plain = client.get("/export.csv?q=marmot").content
    answer = client.get("/export.zip?q=marmot&format=csv")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert {"export.csv", "manifest.json", "README.txt"} == set(packed.namelist())
        assert plain == packed.read("export.csv")
        assert hashlib.sha256(plain).hexdigest() == json.loads(packed.read("manifest.json"))["sha256"]
    assert "application/zip" == answer.headers["content-type"]


def test_what_only_a_member_sees_is_taken_along_with_the_members_own_key(client: Client, node: Node) -> None:
    node.publish(factories.content(title="Marmot closed", marking={"tlp": "RED"}))
    node.publish(factories.content(title="Marmot seen"))
    key = {"Authorization": f"Bearer {node.key_of_submitter()}"}

    own = client.get("/export.csv?q=marmot&columns=title&scope=mine", headers=key)
    manifest = client.get("/export/manifest.json?q=marmot&scope=mine&format=csv", headers=key).json()

    assert ["Marmot closed"] == [row["title"] for row in csv.DictReader(io.StringIO(own.text))]
    assert "1" == own.headers["x-total-count"]
    assert (1, "mine", 1) == (manifest["count"], manifest["scope"], manifest["licences"][0]["rows"])
    assert (401, "UNAUTHENTICATED") == told(client, "/export.csv?q=marmot&scope=mine")
    assert "closed" not in client.get("/export.csv?q=marmot", headers=key).text


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/export.xml?q=marmot", 404, "NOT_FOUND"),
        ("/export.csv?q=severity:9", 400, "BAD_QUERY"),
        ("/export.csv?columns=titel", 400, "UNKNOWN_TERM"),
        ("/export.csv?scope=all", 400, "BAD_QUERY"),
        ("/export.zip?format=pdf", 400, "UNKNOWN_TERM"),
        ("/export/manifest.json?format=pdf", 400, "UNKNOWN_TERM"),
        (f"/export.jsonl?q={'x' * 10_000}", 400, "BAD_QUERY"),
        ("/export.ris?q=%22%28%28%28", 400, "BAD_QUERY"),
    ],
)
def test_what_cannot_be_exported_is_refused_in_json(client: Client, path: str, status: int, code: str) -> None:
    assert (status, code) == told(client, path)
    assert status == client.get(path, headers={"Accept": "text/html"}).status_code


def test_a_head_request_tells_the_number_only(client: Client, marmots: list[str]) -> None:
    answer = client.request("HEAD", "/export.csv?q=marmot")

    assert (200, "3", b"") == (answer.status_code, answer.headers["x-total-count"], answer.content)
    assert 405 == client.request("POST", "/export.csv?q=marmot").status_code


def test_exports_are_not_for_crawlers(client: Client) -> None:
    assert "Disallow: /export\n" in client.get("/robots.txt").text


class Reader:
    """A client that reads an export as it likes; ``pieces`` are what it has read."""

    def __init__(self, registry: Registry, app: ExportApp, *, stops_after: int, leaves: bool = False) -> None:
        self._registry = registry
        self._app = app
        self._stops_after = stops_after
        self._leaves = leaves
        self._gone = anyio.Event()
        self.reading = anyio.Event()
        self.pieces: list[bytes] = []
        self.ended = False

    async def read(self, actor: Actor = ANONYMOUS) -> None:
        """Ask, and read until one stops."""
        site = create_app(self._registry).state.site
        scope: Scope = {
            "type": "http", "method": "GET", "path": "/export.csv", "query_string": b"", "headers": [],
            "path_params": {"format": "csv"}, "state": {"actor": actor, "request_id": "r"},
            "app": type("App", (), {"state": type("State", (), {"site": site})}),
        }  # fmt: skip
        await self._app(scope, self._receive, self._send)

    async def _receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] != "http.response.body":
            return
        if len(self.pieces) == self._stops_after:
            self.reading.set()
            if self._leaves:
                self._gone.set()
            await anyio.sleep_forever()
        self.pieces.append(message["body"])
        self.ended = not message["more_body"]


def is_free(registry: Registry) -> bool:
    """Whether nobody holds a transaction or a turn to write: the journal can be emptied at once."""
    with registry.storage.begin():
        pass
    with closing(sqlite3.connect(registry.settings.database_path)) as connection:
        (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


@pytest.mark.parametrize("leaves", [True, False], ids=["leaves", "stops reading"])
def test_a_client_that_goes_or_stops_reading_holds_nothing(node: Node, marmots: list[str], leaves: bool) -> None:
    app = ExportApp(node.registry, piece_seconds=0.05)
    reader = Reader(node.registry, app, stops_after=0, leaves=leaves)

    anyio.run(reader.read)

    assert not reader.ended
    assert is_free(node.registry)
    again = Reader(node.registry, app, stops_after=9)
    anyio.run(again.read)
    assert again.ended
    assert 5 == b"".join(again.pieces).count(b"\r\n")


def test_a_slow_reader_holds_no_transaction_and_no_thread_while_it_waits(node: Node, marmots: list[str]) -> None:
    app = ExportApp(node.registry, piece_seconds=60)
    reader = Reader(node.registry, app, stops_after=0)

    async def run() -> tuple[bool, int]:
        async with anyio.create_task_group() as group:
            group.start_soon(reader.read)
            await reader.reading.wait()
            found = is_free(node.registry), app._threads.borrowed_tokens
            group.cancel_scope.cancel()
        return found

    assert (True, 0) == anyio.run(run)


def test_only_so_many_exports_run_at_once(node: Node, marmots: list[str]) -> None:
    settings = node.registry.settings.model_copy(update={"exports_at_once": 3, "exports_at_once_each": 2})
    registry = replace(node.registry, settings=settings)
    app = ExportApp(registry, piece_seconds=60)
    parties = [replace(ANONYMOUS, address=f"192.0.2.{one}") for one in (1, 2, 3)]

    async def run() -> list[tuple[int, str, str]]:
        refused = []
        async with anyio.create_task_group() as group:
            for who in (parties[0], parties[0], parties[1]):
                reader = Reader(registry, app, stops_after=0)
                group.start_soon(reader.read, who)
                await reader.reading.wait()
            for who in (parties[0], parties[2]):
                with pytest.raises(HttpFailure) as caught:
                    await Reader(registry, app, stops_after=0).read(who)
                refused.append((caught.value.status, caught.value.code, caught.value.message[:9]))
            group.cancel_scope.cancel()
        await Reader(registry, app, stops_after=9).read(parties[2])
        return refused

    assert [(429, "TOO_MANY_EXPORTS", "at most 2"), (429, "TOO_MANY_EXPORTS", "at most 3")] == anyio.run(run)


def test_an_export_is_refused_before_its_first_row_where_the_budget_is_used_up(node: Node, marmots: list[str]) -> None:
    registry = limited(node.registry)
    with Client(create_app(registry)) as client:
        whole = client.get("/export.csv?q=marmot")
        limits.charge(registry, replace(ANONYMOUS, address="127.0.0.1"), cost=20_000 - 2 * 100 - 3 - 1)
        refused = client.get("/export.csv?q=marmot")

    assert 200 == whole.status_code
    assert (429, "RATE_LIMITED") == (refused.status_code, refused.json()["errors"][0]["extensions"]["code"])
    assert int(refused.headers["retry-after"]) > 0


@pytest.mark.parametrize(("spent", "is_whole"), [(18_000, True), (19_990, False)])
def test_rows_that_are_paid_for_on_the_way_wait_for_the_budget(
    node: Node, marmots: list[str], spent: int, is_whole: bool
) -> None:
    registry = limited(node.registry, export_seconds=60.0 if is_whole else 0.3)
    limits.charge(registry, ANONYMOUS, cost=spent)
    reader = Reader(registry, ExportApp(registry, rows_before=2), stops_after=9)

    anyio.run(reader.read)

    assert is_whole == reader.ended


def limited(registry: Registry, **more: float) -> Registry:
    """The registry with the least budget there may be for strangers, and a clock that stands still."""
    told = {"limits": True, "anonymous_cost_per_minute": 20_000, **more}
    return replace(registry, settings=registry.settings.model_copy(update=told))
