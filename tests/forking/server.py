"""The process that has loaded everything. It ends when whoever started it closes its standard input."""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import multiprocessing
import os
import pkgutil
import runpy
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

import web.cli
from web.cli.main import main, program

# What commands load late, and what they load of others.
_LATE = (
    "alembic.autogenerate",
    "alembic.command",
    "detect_secrets.settings",
    "importers",
    "registry.bootstrap",
    "registry.search.engine",
    "registry.search.tantivy.index",
    "registry.search.whoosh_index",
    "registry.storage.migrations.upgrade",
    "tests.service.world",
    "typer.rich_utils",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "web.app",
    "web.demo.start",
)
_PORTION = 1 << 16


def serve(listening: socket.socket) -> None:
    """Start another process for each that asks."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    while sys.stdin not in select.select([listening, sys.stdin], [], [])[0]:
        connection, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _attend(connection)
            os._exit(0)
        connection.close()


def _attend(connection: socket.socket) -> None:
    """Have a program run, and stay with it to its end."""
    said, streams, _, _ = socket.recv_fds(connection, _PORTION, 3)
    while not said.endswith(b"\n"):
        more = connection.recv(_PORTION)
        if not more:
            return
        said += more
    process = multiprocessing.get_context("fork").Process(target=_run, args=(streams,), kwargs=json.loads(said))
    process.start()
    for stream in streams:
        os.close(stream)
    # Whoever asked may be gone.
    with suppress(OSError):
        connection.sendall(f"{process.pid}\n".encode())
    _pass_on(connection, process)
    process.join()
    with suppress(OSError):
        connection.sendall(f"{process.exitcode}\n".encode())


def _pass_on(connection: socket.socket, process: BaseProcess) -> None:
    """Send the process the signals that come, until it ends; kill it when nobody waits for it any more."""
    assert process.pid is not None
    while process.sentinel not in select.select([connection.fileno(), process.sentinel], [], [])[0]:
        numbers = connection.recv(_PORTION)
        for number in numbers or [signal.SIGKILL]:
            os.kill(process.pid, number)
        if not numbers:
            return


def _run(
    streams: list[int],
    program: str,
    arguments: list[str],
    environment: dict[str, str],
    directory: str,
    namespace: str | None = None,
) -> None:
    """Run a program as if this process had been started with these."""
    if namespace is not None:
        _enter(namespace)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    if program == "commons":
        main(arguments)
    how, what, *rest = arguments
    sys.argv = [how, *rest]
    if how == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(what, {"__name__": "__main__"})  # a text of the tests


def _enter(namespace: str) -> None:
    """Let this process, which has one thread, be in another network; Python has no name for it before 3.12."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path(namespace).open() as file:
        if libc.setns(file.fileno(), 0) != 0:
            raise OSError(ctypes.get_errno(), "setns")


if __name__ == "__main__":
    for name in (*_LATE, *(one.name for one in pkgutil.iter_modules(web.cli.__path__, "web.cli."))):
        importlib.import_module(name)
    program()
    gc.collect()
    gc.freeze()
    serve(socket.socket(fileno=int(sys.argv[1])))
