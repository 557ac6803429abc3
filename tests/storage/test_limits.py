"""The buckets in their file: exact, all or nothing, and never in the way."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registry.domain.budget import Allowance, Bucket, Charge, Holder, Resource
from registry.storage.limits import SqliteLimits
from tests.clocks import START
from tests.forking import programs

SECRET = b"the secret of the buckets"


def charge(of: str = "a", amount: int = 1, *, quota: int = 10, window_seconds: int = 60) -> Charge:
    """A charge to the bucket of a key."""
    return Charge(Bucket(Holder.KEY, of, Allowance(Resource.COST, quota, window_seconds)), amount)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file."""
    return tmp_path / "limits.db"


@pytest.fixture
def buckets(path: Path) -> Iterator[SqliteLimits]:
    """The buckets of one process."""
    opened = SqliteLimits(path, SECRET)
    yield opened
    opened.close()


def fitting(buckets: SqliteLimits, *charges: Charge, times: int = 100, now: datetime = START) -> int:
    """How many of so many requests at one instant fit."""
    return sum(buckets.take(charges, now)[0] for _ in range(times))


@pytest.mark.parametrize("quota", [1, 7, 80, 500])
@pytest.mark.parametrize("window_seconds", [60, 3600])
def test_as_many_fit_as_the_quota_says(buckets: SqliteLimits, quota: int, window_seconds: int) -> None:
    asked = charge(quota=quota, window_seconds=window_seconds)

    assert quota == fitting(buckets, asked, times=quota + 20)


def test_the_balance_tells_what_remains_and_how_long_to_wait(buckets: SqliteLimits) -> None:
    _, (first,) = buckets.take([charge(amount=4)], START)
    taken, (second,) = buckets.take([charge(amount=7)], START)

    assert (6, 0) == (first.remaining, first.wait_seconds)
    assert START + timedelta(seconds=24) == first.full_at
    assert not taken
    assert (6, 6) == (second.remaining, second.wait_seconds)
    assert buckets.take([charge(amount=7)], START + timedelta(seconds=6))[0]


def test_a_request_that_does_not_fit_one_bucket_takes_from_none(buckets: SqliteLimits) -> None:
    assert 3 == fitting(buckets, charge("small", quota=3), charge("large", quota=50))

    _, (small, large) = buckets.take([charge("small", 0, quota=3), charge("large", 0, quota=50)], START)
    assert (0, 47) == (small.remaining, large.remaining)


def test_buckets_fill_again(buckets: SqliteLimits) -> None:
    fitting(buckets, charge())

    assert 5 == fitting(buckets, charge(), now=START + timedelta(seconds=30))
    assert 10 == fitting(buckets, charge(), now=START + timedelta(days=1))


def test_what_is_given_back_can_be_taken_again_and_no_more_than_that(buckets: SqliteLimits) -> None:
    fitting(buckets, charge())

    buckets.give_back([charge(amount=4)])
    assert 4 == fitting(buckets, charge())
    buckets.give_back([charge(amount=1000)])
    assert 10 == fitting(buckets, charge())


@pytest.mark.parametrize("jump", [timedelta(seconds=30), timedelta(hours=5), timedelta(days=4000)])
def test_a_clock_put_back_locks_nobody_out_for_longer_than_the_window(buckets: SqliteLimits, jump: timedelta) -> None:
    fitting(buckets, charge())

    later = START - jump + timedelta(seconds=60)

    assert 0 < fitting(buckets, charge(), now=later) <= 10


def test_a_clock_put_forward_gives_one_full_bucket(buckets: SqliteLimits) -> None:
    fitting(buckets, charge())

    assert 10 == fitting(buckets, charge(), now=START + timedelta(days=4000))
    assert fitting(buckets, charge(), now=START + timedelta(seconds=60)) <= 10


def test_two_processes_that_read_the_time_out_of_turn_take_no_more(path: Path, buckets: SqliteLimits) -> None:
    with closing(SqliteLimits(path, SECRET)) as other:
        found = [
            one.take([charge()], START + timedelta(seconds=offset))
            for offset in (5, 0)
            for one in (buckets, other) * 10
        ]

    assert 10 == sum(taken for taken, _ in found)


