"""Taking in the records of a source."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.cli.commons import commons

RELEASE = Path("tests/importers/atlas/release-1.yaml")


def test_a_second_import_of_the_same_file_changes_nothing(node: Path) -> None:
    first = commons("import", "atlas", "--from", RELEASE, "--data-dir", node, "--json")
    second = commons("import", "atlas", "--from", RELEASE, "--data-dir", node, "--json")

    assert (first.code, second.code) == (0, 0)
    assert first.json["new"] == first.json["read"] > 0
    assert second.json == {**first.json, "new": 0, "unchanged": first.json["read"], "run": second.json["run"]}


def test_the_report_holds_every_count_and_the_findings(node: Path) -> None:
    done = commons("import", "atlas", "--from", RELEASE, "--data-dir", node, "--json")

    assert {"read", "new", "changed", "unchanged", "held", "withdrawn", "refused", "findings"} <= set(done.json)


def test_a_dry_run_writes_nothing(node: Path) -> None:
    done = commons("import", "atlas", "--from", RELEASE, "--dry-run", "--data-dir", node, "--json")

    assert done.json["new"] > 0
    assert commons("verify", "--data-dir", node, "--json").json["changes"] == 4


@pytest.mark.parametrize("body", [b"a: [", b"\xff\xfe", b"- 1", b""], ids=["broken", "no UTF-8", "a list", "empty"])
def test_a_broken_file_ends_with_one_and_a_code(node: Path, tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "atlas.yaml"
    path.write_bytes(body)

    done = commons("import", "atlas", "--from", path, "--data-dir", node, "--json")

    assert done.code == 1
    assert [True] == [one["refused"] for one in done.json["findings"]]


def test_more_refused_records_than_allowed_end_with_one(node: Path) -> None:
    second = Path("tests/importers/atlas/release-2.yaml")

    strict = commons("import", "atlas", "--from", second, "--dry-run", "--data-dir", node)
    lenient = commons("import", "atlas", "--from", second, "--max-refused-share", "1", "--data-dir", node)

    assert (strict.code, lenient.code) == (1, 0)
    assert "refused" in strict.out


def test_a_code_that_was_refused_here_and_noted_there_is_told_apart(node: Path) -> None:
    done = commons("import", "avid", "--from", "tests/importers/avid/dirty.json", "--data-dir", node)
    kept = commons("source", "findings", "avid", "--code", "WRONG_TYPE", "--data-dir", node)

    assert {"refused", "noted"} == {
        line.split()[2].rstrip(".") for line in done.out.splitlines() if "WRONG_TYPE" in line
    }
    assert "WRONG_TYPE, refused: The record was left out" in kept.out
    assert "WRONG_TYPE, noted: Nothing has to be done" in kept.out


def test_a_directory_is_read_file_by_file(node: Path, tmp_path: Path) -> None:
    folder = tmp_path / "releases"
    folder.mkdir()
    (folder / "one.yaml").write_bytes(RELEASE.read_bytes())
    (folder / "README.txt").write_text("no data")

    done = commons("import", "atlas", "--from", folder, "--data-dir", node, "--json")

    assert (done.code, done.json["refused"]) == (0, 0)


@pytest.mark.parametrize(("source", "path"), [("nobody", RELEASE), ("atlas", Path("nowhere"))])
def test_an_unknown_source_or_file_is_not_found(node: Path, source: str, path: Path) -> None:
    assert commons("import", source, "--from", path, "--data-dir", node).code == 3
