"""The workers behind a serving process."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import accumulate

import pytest

from registry.domain.actor import SYSTEM
from registry.domain.errors import SearchUnavailable
from registry.domain.record import Record
from registry.domain.search import IndexEntry
from registry.service import dumps, find, review
from tests import factories
from tests.client import Client
from tests.clocks import FixedClock
from tests.web.node import Node
from web.app import create_app
from web.background import background, dump, follow_log

# Only a test that fails waits so long.
PATIENCE_SECONDS = 60.0


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether *holds* becomes true within reason."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_what_is_published_is_found_soon(node: Node) -> None:
    with Client(create_app(node.registry, background=True)) as client:
        record = _publish_only(node)

        assert eventually(lambda: str(record.number) in client.get("/search?q=spam").text)
        assert eventually(lambda: client.get("/health/ready").json()["index"] == "current")


def test_an_embargo_is_lifted_when_its_time_comes(node: Node, clock: FixedClock) -> None:
    with Client(create_app(node.registry, background=True)) as client:
        record = _publish_only(node, marking={"embargo_until": "2026-03-15T00:00:00Z"})
        assert 404 == client.get(f"/r/{record.number}").status_code

        clock.advance(days=1)

        assert eventually(lambda: client.get(f"/r/{record.number}").status_code == 200)


def test_stopping_does_not_wait_for_a_pause(node: Node) -> None:
    slow = replace(node.registry, settings=node.registry.settings.model_copy(update={"job_poll_seconds": 3600.0}))
    started = time.monotonic()

    with background(slow):
        pass

    assert PATIENCE_SECONDS > time.monotonic() - started


def test_only_one_process_writes_the_index_and_another_takes_over(node: Node) -> None:
    first, second = threading.Event(), threading.Event()
    workers = [threading.Thread(target=follow_log, args=(node.registry, stop)) for stop in (first, second)]
    workers[0].start()
    try:
        assert eventually(lambda: node.registry.index.position() > 0)
        workers[1].start()

        first.set()
        workers[0].join()
        record = _publish_only(node)
        head = find.public_changes(node.registry, SYSTEM, after=0, limit=100)[-1].seq

        assert eventually(lambda: node.registry.index.position() >= head)
        assert record.is_public
    finally:
        first.set()
        second.set()
        for worker in workers:
            if worker.ident is not None:
                worker.join()


class _SometimesBroken:
    """An index that cannot be written for the first times."""

    def __init__(self, node: Node) -> None:
        self._index = node.registry.index
        self.failures = 2

    def position(self) -> int:
        if self.failures:
            self.failures -= 1
            raise SearchUnavailable("the index cannot be read now") if self.failures else RuntimeError("broken")
        return self._index.position()

    def __getattr__(self, name: str) -> object:
        return getattr(self._index, name)


def test_a_worker_that_fails_says_so_and_goes_on(node: Node, caplog: pytest.LogCaptureFixture) -> None:
    broken = replace(node.registry, index=_SometimesBroken(node))  # type: ignore[arg-type]  # the rest is passed on
    stop = threading.Event()
    worker = threading.Thread(target=follow_log, args=(broken, stop))

    with caplog.at_level(logging.ERROR, "web.background"):
        worker.start()
        recovered = eventually(lambda: node.registry.index.position() > 0)
        stop.set()
        worker.join()

    assert recovered
    assert "SEARCH_UNAVAILABLE index follower" in caplog.text
    assert "INTERNAL index follower" in caplog.text


class _Stopped:
    """An index that is lost; the process is asked to end when it has taken in a first record."""

    def __init__(self, node: Node, stop: threading.Event) -> None:
        self._index = node.registry.index
        self._stop = stop
        self.taken_in: list[IndexEntry] = []

    def position(self) -> int:
        return 0

    def rebuild(self, entries: Iterable[IndexEntry], *, position: int) -> None:
        def first() -> Iterator[IndexEntry]:
            for entry in entries:
                self._stop.set()
                self.taken_in.append(entry)
                yield entry

        self._index.rebuild(first(), position=position)

    def __getattr__(self, name: str) -> object:
        return getattr(self._index, name)


def test_whoever_is_to_end_does_not_go_on_building_the_index(node: Node, caplog: pytest.LogCaptureFixture) -> None:
    _publish_only(node)
    before, stop = node.registry.index.position(), threading.Event()
    lost = _Stopped(node, stop)

    follow_log(replace(node.registry, index=lost), stop)  # type: ignore[arg-type]  # the rest is passed on

    assert lost.taken_in
    assert before == node.registry.index.position()
    assert [] == caplog.records


class _Broken:
    """An index that fails in a way nobody foresaw."""

    def position(self) -> int:
        raise RuntimeError("broken")


class _Hurried(threading.Event):
    """For which nobody waits really: it keeps how long was wanted, and is set after a minute of it."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.waits.append(timeout)
        if sum(self.waits) >= 60:
            self.set()
        return self.is_set()


def test_a_worker_that_keeps_failing_does_not_flood_the_log(node: Node, caplog: pytest.LogCaptureFixture) -> None:
    quick = node.registry.settings.model_copy(update={"index_poll_seconds": 0.01})
    broken = replace(node.registry, index=_Broken(), settings=quick)  # type: ignore[arg-type]  # no more is asked of it
    stop = _Hurried()

    with caplog.at_level(logging.ERROR, "web.background"):
        follow_log(broken, stop)

    told = accumulate(stop.waits)
    assert 2 <= sum(after <= 1 for after in told) <= 8
    assert len(stop.waits) == len(caplog.records) <= 20
    assert 1 == sum(bool(record.exc_info) for record in caplog.records)


@pytest.fixture(autouse=True)
def _no_worker_is_left() -> Iterator[None]:
    yield
    assert [] == [thread.name for thread in threading.enumerate() if thread.name in {"index follower", "job runner"}]


def _publish_only(node: Node, marking: dict[str, str] | None = None) -> Record:
    """Publish without taking anything into the index."""
    record = node.submit(factories.content(marking=marking))
    registry, uid = node.registry, record.uid
    review.claim(registry, node.reviewer, uid, expected_revision=1)
    review.approve(registry, node.reviewer, uid, expected_revision=1)
    return review.publish(registry, node.reviewer, uid, expected_revision=1)


def test_a_dump_is_made_when_one_is_due_and_deleted_when_a_record_in_it_is_withdrawn(node: Node) -> None:
    record = node.publish(factories.content(title="Soon gone"))
    place, stop = node.registry.settings.dumps_dir, threading.Event()
    worker = threading.Thread(target=dump, args=(node.registry, stop), kwargs={"after_seconds": 0.0})
    worker.start()
    try:
        assert eventually(lambda: dumps.listed(node.registry, SYSTEM) != ())
        (made,) = dumps.listed(node.registry, SYSTEM)
        assert (place / made.name / "manifest.json").exists()

        node.withdraw(record)

        assert eventually(lambda: not (place / made.name).exists())
    finally:
        stop.set()
        worker.join()


class _Ending(threading.Event):
    """The process is asked to end while somebody rests for the first time."""

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.set()
        return True


def test_whoever_is_to_end_does_not_go_on_making_a_dump_and_leaves_nothing_of_it(node: Node) -> None:
    node.publish(factories.content())

    dump(node.registry, _Ending(), after_seconds=0.0)

    assert () == dumps.listed(node.registry, SYSTEM)
    assert [] == list(node.registry.settings.dumps_dir.iterdir())
