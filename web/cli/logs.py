"""How a serving node logs: one line an event on stderr, with instant in UTC, process, level and place."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any


class Lines(logging.Formatter):
    """Instants in UTC, written as everywhere else in the registry."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  # the library's
        return datetime.fromtimestamp(record.created, UTC).strftime(datefmt or "%Y-%m-%dT%H:%M:%SZ")


CONFIGURATION: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": Lines,
            "format": "%(asctime)s [%(process)d] %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
    "loggers": {"web": {"level": "INFO"}},
}
