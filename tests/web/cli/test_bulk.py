"""Handing in many submissions by one command."""

from __future__ import annotations

import io
import itertools
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.client_package.conftest import Served, served
from tests.web.cli.commons import Done, commons
from tests.web.test_bulk import line

__all__ = ["served"]

_COUNT = itertools.count(1)


@pytest.fixture(autouse=True)
def _node(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONS_URL", served.url)
    monkeypatch.setenv("COMMONS_KEY", served.submitter_key)


def fresh(**more: Any) -> bytes:
    """A line that looks like none before."""
    return line(f"w{next(_COUNT) * 7919 + 10**6}", **more)


def answers(done: Done) -> list[dict[str, Any]]:
    """Every line of an answer."""
    return [json.loads(one) for one in done.out.splitlines()]


def test_every_line_of_a_file_is_handed_in_and_told(tmp_path: Path) -> None:
    file, report = tmp_path / "many.ndjson", tmp_path / "report.ndjson"
    file.write_bytes(fresh() + b"\n" + fresh())

    done = commons("submit", "--bulk", file, "--json", "--report", report)

    told = answers(done)
    assert (0, "") == (done.code, done.err)
    assert ["stored", "skipped", "stored"] == [one["status"] for one in told[:-1]]
    assert ["line 1", "line 2", "line 3"] == [one["place"] for one in told[:-1]]
    assert {"complete": True, "lines": 3, "counts": {"stored": 2, "skipped": 1}} == told[-1]
    assert told[:-1] == [json.loads(one) for one in report.read_text().splitlines()]
    assert 0o600 == report.stat().st_mode & 0o777


def test_the_same_file_again_stores_nothing(tmp_path: Path) -> None:
    file = tmp_path / "many.ndjson"
    file.write_bytes(fresh() + fresh())

    first, second = answers(commons("submit", "--bulk", file, "--json")), commons("submit", "--bulk", file, "--json")

    assert [one["uid"] for one in first[:-1]] == [one["uid"] for one in answers(second)[:-1]]
    assert ["replayed"] * 2 == [one["status"] for one in answers(second)[:-1]]


def test_refused_lines_are_told_by_their_place_and_the_exit_code(tmp_path: Path) -> None:
    file = tmp_path / "many.ndjson"
    file.write_bytes(fresh() + b'{"kind": "incident", "content": {"summary": "x", "severity": 9}}\n{\n' + fresh())

    done = commons("submit", "--bulk", file)

    assert 1 == done.code
    assert "line 2: REQUIRED: content.title: this field is required\n" in done.out
    assert "line 2: OUT_OF_RANGE: content.severity: " in done.out
    assert "line 3: BROKEN_JSON: " in done.out
    assert done.out.endswith("4 lines: 2 refused, 2 stored\n")


def test_a_dry_run_has_the_node_check_every_line(tmp_path: Path) -> None:
    file = tmp_path / "many.ndjson"
    body = fresh()
    file.write_bytes(body)

    checked = answers(commons("submit", "--bulk", "--dry-run", file, "--json"))
    stored = answers(commons("submit", "--bulk", file, "--json"))

    assert (["valid"], ["stored"]) == ([one["status"] for one in checked[:-1]], [one["status"] for one in stored[:-1]])


def test_stdin_a_list_and_a_folder_are_taken_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(fresh())))
    many, folder = tmp_path / "many.json", tmp_path / "folder"
    many.write_text(json.dumps([json.loads(fresh()), json.loads(fresh()), 7], indent=2))
    folder.mkdir()
    (folder / "one.json").write_text(json.dumps(json.loads(fresh()), indent=2))
    (folder / "two.json").write_text("{")

    from_stdin, from_list, from_folder = (
        answers(commons("submit", "--bulk", source, "--json")) for source in ("-", many, folder)
    )

    assert ["stored"] == [one["status"] for one in from_stdin[:-1]]
    assert ["stored", "stored", "error"] == [one["status"] for one in from_list[:-1]]
    assert ["entry 1", "entry 2", "entry 3"] == [one["place"] for one in from_list[:-1]]
    assert [("stored", "one.json"), ("error", "two.json")] == [
        (one["status"], Path(one["place"]).name) for one in from_folder[:-1]
    ]


def test_a_line_without_end_is_refused_alone(tmp_path: Path) -> None:
    file = tmp_path / "many.ndjson"
    file.write_bytes(b'{"' + b"a" * 5_000_000 + b"\n" + fresh())

    told = answers(commons("submit", "--bulk", file, "--json"))

    assert ["error", "stored"] == [one["status"] for one in told[:-1]]
    assert ["TOO_LONG"] == [one["code"] for one in told[0]["errors"]]


def test_more_lines_than_are_sent_at_once_keep_their_numbers(tmp_path: Path) -> None:
    file = tmp_path / "many.ndjson"
    file.write_bytes(b"".join(b"\n" if at != 777 else b"{\n" for at in range(1, 1201)))

    done = commons("submit", "--bulk", file)

    assert "line 777: BROKEN_JSON: line 1" in done.out.splitlines()[0]
    assert "1200 lines: 1 refused, 1199 empty" == done.out.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--number", "LOCAL-INC-2026-0001"), 2),
        (("--idempotency-key", "x"), 2),
        (("--key", "ic_live_mistyped"), 4),
        (("--url", "http://127.0.0.1:9", "--patience", "0"), 6),
        (("--report", "/nowhere/at/all"), 6),
    ],
)
def test_what_goes_wrong_ends_with_its_code(tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    file = tmp_path / "many.ndjson"
    file.write_bytes(fresh())

    done = commons("submit", "--bulk", file, *arguments)

    assert (code, "") == (done.code, done.out)


def test_who_may_not_submit_is_refused_as_a_whole(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "many.ndjson"
    file.write_bytes(fresh())

    assert 4 == commons("submit", "--bulk", file, "--key", served.reviewer_key).code
    assert 3 == commons("submit", "--bulk", tmp_path / "none.ndjson").code
    assert 3 == commons("submit", "--bulk", tmp_path / "none").code
