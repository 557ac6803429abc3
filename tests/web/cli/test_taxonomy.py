"""Loading a publisher's taxonomy into a node, and listing those it keeps."""

from __future__ import annotations

import json
from pathlib import Path

from tests.web.cli.commons import commons

FILE = {
    "namespace": "weather",
    "version": 1,
    "expanded": "Weather",
    "predicates": [{"value": "rain", "expanded": "Rain", "description": "Water that falls."}],
}


def written(tmp_path: Path, document: object) -> Path:
    path = tmp_path / "machinetag.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_a_loaded_file_is_listed_beside_what_is_shipped(node: Path, tmp_path: Path) -> None:
    file = written(tmp_path, FILE)

    dry = commons("taxonomy", "load", file, "--licence", "CC0-1.0", "--dry-run", "--data-dir", node, "--json")
    first = commons("taxonomy", "load", file, "--licence", "CC0-1.0", "--data-dir", node, "--json")
    again = commons("taxonomy", "load", file, "--licence", "CC0-1.0", "--data-dir", node, "--json")
    listed = commons("taxonomy", "list", "--data-dir", node, "--json")

    told = {"namespace": "misp-weather", "version": "1", "licence": "CC0-1.0", "terms": 1, "texts": 1}
    assert {**told, "outcome": "new"} == dry.json == first.json
    assert {**told, "outcome": "unchanged"} == again.json
    assert {"atlas", "mit", "misp-weather"} <= {one["namespace"] for one in listed.json}


def test_a_licence_that_forbids_it_leaves_texts_out_and_says_so(node: Path, tmp_path: Path) -> None:
    done = commons("taxonomy", "load", written(tmp_path, FILE), "--licence", "CC-BY-NC-4.0", "--data-dir", node)

    assert 0 == done.code
    assert "0 with a text" in done.out
    assert "only codes and names" in done.out


def test_a_broken_file_is_refused_and_nothing_is_written(node: Path, tmp_path: Path) -> None:
    file = written(tmp_path, {**FILE, "predicates": [{"value": "rain"}, {"value": ""}]})

    done = commons("taxonomy", "load", file, "--licence", "CC0-1.0", "--data-dir", node, "--json")

    assert 0 != done.code
    assert [["predicates", "1", "value"]] == [one["path"] for one in done.told["problems"]]
    assert 4 == commons("verify", "--data-dir", node, "--json").json["changes"]


def test_a_missing_file_is_told_without_a_trace(node: Path, tmp_path: Path) -> None:
    done = commons("taxonomy", "load", tmp_path / "none.json", "--data-dir", node)

    assert 0 != done.code
    assert "Traceback" not in done.err
