"""A registry to import into, and the publishers' real files where the machine has them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry import regimes
from registry.domain.pages import CursorSeal
from registry.outbound import open_outbound
from registry.ports import Registry
from registry.search import open_index
from registry.settings import Settings
from registry.signing import Vault
from registry.storage.dump_files import DumpDirectory
from registry.storage.erasures import ErasureFile
from registry.storage.limits import open_limits
from registry.storage.store import open_storage
from tests.clocks import CountingIds, FixedClock
from tests.node_keys import NODE_KEY

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of public data; tests that ask for it are marked ``data``."""
    folder = Path(os.environ.get("COMMONS_TEST_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("no public data: set COMMONS_TEST_DATA to the folder that holds it")
    return folder


@pytest.fixture
def registry(tmp_path: Path, empty_store: Path) -> Iterator[Registry]:
    """A registry over real files: an empty store, an empty index, a clock that stands still."""
    settings = Settings(data_dir=tmp_path / "data", limits=False)
    settings.data_dir.mkdir()
    shutil.copy(empty_store, settings.database_path)
    made = Registry(
        settings=settings,
        storage=open_storage(settings),
        index=open_index(settings),
        erasures=ErasureFile(tmp_path / "erasures.jsonl"),
        clock=FixedClock(),
        clocks=regimes.load(settings.clocks_dir),
        ids=CountingIds(),
        cursors=CursorSeal(b"a secret of at least 16 bytes"),
        outbound=open_outbound(settings),
        limits=open_limits(settings, b"the secret of the buckets"),
        vault=Vault(b"the vault of a node in the tests"),
        key=NODE_KEY,
        dump_files=DumpDirectory(tmp_path / "dumps"),
    )
    yield made
    made.index.close()
    made.storage.close()
    made.limits.close()
