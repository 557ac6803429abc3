"""Which release of the software this is."""

from __future__ import annotations

import functools
from importlib import metadata


@functools.cache
def version() -> str:
    """The version that is installed, such as ``0.1.0``; to look it up takes longer than most answers do."""
    return metadata.version("incident-commons")
