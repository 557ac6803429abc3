"""``commons doctor`` and the switch from one engine to another."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.web.cli.commons import commons


def test_a_node_that_is_well_has_no_findings(node: Path) -> None:
    commons("reindex", "--data-dir", node)

    done = commons("doctor", "--data-dir", node)

    assert (0, "") == (done.code, done.err)
    assert "no finding(s)" in done.out
    assert "commons verify" in done.out


def test_each_finding_is_one_line_that_says_what_to_do(node: Path) -> None:
    commons("reindex", "--data-dir", node)
    shutil.rmtree(node / "index")
    (node / "registry.db").chmod(0o644)

    done = commons("doctor", "--data-dir", node)
    told = commons("doctor", "--data-dir", node, "--json").json

    assert 1 == done.code
    assert ["INDEX_UNREADABLE", "FILE_OPEN"] == [line.partition(":")[0] for line in done.out.splitlines()[:-1]]
    assert "commons reindex" in done.out
    assert ["INDEX_UNREADABLE", "FILE_OPEN"] == [finding["code"] for finding in told["findings"]]


def test_the_index_of_another_engine_is_built_beside_and_then_used(node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commons("reindex", "--data-dir", node)

    built = commons("reindex", "--engine", "tantivy", "--data-dir", node)

    assert 0 == built.code
    assert "set search to tantivy" in built.err
    assert (node / "index" / "manifest.json").exists()
    monkeypatch.setenv("COMMONS_SEARCH", "tantivy")
    after = commons("doctor", "--data-dir", node, "--json").json
    assert ("tantivy", after["head"]) == (after["engine"], after["position"])
    assert ["INDEX_BESIDE"] == [finding["code"] for finding in after["findings"]]


def test_an_engine_that_does_not_exist_is_refused_in_one_line(node: Path) -> None:
    done = commons("reindex", "--engine", "lucene", "--data-dir", node)

    assert 2 == done.code
    assert 1 == len(done.err.splitlines())
    assert "'whoosh' or 'tantivy'" in done.err
