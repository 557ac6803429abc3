"""Where tests keep their files: in memory where the machine has plenty, and no longer than somebody looks at them.

A node forces every commit to the disk. No test cuts the power, and one that kills a process finds in memory just what
it finds on a disk, so waiting for the disk tells nothing; it made up a third of the run.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

_MEMORY = Path("/dev/shm")
_PLENTY = 4_000_000_000  # bytes; a container has 64 MB there unless it is told otherwise
_FAILED: pytest.StashKey[bool] = pytest.StashKey()


def keep_in_memory() -> None:
    """Let pytest make its directories in memory, unless it is told where."""
    if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _PLENTY:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


def clear_away(item: pytest.Item, report: pytest.TestReport) -> None:
    """Take away the directory of a test that has passed; that of one that has failed stays to be looked at."""
    if report.failed:
        item.stash[_FAILED] = True
    directory = getattr(item, "funcargs", {}).get("tmp_path")
    if report.when == "teardown" and directory is not None and not item.stash.get(_FAILED, False):
        shutil.rmtree(directory, ignore_errors=True)
