"""Where a fault of an importer ends: it costs the record or document it arose at, or its source, and nothing beside."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Fault:
    """Whether there was one in the block; it stands in the log."""

    arose: bool = False


@contextmanager
def contained(source: str, *passing: type[Exception]) -> Iterator[Fault]:
    """Go on behind the block whatever is raised in it, but *passing*."""
    fault = Fault()
    try:
        yield fault
    except passing:
        raise
    except Exception:  # noqa: BLE001  one document of an import must not end the run, and one source not the others
        _log.exception("the importer of %s failed", source)
        fault.arose = True
