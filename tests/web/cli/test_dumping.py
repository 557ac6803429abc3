"""Making, listing and checking dumps from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.domain.actor import LOCAL_OPERATOR
from registry.signing import load
from tests import factories
from tests.factories import content
from tests.web.cli.commons import commons
from web.cli.directory import opened


@pytest.fixture
def filled(node: Path) -> Path:
    """A node with a public record."""
    upstream = {"source": "wiki", "id": "W1", "sha256": "0" * 64}
    with opened(node) as registry:
        batch = [content(title="Case", upstream=upstream)]
        factories.take_in(registry, LOCAL_OPERATOR, factories.source("wiki", trusted=True), batch)
    return node


def test_a_dump_is_made_listed_and_found_whole(filled: Path) -> None:
    made = commons("dump", "make", "--data-dir", filled, "--json")
    listed = commons("dump", "list", "--data-dir", filled, "--json")
    fingerprint = load(filled / "node.key").fingerprint

    place = filled / "dumps" / made.json["name"]
    checked = commons("dump", "verify", place, "--fingerprint", fingerprint, "--json")

    assert (0, 0, 0) == (made.code, listed.code, checked.code)
    assert [made.json["name"]] == [one["name"] for one in listed.json]
    assert ([], [], fingerprint) == (checked.json["faults"], checked.json["missing"], checked.json["fingerprint"])


def test_a_directory_of_ones_own_is_made_once_and_checked_with_an_exit_code(filled: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    options = ("--out", out, "--without", "share-alike", "--data-dir", filled, "--json")

    made, again = commons("dump", "make", *options), commons("dump", "make", *options)
    with (out / "records.sqlite").open("ab") as file:
        file.write(b"x")
    checked = commons("dump", "verify", out)

    assert (0, "ALREADY_EXISTS") == (made.code, again.told["code"])
    assert 7 == checked.code
    assert "records.sqlite: not what was signed" in checked.out


@pytest.mark.parametrize("options", [("--without", "share-alike"), ("--kind", "incident")])
def test_what_is_for_everybody_is_not_narrowed_by_hand(filled: Path, options: tuple[str, str]) -> None:
    assert 0 != commons("dump", "make", *options, "--data-dir", filled).code
    assert not (filled / "dumps").exists()


def test_a_directory_without_a_dump_is_told(tmp_path: Path) -> None:
    done = commons("dump", "verify", tmp_path, "--json")

    assert "NOT_FOUND" == done.told["code"]
