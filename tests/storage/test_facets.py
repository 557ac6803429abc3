"""Terms of records are kept once, as long as any record has them, and are found by numbers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from registry.domain.errors import AlreadyExists
from registry.domain.pages import RecordFilter
from registry.domain.policy import PUBLIC_ONLY
from registry.domain.record import Record
from registry.ports import Storage
from registry.settings import Settings
from tests import factories
from tests.clocks import START


def terms(settings: Settings, facet: str) -> list[str]:
    with closing(sqlite3.connect(settings.database_path)) as connection:
        found = connection.execute("SELECT value FROM facet_terms WHERE facet = ? ORDER BY value", (facet,))
        return [value for (value,) in found]


def of_provider(name: str) -> Record:
    return factories.published(factories.content(systems=[{"provider": name, "role": "abused"}]))


def with_head(record: Record, provider: str) -> Record:
    work = factories.revision(
        factories.content(systems=[{"provider": provider, "role": "abused"}]),
        draft_revision=record.draft_revision + 1,
        revision=record.revision + 1,
        published_at=START,
    )
    return replace(record, head=work, draft_revision=work.draft_revision, revision=record.revision + 1)


def test_a_term_goes_with_the_last_record_that_leaves_it(store: Storage, settings: Settings) -> None:
    one, other = of_provider("Zorbelgrint AI"), of_provider("Zorbelgrint AI")
    with store.begin() as unit:
        unit.records.add(one)
        unit.records.add(other)
    assert ["Zorbelgrint AI"] == terms(settings, "provider")

    with store.begin() as unit:
        unit.records.save(with_head(one, "Northwind AI"))
    assert ["Northwind AI", "Zorbelgrint AI"] == terms(settings, "provider")

    with store.begin() as unit:
        unit.records.save(with_head(other, "Northwind AI"))
    assert ["Northwind AI"] == terms(settings, "provider")


def test_an_erased_record_takes_its_terms_along_and_leaves_those_of_others(store: Storage, settings: Settings) -> None:
    one, other = of_provider("Zorbelgrint AI"), of_provider("Northwind AI")
    with store.begin() as unit:
        unit.records.add(one)
        unit.records.add(other)

    with store.begin() as unit:
        unit.records.erase(factories.erased(one))

    assert ["Northwind AI"] == terms(settings, "provider")
    assert ["spam"] == terms(settings, "misuse")
    assert b"Zorbelgrint" not in settings.database_path.read_bytes()


def test_a_number_that_was_given_up_within_a_unit_is_not_given_to_another_term(store: Storage) -> None:
    one, other = of_provider("Zorbelgrint AI"), of_provider("Fabrikam")
    second = with_head(one, "Northwind AI")

    with store.begin() as unit:
        unit.records.add(one)
        unit.records.save(second)
        unit.records.add(other)
        unit.records.save(with_head(second, "Zorbelgrint AI"))

    with store.read() as view:
        found = {
            name: view.records.count(RecordFilter(facets=(("provider", name),)), visible=PUBLIC_ONLY)
            for name in ("Zorbelgrint AI", "Northwind AI", "Fabrikam")
        }
    assert {"Zorbelgrint AI": 1, "Northwind AI": 0, "Fabrikam": 1} == found


def test_what_could_not_be_stored_leaves_no_terms(store: Storage, settings: Settings) -> None:
    one = of_provider("Northwind AI")
    with store.begin() as unit:
        unit.records.add(one)

    with pytest.raises(AlreadyExists), store.begin() as unit:
        unit.records.add(replace(of_provider("Zorbelgrint AI"), uid=one.uid))

    assert ["Northwind AI"] == terms(settings, "provider")
