"""What shells find as ``commons``: has it forked, passes signals on, and ends as it ends.

Started without ``site``, so it knows the standard library only.
"""

import json
import os
import signal
import socket
import sys
from contextlib import suppress

_PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> None:
    """Ask the server beside this file, and wait."""
    with socket.socket(socket.AF_UNIX) as connection:
        # pathlib would take as long to load as all the rest.
        place, program = os.path.split(__file__)
        connection.connect(f"{place}/socket")
        asked = {
            "program": program,
            "arguments": sys.argv[1:],
            "environment": dict(os.environ),
            "directory": os.getcwd(),  # noqa: PTH109
        }
        said = json.dumps(asked).encode() + b"\n"
        socket.send_fds(connection, [said[:1]], [0, 1, 2])
        connection.sendall(said[1:])

        def pass_on(number: int, _frame: object) -> None:
            # It may have ended just now.
            with suppress(OSError):
                connection.sendall(bytes([number]))

        for one in _PASSED_ON:
            signal.signal(one, pass_on)
        with connection.makefile("rb") as answers:
            answers.readline()  # the id of the process
            status = int(answers.readline())
    if status < 0:
        with suppress(OSError):  # some are never handled
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)


if __name__ == "__main__":
    main()
