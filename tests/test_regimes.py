"""Reading the clocks that are shipped, and those a node adds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from registry import regimes
from registry.domain.deadline import Clocks
from registry.domain.errors import Misconfigured
from registry.regimes import SHIPPED
from registry.settings import FILE_NAME, load


def add(place: Path, name: str, text: str | None = None, **fields: Any) -> None:
    """A file of a node, by default one that can be used."""
    place.mkdir(exist_ok=True)
    clock = json.loads((SHIPPED / "ca-sb-53.json").read_text())["clocks"][0] | {"id": "own/report"} | fields
    regime = {"id": clock["id"].partition("/")[0], "title": "Our own", "nature": "agreement", "clocks": [clock]}
    (place / name).write_text(json.dumps(regime) if text is None else text, encoding="utf-8")


def refused(place: Path, **given: Any) -> str:
    """What is said of files that cannot be used."""
    with pytest.raises(Misconfigured) as caught:
        regimes.load(place, **given)
    return caught.value.message


def names(clocks: Clocks) -> list[str]:
    """The regimes that are known."""
    return [one.id for one in clocks.regimes]


def test_the_shipped_regimes_are_known_without_any_file(tmp_path: Path) -> None:
    assert ["ca-sb-53", "eu-ai-act-55", "eu-ai-act-73", "safe"] == names(regimes.load(tmp_path / "clocks"))


def test_a_node_adds_a_regime(tmp_path: Path) -> None:
    add(tmp_path, "own.json")

    found = regimes.load(tmp_path, chosen=("own",))

    assert "own" in names(found)
    assert ["own/report"] == [one.id for one in found.of("own")]


def test_a_file_with_the_id_of_a_shipped_regime_takes_its_place(tmp_path: Path) -> None:
    add(tmp_path, "law-of-2027.json", id="ca-sb-53/report", amount=3)

    found = regimes.load(tmp_path)

    assert [3] == [one.amount for one in found.of("ca-sb-53")]
    assert 4 == len(found.regimes)


def test_two_files_of_one_regime_are_refused(tmp_path: Path) -> None:
    add(tmp_path, "a.json")
    add(tmp_path, "b.json")

    assert "b.json: the regime is in" in refused(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "line 1, column 2"),
        ("[]", "an object is expected"),
        ("[" * 100_000, "this is no JSON"),
        (" " * 500_001, "limited to 500000 bytes"),
        ('{"id": "own", "title": "T", "nature": "law"}', "clocks: this field is required"),
        ('{"id": "own", "title": "T", "nature": "law", "clocks": []}', "name clocks"),
    ],
    ids=["cut off", "a list", "deep", "large", "without clocks", "empty"],
)
def test_a_file_that_cannot_be_used_is_named_with_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    add(tmp_path, "broken.json", text)

    told = refused(tmp_path)

    assert "broken.json: " in told
    assert said in told


def test_a_file_of_bytes_that_are_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_bytes(b"\xff\xfe{")

    assert "broken.json: " in refused(tmp_path)


def test_every_bad_file_is_named_at_once(tmp_path: Path) -> None:
    add(tmp_path, "a.json", "{")
    add(tmp_path, "b.json", amount=0)

    told = refused(tmp_path)

    assert "a.json" in told
    assert "b.json: clocks.0.amount" in told


def test_a_regime_that_settings_name_and_nobody_knows_is_refused(tmp_path: Path) -> None:
    assert "did you mean eu-ai-act-73?" in refused(tmp_path, chosen=("eu-ai-act-37",))


def test_settings_name_regimes_in_the_file_as_a_list_and_in_the_environment_with_commas(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('regimes = ["safe"]')

    assert ("safe",) == load(tmp_path, {}).regimes
    assert ("eu-ai-act-73", "ca-sb-53/report") == load(
        tmp_path, {"COMMONS_REGIMES": "eu-ai-act-73, ca-sb-53/report,"}
    ).regimes
    assert () == load(tmp_path, {"COMMONS_REGIMES": ""}).regimes
