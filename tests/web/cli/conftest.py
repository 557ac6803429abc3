"""A node made by ``commons init``; each test works on a copy of it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.web.cli.commons import commons


@pytest.fixture(autouse=True)
def _no_settings_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*os.environ]:
        if name.startswith("COMMONS_") or name == "PORT":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node that nobody writes to."""
    made = tmp_path_factory.mktemp("template") / "node"
    assert commons("init", "--data-dir", made, "--organisation", "Example Lab").code == 0
    return made


@pytest.fixture
def node(template: Path, tmp_path: Path) -> Path:
    """The data directory of a node without records."""
    made = tmp_path / "node"
    shutil.copytree(template, made)
    (tmp_path / "node.erasures.jsonl").touch()
    return made
