"""The command that does a node's work without serving: imports by schedule, jobs, index, mail and webhooks."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer
from web.taking_turns import let_others_work

if TYPE_CHECKING:
    from registry.ports import Registry

commands = typer.Typer()

# The schedule is looked at so much more seldom than the jobs.
_LOOK = 10
_AT_ONCE = 1000


@commands.command()
def worker(
    once: Annotated[
        bool, typer.Option("--once", help="Import the sources that are due, then end; for a timer of the machine.")
    ] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Do the node's work beside serving it, until it is interrupted: imports by schedule, jobs, index, mail."""
    import logging.config

    from web.cli.directory import opened_with, settings_of
    from web.cli.logs import configuration

    settings = settings_of(data_dir, os.environ)
    logging.config.dictConfig(configuration(settings.log_format))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with opened_with(settings) as registry:
        if once:
            done = _import_due(registry)
            answer({"imported": done}, f"sources that were due: {done}", as_json=as_json)
        else:
            with suppress(KeyboardInterrupt):
                _work(registry, ready=lambda: answer({"working": True}, "Working", as_json=as_json))


def _work(registry: Registry, *, ready: Callable[[], None]) -> None:
    from web.background import background

    let_others_work()
    with background(registry, beside=_imports(registry)):
        ready()
        while True:
            time.sleep(3600)


def _imports(registry: Registry) -> Mapping[str, Callable[[threading.Event], None]]:
    """The threads that the schedule needs, by name."""
    from importers.scheduled import enqueue, import_jobs
    from registry.domain.actor import SYSTEM
    from registry.service import jobs
    from web.background import repeat

    pause = registry.settings.job_poll_seconds

    def look(stop: threading.Event) -> None:
        repeat(lambda: enqueue(registry, SYSTEM), "import schedule", stop, pause * _LOOK)

    def work(stop: threading.Event) -> None:
        table = import_jobs(stop)
        repeat(lambda: jobs.run_due(registry, SYSTEM, table, limit=1), "imports", stop, pause)

    names = [f"imports {at}" for at in range(1, registry.settings.import_workers + 1)]
    return {"import schedule": look} | dict.fromkeys(names, work)


def _import_due(registry: Registry) -> int:
    from importers.scheduled import enqueue, import_jobs
    from registry.domain.actor import SYSTEM
    from registry.service import jobs

    enqueue(registry, SYSTEM)
    return jobs.run_due(registry, SYSTEM, import_jobs(threading.Event()), limit=_AT_ONCE)
