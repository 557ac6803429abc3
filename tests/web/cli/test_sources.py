"""Sources on the command line: listing, adding, changing and steering them, and the link to their findings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from registry.domain.finding import Finding
from tests.web.cli.commons import Done, commons
from web.cli.directory import opened

ADD = (
    "source", "add", "acme-table", "--format", "table", "--title", "Acme's list", "--home", "https://acme.example/",
    "--licence", "CC-BY-SA-4.0", "--attribution", "Acme", "--obligation", "attribution", "--organisation", "research",
)  # fmt: skip


def added(node: Path, *more: str) -> Done:
    return commons(*ADD, *more, "--data-dir", node, "--json")


def test_what_comes_with_the_software_is_listed(node: Path) -> None:
    found = commons("source", "list", "--data-dir", node, "--json").json
    text = commons("source", "list", "--data-dir", node).out

    atlas = next(one for one in found if one["id"] == "atlas")
    assert ("Apache-2.0", False, None, 0) == (
        atlas["licence"], atlas["added"], atlas["last_run"], atlas["open_findings"]
    )  # fmt: skip
    assert "table" not in {one["id"] for one in found}
    assert "atlas" in text


def test_an_added_source_is_shown_changed_and_removed(node: Path) -> None:
    first = added(node)
    second = commons("source", "set", "acme-table", "--licence", "CC0-1.0", "--data-dir", node, "--json")
    removed = commons("source", "remove", "acme-table", "--data-dir", node)

    assert (0, 0, 0) == (first.code, second.code, removed.code)
    assert ("table", True, "review") == (first.json["format"], first.json["added"], first.json["trust"])
    assert {**first.json, "licence": "CC0-1.0"} == second.json
    assert 3 == commons("source", "show", "acme-table", "--data-dir", node).code


def test_what_comes_with_the_software_is_not_removed_and_the_hint_says_so(node: Path) -> None:
    done = commons("source", "remove", "atlas", "--data-dir", node)

    assert 3 == done.code
    assert "comes with the software" in done.err


@pytest.mark.parametrize(("licence", "warned"), [("CC0-1.0", False), ("Nonsense", True)])
def test_a_licence_of_unknown_terms_is_taken_with_a_word_of_warning(node: Path, licence: str, warned: bool) -> None:
    done = added(node, "--licence", licence)

    assert (0, warned) == (done.code, "terms of this licence are not known" in done.err)


def test_hosts_of_addresses_may_be_reached(node: Path) -> None:
    done = added(node, "--from-url", "https://data.acme.example/list.csv", "--host", "more.acme.example")

    assert ["data.acme.example", "more.acme.example"] == done.json["hosts"]


@pytest.mark.parametrize(
    ("more", "path"),
    [
        (("--from-url", "http://acme.example/x"), "urls"),
        (("--from-url", "https://user:secret@acme.example/x"), "urls"),
        (("--trust", "blind"), "trust"),
        (("--organisation", "gang"), "organisation"),
        (("--licence", "\x1b[31m"), "licence"),
        (("--home", "javascript:x"), "home"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(node: Path, more: tuple[str, str], path: str) -> None:
    done = added(node, *more)

    assert 1 == done.code
    assert path in {one["path"][0] for one in done.told["problems"]}
    assert "secret" not in done.err
    assert 3 == commons("source", "show", "acme-table", "--data-dir", node).code


def test_options_come_from_a_file_and_must_be_an_object(node: Path, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps({"mapping": {}}))
    bad.write_text("[1]")

    assert 1 == added(node, "--options", str(bad)).code
    assert 0 == added(node, "--options", str(good)).code


def test_the_same_id_twice_or_that_of_a_built_in_source_is_refused(node: Path) -> None:
    added(node)

    again = added(node)
    built_in = commons(*ADD[:2], "atlas", *ADD[3:], "--data-dir", node, "--json")

    assert (5, "ALREADY_EXISTS") == (again.code, again.told["code"])
    assert 1 == built_in.code


def test_of_a_built_in_source_only_trust_and_schedule_are_changed(node: Path) -> None:
    chosen = ("--trust", "trusted", "--every-hours", "24")

    done = commons("source", "set", "atlas", *chosen, "--data-dir", node, "--json")
    refused = commons("source", "set", "atlas", "--licence", "MIT", "--data-dir", node, "--json")

    assert ("trusted", 24) == (done.json["trust"], done.json["every_hours"])
    assert (1, [["licence"]]) == (refused.code, [one["path"] for one in refused.told["problems"]])


def test_a_source_is_paused_and_goes_on(node: Path) -> None:
    paused = commons("source", "pause", "atlas", "--data-dir", node, "--json")
    resumed = commons("source", "resume", "atlas", "--data-dir", node, "--json")

    assert (True, False) == (paused.json["paused"], resumed.json["paused"])


@pytest.mark.parametrize("command", ["show", "pause", "resume", "remove", "findings", "link"])
def test_an_unknown_source_is_not_found_with_a_hint(node: Path, command: str) -> None:
    done = commons("source", command, "atlass", "--data-dir", node, "--json")

    assert 3 == done.code
    if command != "remove":
        assert "did you mean atlas?" in done.told["problems"][0]["hint"]


def test_findings_are_listed_with_what_to_do(node: Path) -> None:
    found = [
        Finding("atlas", "CS1", "UNKNOWN_TERM", "tags: not known", refused=False),
        Finding("atlas", "CS2", "X", "y"),
    ]
    with opened(node) as registry, registry.storage.begin() as unit:
        unit.findings.keep("atlas", "run", found, now=registry.clock.now())

    done = commons("source", "findings", "atlas", "--data-dir", node, "--json").json
    one = commons("source", "findings", "atlas", "--code", "X", "--data-dir", node)

    assert {"UNKNOWN_TERM": 1, "X": 1} == done["open"]
    assert ["CS1", "CS2"] == [each["record"] for each in done["findings"]]
    assert all(each["advice"] for each in done["findings"])
    assert "CS2" in one.out
    assert "CS1" not in one.out


def test_runs_are_listed_after_an_import(node: Path) -> None:
    commons("import", "atlas", "--from", "tests/importers/atlas/release-1.yaml", "--data-dir", node)

    (run,) = commons("source", "runs", "--data-dir", node, "--json").json
    text = commons("source", "runs", "atlas", "--data-dir", node).out

    assert ("atlas", "done", None) == (run["source"], run["state"], run["seconds_left"])
    assert run["new"] + run["held"] > 0
    assert "done" in text


def test_a_link_to_the_findings_is_shown_once_and_ends(node: Path) -> None:
    made = commons("source", "link", "atlas", "--data-dir", node, "--json")
    ended = commons("source", "link", "atlas", "--end", "--data-dir", node)
    again = commons("source", "link", "atlas", "--end", "--data-dir", node)

    assert "/sources/atlas/findings/" in made.json["link"]
    assert (0, 3) == (ended.code, again.code)
