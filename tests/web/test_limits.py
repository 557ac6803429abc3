"""What every request passes: limits on bodies, checks of where it comes from, headers on every answer."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from dataclasses import replace

import anyio
import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM
from registry.domain.errors import SearchUnavailable
from registry.service import import_watch, importing, review
from tests import factories
from tests.browser import serving
from tests.client import Client
from tests.clocks import FixedClock
from tests.web.node import Node
from web.app import create_app
from web.errors import HttpFailure
from web.middleware import CONTENT_SECURITY_POLICY, BodyLimits

PATHS = ["/", "/search", "/nothing", "/static/site.css", "/health/live", "/graphql", "/robots.txt", "/favicon.ico"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_the_security_headers(client: Client, path: str) -> None:
    answer = client.get(path)

    assert CONTENT_SECURITY_POLICY == answer.headers["content-security-policy"]
    assert "nosniff" == answer.headers["x-content-type-options"]
    assert "no-referrer" == answer.headers["referrer-policy"]
    assert "same-origin" == answer.headers["cross-origin-opener-policy"]
    assert "server" not in answer.headers


def test_every_answer_has_its_own_request_id_whatever_was_sent(client: Client) -> None:
    first = client.get("/about", headers={"X-Request-Id": "mine"}).headers["x-request-id"]
    second = client.get("/about", headers={"X-Request-Id": "mine"}).headers["x-request-id"]

    assert 3 == len({first, second, "mine"})


def test_a_body_of_20_megabytes_is_refused(client: Client) -> None:
    answer = client.post("/graphql", content=b"x" * 20_000_000)

    assert 413 == answer.status_code
    assert "BODY_TOO_LARGE" == answer.json()["errors"][0]["extensions"]["code"]
    assert answer.headers["x-request-id"] == answer.json()["errors"][0]["extensions"]["requestId"]


def test_a_body_that_does_not_tell_its_length_is_counted(client: Client) -> None:
    async def pieces() -> object:
        for _ in range(300):
            yield b"x" * 10_000

    answer = client.post("/graphql", content=pieces())

    assert 413 == answer.status_code


def test_a_compressed_body_is_refused(client: Client) -> None:
    answer = client.post("/graphql", content=b"\x1f\x8b", headers={"Content-Encoding": "gzip"})

    assert 415 == answer.status_code
    assert "UNSUPPORTED_ENCODING" == answer.json()["errors"][0]["extensions"]["code"]


def test_people_are_told_on_a_page(client: Client) -> None:
    answer = client.post("/", content=b"x", headers={"Content-Encoding": "gzip", "Accept": "text/html"})

    assert 415 == answer.status_code
    assert "text/html; charset=utf-8" == answer.headers["content-type"]
    assert "UNSUPPORTED_ENCODING" in answer.text


def test_a_slow_body_is_given_up() -> None:
    async def never() -> Message:
        await anyio.sleep_forever()
        raise AssertionError

    async def nowhere(_message: Message) -> None:
        raise AssertionError

    limits = BodyLimits(Starlette(), max_bytes=100, seconds=0.01)
    scope = {"type": "http", "method": "POST", "path": "/", "headers": []}

    async def ask() -> None:
        await limits(scope, never, nowhere)

    with pytest.raises(HttpFailure, match="did not arrive") as refused:
        anyio.run(ask)

    assert 408 == refused.value.status


@pytest.mark.parametrize("path", ["/?q=%ff", "/r/%c3%28", "/search?q=%00", "/search?q=%1b[31m"])
def test_an_address_that_is_no_clean_text_is_refused(client: Client, path: str) -> None:
    answer = client.get(path)

    assert 400 == answer.status_code
    assert "BAD_ENCODING" in answer.text


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}],
)
def test_a_form_of_another_site_is_refused(client: Client, headers: dict[str, str]) -> None:
    answer = client.post("/graphql", json={"query": "{__typename}"}, headers=headers)

    assert 403 == answer.status_code
    assert "CROSS_SITE" == answer.json()["errors"][0]["extensions"]["code"]


def test_the_own_site_and_programs_may_post(client: Client) -> None:
    own = client.post("/graphql", json={"query": "{__typename}"}, headers={"Sec-Fetch-Site": "same-origin"})
    program = client.post("/graphql", json={"query": "{__typename}"})

    assert [200, 200] == [own.status_code, program.status_code]


def test_a_key_proves_intent_from_any_site(client: Client, node: Node) -> None:
    headers = {"Authorization": f"Bearer {node.key_of_submitter()}", "Sec-Fetch-Site": "cross-site"}

    answer = client.post("/graphql", json={"query": "{__typename}"}, headers=headers)

    assert 200 == answer.status_code


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_pages_can_only_be_read(client: Client, method: str) -> None:
    answer = client.request(method, "/about")

    assert 405 == answer.status_code
    assert "METHOD_NOT_ALLOWED" in answer.text


def test_a_head_request_has_the_headers_and_no_body(client: Client) -> None:
    got, head = client.get("/about"), client.request("HEAD", "/about")

    assert 200 == head.status_code
    assert b"" == head.content
    assert got.headers["etag"] == head.headers["etag"]


@pytest.mark.parametrize("value", ["x%0d%0aSet-Cookie:%20a=b", "%E2%80%AE", "<script>", '"><img src=x>'])
def test_what_is_asked_for_never_becomes_a_header_or_markup(client: Client, value: str) -> None:
    answer = client.get(f"/search?q={value}&kind={value}&after={value}&sort={value}&view={value}")

    assert "set-cookie" not in answer.headers
    assert "<script>" not in answer.text
    assert "<img src=x" not in answer.text


def test_a_foreign_host_header_appears_nowhere(client: Client) -> None:
    answer = client.get("/", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})

    assert "evil.example" not in answer.text
    assert "evil.example" not in str(answer.headers)


@pytest.fixture
def broken(node: Node) -> Iterator[Client]:
    """A node one of whose pages fails in a way nobody foresaw."""

    async def fail(_request: Request) -> Response:
        raise RuntimeError("the secret is 12345")

    async def fine(_request: Request) -> Response:
        return PlainTextResponse("fine")

    app = create_app(node.registry)
    app.router.routes[:0] = [Route("/broken", fail), Route("/fine", fine)]
    with Client(app) as opened:
        yield opened


def test_an_unforeseen_failure_tells_its_id_and_nothing_else(broken: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "web.request"):
        answer = broken.get("/broken")

    assert 500 == answer.status_code
    assert answer.headers["x-request-id"] in answer.text
    assert "12345" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["x-request-id"] in caplog.text


def test_a_store_that_cannot_be_read_is_told_as_such(broken: Client, node: Node) -> None:
    node.registry.storage.close()
    node.registry.settings.database_path.unlink()

    answer = broken.get("/health/ready")

    assert 503 == answer.status_code
    assert 200 == broken.get("/health/live").status_code


def test_readiness_tells_whether_the_index_is_behind(client: Client, node: Node) -> None:
    node.catch_up()
    current = {"status": "ready", "index": "current", "index_behind": 0, "imports": "current"}
    assert current == client.get("/health/ready").json()

    record = node.submit(factories.content())
    review.claim(node.registry, node.reviewer, record.uid, expected_revision=1)
    review.approve(node.registry, node.reviewer, record.uid, expected_revision=1)
    assert current == client.get("/health/ready").json()
    review.publish(node.registry, node.reviewer, record.uid, expected_revision=1)

    assert current | {"index": "behind", "index_behind": 1} == client.get("/health/ready").json()


def test_readiness_tells_that_the_index_cannot_answer_and_the_node_serves_on(client: Client, node: Node) -> None:
    node.publish(factories.content())
    node.registry.index.close()
    shutil.rmtree(node.registry.settings.index_dir)

    answer = client.get("/health/ready")

    assert (200, "building", "building") == (answer.status_code, answer.json()["status"], answer.json()["index"])
    assert 200 == client.get("/incidents").status_code


def test_readiness_names_late_imports_and_the_node_serves_on(client: Client, node: Node, clock: FixedClock) -> None:
    feed = factories.source("feed", format="misp", urls=("https://feed.example/1",), every_hours=6, trusted=True)
    told = factories.content(upstream={"source": "feed", "id": "F1", "sha256": "0" * 64})
    factories.take_in(node.registry, LOCAL_OPERATOR, feed, [told])
    importing.put_source(node.registry, LOCAL_OPERATOR, feed)
    import_watch.look(node.registry, SYSTEM)
    clock.advance(hours=7)
    node.catch_up()

    answer = client.get("/health/ready")

    assert (200, "ready", "overdue") == (answer.status_code, answer.json()["status"], answer.json()["imports"])


def test_a_real_server_answers_before_it_has_read_too_much(node: Node) -> None:
    with serving(create_app(node.registry)) as origin:
        answer = httpx.post(f"{origin}/graphql", content=b"x" * 20_000_000, timeout=60)
        head = httpx.head(f"{origin}/about", timeout=60)

    assert 413 == answer.status_code
    assert "server" not in answer.headers
    assert (200, b"") == (head.status_code, head.content)


def test_a_search_that_cannot_be_made_now_is_told_as_such(node: Node) -> None:
    class Absent:
        def search(self, _request: object) -> None:
            raise SearchUnavailable("the search index is being rebuilt")

    broken = replace(node.registry, index=Absent())  # type: ignore[arg-type]  # nothing else of it is asked
    with Client(create_app(broken)) as client:
        answer = client.get("/search?q=spam")

    assert 503 == answer.status_code
    assert "2" == answer.headers["retry-after"]
    assert "SEARCH_UNAVAILABLE" in answer.text
