"""Commands on the node itself."""

from __future__ import annotations

import fcntl
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from registry.settings import load
from tests.web.cli.commons import commons


def test_init_makes_a_closed_directory_with_settings_key_and_store(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "node"

    done = commons("init", "--data-dir", place, "--short-name", "LAB", "--title", "Our commons", "--json")

    settings = load(place, {})
    assert done.code == 0
    assert (settings.short_name, settings.title) == ("LAB", "Our commons")
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert stat.S_IMODE(settings.node_key_path.stat().st_mode) == 0o600
    assert done.json["operator_key"].startswith("ic_live_")
    assert settings.erasures_path.read_bytes() == b""


def test_nobody_else_may_read_what_init_and_backup_write(tmp_path: Path) -> None:
    commons("init", "--data-dir", tmp_path / "node")
    commons("reindex", "--data-dir", tmp_path / "node")

    commons("backup", tmp_path / "backup", "--data-dir", tmp_path / "node")

    assert [] == [path for path in tmp_path.rglob("*") if path.stat().st_mode & 0o077]


def test_init_tells_the_id_of_the_first_operator_and_where_erasures_are_noted(tmp_path: Path) -> None:
    done = commons("init", "--data-dir", tmp_path / "node")

    person = commons("user", "list", "node-operator", "--data-dir", tmp_path / "node", "--json").json[0]["person"]
    assert person in done.out
    assert str(tmp_path / "node.erasures.jsonl") in done.out


def test_a_second_init_is_refused_and_changes_nothing(node: Path) -> None:
    before = {path: path.read_bytes() for path in node.rglob("*") if path.is_file()}

    done = commons("init", "--data-dir", node)

    assert done.code == 5
    assert "ALREADY_EXISTS" in done.err
    assert before == {path: path.read_bytes() for path in node.rglob("*") if path.is_file()}


def test_init_leaves_somebody_elses_directory_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")

    done = commons("init", "--data-dir", tmp_path)

    assert done.code == 5
    assert [tmp_path / "thesis.txt"] == list(tmp_path.iterdir())


def test_init_fills_an_empty_directory_that_is_there_already(tmp_path: Path) -> None:
    place = tmp_path / "mounted"
    place.mkdir()

    done = commons("init", "--data-dir", place)

    assert done.code == 0
    assert commons("verify", "--data-dir", place).code == 0
    assert not [path for path in place.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(
    "options", [("--node-name", "Not A Name"), ("--organisation", " "), ("--title", "x" * 81), ("--base-url", "x")]
)
def test_a_failed_init_leaves_nothing(tmp_path: Path, options: tuple[str, str]) -> None:
    done = commons("init", "--data-dir", tmp_path / "node", *options)

    assert done.code in {1, 2}
    assert list(tmp_path.iterdir()) == []


def test_erasures_within_the_data_directory_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONS_ERASURES", str(tmp_path / "node" / "erasures.jsonl"))

    done = commons("init", "--data-dir", tmp_path / "node")

    assert done.code == 2
    assert list(tmp_path.iterdir()) == []


def test_verify_finds_a_sound_store_sound(node: Path) -> None:
    done = commons("verify", "--data-dir", node, "--json")

    assert done.code == 0
    assert {"changes": 4, "records": 1, "revisions": 1, "faults": []} == done.json


def test_verify_lists_every_fault_and_ends_with_seven(node: Path) -> None:
    with closing(sqlite3.connect(node / "registry.db")) as database:
        database.execute("UPDATE changes SET actor = 'somebody else' WHERE seq IN (1, 3)")
        database.commit()

    done = commons("verify", "--data-dir", node)

    assert done.code == 7
    assert "change 1 does not fit the chain" in done.out


@pytest.mark.parametrize("value", ["kind = 'nothing'", "at = 'never'", "actor = x'ff'"])
def test_a_row_that_cannot_be_read_is_a_fault(node: Path, value: str) -> None:
    with closing(sqlite3.connect(node / "registry.db")) as database:
        database.execute(f"UPDATE changes SET {value} WHERE seq = 2")
        database.commit()

    done = commons("verify", "--data-dir", node, "--json")

    assert done.code == 7
    assert done.json["faults"]


def test_a_damaged_file_is_a_fault_and_no_stack_trace(node: Path) -> None:
    path = node / "registry.db"
    body = bytearray(path.read_bytes())
    body[len(body) // 2 :] = b"A" * (len(body) - len(body) // 2)
    path.write_bytes(body)

    done = commons("verify", "--data-dir", node, "--json")

    assert done.code == 7
    assert done.json["faults"]


def test_a_directory_without_a_node_is_not_found(tmp_path: Path) -> None:
    done = commons("verify", "--data-dir", tmp_path, "--json")

    assert done.code == 3
    assert done.told["code"] == "NOT_FOUND"
    assert list(tmp_path.iterdir()) == []


def test_a_node_whose_store_is_lost_is_told_so_and_gets_no_new_one(node: Path) -> None:
    (node / "registry.db").unlink()

    done = commons("verify", "--data-dir", node)

    assert done.code == 7
    assert not (node / "registry.db").exists()


def test_a_store_of_another_version_is_left_for_upgrade(node: Path) -> None:
    with closing(sqlite3.connect(node / "registry.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()

    done = commons("verify", "--data-dir", node)

    assert done.code == 2
    assert "commons upgrade" in done.err
    assert commons("upgrade", "--data-dir", node).code == 2


def test_upgrade_of_a_present_store_changes_nothing(node: Path) -> None:
    done = commons("upgrade", "--data-dir", node, "--json")

    assert done.code == 0
    assert done.json["before"] == done.json["after"]


def test_reindex_builds_the_index_anew(node: Path) -> None:
    done = commons("reindex", "--data-dir", node, "--json")

    assert done.code == 0
    assert {"records": 1, "position": 4} == done.json


def test_reindex_waits_for_its_turn_to_write(node: Path) -> None:
    with (node / "index" / "writing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        threading.Timer(0.5, lambda: fcntl.flock(lock, fcntl.LOCK_UN)).start()

        done = commons("reindex", "--data-dir", node)

    assert done.code == 0


def test_a_lost_node_key_is_not_to_be_made_anew(node: Path) -> None:
    (node / "node.key").unlink()

    done = commons("org", "list", "--data-dir", node)

    assert done.code == 2
    assert "put node.key back" in done.err


def test_every_unknown_setting_is_named_at_once(node: Path) -> None:
    with (node / "commons.toml").open("a") as file:
        file.write('colour = "red"\nport = 80\n')

    done = commons("verify", "--data-dir", node)

    assert done.code == 2
    assert "colour" in done.err
    assert "port" in done.err
