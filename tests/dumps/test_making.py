"""What is in a dump: the same records in three forms, with terms, hashes and a signature."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from registry.domain.dump.shape import CSV, DICTIONARY, JSONL, MANIFEST, SIGNATURE, SQLITE, TABLES
from registry.domain.errors import Conflict, Corrupt, NotFound
from registry.domain.licence import Duty
from registry.domain.vocabulary import Kind
from registry.service.dump import Wanted
from registry.signing import PublicKey
from tests.clocks import CountingIds, FixedClock
from tests.factories import content
from tests.interop.world import TRACES, World, open_world
from tests.web.node import Furnished
from web.dumps.making import make_public, write_directory
from web.dumps.verifying import check

SHARE_ALIKE = {"licence": "CC-BY-SA-4.0", "obligations": ["share-alike"]}


def directory(world: World, target: Path, *, without: frozenset[Duty] = frozenset()) -> Path:
    """A dump of the node."""
    write_directory(world.node.registry, target, Wanted(without=without))
    return target


def lines(place: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress((place / JSONL).read_bytes()).splitlines()]


def table(place: Path) -> list[dict[str, str]]:
    text = gzip.decompress((place / CSV).read_bytes()).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def rows(place: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{place / SQLITE}?mode=ro", uri=True)) as database:
        return database.execute(query).fetchall()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, furnished: Furnished) -> Iterator[World]:
    """Public records of two licences, a tombstone, and some that are for others."""
    with open_world(tmp_path_factory.mktemp("dumps") / "node", furnished, FixedClock(), CountingIds()) as world:
        _fill(world)
        yield world


@pytest.fixture(scope="module")
def place(filled: World) -> Path:
    """A dump of it, which no test alters."""
    return directory(filled, filled.node.registry.settings.data_dir.parent / "whole")


@pytest.fixture
def taken(place: Path, tmp_path: Path) -> Path:
    """A copy of that dump."""
    return Path(shutil.copytree(place, tmp_path / "taken"))


def _fill(world: World) -> None:
    url = "https://news.example/a"
    first = world.publish(
        title="=First", sources=[{"url": url, "title": "News"}], aliases=["CVE-1"], misuse_categories=["spam"]
    )
    world.publish(title="Shared alike", marking=SHARE_ALIKE, severity=3)
    world.publish_kind(Kind.LESSON, statement="Look twice", context="Always", links=[_related(first.uid)])
    world.put(world.node.withdraw(world.publish(title="Soon gone")))
    world.publish("GREEN", title="Zorbelgrint for members", restricted={"indicators": TRACES})
    world.publish("AMBER", title="Zorbelgrint for few", marking={"audience": "trust"})
    world.node.submit(content(title="Zorbelgrint waits"))


def _related(target: str) -> dict[str, str]:
    return {"rel": "related", "target": target}


def test_the_three_forms_hold_the_same_records_and_tombstones(place: Path) -> None:
    by_lines = {one["uid"]: one["state"] for one in lines(place)}

    assert ["published", "published", "published", "withdrawn"] == sorted(by_lines.values())
    assert by_lines == {one["uid"]: one["state"] for one in table(place)}
    assert by_lines == dict(rows(place, "SELECT uid, state FROM records"))


def test_every_row_names_its_licence_and_whom_to_name(place: Path) -> None:
    live = [one for one in lines(place) if one["state"] == "published"]

    assert {"CC-BY-4.0", "CC-BY-SA-4.0"} == {one["marking"]["licence"] for one in live}
    assert all(one["attribution"] for one in live)
    assert all(one["licence"] and one["attribution"] for one in table(place) if one["state"] == "published")
    joined = "SELECT count(*) FROM records JOIN licences USING (licence) WHERE share_alike AND NOT is_tombstone"
    assert [(1,)] == rows(place, joined)


def test_a_tombstone_tells_why_it_is_gone_and_nothing_else(place: Path) -> None:
    (gone,) = [one for one in lines(place) if one["state"] == "withdrawn"]
    (row,) = [one for one in table(place) if one["state"] == "withdrawn"]
    (stored,) = rows(place, "SELECT reason, withdrawn_at, title, content FROM records WHERE is_tombstone")

    assert gone["reason"] == row["reason"] == stored[0]
    assert gone["withdrawn_at"] == row["withdrawn_at"] == stored[1]
    assert ("", None, None) == (row["title"], stored[2], stored[3])
    assert b"Soon gone" not in b"".join(path.read_bytes() for path in place.iterdir() if path.name != JSONL)
    assert "Soon gone" not in str(lines(place))


def test_nothing_but_what_strangers_read_is_in_any_file(place: Path) -> None:
    bodies = [path.read_bytes() for path in place.iterdir()]
    bodies += [gzip.decompress((place / name).read_bytes()) for name in (JSONL, CSV)]

    assert not any(b"Zorbelgrint" in body or b"spam.example" in body for body in bodies)


def test_the_database_is_sound_and_is_made_as_its_dictionary_says(place: Path) -> None:
    told = json.loads((place / DICTIONARY).read_text())

    assert [("ok",)] == rows(place, "PRAGMA integrity_check")
    assert [] == rows(place, "PRAGMA foreign_key_check")
    for one in told["tables"]:
        found = {row[1]: row[2] for row in rows(place, f"PRAGMA table_info({one['name']})")}
        assert {each["name"]: each["type"] for each in one["columns"]} == found
    assert {one.name for one in TABLES} == {one["name"] for one in told["tables"]}
    assert {one["name"] for one in told["columns"]} == set(table(place)[0])
    assert {name for one in lines(place) for name in one} == {one["name"] for one in told["line"]}


def test_what_belongs_to_a_record_is_found_by_its_uid(place: Path) -> None:
    of_first = "FROM {} JOIN records ON records.uid = record WHERE records.title = '=First'"

    assert [("https://news.example/a", "News", 0)] == rows(
        place, f"SELECT sources.url, sources.title, position {of_first.format('sources')}"
    )
    assert [("CVE-1",)] == rows(place, f"SELECT alias {of_first.format('aliases')}")
    assert ("misuse", "spam") in rows(place, f"SELECT facet, term {of_first.format('terms')}")
    both = "SELECT b.title FROM links JOIN records a ON a.uid = record JOIN records b ON b.uid = target"
    assert [("=First",)] == rows(place, both)


def test_a_table_holds_no_formula(place: Path) -> None:
    assert "'=First" in [one["title"] for one in table(place)]


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="needs the shell of SQLite")
def test_the_shell_of_sqlite_opens_it(place: Path) -> None:
    done = subprocess.run(
        ["sqlite3", place / SQLITE, "SELECT count(*) FROM records"], capture_output=True, text=True, check=True
    )

    assert "4\n" == done.stdout


def test_what_is_under_a_share_alike_licence_can_be_left_out(filled: World, tmp_path: Path) -> None:
    place = directory(filled, tmp_path / "free", without=frozenset({Duty.SHARE_ALIKE}))

    told = json.loads((place / MANIFEST).read_text())

    assert ["share-alike"] == told["without"]
    assert {"CC-BY-SA-4.0": 1} == told["left_out"]
    assert "Shared alike" not in str(lines(place))
    assert [("CC-BY-4.0",)] == rows(place, "SELECT licence FROM licences")


def test_the_manifest_is_signed_and_tells_every_hash(filled: World, place: Path) -> None:
    key = filled.node.registry.key.public

    body = (place / MANIFEST).read_bytes()
    told = json.loads(body)

    assert key.verify(body, (place / SIGNATURE).read_text().strip())
    assert PublicKey(told["key"]["x"]).kid == told["key"]["kid"] == key.kid
    for file in told["files"]:
        data = (place / file["name"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file["bytes"], file["sha256"])
    with filled.node.registry.storage.read() as reader:
        assert reader.changes.head().public_seq == told["as_of"]
    assert (3, 1) == (told["records"], told["tombstones"])
    assert ["attribution", "share-alike"] == told["licences"][1]["may_ask"]


def test_the_same_records_make_the_same_bytes(filled: World, place: Path, tmp_path: Path) -> None:
    second = directory(filled, tmp_path / "second")

    for name in (JSONL, CSV):
        assert (place / name).read_bytes() == (second / name).read_bytes()


def test_a_dump_that_is_whole_is_found_whole(filled: World, place: Path) -> None:
    own = filled.node.registry.key.fingerprint

    found = check(place, fingerprint=own)

    assert ((), (), (), own) == (found.faults, found.missing, found.unknown, found.fingerprint)


def test_what_was_altered_added_or_signed_by_others_is_told(taken: Path) -> None:
    with (taken / JSONL).open("ab") as file:
        file.write(b"x")
    (taken / CSV).unlink()
    (taken / "more.txt").write_text("x")

    found = check(taken, fingerprint="somebody-else")

    assert ((CSV,), ("more.txt",)) == (found.missing, found.unknown)
    assert ["signed by the key", JSONL] == [found.faults[0][:17], found.faults[1].partition(":")[0]]


def test_a_manifest_that_was_altered_bears_no_signature(taken: Path) -> None:
    body = (taken / MANIFEST).read_text().replace('"tombstones": 1', '"tombstones": 0')
    (taken / MANIFEST).write_text(body)

    assert [SIGNATURE] == [one.partition(":")[0] for one in check(taken).faults]


@pytest.mark.parametrize(
    "altered",
    [
        b"", b"[]", b"{", b"{}", b'{"format": "incident-commons dump directory 1"}', b"[" * 100_000,
        b'{"format":"incident-commons dump directory 1","node":"a","name":"b","as_of":1,"key":{"x":"AA"},"files":[]}',
        b'{"format":"incident-commons dump directory 1","files":[{"name":"../x","bytes":1,"sha256":"x"}]}',
    ],
)  # fmt: skip
def test_a_manifest_that_is_none_is_refused(taken: Path, altered: bytes) -> None:
    (taken / MANIFEST).write_bytes(altered)

    with pytest.raises(Corrupt):
        check(taken)


def test_a_directory_that_is_no_dump_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        check(tmp_path)


def test_a_dump_that_breaks_off_leaves_nothing(filled: World) -> None:
    registry = filled.node.registry

    def stopping(_done: int, _total: int | None) -> None:
        raise Conflict("the node is stopping")

    with pytest.raises(Conflict):
        make_public(registry, progress=stopping)

    assert [] == list(registry.settings.dumps_dir.iterdir())
    assert make_public(registry) is not None
