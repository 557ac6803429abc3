"""Backups, and nodes made of them."""

from __future__ import annotations

import json
import shutil
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from registry.bootstrap import close_registry, open_registry
from registry.domain.actor import ANONYMOUS
from registry.domain.change import LOG_ID
from registry.domain.record import PersonId, State
from registry.service import erasure, find
from registry.settings import load
from tests.web.cli.commons import commons
from tests.web.cli.world import world_of


def log_id_of(data_dir: Path) -> str | None:
    """What names the log of a node."""
    registry = open_registry(load(data_dir, {}))
    with registry.storage.read() as reader:
        found = reader.meta.get(LOG_ID)
    close_registry(registry)
    return found


def test_a_backup_made_while_others_write_is_restored_sound_under_a_new_log_id(node: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    with world_of(node) as world:
        world.publish()

        def write() -> None:
            while not stop.is_set():
                world.submit()

        writer = threading.Thread(target=write)
        writer.start()
        backup = commons("backup", tmp_path / "backup", "--data-dir", node, "--json")
        stop.set()
        writer.join()

    restored = commons("restore", tmp_path / "backup", "--data-dir", tmp_path / "new", "--json")

    verified = commons("verify", "--data-dir", tmp_path / "new", "--json")
    assert (backup.code, restored.code, verified.code) == (0, 0, 0)
    assert verified.json["records"] >= 1
    assert log_id_of(tmp_path / "new") not in {None, log_id_of(node)}


def test_what_was_erased_since_the_backup_does_not_come_back(node: Path, tmp_path: Path) -> None:
    with world_of(node) as world:
        record = world.publish("Erase me")
        commons("backup", tmp_path / "backup", "--data-dir", node)
        erasure.block(
            world.registry, replace(world.operator, person=PersonId("another")), record.uid, reason="asked for"
        )
        erasure.erase(world.registry, world.operator, record.uid, reason="asked for", legal_basis="GDPR Art. 17")

    done = commons("restore", tmp_path / "backup", "--data-dir", tmp_path / "new", "--json")

    registry = open_registry(load(tmp_path / "new", {}))
    found = find.record(registry, ANONYMOUS, record.uid)
    close_registry(registry)
    assert done.json["erased_again"] == 1
    assert (found.state, found.head.public) == (State.ERASED, None)
    assert b"Erase me" not in b"".join(path.read_bytes() for path in (tmp_path / "new").rglob("*") if path.is_file())
    assert record.uid in (tmp_path / "new.erasures.jsonl").read_text()
    assert commons("verify", "--data-dir", tmp_path / "new").code == 0


def test_a_missing_file_of_erasures_stops_the_restore_unless_told_otherwise(node: Path, tmp_path: Path) -> None:
    commons("backup", tmp_path / "backup", "--data-dir", node)
    (tmp_path / "node.erasures.jsonl").unlink()
    arguments = ("restore", tmp_path / "backup", "--data-dir", tmp_path / "new")

    refused = commons(*arguments)
    left = (tmp_path / "new").exists()
    told = commons(*arguments, "--no-erasures")

    assert (refused.code, left, told.code) == (3, False, 0)
    assert "--no-erasures" in refused.err


def test_the_file_of_erasures_may_be_named(node: Path, tmp_path: Path) -> None:
    commons("backup", tmp_path / "backup", "--data-dir", node)
    shutil.move(tmp_path / "node.erasures.jsonl", tmp_path / "kept.jsonl")

    done = commons(
        "restore", tmp_path / "backup", "--data-dir", tmp_path / "new", "--erasures", tmp_path / "kept.jsonl"
    )

    assert done.code == 0


def test_a_backup_holds_no_erasures_and_the_key_only_when_asked(node: Path, tmp_path: Path) -> None:
    plain = commons("backup", tmp_path / "plain", "--data-dir", node, "--json").json
    whole = commons("backup", tmp_path / "whole", "--with-key", "--data-dir", node, "--json").json

    assert {"commons.toml", "registry.db"} == set(plain["files"])
    assert {"commons.toml", "registry.db", "node.key"} == set(whole["files"])
    assert stat.S_IMODE((tmp_path / "whole" / "node.key").stat().st_mode) == 0o600


def test_a_node_keeps_its_key_if_the_backup_or_the_operator_has_it(node: Path, tmp_path: Path) -> None:
    commons("backup", tmp_path / "plain", "--data-dir", node)
    commons("backup", tmp_path / "whole", "--with-key", "--data-dir", node)
    given = ("--node-key", node / "node.key")

    whole = commons("restore", tmp_path / "whole", "--data-dir", tmp_path / "a", "--json").json
    handed = commons("restore", tmp_path / "plain", "--data-dir", tmp_path / "b", *given, "--json").json
    fresh = commons("restore", tmp_path / "plain", "--data-dir", tmp_path / "c", "--json").json

    assert whole["node_key"] == handed["node_key"] != fresh["node_key"]
    assert [False, False, True] == [one["new_node_key"] for one in (whole, handed, fresh)]


@pytest.mark.parametrize("name", ["registry.db", "commons.toml"])
def test_an_altered_backup_is_corrupt_and_leaves_nothing(node: Path, tmp_path: Path, name: str) -> None:
    commons("backup", tmp_path / "backup", "--data-dir", node)
    with (tmp_path / "backup" / name).open("ab") as file:
        file.write(b"\n")

    done = commons("restore", tmp_path / "backup", "--data-dir", tmp_path / "new")

    assert done.code == 7
    assert not (tmp_path / "new").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".new")]


@pytest.mark.parametrize(
    ("manifest", "code"), [(None, 3), ("{", 7), ("[]", 7), ('{"format": "incident-commons backup 1", "files": {}}', 7)]
)
def test_what_is_no_backup_is_not_restored(tmp_path: Path, manifest: str | None, code: int) -> None:
    source = tmp_path / "backup"
    source.mkdir()
    if manifest is not None:
        (source / "manifest.json").write_text(manifest)

    assert code == commons("restore", source, "--data-dir", tmp_path / "new").code


def test_a_manifest_cannot_name_files_elsewhere(node: Path, tmp_path: Path) -> None:
    commons("backup", tmp_path / "backup", "--data-dir", node)
    path = tmp_path / "backup" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["files"]["../../stolen"] = "0" * 64
    path.write_text(json.dumps(manifest))

    assert commons("restore", tmp_path / "backup", "--data-dir", tmp_path / "new").code == 7


def test_neither_a_node_nor_a_backup_is_written_over(node: Path, tmp_path: Path) -> None:
    commons("backup", tmp_path / "backup", "--data-dir", node)

    again = commons("backup", tmp_path / "backup", "--data-dir", node)
    over = commons("restore", tmp_path / "backup", "--data-dir", node)
    inside = commons("backup", node / "backup", "--data-dir", node)

    assert (again.code, over.code, inside.code) == (5, 5, 2)
