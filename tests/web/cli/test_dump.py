"""Writing everything public into one file, with the terms under which it may be used."""

from __future__ import annotations

import gzip
import hashlib
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.canonical import JsonValue
from registry.domain.content.kinds import Content
from registry.domain.policy import EVERYTHING
from registry.ports import Registry
from registry.service import life
from registry.service.dump import Wanted
from tests import factories
from tests.factories import content
from tests.web.cli.commons import commons
from web.cli.directory import opened
from web.cli.dump_file import write_dump

NC = {"licence": "CC-BY-NC-4.0", "obligations": ["attribution"]}
SA = {"licence": "CC-BY-SA-4.0", "obligations": ["attribution", "share-alike"]}


def one(at: int, *, source: str = "wiki", marking: dict[str, JsonValue] | None = None, **fields: Any) -> Content:
    upstream = {"source": source, "id": f"W{at}", "sha256": "0" * 64, "attribution": f"The {source}, by its editors"}
    return content(title=f"Case {at}", marking=marking, upstream=upstream, **fields)


@pytest.fixture
def filled(node: Path) -> Path:
    """A node with public records of three licences, a withdrawn one, and some that nobody sees."""
    wiki, waits = factories.source("wiki", trusted=True), factories.source("waits", "Another")
    with opened(node) as registry:
        batch = [one(1), one(2, marking=dict(SA)), one(3, marking=dict(NC)), one(4), one(5, marking={"tlp": "AMBER"})]
        batch.append(one(6, marking={"licence": "Own terms"}))
        factories.take_in(registry, LOCAL_OPERATOR, wiki, batch)
        factories.take_in(registry, LOCAL_OPERATOR, waits, [one(9, source="waits")])
        _withdraw(registry, "W4")
    return node


def _withdraw(registry: Registry, upstream: str) -> None:
    with registry.storage.begin() as unit:
        record = unit.records.by_upstream("wiki", upstream)
        assert record is not None
        life.withdrawn_record(registry, unit, LOCAL_OPERATOR, record, "Its source has withdrawn it.")


def lines(path: Path) -> list[dict[str, Any]]:
    body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in body.splitlines()]


def manifest(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.with_name(path.name + ".manifest.json").read_text())
    return read


def test_every_public_record_is_a_line_with_its_licence_and_whom_to_name(filled: Path, tmp_path: Path) -> None:
    out = tmp_path / "all.jsonl"

    done = commons("dump", "write", "--out", out, "--data-dir", filled, "--json")

    assert 0 == done.code
    live = [row for row in lines(out) if row["state"] == "published" and row["kind"] == "incident"]
    assert {"Case 1", "Case 2", "Case 3", "Case 6"} == {row["content"]["title"] for row in live}
    first = live[0]
    assert {
        "uid", "number", "kind", "url", "origin", "state", "revision", "owner", "published_at", "imported",
        "attribution", "marking", "content", "public_hash",
    } == set(first)  # fmt: skip
    assert ("The wiki, by its editors", True) == (first["attribution"], first["imported"])
    assert first["url"].endswith(f"/r/{first['number']}")
    assert "W1" == first["content"]["upstream"]["id"]
    assert SA["licence"] in {row["marking"]["licence"] for row in live}


def test_a_withdrawn_record_is_a_tombstone_and_a_hidden_one_is_nothing(filled: Path, tmp_path: Path) -> None:
    out = tmp_path / "all.jsonl"

    commons("dump", "write", "--out", out, "--kind", "incident", "--data-dir", filled)

    (gone,) = [row for row in lines(out) if row["state"] == "withdrawn"]
    assert "Its source has withdrawn it." == gone["reason"]
    assert not {"content", "marking", "attribution", "owner"} & set(gone)
    assert "Case 5" not in out.read_text()
    assert "Case 9" not in out.read_text()
    assert 5 == len(lines(out))


