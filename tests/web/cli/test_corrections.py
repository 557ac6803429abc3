"""History and corrections from the shell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from registry.client import Client
from tests.client_package.conftest import Served, served
from tests.client_package.test_client import submission
from tests.web.cli.commons import Done, commons

__all__ = ["served"]

REASON = ("--reason", "It was graver.")


@pytest.fixture(autouse=True)
def _node(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONS_URL", served.url)


@pytest.fixture
def number(served: Served) -> str:
    """The number of a published record."""
    with Client(served.url, served.submitter_key) as submitter, Client(served.url, served.reviewer_key) as reviewer:
        uid = submitter.submit(submission(title="Okapi wave")).record.uid
        return _published(reviewer, uid, 1)


def _published(reviewer: Client, uid: str, at: int) -> str:
    reviewer.claim(uid, expected_revision=at)
    reviewer.approve(uid, expected_revision=at)
    return reviewer.publish(uid, expected_revision=at).record.number or ""


def proposed(number: str, key: str, tmp_path: Path, changes: Mapping[str, Any]) -> Done:
    """The answer to a proposal made from the record's own file."""
    document = commons("show", number, "--json").json
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(document | {"content": document["content"] | changes}))
    return commons("propose", number, "--file", file, *REASON, "--key", key, "--json")


def test_a_correction_is_proposed_listed_accepted_and_told_in_history(
    served: Served, number: str, tmp_path: Path
) -> None:
    made = proposed(number, served.reviewer_key, tmp_path, {"severity": 4, "aliases": ["X-1"]}).json
    again = proposed(number, served.reviewer_key, tmp_path, {"severity": 4, "aliases": ["X-1"]}).json
    listed = commons("proposal", "list", "--key", served.submitter_key, "--json").json
    accepted = commons("proposal", "accept", made["id"], "--key", served.submitter_key, "--json")
    own = commons("history", number, "--key", served.submitter_key).out
    told = commons("history", number, "--from", "1", "--to", "2", "--drafts", "--key", served.submitter_key)

    assert [("open", False), ("open", True)] == [(one["state"], one["replayed"]) for one in (made, again)]
    assert made["id"] in [one["id"] for one in listed]
    assert "accepted" == accepted.json["state"]
    assert "Z  revise  " in own
    assert 'added content.aliases: + ["X-1"]' in told.out


def test_a_proposal_is_declined_or_withdrawn(served: Served, number: str, tmp_path: Path) -> None:
    first, second = (proposed(number, served.reviewer_key, tmp_path, {"severity": at}).json["id"] for at in (4, 5))

    declined = commons("proposal", "decline", first, "--reason", "Measured.", "--key", served.submitter_key)
    withdrawn = commons("proposal", "withdraw", second, "--key", served.reviewer_key)
    again = commons("proposal", "withdraw", second, "--key", served.reviewer_key)

    assert (f"proposal {first}: declined\n", f"proposal {second}: withdrawn\n") == (declined.out, withdrawn.out)
    assert 5 == again.code


def test_history_tells_strangers_what_was_published(number: str) -> None:
    rows = commons("history", number, "--json").json["changes"]

    assert [("upsert", None)] == [(one["kind"], one["actor"]) for one in rows]
    assert 3 == commons("history", number, "--from", "1", "--to", "2").code
    assert 2 == commons("history", number, "--from", "1").code


def test_what_cannot_be_proposed_ends_with_its_code(served: Served, number: str, tmp_path: Path) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text('{"kind": "incident"}')

    assert 1 == commons("propose", number, "--file", empty, *REASON, "--key", served.reviewer_key).code
    assert 1 == proposed(number, served.reviewer_key, tmp_path, {}).code
    assert 1 == proposed(number, served.reviewer_key, tmp_path, {"severity": 9}).code
    assert 3 == commons("propose", "NO-INC-2026-0001", "--file", empty.parent / "none.json", *REASON).code
    unsigned = commons("propose", number, "--file", tmp_path / "changed.json", *REASON)
    assert 4 == unsigned.code
