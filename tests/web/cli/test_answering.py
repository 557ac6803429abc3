"""What screening finds is told with the options that answer it, and answered by them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from registry.client import Client
from tests.client_package.conftest import Served, served
from tests.web.cli.commons import commons
from tests.web.cli.test_own import as_reviewer, fresh

__all__ = ["served"]

MAIL = "zelda.quirm@postbox-zorb.net"
PLACE = "PERSONAL_DATA@content.summary"


@pytest.fixture(autouse=True)
def _node(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONS_URL", served.url)
    monkeypatch.setenv("COMMONS_KEY", served.submitter_key)


def _document(**more: Any) -> dict[str, Any]:
    document = fresh()
    return {**document, "content": {**document["content"], "summary": f"Write to {MAIL} about it."}, **more}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A submission with the address of a person in it."""
    path = tmp_path / "incident.json"
    path.write_text(json.dumps(_document()))
    return path


@pytest.mark.parametrize("command", [("submit",), ("submit", "--dry-run"), ("validate",)])
def test_a_finding_is_told_with_its_rule_and_the_options_that_answer_it(file: Path, command: tuple[str, ...]) -> None:
    done = commons(command[0], file, *command[1:])
    told = done.out + done.err

    assert 1 == done.code
    assert "email, characters 9 to 37; " in told
    assert f"--redact {PLACE}, or --accept '{PLACE}=why it may stand here'" in told
    assert MAIL not in told


def test_what_is_redacted_by_option_is_stored_without(file: Path) -> None:
    done = commons("submit", file, "--redact", PLACE, "--json")

    assert 0 == done.code, done.err
    assert "Write to [redacted: email] about it." == done.json["record"]["summary"]


def test_what_is_accepted_by_option_is_stored_with_its_reason(served: Served, file: Path) -> None:
    done = commons("submit", file, "--accept", f"{PLACE}=The office gave it out = itself.", "--json")
    uid = done.json["record"]["uid"]
    found = as_reviewer(served, "review", "findings", uid).json

    assert [(True, "The office gave it out = itself.")] == [
        (one["accepted"], one["reason"]) for one in found["findings"]
    ]
    assert "accepted" in commons("review", "findings", uid).out


def test_options_answer_beside_the_file(served: Served, tmp_path: Path) -> None:
    path = tmp_path / "both.json"
    document = _document(
        screening={"accept": [{"code": "PERSONAL_DATA", "path": ["content", "summary"], "reason": "A"}]}
    )
    document["content"]["title"] = f"{MAIL} again {document['content']['title']}"
    path.write_text(json.dumps(document))

    done = commons("submit", path, "--redact", "PERSONAL_DATA@content.title", "--json")

    assert 0 == done.code, done.err
    assert done.json["record"]["title"].startswith("[redacted: email] again")
    assert MAIL in done.json["record"]["summary"]


def test_a_revision_is_answered_too(served: Served, tmp_path: Path) -> None:
    document, path = fresh(), tmp_path / "revised.json"
    with Client(served.url, served.submitter_key) as client:
        uid = client.submit(document).record.uid
    path.write_text(json.dumps({**document, "content": {**document["content"], "summary": f"Write to {MAIL}."}}))

    refused = commons("revise", uid, path, "--revision", "1")
    done = commons("revise", uid, path, "--revision", "1", "--redact-all", "--json")

    assert (1, 0) == (refused.code, done.code)
    assert f"--redact {PLACE}" in refused.err
    assert "Write to [redacted: email]." == done.json["record"]["summary"]


@pytest.mark.parametrize(
    "option",
    [
        ("--accept", PLACE),
        ("--accept", f"{PLACE}="),
        ("--accept", "MAIL@content.summary=Because."),
        ("--redact", "PERSONAL_DATA"),
        ("--redact", "PERSONAL_DATA@content..summary"),
        ("--bulk", "--redact-all"),
    ],
)
def test_an_option_that_cannot_be_read_is_wrong_usage(file: Path, option: tuple[str, ...]) -> None:
    assert 2 == commons("submit", file, *option).code


def test_a_reviewer_answers_what_is_open(served: Served) -> None:
    uid = _open(served)

    listed = as_reviewer(served, "review", "findings", uid)
    text = commons("review", "findings", uid, "--key", served.reviewer_key).out
    refused = as_reviewer(served, "review", "approve", uid)
    redacted = as_reviewer(served, "review", "redact-findings", uid, "--redact-all")
    after = as_reviewer(served, "review", "findings", uid).json

    assert [(["content", "summary"], "email", False)] == [
        (one["path"], one["rule"], one["accepted"]) for one in listed.json["findings"]
    ]
    assert f"--redact {PLACE}" in text
    assert MAIL not in text + listed.out
    assert (1, 0) == (refused.code, redacted.code)
    assert {"uid": uid, "draft_revision": 2, "findings": []} == after
    assert 0 == as_reviewer(served, "review", "approve", uid).code


def test_a_reviewer_accepts_what_is_open(served: Served) -> None:
    uid = _open(served)

    accepted = as_reviewer(served, "review", "accept-findings", uid, "--accept", f"{PLACE}=It is an office.")

    assert 0 == accepted.code, accepted.err
    assert 0 == as_reviewer(served, "review", "approve", uid).code
    assert 2 == as_reviewer(served, "review", "accept-findings", uid).code
    assert 2 == as_reviewer(served, "review", "redact-findings", uid).code


def test_others_learn_nothing_of_findings(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = _open(served)
    monkeypatch.delenv("COMMONS_KEY")

    assert 3 == commons("review", "findings", uid).code


def _open(served: Served) -> str:
    """A claimed record of which nobody accepted what screening finds today: its acceptance is forgotten."""
    accept = [{"code": "PERSONAL_DATA", "path": ["content", "summary"], "reason": "Public."}]
    with Client(served.url, served.submitter_key) as client:
        uid = client.submit(_document(screening={"accept": accept})).record.uid
    with served.registry.storage.begin() as unit:
        unit.screening.erase(uid)  # type: ignore[arg-type]
    assert 0 == as_reviewer(served, "review", "claim", uid).code
    return uid
