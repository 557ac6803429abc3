"""Importing from archives, directories, addresses and formats of many; and what is said when it is no success."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from importers.table.mapping import filled_in
from tests.importers.hosting import hosting
from tests.importers.test_table_suggesting import said_by
from tests.outbound.hostile import says
from tests.web.cli.commons import Done, commons

RELEASE = Path("tests/importers/atlas/release-1.yaml")
MISP = Path("tests/importers/misp/event.json")
ADVISORY = Path("tests/importers/osv/GHSA-2222-3333-4444.json")
WHOSE = ("--as", "acme", "--home", "https://acme.example/", "--licence", "CC-BY-4.0", "--attribution", "Acme Lab")
TABLE = "Ref,What happened,Date\n1,Accounts sent spam,2026-02-01\n2,Letters asked for codes,2026-03-02\n"


def imported(node: Path, source: str, *more: str | Path) -> Done:
    return commons("import", source, *more, "--data-dir", node, "--json")


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in members.items():
            archive.writestr(name.replace("_", "."), body)
    return path


def test_an_archive_is_read_like_the_files_in_it(node: Path, tmp_path: Path) -> None:
    archive = zipped(tmp_path / "atlas.zip", release_yaml=RELEASE.read_bytes(), readme_md=b"no data")

    packed = imported(node, "atlas", "--from", archive)
    plain = imported(node, "atlas", "--from", RELEASE)

    assert (0, 0) == (packed.code, plain.code)
    assert packed.json["read"] == packed.json["new"] == plain.json["unchanged"] > 0


def test_a_part_of_an_archive_that_cannot_be_read_is_a_finding(node: Path, tmp_path: Path) -> None:
    archive = zipped(tmp_path / "atlas.zip", release_yaml=RELEASE.read_bytes(), x_yaml=b"a" * 2000)
    body = bytearray(archive.read_bytes())
    at = body.index(b"a" * 2000)
    body[at : at + 10] = b"b" * 10
    archive.write_bytes(bytes(body))

    done = imported(node, "atlas", "--from", archive)

    assert done.json["new"] > 0
    assert ["BROKEN_DOCUMENT"] == [one["code"] for one in done.json["findings"] if one["record"] == "x.yaml"]


def test_a_format_of_many_needs_to_be_told_whose_data_it_is(node: Path) -> None:
    bare = imported(node, "misp", "--from", MISP)
    done = imported(node, "misp", "--from", MISP, *WHOSE, "--dry-run")
    unknown = commons("source", "show", "acme", "--data-dir", node).code

    assert (1, {"as", "home", "licence"}) == (bare.code, {one["path"][0] for one in bare.told["problems"]})
    assert "--as acme" in bare.told["problems"][0]["hint"]
    assert done.json["read"] > 0
    assert 3 == unknown


def test_a_source_told_once_is_known_from_then_on(node: Path) -> None:
    first = imported(node, "misp", "--from", MISP, *WHOSE, "--max-refused-share", "1")
    again = imported(node, "acme", "--from", MISP, "--max-refused-share", "1")
    shown = commons("source", "show", "acme", "--data-dir", node, "--json").json

    assert (0, 0) == (first.code, again.code)
    assert ("misp", "Acme Lab") == (shown["format"], shown["attribution"])
    assert 0 == again.json["new"]


@pytest.mark.parametrize(
    ("source", "more", "path"),
    [
        ("atlas", ("--from", str(RELEASE), "--since", "x"), "since"),
        ("atlas", ("--part",), "part"),
        ("atlas", ("--from", str(RELEASE), "--mapping", "map.toml"), "mapping"),
        ("atlas", ("--from", str(RELEASE), *WHOSE), "as"),
        ("atlas", ("--suggest", str(RELEASE)), "suggest"),
        ("table", ("--suggest", str(RELEASE), "--kind", "incidents"), "kind"),
        ("table", ("--mapping", "map.toml"), "from"),
        ("misp", ("--from", str(MISP), *WHOSE[:-2], "--attribution", "\x1b[2J"), "attribution"),
    ],
)
def test_options_that_do_not_fit_are_told_by_name(node: Path, source: str, more: tuple[str, ...], path: str) -> None:
    done = imported(node, source, *more)

    assert 1 == done.code
    assert path in {one["path"][0] for one in done.told["problems"]}


def test_a_source_without_an_address_asks_for_files(node: Path) -> None:
    commons("source", "add", "acme", "--format", "misp", "--home", "https://acme.example/", "--licence", "CC0-1.0",
            "--data-dir", node)  # fmt: skip

    done = imported(node, "acme")

    assert (2, "MISCONFIGURED") == (done.code, done.told["code"])
    assert "--from" in done.told["problems"][0]["hint"]


def test_a_table_of_a_shape_that_nobody_prepared_is_proposed_a_mapping_and_imported(node: Path, tmp_path: Path) -> None:
    file, mapping = tmp_path / "log.csv", tmp_path / "log.toml"
    file.write_text(TABLE)

    proposed = commons("import", "table", "--suggest", file)
    mapping.write_text(said_by("log", proposed.out))
    done = imported(node, "table", "--from", file, "--mapping", mapping)

    assert 0 == proposed.code
    assert "With this mapping 2 records would be taken" in proposed.err
    assert (0, 2) == (done.code, done.json["read"])
    assert "log" in {one["id"] for one in commons("source", "list", "--data-dir", node, "--json").json}


def test_an_address_is_fetched_from_its_host_only(node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONS_OUTBOUND_ALLOW_NETWORKS", "127.0.0.1/32")
    monkeypatch.setenv("COMMONS_IMPORT_PAUSE_SECONDS", "0")
    with hosting() as (server, site):
        site.put("/atlas.yaml", says(RELEASE.read_bytes()))
        done = imported(node, "atlas", "--from", server.url("/atlas.yaml"))
        missing = imported(node, "atlas", "--from", server.url("/nothing.yaml"))

    assert (0, ["/atlas.yaml", "/nothing.yaml"]) == (done.code, server.paths)
    assert done.json["new"] > 0
    assert (6, "FETCH_FAILED") == (missing.code, missing.told["code"])


def test_another_address_says_nothing_of_where_the_source_is_read_on(
    node: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMONS_OUTBOUND_ALLOW_NETWORKS", "127.0.0.1/32")
    monkeypatch.setenv("COMMONS_IMPORT_PAUSE_SECONDS", "0")
    with hosting() as (server, site):
        site.put("/own/modified_id.csv", says(b"2026-03-01T00:00:00Z,PyPI/GHSA-1\n"))
        site.put("/other/modified_id.csv", says(b"2026-04-01T00:00:00Z,PyPI/GHSA-2\n"))
        site.put("/other/PyPI/GHSA-2.json", says(ADVISORY.read_bytes()))
        commons("source", "add", "acme", "--format", "osv", "--home", "https://acme.example/", "--licence", "CC0-1.0",
                "--from-url", server.url("/own/modified_id.csv"), "--data-dir", node)  # fmt: skip
        imported(node, "acme", "--from", server.url("/other/modified_id.csv"))
        imported(node, "acme")

    assert "/other/PyPI/GHSA-2.json" in server.paths
    assert "/own/PyPI/GHSA-1.json" in server.paths


def test_an_address_within_the_own_network_is_refused(node: Path) -> None:
    done = imported(node, "atlas", "--from", "https://169.254.169.254/latest")

    assert 0 != done.code
    assert "INTERNAL" != done.told["code"]


def test_the_text_says_what_to_do_about_each_finding(node: Path) -> None:
    done = commons("import", "atlas", "--from", "tests/importers/atlas/release-2.yaml", "--data-dir", node)

    assert 1 == done.code
    assert "refused. " in done.out
    assert "run it again" in done.err


def test_many_that_are_gone_are_withdrawn_only_when_somebody_allows_it(node: Path, tmp_path: Path) -> None:
    file, mapping = tmp_path / "log.csv", tmp_path / "log.toml"
    head, *_ = TABLE.splitlines()
    rows = [f"{at},Accounts number {at} sent spam,2026-02-01" for at in range(30)]
    file.write_text("\n".join([head, *rows]))
    mapping.write_text(said_by("log", commons("import", "table", "--suggest", file).out))
    imported(node, "table", "--from", file, "--mapping", mapping)
    file.write_text("\n".join([head, *rows[:4]]))

    part = imported(node, "log", "--from", file, "--part")
    first, second = (commons("import", "log", "--from", file, "--data-dir", node) for _ in range(2))
    allowed = imported(node, "log", "--from", file, "--allow-withdrawals")

    assert (0, 0) == (part.code, part.json["gone"])
    assert (1, 1) == (first.code, second.code)
    assert "commons import log --allow-withdrawals" in second.err
    assert (0, 26) == (allowed.code, allowed.json["withdrawn"])


def test_nothing_but_a_file_of_no_use_is_told_without_a_trace(node: Path, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(io.BytesIO(b"\0\xff").getvalue())

    done = imported(node, "atlas", "--from", tmp_path / "x.yaml")

    assert 1 == done.code
    assert "Traceback" not in done.err


MAPPING = """id = "Ref"
[source]
id = "cases"
title = "Cases"
licence = "CC0-1.0"
attribution = "Acme Lab"
home = "https://acme.example/"
[fields]
title = "What happened"
summary = "What happened"
"""


@pytest.mark.parametrize(
    ("hostile", "code"),
    [
        pytest.param("a = " + "[" * 100_000, "TOO_DEEP", id="deep"),
        pytest.param(".".join(["a"] * 100_000) + " = 1", "TOO_LONG", id="a name of many parts"),
        pytest.param("#" * 2_000_000, "TOO_LONG", id="large"),
        pytest.param(
            MAPPING.replace('title = "What', 'title = "' + "{Ref}" * 10_000 + "What"), "TOO_LONG", id="copies"
        ),
        pytest.param(MAPPING.replace('"What happened"', "1979-05-27"), "UNKNOWN_COLUMN", id="a day"),
        pytest.param("\0", "INVALID_FORMAT", id="no text"),
    ],
)
def test_a_hostile_mapping_is_refused_with_a_reason_and_soon(
    node: Path, tmp_path: Path, hostile: str, code: str
) -> None:
    (tmp_path / "mapping.toml").write_text(hostile)
    (tmp_path / "table.csv").write_text(TABLE)

    done = imported(node, "table", "--from", tmp_path / "table.csv", "--mapping", tmp_path / "mapping.toml")

    assert code in done.out + done.err
    assert 1 == done.code


def test_a_mapping_that_never_ends_is_not_read_on(node: Path, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(TABLE)

    done = imported(node, "table", "--from", tmp_path / "table.csv", "--mapping", "/dev/zero")

    assert 1 == done.code
    assert "TOO_LONG" in done.out + done.err


def test_a_template_makes_no_more_of_a_long_cell_than_a_record_may_hold() -> None:
    assert 40_000 == len(filled_in("{a}" * 600, lambda _name: "x" * 1_000_000))


def test_a_directory_leads_to_no_file_outside_of_it(node: Path, tmp_path: Path) -> None:
    (tmp_path / "given").mkdir()
    (tmp_path / "outside.yaml").write_bytes(RELEASE.read_bytes())
    (tmp_path / "given" / "release.yaml").symlink_to(tmp_path / "outside.yaml")
    (tmp_path / "given" / "environ.json").symlink_to("/proc/self/environ")

    done = imported(node, "atlas", "--from", tmp_path / "given")

    assert "NOT_FOUND" in done.out + done.err
