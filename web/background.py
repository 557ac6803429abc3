"""What a serving process does beside answering: it follows the log into the index and runs what is due.

Several processes may share a data directory: the one that holds the lock file writes the index, the others only
read what it wrote. Whoever dies gives the lock back, and another takes it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import MappingProxyType

from registry.domain.actor import SYSTEM
from registry.domain.errors import CommonsError, Conflict, Interrupted
from registry.locking import take
from registry.ports import Registry
from registry.service import (
    candidates,
    delivering,
    dumps,
    follow,
    import_watch,
    jobs,
    letters,
    monitoring,
    reports,
    search_alerts,
    taxonomies,
)
from registry.service.federation import health, news, posting, pulling, reconciling, rotating, settling, signing
from registry.service.federation.rhythm import Rhythm
from registry.service.federation.turns import Turns
from registry.service.interop import placing
from web.dumps import making

LOCK_FILE = "index.lock"
SYNC_LOCK_FILE = "sync.lock"
PING_LOCK_FILE = "ping.lock"
SEARCHES_LOCK_FILE = "searches.lock"
_STOP_SECONDS = 30.0
_LONGEST_PAUSE_SECONDS = 10.0
_TIDY_SECONDS = 3600.0
_BEFORE_DUMPS_SECONDS = 60.0
_LONGEST_REST_SECONDS = 0.25

_log = logging.getLogger("web.background")


_NOTHING: Mapping[str, Callable[[threading.Event], None]] = MappingProxyType({})


@contextmanager
def background(
    registry: Registry, *, beside: Mapping[str, Callable[[threading.Event], None]] = _NOTHING
) -> Iterator[None]:
    """All workers, for as long as the block runs; before it, what is shipped is taken in.

    Args:
        beside: further work by name; each ends soon after its event is set, and is left where it does not.
    """
    reports.prepare_intake(registry, SYSTEM)
    taxonomies.load_shipped(registry, SYSTEM)
    stop = threading.Event()
    workers = [
        threading.Thread(target=follow_log, args=(registry, stop), name="index follower"),
        threading.Thread(target=run_jobs, args=(registry, stop), name="job runner"),
        threading.Thread(target=watch, args=(registry, stop), name="monitor"),
        threading.Thread(target=tell_searches, args=(registry, stop), name="saved searches"),
        threading.Thread(target=fill_outbox, args=(registry, stop), name="outbox"),
        threading.Thread(target=sign, args=(registry, stop), name="signer"),
        threading.Thread(target=sync, args=(registry, stop), name="sync"),
        threading.Thread(target=ping, args=(registry, stop), name="ping"),
        threading.Thread(target=dump, args=(registry, stop), name="dumps"),
        threading.Thread(target=send_mail, args=(registry, stop), name="mail"),
        *(
            threading.Thread(target=call_webhooks, args=(registry, stop), name="webhooks")
            for _ in range(registry.settings.webhook_workers)
        ),
        *(threading.Thread(target=work, args=(stop,), name=name, daemon=True) for name, work in beside.items()),
    ]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        stop.set()
        ends_at = time.monotonic() + _STOP_SECONDS
        for worker in workers:
            worker.join(max(0.0, ends_at - time.monotonic()))


def follow_log(registry: Registry, stop: threading.Event) -> None:
    """Keep the index up to date until *stop* is set; only while this process holds the lock."""
    pause = registry.settings.index_poll_seconds
    registry.settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (registry.settings.data_dir / LOCK_FILE).open("wb") as lock:
        while not stop.is_set() and not take(lock, wait=False):
            stop.wait(max(pause, 1.0))

        rhythm = Rhythm()

        def work() -> int:
            if rhythm.gives_way(registry, SYSTEM):
                return 0
            with suppress(Interrupted):
                # Nobody waits for the comparison of sources, so the index comes first.
                done = follow.catch_up(registry, SYSTEM, stop=stop.is_set)
                if done:
                    return done
                rhythm.caught_up()
                return candidates.find(registry, SYSTEM)
            return 0

        repeat(work, "index follower", stop, pause)


def run_jobs(registry: Registry, stop: threading.Event) -> None:
    """Run what is due until *stop* is set."""
    repeat(lambda: jobs.run_due(registry, SYSTEM), "job runner", stop, registry.settings.job_poll_seconds)


def watch(registry: Registry, stop: threading.Event) -> None:
    """Write down what was counted and look at what stands out until *stop* is set, and then once more."""
    stop.wait(registry.settings.monitor_seconds)
    repeat(lambda: _watch(registry), "monitor", stop, registry.settings.monitor_seconds)
    try:
        monitoring.watch(registry, SYSTEM)
    except CommonsError as error:
        _log.error("%s monitor: what was counted last is lost", error.code)


def _watch(registry: Registry) -> int:
    found = monitoring.watch(registry, SYSTEM)
    import_watch.look(registry, SYSTEM)
    health.watch(registry, SYSTEM)
    return found


def fill_outbox(registry: Registry, stop: threading.Event) -> None:
    """Put changes into the outbox of webhooks until *stop* is set, and forget what was sent long ago."""
    tidied = -_TIDY_SECONDS

    def work() -> int:
        nonlocal tidied
        if time.monotonic() - tidied >= _TIDY_SECONDS:
            tidied = time.monotonic()
            delivering.tidy(registry, SYSTEM)
            settling.tidy(registry, SYSTEM)
            letters.tidy(registry, SYSTEM)
        return delivering.fan_out(registry, SYSTEM)

    repeat(work, "outbox", stop, registry.settings.job_poll_seconds)


def tell_searches(registry: Registry, stop: threading.Event) -> None:
    """Tell saved searches what newly matches until *stop* is set; of several processes one does."""
    pause = registry.settings.job_poll_seconds
    registry.settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (registry.settings.data_dir / SEARCHES_LOCK_FILE).open("wb") as lock:
        while not stop.is_set() and not take(lock, wait=False):
            stop.wait(max(pause, 1.0))

        def work() -> int:
            # Letters are written in time however much is published meanwhile.
            return search_alerts.find_matches(registry, SYSTEM) + search_alerts.write_letters(registry, SYSTEM)

        repeat(work, "saved searches", stop, pause)


def sign(registry: Registry, stop: threading.Event) -> None:
    """Sign what was published, for other nodes, and put it out for platforms, until *stop* is set."""

    def work() -> int:
        signed = signing.sign_changes(registry, SYSTEM) + rotating.sign_anew(registry, SYSTEM)
        return signed + placing.place_changes(registry, SYSTEM)

    repeat(work, "signer", stop, registry.settings.job_poll_seconds)


def sync(registry: Registry, stop: threading.Event) -> None:
    """Ask other nodes for what changed until *stop* is set, each in its own turn; of several processes one does."""
    pause = registry.settings.job_poll_seconds
    registry.settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (registry.settings.data_dir / SYNC_LOCK_FILE).open("wb") as lock:
        while not stop.is_set() and not take(lock, wait=False):
            stop.wait(max(pause, 1.0))

        with Turns("asking") as asking, Turns("posting") as sending:

            def work() -> int:
                pulling.pull_due(registry, SYSTEM, stop=stop.is_set, run=asking.run)
                posting.post_due(registry, SYSTEM, stop=stop.is_set, run=sending.run)
                reconciling.reconcile_due(registry, SYSTEM, stop=stop.is_set, run=asking.run)
                asking.tell()
                sending.tell()
                # What is due is told by the time of each node: nothing is done again at once.
                return 0

            repeat(work, "sync", stop, pause)


def ping(registry: Registry, stop: threading.Event) -> None:
    """Tell other nodes at once that there is something for them, until *stop* is set; of several processes one does."""
    pause = registry.settings.job_poll_seconds
    registry.settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (registry.settings.data_dir / PING_LOCK_FILE).open("wb") as lock:
        while not stop.is_set() and not take(lock, wait=False):
            stop.wait(max(pause, 1.0))
        pinger = news.Pinger()

        def work() -> int:
            pinger.ping_due(registry, SYSTEM)
            return 0

        repeat(work, "ping", stop, pause)


def dump(registry: Registry, stop: threading.Event, *, after_seconds: float = _BEFORE_DUMPS_SECONDS) -> None:
    """Delete dumps that had to go, and make those that are due, until *stop* is set.

    Args:
        after_seconds: until the first is made; a node that has just started has other things to do.
    """
    begins_at = rested_at = time.monotonic() + after_seconds

    def go_on(_done: int, _total: int | None) -> None:
        nonlocal rested_at
        # It rests as long as it worked: whoever asks this process for a page comes first.
        if stop.wait(max(0.0, min(time.monotonic() - rested_at, _LONGEST_REST_SECONDS))):
            raise Conflict("the node is stopping")
        rested_at = time.monotonic()

    def work() -> int:
        dumps.let_go(registry)
        if time.monotonic() >= begins_at and dumps.due(registry, SYSTEM):
            with suppress(Conflict):
                making.make_public(registry, progress=go_on)
        return 0

    repeat(work, "dumps", stop, registry.settings.job_poll_seconds)


def call_webhooks(registry: Registry, stop: threading.Event) -> None:
    """Send what is due to webhooks until *stop* is set; several threads do so, each for another webhook."""
    repeat(lambda: delivering.deliver_next(registry, SYSTEM), "webhooks", stop, registry.settings.job_poll_seconds)


def send_mail(registry: Registry, stop: threading.Event) -> None:
    """Send letters until *stop* is set."""
    repeat(lambda: letters.send_next(registry, SYSTEM), "mail", stop, registry.settings.job_poll_seconds)


def repeat(work: Callable[[], int], name: str, stop: threading.Event, pause: float) -> None:
    """Do *work* again at once while there is some, and after a pause when there is none, until *stop* is set.

    While it fails the pauses grow, so that a full disk is not filled further by the log; a stack trace is shown once.
    """
    trouble, wait = "", pause
    while not stop.is_set():
        known = trouble
        try:
            done, trouble = work(), ""
        except CommonsError as error:
            done, trouble = 0, f"{error.code} {name}: {error.message}"
            _log.error("%s", trouble)
        except Exception as error:  # noqa: BLE001  # a worker that ends would leave the node deaf without a sign
            done, trouble = 0, f"INTERNAL {name}: {type(error).__name__}"
            _log.error("%s", trouble, exc_info=trouble != known)
        if known and not trouble:
            _log.info("%s: works again", name)
        wait = max(pause, min(wait * 2, _LONGEST_PAUSE_SECONDS)) if trouble else pause
        if not done:
            stop.wait(wait)
