"""Commands that start in a tenth of the time: a process that has loaded everything forks for each of them.

To load the program takes longer than most of its commands do, and the tests start some hundred. Each is a process of
its own all the same, with its own arguments, environment, directory, streams and exit code, and may be killed.
How the program loads is not tested this way: ``tests/web/cli/test_main.py`` starts it as people do.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

_LAUNCHER = Path(__file__).with_name("launcher.py")
_ROOT = Path(__file__).parents[2]
_STOP_SECONDS = 90


@functools.cache
def programs() -> Path:
    """A directory that holds the program ``commons``, for the ``PATH`` of a shell; starts the server."""
    # The path of a socket may have about a hundred characters, and pytest's directories are deeper than that.
    place = Path(tempfile.mkdtemp(prefix="commons-"))
    program = place / "commons"
    # Without `site`, which takes longer to load than the whole launcher does.
    program.write_text(f"#!{sys.executable} -SE\n{_LAUNCHER.read_text(encoding='utf-8')}", encoding="utf-8")
    program.chmod(0o755)
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
    """A command that runs; it is killed when nobody waits for it any more."""

    def __init__(
        self, *arguments: str, environment: Mapping[str, str], stdout: int | None = None, stderr: int | None = None
    ) -> None:
        """Start it, with the standard streams of this process unless others are named."""
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(str(programs() / "socket"))
        asked = {"arguments": arguments, "environment": dict(environment), "directory": str(Path.cwd())}
        said = json.dumps(asked).encode() + b"\n"
        with Path(os.devnull).open() as nothing:
            streams = [nothing.fileno(), 1 if stdout is None else stdout, 2 if stderr is None else stderr]
            socket.send_fds(self._connection, [said[:1]], streams)
        self._connection.sendall(said[1:])
        self._answers = self._connection.makefile("rb")
        self._code: int | None = None
        self.pid = int(self._answers.readline())
        """The id of its process."""

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            self._connection.sendall(bytes([number]))

    def poll(self) -> int | None:
        """Its exit code, or the negative number of the signal that ended it; nothing while it runs."""
        is_told = self._code is None and select.select([self._connection], [], [], 0)[0]
        return self.wait(_STOP_SECONDS) if is_told else self._code

    def wait(self, timeout: float) -> int:
        """Its exit code, once it has ended, within so many seconds."""
        if self._code is None:
            self._connection.settimeout(timeout)
            with self._connection, self._answers:
                self._code = int(self._answers.readline())
        return self._code
