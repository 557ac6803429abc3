"""What a request that fails leaves in the log: its id and where it failed, and nothing that was in it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from registry.ports import Registry
from tests.client import Client
from tests.schema.documents import content
from tests.schema.world import Api
from tests.secrecy import planted
from tests.service.world import People, alter, published
from web.app import create_app
from web.cli.logs import JsonLines, Lines

SUBMIT = "mutation ($input: SubmitIncidentInput!) { submitIncident(input: $input) { record { uid } } }"
# The store fails in the middle of a write, with the values of the statement at hand.
BROKEN = """CREATE TRIGGER broken BEFORE INSERT ON revisions
BEGIN SELECT RAISE(ABORT, 'the disk is broken'); END"""


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that a serving node would write to stderr, in both forms; of its own loggers whatever the level."""
    written = io.StringIO()
    handlers = []
    for formatter in (Lines(), JsonLines()):
        handler = logging.StreamHandler(written)
        handler.setFormatter(formatter)
        handlers.append(handler)
    root, own = logging.getLogger(), [logging.getLogger(name) for name in ("web", "commons")]
    for handler in handlers:
        root.addHandler(handler)
    for one in own:
        one.setLevel(logging.DEBUG)
    yield written
    for one in own:
        one.setLevel(logging.NOTSET)
    for handler in handlers:
        root.removeHandler(handler)


def test_a_write_that_breaks_says_nothing_of_what_was_written(
    api: Api, registry: Registry, people: People, log: io.StringIO
) -> None:
    secret = planted("title")
    alter(registry, BROKEN)

    answer = api.send(SUBMIT, by="submitter", input={"content": content(title=secret, summary=secret)})

    assert "INTERNAL" == answer.json()["errors"][0]["extensions"]["code"]
    assert "IntegrityError" in log.getvalue()
    assert secret not in log.getvalue() + answer.text


def test_a_stored_part_that_cannot_be_read_says_nothing_of_what_it_holds(
    api: Api, registry: Registry, people: People, log: io.StringIO
) -> None:
    record = published(registry, people)
    secret = planted("part")
    alter(registry, "UPDATE revisions SET public_body = ?", f'{{"title": "{secret}", '.encode())

    answer = api.send("query ($u: String) { record(uid: $u) { title summary } }", u=record.uid)

    assert "errors" in answer.json()
    assert "INTERNAL request" in log.getvalue() or "failed" in log.getvalue()
    assert secret not in log.getvalue() + answer.text


HOSTILE = "x\r\n2026-03-14T15:00:00Z [1] ERROR web: all is well \x1b[2J\x1b]0;owned\x07\u202e\u2028"


def test_headers_paths_and_bodies_forge_no_line(registry: Registry, log: io.StringIO) -> None:
    secret = planted("header")
    quoted = "%0d%0a2026-03-14T15%3A00%3A00Z%20ERROR%20" + secret.replace(" ", "%20")
    with Client(create_app(registry)) as client:
        for path in (f"/r/{quoted}", f"/{quoted}", f"/search?q={quoted}", f"/lookup?url={quoted}", "/%1b%5b2J"):
            client.get(path)
        for name in ("Authorization", "Accept", "User-Agent", "X-Forwarded-For", "Referer", "Origin", "If-None-Match"):
            client.get("/incidents", headers={name: f"{secret} \x7f\x1b[2J".encode()})
        body = {"query": f"{{ {HOSTILE} {secret} }}", "variables": {HOSTILE: secret}}
        client.post("/graphql", content=json.dumps(body), headers={"Content-Type": "application/json"})
        client.post("/notice", data={"wish": HOSTILE, "words": secret})

    lines = log.getvalue().splitlines()
    assert secret not in log.getvalue()
    assert all(line.isprintable() for line in lines)
    assert not any(line.startswith("2026-03-14T15:00:00Z [1]") for line in lines)
