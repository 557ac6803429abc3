"""MISP's taxonomies: which files are asked for, and that each is a taxonomy or a finding."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from importers.contract import Following, RawDocument, TaxonomyDraft, Wanted
from importers.sources.misp_taxonomies import IMPORTER, NAMES, follow
from registry.domain.finding import Finding
from tests.importers.golden import FIXTURES, read

FIRST = next(iter(IMPORTER.begin(IMPORTER.source, None)))


def led(manifest: object, cursor: str | None = None, names: tuple[str, ...] = ("sky", "sea")) -> Following:
    row = replace(IMPORTER.source, options={"names": list(names)})
    return follow(RawDocument("MANIFEST.json", json.dumps(manifest).encode()), FIRST, row, cursor)


def listed(**versions: object) -> dict[str, object]:
    return {"taxonomies": [{"name": name, "version": version} for name, version in versions.items()]}


def test_only_what_the_row_names_and_has_another_version_is_fetched() -> None:
    first = led(listed(sky=1, sea=1, fire=1))

    second = led(listed(sky=1, sea=2), first.cursor)

    base = "https://raw.githubusercontent.com/MISP/misp-taxonomies/main"
    assert [f"{base}/{name}/machinetag.json" for name in ("sea", "sky")] == [one.url for one in first.wanted]
    assert [Wanted(f"{base}/sea/machinetag.json", "sea.json")] == list(second.wanted)
    assert () == led(listed(sky=1, sea=2), second.cursor).wanted


@pytest.mark.parametrize("manifest", [
    {}, [], 7, {"taxonomies": 3},
    {"taxonomies": [3, {"name": "../sky"}, {"name": "a/b"}, {"name": "."}, {"name": ["sky"]}]},
])  # fmt: skip
def test_a_manifest_leads_to_nothing_but_taxonomies_beside_it(manifest: object) -> None:
    assert () == led(manifest).wanted
    assert () == led(manifest, "no cursor").wanted


def test_a_broken_file_is_left_out_with_every_reason() -> None:
    parsed = list(IMPORTER.parse(read(FIXTURES / "misp_taxonomies" / "dirty.json"), IMPORTER.source))

    assert {"WRONG_TYPE", "UNKNOWN_TERM"} == {one.code for one in parsed if isinstance(one, Finding)}
    assert len(parsed) == len([one for one in parsed if isinstance(one, Finding) and one.refused])


@pytest.mark.data
def test_every_file_of_the_publisher_is_a_taxonomy(test_data: Path) -> None:
    files = sorted((test_data / "misp").rglob("*.json"))

    parsed = [one for file in files for one in IMPORTER.parse(read(file), IMPORTER.source)]

    assert 28 == len(parsed) == len([one for one in parsed if isinstance(one, TaxonomyDraft)])
    assert set(NAMES) == {file.stem for file in files if file.parent.name == "taxonomies"}
