"""Taking publishers' taxonomies into a node, many files at once, and listing those it keeps."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from tests.web.cli.commons import commons

FILE = {
    "namespace": "weather",
    "version": 1,
    "expanded": "Weather",
    "predicates": [{"value": "rain", "expanded": "Rain", "description": "Water that falls."}],
}
BROKEN = {**FILE, "namespace": "broken", "predicates": [{"value": "rain"}, {"value": ""}]}
LIST = {"taxonomies": [{"name": "weather"}]}


def written(tmp_path: Path, document: object, name: str = "machinetag.json") -> Path:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_a_file_that_was_taken_in_is_listed_beside_what_is_shipped(node: Path, tmp_path: Path) -> None:
    file = written(tmp_path, FILE)

    dry = commons("taxonomy", "import", file, "--licence", "CC0-1.0", "--dry-run", "--data-dir", node, "--json")
    first = commons("taxonomy", "import", file, "--licence", "CC0-1.0", "--data-dir", node, "--json")
    again = commons("taxonomy", "import", file, "--licence", "CC0-1.0", "--data-dir", node, "--json")
    listed = commons("taxonomy", "list", "--data-dir", node, "--json")

    told = {"namespace": "misp-weather", "version": "1", "licence": "CC0-1.0", "terms": 1, "texts": 1}
    told["file"] = "machinetag.json"
    assert [{**told, "outcome": "new"}] == dry.json["files"] == first.json["files"]
    assert [{**told, "outcome": "unchanged"}] == again.json["files"]
    assert {"atlas", "mit", "misp-weather"} <= {one["namespace"] for one in listed.json}


def test_of_a_folder_and_an_archive_the_good_files_are_taken_in_and_the_others_told(node: Path, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    for document, name in ((FILE, "weather.json"), (BROKEN, "broken.json"), (LIST, "MANIFEST.json")):
        written(folder, document, name)
    (folder / "LICENSE.md").write_text("- [CC0 1.0 Universal](https://creativecommons.org/)", encoding="utf-8")
    archive = tmp_path / "more.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("sky/machinetag.json", json.dumps({**FILE, "namespace": "sky"}))
        packed.writestr("readme.txt", "no data")

    done = commons("taxonomy", "import", folder, archive, "--data-dir", node)
    again = commons("taxonomy", "import", folder, archive, "--licence", "CC0-1.0", "--data-dir", node, "--json")

    assert 1 == done.code
    assert "broken.json: predicates.1.value: a text is expected" in done.out
    assert "CC0-1.0" in done.out
    assert "readme" not in done.out
    assert {"unchanged": 1, "new": 1, "refused": 1, "left_out": 1} == again.json["counts"]


def test_a_file_whose_licence_nobody_says_is_refused(node: Path, tmp_path: Path) -> None:
    done = commons("taxonomy", "import", written(tmp_path, FILE), "--data-dir", node)

    assert 1 == done.code
    assert "licence: the file does not say its licence (say it, such as --licence CC0-1.0)" in done.out


def test_a_licence_that_forbids_it_leaves_texts_out_and_says_so(node: Path, tmp_path: Path) -> None:
    file = written(tmp_path, FILE)

    done = commons("taxonomy", "import", file, "--licence", "CC-BY-NC-4.0", "--data-dir", node)

    assert 0 == done.code
    assert "only codes and names" in done.out


def test_a_broken_file_is_refused_and_nothing_is_written(node: Path, tmp_path: Path) -> None:
    file = written(tmp_path, BROKEN)
    before = commons("verify", "--data-dir", node, "--json").json["changes"]

    done = commons("taxonomy", "import", file, "--licence", "CC0-1.0", "--dry-run", "--data-dir", node, "--json")

    assert 1 == done.code
    assert [["predicates", "1", "value"]] == [one["path"] for one in done.json["files"][0]["problems"]]
    assert before == commons("verify", "--data-dir", node, "--json").json["changes"]


def test_a_missing_file_is_told_without_a_trace(node: Path, tmp_path: Path) -> None:
    done = commons("taxonomy", "import", tmp_path / "none.json", "--data-dir", node)

    assert 0 != done.code
    assert "Traceback" not in done.err
