"""A newcomer from the application to a leaked key, over HTTP, on two server processes over one data directory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from registry.domain.account import KeyId
from tests.node_process import commons, opened, serving

FORM = {
    "organisation": "Nova Lab",
    "kind": "research",
    "intended": "member",
    "slug": "nova",
    "contact": "Nina Newcomer",
    "email": "nina@nova.example",
    "why": "We study misuse.",
    "revision": "1",
    "agreed_revision": "on",
}
SUBMIT = """mutation ($input: SubmitIncidentInput!) { submitIncident(input: $input) {
  record { uid state } userErrors { path code } } }"""
CONFIRM = "mutation ($input: ConfirmSubmissionInput!) { confirmSubmission(input: $input) { record { state } } }"
ROTATE = """mutation ($input: RotateApiKeyInput!) { rotateApiKey(input: $input) {
  text apiKey { id } userErrors { code } } }"""
DECIDE = """mutation ($input: DecideApplicationInput!) { decideApplication(input: $input) {
  application { state } userErrors { code message } } }"""
GRANT = "mutation ($input: GrantProductionInput!) { grantProduction(input: $input) { members { staging } } }"
WHO = "{ viewer { organisation { slug } staging } }"


class Somewhere:
    """One of the two processes."""

    def __init__(self, address: str) -> None:
        self._client = httpx.Client(base_url=address, timeout=60)

    def page(self, path: str, **form: str) -> str:
        """What a form is answered."""
        return self._client.post(path, data=form).text

    def ask(self, key: str, document: str, **said: Any) -> Any:
        """The body of an answer to a document with an input."""
        body = {"query": document, "variables": {"input": said}}
        return self._client.post("/graphql", json=body, headers={"Authorization": f"Bearer {key}"}).json()

    def lets_in(self, key: str) -> bool:
        """Whether a key lets somebody in."""
        return "errors" not in self.ask(key, WHO)

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Where both processes keep everything."""
    return tmp_path / "node"


@pytest.fixture
def operator_key(data_dir: Path) -> str:
    """The key of the first operator of a new node."""
    return str(commons("init", "--data-dir", str(data_dir))["operator_key"])


@pytest.fixture
def both(data_dir: Path, operator_key: str) -> Iterator[tuple[Somewhere, Somewhere]]:
    """Two server processes over the data directory."""
    assert operator_key
    with serving(data_dir) as first, serving(data_dir) as second:
        here, there = Somewhere(first.address), Somewhere(second.address)
        yield here, there
        here.close()
        there.close()


def key_in(text: str) -> str:
    """The key on a page."""
    found = re.search(r"ic_\w+", text)
    assert found is not None, text
    return found[0]


def end_overlap(data_dir: Path, text: str) -> None:
    """Let the time be over in which both keys work: nobody waits an hour for a test."""
    with opened(data_dir) as registry, registry.storage.begin() as unit:
        key = unit.accounts.key(KeyId(text.split("_")[2]))
        assert key is not None
        assert key.expires_at <= datetime.now(UTC) + timedelta(hours=1)
        unit.accounts.save_key(replace(key, expires_at=datetime.now(UTC)))


def test_a_newcomer_applies_tries_out_submits_rotates_and_leaks(
    data_dir: Path, operator_key: str, both: tuple[Somewhere, Somewhere]
) -> None:
    here, there = both
    content = {"title": "Spam wave", "summary": "Accounts sent generated spam."}

    receipt = re.search(r"\b[0-9A-Z]{6}(?:-[0-9A-Z]{6}){4}\b", here.page("/apply", **FORM))
    assert receipt is not None
    code = receipt[0]
    waiting = there.ask(operator_key, "{ applications { nodes { id organisation } } }")
    (application,) = waiting["data"]["applications"]["nodes"]
    there.ask(operator_key, DECIDE, id=application["id"], decision="APPROVE", reason="Welcome.")
    staging = key_in(here.page("/apply/follow", code=code, step="staging"))

    draft = there.ask(staging, SUBMIT, content=content)["data"]["submitIncident"]["record"]
    refused = here.ask(staging, CONFIRM, uid=draft["uid"])

    assert (staging.startswith("ic_stage_"), "DRAFT") == (True, draft["state"])
    assert "FORBIDDEN" == refused["errors"][0]["extensions"]["code"]

    here.ask(operator_key, GRANT, organisation="nova", reason="Your draft is fine.")
    old = key_in(there.page("/apply/follow", code=code, step="production"))
    promoted = here.ask(old, CONFIRM, uid=draft["uid"])["data"]["confirmSubmission"]["record"]
    own = there.ask(old, SUBMIT, content=content | {"title": "Another"})["data"]["submitIncident"]

    assert "SUBMITTED" == promoted["state"]
    assert [] == own["userErrors"]

    rotated = here.ask(old, ROTATE, id=old.split("_")[2], overlapHours=1)["data"]["rotateApiKey"]
    new = rotated["text"]
    while_both_work = [one.lets_in(key) for one in both for key in (old, new)]
    end_overlap(data_dir, old)
    afterwards = [one.lets_in(key) for one in both for key in (old, new)]

    assert [True, True, True, True] == while_both_work
    assert [False, True, False, True] == afterwards

    there.page("/keys/revoke", keys=f"found in a public repository: {new}")

    assert [False, False] == [one.lets_in(new) for one in both]
    assert [True, True] == [one.lets_in(staging) for one in both]
