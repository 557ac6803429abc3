"""What docs/adding-a-source.md tells a newcomer to write works as it stands there."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from importers.contract import Draft, Importer, RawDocument
from importers.preparing import prepare
from registry.domain.finding import Finding
from tests.docs.blocks import DOCS, blocks

_NAME = "importers.sources.example_watch"


def _module(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The three files of the document, in a directory of their own, with the importer imported."""
    found: dict[str, list[str]] = {"python": [], "json": []}
    for one in blocks(DOCS / "adding-a-source.md"):
        found[one.language].append(one.text)
    (importer, test), (fixture,) = found["python"], found["json"]
    place = tmp_path / "tests" / "importers" / "example_watch"
    place.mkdir(parents=True)
    (place / "incidents.json").write_text(fixture)
    (tmp_path / "example_watch.py").write_text(importer)
    (tmp_path / "test_example_watch.py").write_text(test)
    monkeypatch.chdir(tmp_path)
    _module(_NAME, tmp_path / "example_watch.py")
    yield tmp_path
    del sys.modules[_NAME]


@pytest.fixture
def importer(written: Path) -> Importer:
    """The importer of the document."""
    assert (written / "example_watch.py").is_file()
    made: Importer = sys.modules[_NAME].IMPORTER
    return made


def test_its_test_passes(written: Path) -> None:
    module = _module("test_example_watch", written / "test_example_watch.py")

    names = [name for name in vars(module) if name.startswith("test_")]
    for name in names:
        vars(module)[name]()

    assert 2 == len(names)
    del sys.modules["test_example_watch"]


def test_its_record_is_one_that_can_be_stored_and_everything_else_is_a_finding(
    written: Path, importer: Importer
) -> None:
    fixture = written / "tests" / "importers" / "example_watch" / "incidents.json"

    parsed = list(importer.parse(RawDocument(fixture.name, fixture.read_bytes()), importer.source))

    (draft,) = [one for one in parsed if isinstance(one, Draft)]
    ready, findings = prepare(importer.source, draft)
    assert ready is not None
    assert () == findings
    assert all(isinstance(one, Finding) for one in parsed if one is not draft)
    assert "example_watch" == importer.id


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[[[[", b'[{"id": 1e999}]', b"\xff", b'[{"id": "x", "labels": [{}, null]}]']
)
def test_it_never_raises(importer: Importer, body: bytes) -> None:
    assert all(isinstance(one, Finding) for one in importer.parse(RawDocument("x.json", body), importer.source))
