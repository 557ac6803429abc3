"""Programs that start in a tenth of the time: a process that has loaded everything forks for each of them.

To load the house takes longer than most commands run, and the tests start some hundred. Each is a process of
its own all the same, with its own arguments, environment, directory, streams and exit code, and may be killed.
How ``commons`` loads is not tested this way: ``tests/web/cli/test_main.py`` starts it as people do.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

_LAUNCHER = Path(__file__).with_name("launcher.py")
_ROOT = Path(__file__).parents[2]
# A bound for what never comes.
_STOP_SECONDS = 180


@functools.cache
def programs() -> Path:
    """A directory that holds the programs, for the ``PATH`` of a shell; starts the server.

    ``commons`` is the product, and ``loaded-python`` runs ``-c TEXT`` or ``-m MODULE`` with arguments.
    """
    # The path of a socket may have about a hundred characters, and pytest's directories are deeper than that.
    place = Path(tempfile.mkdtemp(prefix="commons-"))
    for name in ("commons", "loaded-python"):
        # To a shell the second line is a command, to Python a text: a first line takes no path with a space in it.
        # Without `site`, which takes longer to load than the whole launcher does.
        head = f"#!/bin/sh\n'''exec' \"{sys.executable}\" -SE \"$0\" \"$@\"\n' '''\n"
        text = head + _LAUNCHER.read_text(encoding="utf-8")
        (place / name).write_text(text, encoding="utf-8")
        (place / name).chmod(0o755)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place / "socket"))
        # Who asks before everything is loaded waits.
        listening.listen()
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.forking.server", str(listening.fileno())],
            stdin=subprocess.PIPE,
            pass_fds=[listening.fileno()],
            cwd=_ROOT,
            # An interrupt of the tests is not for it: it ends with them.
            start_new_session=True,
        )
    atexit.register(_end, server, place)
    return place


def _end(server: subprocess.Popen[bytes], place: Path) -> None:
    assert server.stdin is not None
    server.stdin.close()
    server.wait(_STOP_SECONDS)
    shutil.rmtree(place)


class Forked:
    """A program that runs; it is killed when nobody waits for it any more.

    ``stdout`` is what it says, as a file to read from.
    """

    def __init__(
        self,
        program: str,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        stderr: int = 2,
        namespace: Path | None = None,
    ) -> None:
        """Start ``commons`` or ``loaded-python`` in the directory of the tests, and in a network *namespace*."""
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(str(programs() / "socket"))
        asked = {
            "program": program,
            "arguments": arguments,
            "environment": dict(os.environ if environment is None else environment),
            "directory": str(_ROOT),
            "namespace": None if namespace is None else str(namespace),
        }
        said = json.dumps(asked).encode() + b"\n"
        told, tells = os.pipe()
        self.stdout = os.fdopen(told, encoding="utf-8")
        with Path(os.devnull).open() as nothing, os.fdopen(tells, "wb") as stdout:
            socket.send_fds(self._connection, [said[:1]], [nothing.fileno(), stdout.fileno(), stderr])
        self._connection.sendall(said[1:])
        self._answers = self._connection.makefile("rb")
        self._code: int | None = None
        self.pid = int(self._answers.readline())
        """The id of its process."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kill it if it still runs."""
        self.end(signal.SIGKILL)

    def end(self, how: signal.Signals) -> int:
        """Send it a signal unless it has ended, and wait; returns what ``wait`` does."""
        # It may have ended just now.
        with suppress(OSError):
            self._connection.sendall(bytes([how]))
        return self.wait()

    def wait(self) -> int:
        """Its exit code, or the negative number of the signal that ended it, once it has ended; closes ``stdout``."""
        if self._code is None:
            self._connection.settimeout(_STOP_SECONDS)
            with self._connection, self._answers, self.stdout:
                self._code = int(self._answers.readline())
        return self._code