def test_no_name_is_readable_in_the_file(path: Path, buckets: SqliteLimits) -> None:
    buckets.take([charge("203.0.113.77"), charge("organisation-of-mine")], START)

    kept = b"".join(one.read_bytes() for one in path.parent.iterdir())

    assert b"203.0.113.77" not in kept
    assert b"organisation-of-mine" not in kept


def test_names_are_hashed_with_the_nodes_secret(path: Path, buckets: SqliteLimits) -> None:
    fitting(buckets, charge())

    with closing(SqliteLimits(path, b"the secret of another node")) as other:
        assert 10 == fitting(other, charge())


def test_threads_take_exactly_the_quota(buckets: SqliteLimits) -> None:
    taken: list[int] = []

    def work() -> None:
        taken.append(fitting(buckets, charge(quota=250)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert 250 == sum(taken)


_WORKER = """
import sys
from datetime import datetime
from pathlib import Path
from registry.storage.limits import SqliteLimits
from tests.storage.test_limits import SECRET, START, charge
buckets = SqliteLimits(Path(sys.argv[1]), SECRET)
sys.stdin.readline()
print(sum(buckets.take([charge(quota=1500), charge("b", quota=5000)], START)[0] for _ in range(1000)))
"""


def test_processes_take_exactly_the_quota(path: Path) -> None:
    command = [str(programs() / "loaded-python"), "-c", _WORKER, str(path)]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path.cwd())
        for _ in range(2)
    ]

    for one in workers:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    taken = [int(one.communicate(timeout=180)[0]) for one in workers]

    assert 1500 == sum(taken)


def test_a_deleted_file_is_made_anew_and_shared_again(path: Path, buckets: SqliteLimits) -> None:
    with closing(SqliteLimits(path, SECRET)) as other:
        fitting(buckets, charge())
        for one in path.parent.glob("limits.db*"):
            one.unlink()

        assert 10 == fitting(buckets, charge(), times=6) + fitting(other, charge(), times=6)


@pytest.mark.parametrize("content", [b"", b"no database at all" * 1000, os.urandom(8192)])
def test_a_file_that_is_no_database_is_made_anew(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with closing(SqliteLimits(path, SECRET)) as buckets, closing(SqliteLimits(path, SECRET)) as other:
        assert 10 == fitting(buckets, charge(), times=6) + fitting(other, charge(), times=6)


def test_a_file_that_is_damaged_while_it_is_used_is_made_anew(path: Path, buckets: SqliteLimits) -> None:
    for at in range(2000):
        buckets.take([charge(str(at))], START)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.write(os.urandom(size))

    assert 10 == fitting(buckets, charge())
    with closing(SqliteLimits(path, SECRET)) as other:
        assert 0 == fitting(other, charge())


def test_without_a_file_each_process_counts_for_itself(tmp_path: Path) -> None:
    with closing(SqliteLimits(tmp_path / "nowhere" / "limits.db", SECRET)) as buckets:
        assert 10 == fitting(buckets, charge())


def test_trying_an_unusable_file_again_gives_nobody_a_new_budget(tmp_path: Path) -> None:
    with closing(SqliteLimits(tmp_path / "nowhere" / "limits.db", SECRET, retry_seconds=0)) as buckets:
        assert 10 == fitting(buckets, charge(), times=50)


def test_the_file_is_used_again_as_soon_as_there_can_be_one(tmp_path: Path) -> None:
    path = tmp_path / "later" / "limits.db"

    with closing(SqliteLimits(path, SECRET, retry_seconds=0)) as buckets:
        fitting(buckets, charge())
        path.parent.mkdir()
        assert 10 == fitting(buckets, charge())

    assert path.exists()


def test_idle_buckets_are_swept(path: Path) -> None:
    with closing(SqliteLimits(path, SECRET, sweep_seconds=0)) as buckets:
        for at in range(300):
            buckets.take([charge(str(at))], START + timedelta(minutes=2 * at))
        buckets.take([charge("last")], START + timedelta(days=1))
        with closing(sqlite3.connect(path)) as connection:
            (left,) = connection.execute("SELECT count(*) FROM buckets").fetchone()

    assert 1 == left


def test_the_file_is_for_its_owner_only(path: Path, buckets: SqliteLimits) -> None:
    buckets.take([charge()], datetime.now(UTC))

    assert {0o600} == {one.stat().st_mode & 0o777 for one in path.parent.iterdir()}
