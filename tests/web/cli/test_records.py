"""Commands that ask a served node."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.client_package.conftest import Served, served
from tests.client_package.test_client import submission
from tests.web.cli.commons import commons

__all__ = ["served"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A submission file."""
    path = tmp_path / "incident.json"
    path.write_text(json.dumps(submission(title="Okapi wave")))
    return path


@pytest.fixture(autouse=True)
def _node(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONS_URL", served.url)


def publish(served: Served, uid: str) -> str:
    """Review and publish a record; its number."""
    from registry.client import Client

    with Client(served.url, served.submitter_key) as submitter:
        if submitter.show(uid).record.state == "draft":
            submitter.confirm(uid)
    with Client(served.url, served.reviewer_key) as reviewer:
        reviewer.claim(uid, expected_revision=1)
        reviewer.approve(uid, expected_revision=1)
        number = reviewer.publish(uid, expected_revision=1).record.number
    served.catch_up()
    return number or ""


def test_a_submission_is_found_and_shown_once_it_is_published(
    served: Served, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMONS_KEY", served.submitter_key)

    submitted = commons("submit", file, "--json")
    number = publish(served, submitted.json["record"]["uid"])
    found = commons("search", "okapi", "--json")
    shown = commons("show", number, "--json")

    assert (submitted.code, found.code, shown.code) == (0, 0, 0)
    assert [number] == [record["number"] for record in found.json["records"]]
    assert shown.json["content"]["title"] == "Okapi wave"
    assert "Okapi wave" in commons("show", number.lower()).out
    assert number in commons("search", "okapi").out


def test_a_dry_run_asks_the_node_and_stores_nothing(served: Served, file: Path) -> None:
    done = commons("submit", file, "--dry-run", "--key", served.submitter_key, "--json")

    assert done.code == 0
    assert "ADVICE_SOURCES" in [warning["code"] for warning in done.json["warnings"]]


def test_an_idempotency_key_stores_once(served: Served, file: Path) -> None:
    arguments = ("submit", file, "--key", served.submitter_key, "--idempotency-key", "from the shell", "--json")

    first, second = commons(*arguments).json, commons(*arguments).json

    assert first["record"]["uid"] == second["record"]["uid"]
    assert second["replayed"] is True


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "NOTHING-INC-2026-0001"), 3),
        (("search", "a AND ("), 1),
        (("search", "x", "--key", "ic_live_mistyped"), 4),
        (("search", "x", "--url", "nowhere"), 2),
        (("search", "x", "--url", "http://127.0.0.1:9"), 6),
        (("search", "x", "--limit", "0"), 2),
    ],
)
def test_what_goes_wrong_ends_with_its_code(arguments: tuple[str, ...], code: int) -> None:
    done = commons(*arguments)

    assert code == done.code
    assert done.out == ""


def test_submitting_without_a_key_is_refused(file: Path) -> None:
    assert commons("submit", file).code == 4


def test_all_problems_of_a_submission_are_told(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text('{"kind": "incident", "content": {"severity": 9}}')

    done = commons("submit", path, "--json")

    assert done.code == 1
    assert {"content.title", "content.summary", "content.severity"} == {
        ".".join(problem["path"]) for problem in done.told["problems"]
    }


def test_what_looks_alike_is_told_and_confirmed(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMONS_KEY", served.submitter_key)
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    source = [{"url": "https://lark.example/a"}]
    first.write_text(json.dumps(submission(title="Lark", summary="One.", aliases=["LARK-1"], sources=source)))
    second.write_text(json.dumps(submission(title="Other", summary="Two.", aliases=["LARK-1"])))
    known = commons("submit", first, "--json").json["record"]["uid"]

    told = commons("submit", second, "--dry-run")
    draft = commons("submit", second, "--json").json
    confirmed = commons("confirm", draft["record"]["uid"], "--not-related", known, "--json")
    found = commons("lookup", "http://www.lark.example/a/#top", "--json")

    assert "same_alias  Lark" in told.err
    assert "commons confirm" not in told.err
    assert ("draft", [known]) == (draft["record"]["state"], [one["record"]["uid"] for one in draft["candidates"]])
    assert "submitted" == confirmed.json["record"]["state"]
    assert [known] == [record["uid"] for record in found.json["records"]]
    assert "Lark" in commons("lookup", "https://lark.example/a").out


def test_a_candidate_is_set_aside_by_its_number(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMONS_KEY", served.submitter_key)
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    first.write_text(json.dumps(submission(title="Heron", summary="One.", aliases=["HERON-1"])))
    second.write_text(json.dumps(submission(title="Stork", summary="Two.", aliases=["HERON-1"])))
    number = publish(served, commons("submit", first, "--json").json["record"]["uid"])

    draft = commons("submit", second)
    uid = draft.out.split()[-1]
    confirmed = commons("confirm", uid, "--not-related", number)

    assert f"candidate: {number}  " in draft.err
    assert f"commons confirm {uid}, with --not-related" in draft.err
    assert ": submitted\n" in confirmed.out
    assert 3 == commons("confirm", uid, "--not-related", "LOCAL-INC-1999-0001").code


def test_show_tells_every_field_and_the_restricted_part_to_whom_may_read_it(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "incident.json"
    systems = [{"provider": "Acme", "model": "m-1"}, {"provider": "Zeta"}]
    told = submission(title="Egret", severity=2, systems=systems, misuse_categories=["spam", "fraud"])
    path.write_text(json.dumps(told | {"restricted": {"narrative": "Raw account."}}))
    uid = commons("submit", path, "--json", "--key", served.submitter_key).json["record"]["uid"]

    own = commons("show", uid, "--key", served.submitter_key).out
    publish(served, uid)
    strangers = commons("show", uid).out

    assert "severity: 2\n" in own
    assert "misuse categories: spam, fraud\n" in own
    assert "systems:\n- provider: Acme, model: m-1\n- provider: Zeta\n" in own
    assert "Restricted part\n\nnarrative: Raw account." in own
    assert "Restricted" not in strangers
    assert "  published  TLP:CLEAR  " in strangers


def test_what_is_under_review_is_told_beside_what_is_published(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMONS_KEY", served.submitter_key)
    path = tmp_path / "incident.json"
    path.write_text(json.dumps(submission(title="Ibis") | {"external_ref": "IBIS-1"}))
    number = publish(served, commons("submit", path, "--json").json["record"]["uid"])
    path.write_text(json.dumps(submission(title="Ibis, revised") | {"external_ref": "IBIS-1"}))

    revised = commons("submit", path)

    assert f"{number}: published, revision submitted\n" in revised.out
