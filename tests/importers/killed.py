"""One run of an invented source in a process of its own, to be killed: give it a directory, a night, an hour,
the unit of the store at which it dies, and how many milliseconds later.

Four nights of a source: records that refer to one another, also in circles and to what comes later, that change, wait
for review, are refused, vanish, are taken back, and come back.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from importers.contract import RawDocument
from importers.run import run
from registry import regimes
from registry.clock import RandomIds, SystemClock
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.pages import CursorSeal
from registry.outbound import open_outbound
from registry.ports import Reader, Registry, Storage, Unit
from registry.search import open_index
from registry.settings import Settings
from registry.signing import Vault
from registry.storage.dump_files import DumpDirectory
from registry.storage.erasures import ErasureFile
from registry.storage.limits import open_limits
from registry.storage.store import open_storage
from tests.importers.invented import WHOLE, document, numbered
from tests.node_keys import NODE_KEY

STAGES = 4
_COUNT = 240


class LaterClock:
    """The time of this machine, some hours on: what was killed an hour ago is dead."""

    def __init__(self, hours: int) -> None:
        self._ahead = timedelta(hours=hours)
        self._now = SystemClock()

    def now(self) -> datetime:
        """Now, as it will be."""
        return self._now.now() + self._ahead


@contextmanager
def opened(data_dir: Path, *, hour: int) -> Iterator[Registry]:
    """A registry over a data directory, at some hour from now."""
    settings = Settings(data_dir=data_dir, limits=False)
    made = Registry(
        settings=settings,
        storage=open_storage(settings),
        index=open_index(settings),
        erasures=ErasureFile(data_dir.parent / "erasures.jsonl"),
        clock=LaterClock(hour),
        clocks=regimes.load(settings.clocks_dir),
        ids=RandomIds(),
        cursors=CursorSeal(b"a secret of at least 16 bytes"),
        outbound=open_outbound(settings),
        limits=open_limits(settings, b"the secret of the buckets"),
        vault=Vault(b"the vault of a node in the tests"),
        key=NODE_KEY,
        dump_files=DumpDirectory(data_dir / "dumps"),
    )
    try:
        yield made
    finally:
        made.index.close()
        made.storage.close()
        made.limits.close()


def night(stage: int) -> list[RawDocument]:
    """What the source issues in this night, from 0."""
    ids = numbered(_COUNT)
    gone = set(ids[50:60]) if stage in {1, 2} else set()
    taken_back = set(ids[100:105]) if stage in {1, 2} else set()
    things: list[dict[str, Any]] = []
    for at, id_ in enumerate(ids):
        if id_ in gone:
            continue
        if id_ in taken_back:
            things.append({"id": id_, "gone": True})
        elif at % 40 == 7:
            things.append({"bad": id_} if stage % 2 == 0 else {"id": id_})
        else:
            changed = stage if at % 5 == 0 else 0
            # To its neighbours, in circles of three; every ninth to what only the next night brings.
            near = [ids[at - at % 3 + (at + 1) % 3]] + ([f"N{at:05d}"] if at % 9 == 0 else [])
            links = [["related", one] for one in near]
            things.append({"id": id_, "title": f"Case {at}, {changed}", "links": links, "held": at % 31 == 3})
    things += [{"id": f"N{at:05d}"} for at in range(0, _COUNT, 9) if stage > 0]
    half = len(things) // 2
    return [document(*things[:half], name="first.jsonl"), document(*things[half:], name="second.jsonl")]


class CountingStore:
    """A store that tells of each unit before it begins."""

    def __init__(self, inner: Storage, tell: Callable[[], None]) -> None:
        self._inner = inner
        self._tell = tell

    def begin(self) -> AbstractContextManager[Unit]:
        """See the port."""
        self._tell()
        return self._inner.begin()

    def read(self) -> AbstractContextManager[Reader]:
        """See the port."""
        return self._inner.read()

    def backup(self, target: Path) -> None:
        """See the port."""
        self._inner.backup(target)

    def close(self) -> None:
        """See the port."""
        self._inner.close()


def run_night(registry: Registry, stage: int, *, tell: Callable[[], None] = lambda: None) -> None:
    """Run one night; *tell* is called before each unit."""
    watched = replace(registry, storage=CountingStore(registry.storage, tell))
    run(watched, LOCAL_OPERATOR, WHOLE, night(stage))


def main(data_dir: Path, stage: int, hour: int, unit: int, milliseconds: int) -> None:
    """Run one night, and die in it."""
    units = count(1)

    def die() -> None:
        time.sleep(milliseconds / 1000)
        os.kill(os.getpid(), signal.SIGKILL)

    def tell() -> None:
        if next(units) == unit:
            threading.Thread(target=die, daemon=True).start()

    with opened(data_dir, hour=hour) as registry:
        run_night(registry, stage, tell=tell)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
