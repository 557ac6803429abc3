"""``commons doctor`` and the switch from one engine to another."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from registry.bootstrap import close_registry, open_registry
from registry.domain.actor import SYSTEM
from registry.domain.query.parsing import parse
from registry.domain.search import SearchRequest
from registry.service import follow
from registry.settings import load
from tests.web.cli.commons import commons
from tests.web.cli.world import world_of

_WITHOUT_TANTIVY = """
import sys

# An import of it fails then, as where it is not installed.
sys.modules["tantivy"] = None
from web.cli.main import main

main(sys.argv[1:])
"""


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


@pytest.mark.parametrize(("engine", "code"), [("tantivy", 2), ("whoosh", 0)])
def test_an_engine_that_is_not_installed_is_told_in_one_line(node: Path, engine: str, code: int) -> None:
    command = [sys.executable, "-c", _WITHOUT_TANTIVY, "reindex", "--data-dir", str(node)]
    environment = {"COMMONS_SEARCH": engine, "PATH": ""}

    done = subprocess.run(
        command, env=environment, cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False
    )

    told = [line for line in done.stderr.splitlines() if "the engine tantivy is not installed" in line]
    assert code == done.returncode
    assert told == (done.stderr.splitlines() if code else [])
    assert bool(code) == ("incident-commons[tantivy]" in done.stderr)


@pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
@pytest.mark.parametrize("is_newer_index_there", [False, True])
def test_a_restored_node_finds_what_its_backup_holds(
    node: Path, tmp_path: Path, engine: str, *, is_newer_index_there: bool
) -> None:
    settings: Mapping[str, str] = {"COMMONS_SEARCH": engine}
    with world_of(node) as world:
        world.publish("Forged invoices before the backup")
        commons("backup", tmp_path / "backup", "--data-dir", node)
        world.publish("Forged invoices behind the backup")
    _titles_found(node, settings, "forged")

    restored = commons("restore", tmp_path / "backup", "--data-dir", tmp_path / "new")
    if is_newer_index_there:
        index_dir = load(node, settings).index_dir
        shutil.copytree(index_dir, tmp_path / "new" / index_dir.name)

    assert 0 == restored.code
    assert (1, 0) == (
        _titles_found(tmp_path / "new", settings, "before"),
        _titles_found(tmp_path / "new", settings, "behind"),
    )
    assert 2 == _titles_found(node, settings, "forged")


def _titles_found(data_dir: Path, settings: Mapping[str, str], word: str) -> int:
    """How many records *word* finds once the index took everything in."""
    registry = open_registry(load(data_dir, settings))
    try:
        while follow.catch_up(registry, SYSTEM):
            pass
        return registry.index.search(SearchRequest(parse(word))).total
    finally:
        close_registry(registry)