def test_the_manifest_tells_the_hash_the_counts_and_the_texts_to_reproduce(filled: Path, tmp_path: Path) -> None:
    out = tmp_path / "all.jsonl.gz"

    done = commons("dump", "write", "--out", out, "--kind", "incident", "--data-dir", filled, "--json")

    told = manifest(out)
    assert hashlib.sha256(out.read_bytes()).hexdigest() == told["sha256"]
    assert done.json == told
    assert (4, 1) == (told["records"], told["tombstones"])
    assert {"CC-BY-4.0": 1, "CC-BY-NC-4.0": 1, "CC-BY-SA-4.0": 1, "Own terms": 1} == told["licences"]
    assert {"The wiki, by its editors"} == {each["attribution"] for each in told["attributions"]}
    assert "https://creativecommons.org/licenses/by/4.0/" in {each["url"] for each in told["attributions"]}
    assert told["public_seq"] > 0
    assert 0o644 == stat.S_IMODE(out.stat().st_mode)


def test_rows_of_a_share_alike_licence_and_of_an_unknown_one_can_be_left_out(filled: Path, tmp_path: Path) -> None:
    out = tmp_path / "free.jsonl"

    commons("dump", "write", "--out", out, "--without", "share-alike", "--data-dir", filled)

    licences = {row["marking"]["licence"] for row in lines(out) if "marking" in row}
    assert {"CC-BY-4.0", "CC-BY-NC-4.0"} == licences
    assert {"CC-BY-SA-4.0": 1, "Own terms": 1} == manifest(out)["left_out"]


def test_a_dump_may_be_of_one_licence_or_one_kind(filled: Path, tmp_path: Path) -> None:
    by, none = tmp_path / "by.jsonl", tmp_path / "none.jsonl"

    commons("dump", "write", "--out", by, "--licence", "CC-BY-NC-4.0", "--data-dir", filled)
    commons("dump", "write", "--out", none, "--kind", "lesson", "--data-dir", filled)

    assert 1 == manifest(by)["records"]
    assert [] == lines(none)


def test_the_same_records_make_the_same_bytes(filled: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a.jsonl.gz", tmp_path / "b.jsonl.gz"

    for out in (first, second):
        commons("dump", "write", "--out", out, "--data-dir", filled)

    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(("option", "value"), [("--without", "sharealike"), ("--kind", "incidents")])
def test_an_unknown_duty_or_kind_is_refused_and_nothing_is_written(
    filled: Path, tmp_path: Path, option: str, value: str
) -> None:
    out = tmp_path / "out" / "x.jsonl"

    done = commons("dump", "write", "--out", out, option, value, "--data-dir", filled, "--json")

    assert 1 == done.code
    assert ["UNKNOWN_TERM"] == [each["code"] for each in done.told["problems"]]
    assert "did you mean" in done.told["problems"][0]["hint"]


@pytest.mark.parametrize("place", ["missing/x.jsonl", ".", "node/x.jsonl"])
def test_a_place_that_cannot_be_written_ends_with_a_code(filled: Path, tmp_path: Path, place: str) -> None:
    done = commons("dump", "write", "--out", tmp_path / place, "--data-dir", filled, "--json")

    assert 0 != done.code
    assert "INTERNAL" != done.told["code"]


def test_a_dump_that_breaks_off_leaves_the_old_one_whole(filled: Path, tmp_path: Path) -> None:
    out = tmp_path / "all.jsonl"
    commons("dump", "write", "--out", out, "--data-dir", filled)
    before, told = out.read_bytes(), manifest(out)

    def full_disk(_done: int, _total: int | None) -> None:
        raise OSError(28, "No space left on device")

    with opened(filled) as registry, pytest.raises(OSError, match="No space"):
        write_dump(registry, out, Wanted(), progress=full_disk)

    assert (before, told) == (out.read_bytes(), manifest(out))
    assert [] == [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_nothing_restricted_or_internal_is_in_a_dump(filled: Path, tmp_path: Path) -> None:
    out = tmp_path / "all.jsonl"
    with opened(filled) as registry, registry.storage.read() as reader:
        record = reader.records.by_upstream("wiki", "W1")
        assert record is not None
        assert reader.records.get(record.uid, visible=EVERYTHING) is not None

    commons("dump", "write", "--out", out, "--data-dir", filled)

    text = out.read_text()
    assert not [word for word in ("restricted_hash", "draft_revision", "approved_by", "salt") if f'"{word}"' in text]
