"""Every importer keeps the contract, whoever wrote it."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from importers.catalog import catalog, find
from importers.contract import Draft, Importer, TaxonomyDraft
from registry.domain.content.kinds import parse
from registry.domain.errors import NotFound
from registry.domain.finding import Finding
from tests.importers.golden import FIXTURES, assert_golden, fixtures, read, source_of

_NAMED = re.compile(rf"``(importers(?:\.\w+)+|{'|'.join(catalog())})``")
_CODE = re.compile(r"\b[A-Z][A-Z_]{3,}\b")
IMPORTERS = list(catalog().values())


def test_atlas_is_found_without_any_list_naming_it() -> None:
    assert "atlas" in catalog()
    assert find("atlas") is catalog()["atlas"]


def test_an_unknown_source_is_refused_with_those_that_exist_and_the_nearest_one() -> None:
    with pytest.raises(NotFound) as raised:
        find("altas")

    assert "atlas" in raised.value.message
    assert raised.value.hint == "did you mean atlas?"


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda importer: importer.id)
def test_every_importer_tells_its_licence_home_page_and_attribution(importer: Importer) -> None:
    assert importer.source.licence
    assert importer.source.title
    assert importer.source.attribution
    assert importer.source.home.startswith("https://")
    assert importer.source.hosts


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda importer: importer.id)
def test_every_importer_has_fixtures_and_a_test_of_its_own(importer: Importer) -> None:
    assert fixtures(importer)
    assert (FIXTURES / f"test_{importer.id}.py").is_file()


@pytest.mark.parametrize(
    ("importer", "fixture"),
    [(importer, fixture) for importer in IMPORTERS for fixture in fixtures(importer)],
    ids=lambda value: value.id if isinstance(value, Importer) else value.name,
)
def test_every_fixture_gives_what_its_golden_file_says(importer: Importer, fixture: Path) -> None:
    assert_golden(importer, fixture)


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda importer: importer.id)
def test_what_an_importer_finds_stands_on_top_of_it_or_of_what_it_names_there(importer: Importer) -> None:
    document = import_module(f"importers.sources.{importer.id}").__doc__ or ""
    named = (name if "." in name else f"importers.sources.{name}" for name in _NAMED.findall(document))
    told = " ".join((document, *(import_module(name).__doc__ or "" for name in named)))
    parsed = [
        each for fixture in fixtures(importer) for each in importer.parse(read(fixture), source_of(importer, fixture))
    ]

    found = {each.code for each in parsed if isinstance(each, Finding)}

    assert set() == found - set(_CODE.findall(told))


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda importer: importer.id)
def test_a_key_in_an_address_is_in_no_name_of_a_document(importer: Importer) -> None:
    urls = ("https://host.example/feed/list.json?key=secret#secret", "https://host.example/?key=secret")

    names = [one.name for one in importer.begin(replace(importer.source, urls=urls), None)]

    assert all(names)
    assert [] == [name for name in names if "secret" in name]


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda importer: importer.id)
def test_every_draft_carries_the_licence_of_its_source_and_is_valid(importer: Importer) -> None:
    parsed = [
        each for fixture in fixtures(importer) for each in importer.parse(read(fixture), source_of(importer, fixture))
    ]
    drafts = [each for each in parsed if isinstance(each, Draft)]

    contents = [parse(each.kind, content=each.document(importer.source), marking=each.marking) for each in drafts]

    assert contents or any(isinstance(each, TaxonomyDraft) for each in parsed)
    assert {content.marking.licence for content in contents} <= {importer.source.licence}
    assert {content.marking.obligations for content in contents} <= {importer.source.obligations}
