"""Checking submissions without a node."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from tests.web.cli.commons import commons

EXAMPLES = sorted(Path("docs/examples").glob("*.json"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_valid(path: Path) -> None:
    assert commons("validate", path).code == 0


def test_what_only_importers_may_write_is_warned_of(tmp_path: Path) -> None:
    document = json.loads(Path("docs/examples/incident.json").read_text())
    document["content"]["upstream"] = {"source": "example", "id": "EX-17", "sha256": "0" * 64}
    path = tmp_path / "copied.json"
    path.write_text(json.dumps(document))

    done = commons("validate", path, "--json")

    assert ("content.upstream", "NOT_ALLOWED") in {
        (".".join(one["path"]), one["code"]) for one in done.json[0]["warnings"]
    }


def test_every_problem_is_told_with_place_code_and_hint(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    content = {"title": "", "severity": 9, "misuse_categories": ["frod"], "colour": "red"}
    path.write_text(json.dumps({"kind": "incident", "content": content, "marking": {"tlp": "PINK"}, "more": 1}))

    done = commons("validate", path, "--json")

    found = {(".".join(one["path"]), one["code"]) for one in done.json[0]["problems"]}
    assert done.code == 1
    assert found == {
        ("more", "UNKNOWN_FIELD"),
        ("content.title", "REQUIRED"),
        ("content.summary", "REQUIRED"),
        ("content.severity", "OUT_OF_RANGE"),
        ("content.misuse_categories.0", "UNKNOWN_TERM"),
        ("content.colour", "UNKNOWN_FIELD"),
        ("marking.tlp", "UNKNOWN_TERM"),
    }
    assert "did you mean fraud?" in commons("validate", path).out


def test_one_bad_file_does_not_hide_the_others(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text("{")

    done = commons("validate", path, EXAMPLES[0], "--json")

    assert done.code == 1
    assert [False, True] == [one["valid"] for one in done.json]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"kind": "incident"', "BROKEN_JSON"),
        (b'{"kind": "\xff"}', "BROKEN_UTF8"),
        (b'{"kind": "incident", "kind": "lesson"}', "DUPLICATE_FIELD"),
        (b'{"kind": NaN}', "BROKEN_JSON"),
        (b'{"kind": ' + b"9" * 5000 + b"}", "BROKEN_JSON"),
        (b"[" * 100_000, "TOO_DEEP"),
        (b"[]", "INVALID_TYPE"),
        (b"", "BROKEN_JSON"),
        (b'"' + b"a" * 2_000_001 + b'"', "TOO_LONG"),
    ],
    ids=["cut off", "no UTF-8", "twice", "NaN", "long number", "deep", "a list", "empty", "large"],
)
def test_a_file_that_cannot_be_read_is_a_problem_with_a_code(tmp_path: Path, body: bytes, code: str) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(body)

    done = commons("validate", path, "--json")

    assert done.code == 1
    assert [code] == [one["code"] for one in done.json[0]["problems"]]


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    assert commons("validate", tmp_path / "none.json").code == 3


def test_stdin_is_read_for_a_hyphen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(EXAMPLES[0].read_bytes())))

    assert commons("validate", "-").code == 0


def test_a_file_of_lines_is_checked_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "many.ndjson"
    good = [json.dumps(json.loads(one.read_text())) for one in EXAMPLES]
    path.write_text("\n".join([*good, "", '{"kind": "incident"', '{"kind": "lesson", "content": {}}']) + "\n")

    done = commons("validate", path, "--json")

    wrong = {one["file"]: [problem["code"] for problem in one["problems"]] for one in done.json if not one["valid"]}
    assert done.code == 1
    assert len(EXAMPLES) + 2 == len(done.json)
    assert {
        f"{path}:{len(EXAMPLES) + 2}": ["BROKEN_JSON"],
        f"{path}:{len(EXAMPLES) + 3}": ["REQUIRED", "REQUIRED"],
    } == wrong
    assert f"{len(EXAMPLES) + 2} checked, 2 with problems" in commons("validate", path).out


def test_a_line_that_is_too_long_does_not_hide_the_next(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_bytes(b'"' + b"a" * 5_000_000 + b'"\n' + EXAMPLES[0].read_bytes().replace(b"\n", b" ") + b"\n")

    done = commons("validate", path, "--json")

    assert [(f"{path}:1", False), (f"{path}:2", True)] == [(one["file"], one["valid"]) for one in done.json]


def test_lines_are_read_from_stdin_where_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{}\n{}\n")))

    done = commons("validate", "--lines", "-", "--json")

    assert ["-:1", "-:2"] == [one["file"] for one in done.json]


def test_a_regime_that_is_not_shipped_is_warned_of_and_the_nearest_is_offered(tmp_path: Path) -> None:
    document = json.loads(Path("docs/examples/incident.json").read_text())
    document["restricted"]["deadlines"] = [{"regime": "eu-ai-act-37"}]
    path = tmp_path / "incident.json"
    path.write_text(json.dumps(document))

    done = commons("validate", path)

    assert done.code == 0
    assert "warning: UNKNOWN_TERM: restricted.deadlines.0.regime" in done.out
    assert "did you mean eu-ai-act-73?" in done.out


def test_what_a_node_would_refuse_beyond_the_form_is_told_too(tmp_path: Path) -> None:
    document = json.loads(Path("docs/examples/incident-minimal.json").read_text())
    document["content"]["narrative"] = "ä" * 20_000
    document["content"]["procedure"] = [{"text": "ö" * 20_000} for _ in range(7)]
    path = tmp_path / "large.json"
    path.write_text(json.dumps(document))

    done = commons("validate", path, "--json")

    assert done.code == 1
    assert [(["content"], "TOO_LONG")] == [(one["path"], one["code"]) for one in done.json[0]["problems"]]
