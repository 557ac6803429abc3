"""Copies of the store, and the file of erasures."""

from __future__ import annotations

import sqlite3
import stat
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from registry.domain.errors import AlreadyExists, Corrupt, StoreUnavailable
from registry.domain.policy import EVERYTHING
from registry.domain.record import RecordUid
from registry.ports import Storage
from registry.settings import Settings
from registry.storage.erasures import ErasureFile
from registry.storage.store import open_storage
from tests import factories
from tests.clocks import START

A, B = RecordUid("a"), RecordUid("b")


def test_a_copy_is_a_store_of_its_own_with_everything_in_it(store: Storage, tmp_path: Path) -> None:
    record = factories.published()
    with store.begin() as unit:
        unit.records.add(record)
        unit.changes.append(factories.change(record, public=True))
    copy = Settings(data_dir=tmp_path / "copy")
    copy.data_dir.mkdir()

    store.backup(copy.database_path)

    assert ["registry.db"] == [path.name for path in copy.data_dir.iterdir()]
    assert 0o600 == stat.S_IMODE(copy.database_path.stat().st_mode)
    opened = open_storage(copy)
    with opened.read() as view:
        assert record == view.records.get(record.uid, visible=EVERYTHING)
        assert 1 == view.changes.head().seq
    opened.close()


def test_a_copy_is_consistent_while_others_write(store: Storage, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            record = factories.draft()
            with store.begin() as unit:
                unit.records.add(record)
                unit.changes.append(factories.change(record))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            store.backup(tmp_path / f"{number}.db")
    finally:
        stop.set()
        writer.join()

    for number in range(3):
        with closing(sqlite3.connect(tmp_path / f"{number}.db")) as connection:
            assert ("ok",) == connection.execute("PRAGMA integrity_check").fetchone()
            counts = connection.execute("SELECT (SELECT count(*) FROM records), (SELECT count(*) FROM changes)")
            records, changes = counts.fetchone()
            assert records == changes


def test_a_copy_never_replaces_a_file(store: Storage, tmp_path: Path) -> None:
    target = tmp_path / "precious.txt"
    target.write_text("precious")

    with pytest.raises(AlreadyExists):
        store.backup(target)

    assert "precious" == target.read_text()


def test_a_copy_into_a_folder_that_does_not_exist_is_refused(store: Storage, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        store.backup(tmp_path / "missing" / "copy.db")


def test_erasures_are_kept_in_order_each_once(tmp_path: Path) -> None:
    log = ErasureFile(tmp_path / "erasures.jsonl")
    assert () == log.uids()

    for uid in (B, A, B):
        log.append(uid, START)

    assert (B, A) == ErasureFile(tmp_path / "erasures.jsonl").uids()


def test_a_line_of_the_file_of_erasures_tells_uid_and_time_only(tmp_path: Path) -> None:
    path = tmp_path / "erasures.jsonl"

    ErasureFile(path).append(A, START + timedelta(seconds=1))

    assert '{"uid": "a", "at": "2026-03-14T15:00:01+00:00"}\n' == path.read_text()
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)


def test_a_line_that_broke_off_is_dropped_by_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / "erasures.jsonl"
    log = ErasureFile(path)
    log.append(A, START)
    with path.open("a") as file:
        file.write('{"uid": "x", "a')

    assert (A,) == log.uids()
    log.append(B, START)
    assert (A, B) == log.uids()


def test_a_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "erasures.jsonl"
    log = ErasureFile(path)
    log.append(A, START)
    with path.open("a") as file:
        file.write("[]\n")

    with pytest.raises(Corrupt, match="line 2"):
        log.uids()


def test_a_file_of_erasures_that_cannot_be_written_stops_the_erasure(tmp_path: Path) -> None:
    log = ErasureFile(tmp_path / "missing" / "erasures.jsonl")

    with pytest.raises(StoreUnavailable):
        log.append(A, START)
