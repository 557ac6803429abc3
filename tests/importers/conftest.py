"""The publishers' real files, where the machine has them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of public data; tests that ask for it are marked ``data``."""
    folder = Path(os.environ.get("COMMONS_TEST_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("no public data: set COMMONS_TEST_DATA to the folder that holds it")
    return folder
