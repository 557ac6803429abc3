"""How a serving node logs: one line an event on stderr, as JSON or as text, with nothing in it that somebody sent.

A request is named by its id. Of an exception stand its kinds and where each arose: its message may hold a value of a
request or of the store, and so never reaches a line. What would end a line or steer a terminal is taken out.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TextIO

# The longest message that is written; whatever is longer was not written by us.
MAX_MESSAGE = 2000
# So many exceptions that led to one another are told, and of each so many places.
_MAX_CAUSES = 10
_MAX_PLACES = 40


class Lines(logging.Formatter):
    """Instants in UTC, written as everywhere else in the registry; one line, whatever the message holds."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  # the library's
        return datetime.fromtimestamp(record.created, UTC).strftime(datefmt or "%Y-%m-%dT%H:%M:%SZ")

    def format(self, record: logging.LogRecord) -> str:
        """A line of text; an exception adds its places, each on a line that begins with blanks."""
        line = f"{self.formatTime(record)} [{record.process}] {record.levelname} {record.name}: {_message(record)}"
        return "\n    ".join([line, *_places_of(record)])


class JsonLines(Lines):
    """One JSON object a line, with ``at``, ``process``, ``level``, ``logger``, ``message``, and ``where`` it arose."""

    def format(self, record: logging.LogRecord) -> str:
        """A line."""
        told: dict[str, Any] = {
            "at": self.formatTime(record),
            "process": record.process,
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        places = list(_places_of(record))
        if places:
            told["where"] = places
        return json.dumps(told, ensure_ascii=True)


class Stderr(logging.StreamHandler[TextIO]):
    """A line that cannot be written is given up: the library would write its arguments instead."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the library's
        """Nothing."""


def harmless(text: str) -> str:
    """*text* without characters that end a line, steer a terminal or change the direction of what is read."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)


def _message(record: logging.LogRecord) -> str:
    text = record.getMessage()
    return harmless(text if len(text) <= MAX_MESSAGE else f"{text[:MAX_MESSAGE]} and more")


def _places_of(record: logging.LogRecord) -> Iterator[str]:
    """The kinds of the exceptions that led to one another, the first cause first, and where each arose."""
    error = record.exc_info[1] if record.exc_info else None
    chain: list[BaseException] = []
    while error is not None and error not in chain and len(chain) < _MAX_CAUSES:
        chain.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    for one in reversed(chain):
        yield f"{type(one).__module__}.{type(one).__qualname__}"
        for place in traceback.extract_tb(one.__traceback__)[-_MAX_PLACES:]:
            yield harmless(f"at {place.filename}:{place.lineno} in {place.name}")


def configuration(log_format: str) -> dict[str, Any]:
    """For ``logging.config``: *log_format* is ``json`` or ``text``."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": JsonLines if log_format == "json" else Lines}},
        "handlers": {"stderr": {"()": Stderr, "formatter": "lines", "stream": "ext://sys.stderr"}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {"web": {"level": "INFO"}, "importers": {"level": "INFO"}},
    }
