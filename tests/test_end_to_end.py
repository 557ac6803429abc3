"""The whole way: handed in and reviewed over the API by two people, found and read in a browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser import chromium, tab
from tests.node_process import ask, found_node, serving

__all__ = ["chromium"]

pytestmark = pytest.mark.browser

SEARCHABLE_SECONDS = 60.0
TITLE = "Cloned voice of a bank's adviser"
PAYLOAD = "{ record { uid number state draftRevision } userErrors { code message path } }"
SUBMIT = f"mutation($input: SubmitIncidentInput!) {{ submitIncident(input: $input) {PAYLOAD} }}"
REVIEW = f"mutation($input: ReviewSubmissionInput!) {{ reviewSubmission(input: $input) {PAYLOAD} }}"
PUBLISH = f"mutation($input: PublishInput!) {{ publish(input: $input) {PAYLOAD} }}"


@pytest.fixture
def address_and_keys(tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A served node, and the keys of a submitter and a reviewer."""
    keys = found_node(tmp_path / "data")
    with serving(tmp_path / "data") as node:
        yield node.address, keys


def _write(client: httpx.Client, document: str, **given: Any) -> dict[str, Any]:
    """The record of a mutation without errors."""
    [payload] = ask(client, document, {"input": given}).values()
    assert [] == payload["userErrors"]
    record: dict[str, Any] = payload["record"]
    return record


def _seconds_until_found(address: str, word: str) -> float:
    begin = time.monotonic()
    with httpx.Client(base_url=address, timeout=60) as stranger:
        while time.monotonic() - begin < SEARCHABLE_SECONDS:
            if TITLE in stranger.get("/search", params={"q": word}).text.replace("&#39;", "'"):
                return time.monotonic() - begin
            time.sleep(0.02)
    raise AssertionError(f"not found by search within {SEARCHABLE_SECONDS:g} s")


def test_an_incident_goes_from_one_organisation_through_review_to_everybody(
    chromium: Browser, address_and_keys: tuple[str, dict[str, str]]
) -> None:
    address, keys = address_and_keys
    people = {name: {"Authorization": f"Bearer {key}"} for name, key in keys.items()}
    with (
        httpx.Client(base_url=address, headers=people["submitter"], timeout=60) as submitter,
        httpx.Client(base_url=address, headers=people["reviewer"], timeout=60) as reviewer,
    ):
        content = {"title": TITLE, "summary": "Customers were called by a cloned voice.", "severity": 4}
        record = _write(submitter, SUBMIT, content=content, marking={"tlp": "CLEAR"})
        uid, seen = record["uid"], {"expectedRevision": record["draftRevision"]}
        assert "SUBMITTED" == record["state"]
        assert 404 == httpx.get(f"{address}/r/{uid}", timeout=60).status_code
        _write(reviewer, REVIEW, uid=uid, decision="CLAIM", **seen)
        _write(reviewer, REVIEW, uid=uid, decision="APPROVE", **seen)

        published = _write(reviewer, PUBLISH, uid=uid, **seen)

    seconds = _seconds_until_found(address, "cloned")
    print(f"searchable {seconds:.2f} s after it was published")  # noqa: T201  # a measure, shown by pytest -s

    assert "PUBLISHED" == published["state"]
    with tab(chromium, address) as opened:
        assert 200 == opened.open("/search")
        opened.page.get_by_role("searchbox").first.fill("cloned voice")
        opened.page.get_by_role("searchbox").first.press("Enter")
        opened.page.get_by_role("link", name=TITLE).first.click()
        expect(opened.page.get_by_role("heading", level=1)).to_contain_text(TITLE)
        assert opened.page.url == f"{address}/r/{published['number']}"
        assert [] == opened.faults
