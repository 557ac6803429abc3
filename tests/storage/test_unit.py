"""The contract of ``ports.Storage.begin`` and ``read``: what was acknowledged is kept, what failed is not."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import cast

import pytest
from sqlalchemy import event

from registry.domain.errors import AlreadyExists, CommonsError, StoreUnavailable
from registry.domain.pages import RecordFilter
from registry.domain.policy import EVERYTHING
from registry.domain.record import OrganisationId
from registry.ports import Storage, Unit
from registry.settings import Settings
from registry.storage.store import SqliteStorage, open_storage
from tests import factories
from tests.forking import Forked

Write = Callable[[Unit], None]


class Rejected(Exception):
    """A unit fails for a reason of its own."""


def put(name: str) -> Write:
    return lambda unit: unit.meta.put(name, "kept")


def then_fail(name: str) -> Write:
    def write(unit: Unit) -> None:
        unit.meta.put(name, "kept")
        raise Rejected

    return write


def fail_at_commit(unit: Unit) -> None:
    """Break a constraint that SQLite then checks at COMMIT only."""
    connection = unit.meta._statements._connection  # type: ignore[attr-defined]
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    unit.records.add(factories.draft(owner=OrganisationId("nobody")))


def run(store: Storage, write: Write) -> None:
    with store.begin() as unit:
        write(unit)


def outcome(store: Storage, write: Write) -> BaseException | None:
    try:
        run(store, write)
    except (CommonsError, Rejected) as error:
        return error
    return None


def together(store: Storage, *writes: Write) -> list[BaseException | None]:
    """Run the writes in threads that all wait while a first unit is open, so that they share one batch."""
    turns = store._turns  # type: ignore[attr-defined]
    with ThreadPoolExecutor(len(writes)) as threads:
        running = []
        with suppress(StoreUnavailable), store.begin():
            for count, write in enumerate(writes, start=1):
                running.append(threads.submit(outcome, store, write))
                while turns._waiting < count:
                    time.sleep(0.001)
        return [future.result(timeout=60) for future in running]


def kept(store: Storage, *names: str) -> list[str]:
    with store.read() as view:
        return [name for name in names if view.meta.get(name)]


def count_commits(store: Storage) -> list[str]:
    """A list that grows by one at each commit of the write connection."""
    assert isinstance(store, SqliteStorage)
    commits: list[str] = []
    event.listen(store._write_engine, "commit", lambda _: commits.append("commit"))
    return commits


def test_nothing_of_a_unit_that_fails_is_kept(store: Storage) -> None:
    assert isinstance(outcome(store, then_fail("a")), Rejected)

    assert [] == kept(store, "a")


def test_a_view_sees_only_what_was_committed_before_it(store: Storage) -> None:
    with store.begin() as unit:
        unit.meta.put("a", "kept")
        assert [] == kept(store, "a")

    assert ["a"] == kept(store, "a")


def test_a_view_stays_as_it_was_while_others_write(store: Storage) -> None:
    with store.read() as view:
        assert view.meta.get("a") is None
        run(store, put("a"))
        assert view.meta.get("a") is None


def test_a_view_cannot_write(store: Storage) -> None:
    with store.read() as view, pytest.raises(StoreUnavailable):
        view.meta.put("a", "kept")

    assert [] == kept(store, "a")


def test_a_unit_within_a_unit_is_refused_instead_of_waiting_for_itself(store: Storage) -> None:
    with store.begin() as unit:
        unit.meta.put("a", "kept")
        with pytest.raises(RuntimeError, match="open in this thread"), store.begin():
            pass

    assert ["a"] == kept(store, "a")


def test_a_unit_is_of_no_use_after_its_block(store: Storage) -> None:
    with store.begin() as unit:
        meta = unit.meta

    with pytest.raises(StoreUnavailable):
        meta.put("a", "kept")
    with pytest.raises(StoreUnavailable):
        unit.records.count(RecordFilter(), visible=EVERYTHING)


def test_units_that_wait_share_one_commit(store: Storage) -> None:
    commits = count_commits(store)

    errors = together(store, put("a"), put("b"), put("c"))

    assert [None] * 3 == errors
    assert ["a", "b", "c"] == kept(store, "a", "b", "c")
    assert 1 == len(commits)


def test_a_failed_unit_rolls_back_alone(store: Storage) -> None:
    first, second, third, last = together(
        store,
        put("a"),
        then_fail("b"),
        lambda unit: unit.accounts.add_organisation(factories.organisation("acme")),
        put("d"),
    )

    assert (None, None) == (first, last)
    assert isinstance(second, Rejected)
    assert isinstance(third, AlreadyExists)
    assert ["a", "d"] == kept(store, "a", "b", "d")


def test_a_failed_commit_fails_every_unit_of_the_batch(store: Storage) -> None:
    errors = together(store, put("a"), fail_at_commit, put("c"))

    assert [StoreUnavailable] * 3 == [type(error) for error in errors]
    assert [] == kept(store, "a", "c")
    assert outcome(store, put("d")) is None
    assert ["d"] == kept(store, "d")


def test_units_fail_when_the_store_ends_their_transaction_by_itself(store: Storage, settings: Settings) -> None:
    with closing(sqlite3.connect(settings.database_path)) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON meta WHEN new.name = 'boom' BEGIN SELECT RAISE(ROLLBACK, 'x'); END"
        )

    def swallow(unit: Unit) -> None:
        with pytest.raises(StoreUnavailable):
            unit.meta.put("boom", "kept")
        unit.meta.put("outside", "kept")

    errors = together(store, put("a"), swallow)
    after = outcome(store, put("c"))

    assert [StoreUnavailable] * 2 == [type(error) for error in errors]
    assert after is None
    assert ["c"] == kept(store, "a", "boom", "outside", "c")


def test_a_full_disk_loses_nothing_that_was_acknowledged(store: Storage) -> None:
    def limit(pages: int) -> None:
        with store.begin() as unit:
            connection = unit.meta._statements._connection  # type: ignore[attr-defined]
            used = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count={used + pages}")

    limit(40)
    names = [f"n{count}" for count in range(24)]
    writes: list[Write] = [lambda unit, name=name: unit.meta.put(name, "x" * 20_000) for name in names]  # type: ignore[misc]
    errors = [error for start in range(0, 24, 4) for error in together(store, *writes[start : start + 4])]
    acknowledged = [name for name, error in zip(names, errors, strict=True) if error is None]
    limit(1000)

    assert {type(None), StoreUnavailable} == {type(error) for error in errors}
    assert acknowledged == kept(store, *names)
    assert outcome(store, put("after")) is None


def test_a_durable_erasure_is_no_failure_though_the_journal_cannot_be_emptied(store: Storage) -> None:
    assert isinstance(store, SqliteStorage)
    record = factories.published()
    run(store, lambda unit: unit.records.add(record))
    with closing(store._write_engine.raw_connection()) as pooled:
        driver = cast("sqlite3.Connection", pooled.dbapi_connection)
    before = driver.execute("PRAGMA busy_timeout").fetchone()
    refused: list[str | None] = []

    def refuse(action: int, name: str | None, *_: str | None) -> int:
        if action != sqlite3.SQLITE_PRAGMA or name != "wal_checkpoint":
            return sqlite3.SQLITE_OK
        refused.append(name)
        return sqlite3.SQLITE_DENY

    driver.set_authorizer(refuse)
    run(store, lambda unit: unit.records.erase(factories.erased(record)))
    driver.set_authorizer(None)

    assert ["wal_checkpoint"] == refused
    assert before == driver.execute("PRAGMA busy_timeout").fetchone()
    with store.read() as view:
        kept = view.records.get(record.uid, visible=EVERYTHING)
    assert kept is not None
    assert kept.head.public is None


def test_a_batch_holds_no_more_units_than_the_settings_say(settings: Settings) -> None:
    store = open_storage(settings.model_copy(update={"write_batch_units": 2}))
    commits = count_commits(store)

    errors = together(store, *(put(name) for name in "abcde"))

    assert [None] * 5 == errors
    assert list("abcde") == kept(store, *"abcde")
    assert 3 == len(commits)
    store.close()


def test_sixteen_threads_lose_nothing_and_the_log_has_no_gap(store: Storage) -> None:
    commits = count_commits(store)

    def submit(_: int) -> int:
        record = factories.draft()
        with store.begin() as unit:
            unit.records.add(record)
            return unit.changes.append(factories.change(record)).seq

    turns = store._turns  # type: ignore[attr-defined]
    with ThreadPoolExecutor(16) as threads:
        # Nobody is through before all have come.
        with store.begin():
            seqs = threads.map(submit, range(160))
            while turns._waiting < 16:
                time.sleep(0.001)
        taken = list(seqs)

    with store.read() as view:
        assert 160 == view.records.count(RecordFilter(), visible=EVERYTHING)
    assert list(range(1, 161)) == sorted(taken)
    assert len(commits) < 160


def test_a_batch_is_committed_though_the_unit_it_was_left_open_for_gives_up(store: Storage) -> None:
    """A thread can be interrupted in the queue after the turn was passed to it."""
    turns = store._turns  # type: ignore[attr-defined]
    turns._waiting += 1
    thread = threading.Thread(target=run, args=(store, put("a")))
    thread.start()
    while turns._batch is None or turns._holder is not None:
        time.sleep(0.001)

    with turns._changed:
        turns._waiting -= 1
        turns._give_up()
    thread.join(timeout=60)

    assert not thread.is_alive()
    assert ["a"] == kept(store, "a")


def test_a_store_that_another_process_holds_is_unavailable_and_then_recovers(settings: Settings) -> None:
    store = open_storage(settings, busy_seconds=0.05)
    with closing(sqlite3.connect(settings.database_path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        busy = outcome(store, put("a"))
        other.execute("ROLLBACK")

    assert isinstance(busy, StoreUnavailable)
    assert outcome(store, put("b")) is None
    assert ["b"] == kept(store, "a", "b")
    store.close()


WRITER = """
import sys
from pathlib import Path
from registry.settings import Settings
from registry.storage.store import open_storage
store = open_storage(Settings(data_dir=Path(sys.argv[1])))
for count in range(int(sys.argv[2])):
    name = f"{sys.argv[3]}-{count}"
    with store.begin() as unit:
        unit.meta.put(name, "kept")
        seen = unit.meta.get("total") or "0"
        unit.meta.put("total", str(int(seen) + 1))
    print(name, flush=True)
"""


def start_writer(settings: Settings, count: int, name: str) -> Forked:
    return Forked("loaded-python", "-c", WRITER, str(settings.data_dir), str(count), name)


def test_a_killed_writer_loses_no_acknowledged_unit(settings: Settings) -> None:
    with start_writer(settings, 1_000_000, "w") as writer:
        acknowledged = [writer.stdout.readline().strip() for _ in range(50)]
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged += [line.strip() for line in writer.stdout if line.endswith("\n")]

    store = open_storage(settings)
    assert len(acknowledged) >= 50
    assert acknowledged == kept(store, *acknowledged)
    store.close()


def test_several_processes_write_to_one_store_in_turns(settings: Settings) -> None:
    with start_writer(settings, 50, "x") as one, start_writer(settings, 50, "y") as two:
        out = one.stdout.read() + two.stdout.read()

    store = open_storage(settings)
    assert out.split() == kept(store, *out.split())
    with store.read() as view:
        assert "100" == view.meta.get("total")
    store.close()
