"""The log of a serving node."""

from __future__ import annotations

import logging
import re

from web.cli.logs import Lines


def test_a_line_begins_with_an_instant_in_utc() -> None:
    record = logging.LogRecord("web.request", logging.ERROR, "", 0, "INTERNAL request %s", ("1f",), None)
    record.created = 0.0

    line = Lines("%(asctime)s %(levelname)s %(name)s: %(message)s").format(record)

    assert re.fullmatch(r"1970-01-01T00:00:00Z ERROR web\.request: INTERNAL request 1f", line)
