"""Writing all matches of a search into a file, from the node at hand or over HTTP."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM
from registry.service import follow
from tests import factories
from tests.browser import serving
from tests.factories import content
from tests.web.cli.commons import commons
from web.app import create_app
from web.cli.directory import opened


@pytest.fixture
def filled(node: Path) -> Path:
    """A node with three public marmots and a hidden one."""
    batch = [
        content(
            title=f"Marmot {at}",
            marking={"tlp": "AMBER"} if at == 3 else None,
            upstream={"source": "wiki", "id": f"W{at}", "sha256": "0" * 64},
        )
        for at in range(4)
    ]
    with opened(node) as registry:
        factories.take_in(registry, LOCAL_OPERATOR, factories.source("wiki", trusted=True), batch)
        while follow.catch_up(registry, SYSTEM):
            pass
    return node


def manifest(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.with_name(path.name + ".manifest.json").read_text())
    return read


def test_the_file_and_its_manifest_are_the_same_from_the_node_and_over_http(filled: Path, tmp_path: Path) -> None:
    near, far = tmp_path / "near.csv", tmp_path / "far.csv"
    asked = ("export", "marmot", "--format", "csv", "--columns", "title,url", "--sort", "published", "--json")

    local = commons(*asked, "--out", near, "--data-dir", filled)
    with opened(filled) as registry, serving(create_app(registry)) as origin:
        remote = commons(*asked, "--out", far, "--url", origin)

    assert (0, 0) == (local.code, remote.code), (local.err, remote.err)
    assert near.read_bytes() == far.read_bytes()
    with near.open(newline="") as file:
        assert {"Marmot 0", "Marmot 1", "Marmot 2"} == {row["title"] for row in csv.DictReader(file)}
    for path, done in ((near, local), (far, remote)):
        told = manifest(path)
        assert done.json == told
        assert hashlib.sha256(path.read_bytes()).hexdigest() == told["sha256"]
        assert (path.name, 3, 3, 0) == tuple(told[one] for one in ("file", "count", "rows", "left_out"))
    assert [] == [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_what_is_wrong_with_the_options_is_told_at_once(filled: Path, tmp_path: Path) -> None:
    out = tmp_path / "x"

    done = commons("export", "", "--format", "cvs", "--sort", "date", "--columns", "a", "-o", out, "--json")
    column = commons("export", "", "--format", "csv", "--columns", "titel", "-o", out, "--data-dir", filled, "--json")
    query = commons("export", "severity:9", "-o", out, "--data-dir", filled, "--json")
    own = commons("export", "", "--mine", "-o", out, "--data-dir", filled, "--json")

    assert ["UNKNOWN_TERM", "UNKNOWN_TERM", "INCONSISTENT"] == [one["code"] for one in done.told["problems"]]
    assert "did you mean csv?" == done.told["problems"][0]["hint"]
    assert ["UNKNOWN_TERM"] == [one["code"] for one in column.told["problems"]]
    assert ["BAD_QUERY", "UNAUTHENTICATED"] == [query.told["code"], own.told["code"]]
    assert not out.exists()


@pytest.mark.parametrize("place", ["missing/x.csv", ".", "node/x.csv"])
def test_a_place_that_cannot_be_written_ends_with_a_code(filled: Path, tmp_path: Path, place: str) -> None:
    done = commons("export", "", "-o", tmp_path / place, "--data-dir", filled, "--json")

    assert 0 != done.code
    assert "INTERNAL" != done.told["code"]


def test_a_node_that_does_not_answer_leaves_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "x.csv"
    out.write_text("old")

    done = commons("export", "", "-o", out, "--url", "http://127.0.0.1:9", "--json")

    assert "UNAVAILABLE" == done.told["code"]
    assert "old" == out.read_text()
