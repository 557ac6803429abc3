"""Pages of other sites that make a browser send what its owner did not want: every route that changes something."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from registry.ports import Registry
from tests.client import Client
from web.app import create_app
from web.middleware import UNSAFE

ORIGIN = "http://127.0.0.1:8000"
# What a browser says of a page that is not ours, in a form, a script or a frame, new browsers and old.
FOREIGN: tuple[dict[str, str], ...] = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "same-origin, cross-site"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "https://evil.example"},
    {"Origin": "http://sub.127.0.0.1:8000"},
    {"Origin": "http://127.0.0.1"},
    {"Origin": "https://127.0.0.1:8000"},
    {"Origin": f"{ORIGIN}, https://evil.example"},
    {"Origin": f"{ORIGIN}/"},
)
# What an old browser, a stripped header or an address typed in says: too little where a session is at stake.
SILENT: tuple[dict[str, str], ...] = ({}, {"Sec-Fetch-Site": "none"}, {"Referer": f"{ORIGIN}/me"})
COOKIES = ("session=" + "a" * 40, "session=", "session=x; session=y", "other=1; session=" + "b" * 40)
TYPES = ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", "application/json")


@pytest.fixture
def app(registry: Registry) -> Starlette:
    """The application."""
    return create_app(registry)


@pytest.fixture
def client(app: Starlette) -> Iterator[Client]:
    """A client of it."""
    with Client(app) as opened:
        yield opened


def changing(app: Starlette) -> list[tuple[str, str]]:
    """Every method and path by which something could be changed, with something in place of each part that varies."""
    found = []
    for route in app.routes:
        assert isinstance(route, Route)
        path = re.sub(r"\{\w+(?::\w+)?\}", "1", route.path)
        # A route that names no methods takes every one.
        found += [(method, path) for method in sorted(UNSAFE if route.methods is None else UNSAFE & route.methods)]
    return found


def test_no_route_that_changes_anything_listens_to_a_page_of_another_site(app: Starlette, client: Client) -> None:
    routes = changing(app)

    assert {"/graphql", "/bulk", "/sign-in", "/sign-out", "/me/keys", "/admin/members/1"} <= {
        path for _, path in routes
    }
    for method, path in routes:
        for headers in FOREIGN:
            answer = client.request(method, path, headers=headers)
            assert 403 == answer.status_code, (method, path, headers)
            assert "another site" in answer.text


def test_with_a_session_the_browser_must_say_that_the_page_is_ours(app: Starlette, client: Client) -> None:
    for method, path in changing(app):
        for headers in (*FOREIGN, *SILENT):
            for cookie in COOKIES:
                answer = client.request(method, path, headers=headers | {"Cookie": cookie})
                assert 403 == answer.status_code, (method, path, headers, cookie)


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/invitation", "/sign-in/with/x", "/sign-in/with/x/back"])
def test_nobody_is_signed_in_or_out_by_a_page_that_does_not_say_whose_it_is(client: Client, path: str) -> None:
    for headers in SILENT:
        assert 403 == client.post(path, headers=headers).status_code


@pytest.mark.parametrize("sent", TYPES)
def test_the_api_takes_no_simple_request_with_a_session(client: Client, sent: str) -> None:
    body = '{"query": "mutation { __typename }"}'

    for headers in (*FOREIGN, *SILENT):
        said = headers | {"Content-Type": sent, "Cookie": COOKIES[0]}
        assert 403 == client.post("/graphql", content=body, headers=said).status_code


def test_no_page_is_shown_in_a_frame(client: Client) -> None:
    for path in ("/", "/sign-in", "/invitation", "/apply", "/keys/revoke", "/nowhere", "/me"):
        headers = client.get(path).headers
        assert "DENY" == headers["x-frame-options"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
