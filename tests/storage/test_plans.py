"""What operators and reviewers ask again and again is found by an index, however much there is."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from registry.domain.event import EventName
from registry.domain.event_filter import filter_of
from registry.domain.pages import PageRequest, RecordFilter
from registry.domain.policy import EVERYTHING
from registry.domain.record import OrganisationId, PersonId, RecordUid
from registry.ports import Storage
from registry.settings import Settings
from registry.storage.store import open_storage


@pytest.fixture
def opened(tmp_path: Path, empty_store: Path, asked: list[str]) -> Iterator[tuple[Storage, list[str]]]:
    """An empty store, and every statement that it is asked."""
    shutil.copy(empty_store, tmp_path)
    store = open_storage(Settings(data_dir=tmp_path))
    yield store, asked
    store.close()


def plans(store_dir: Path, statements: Sequence[str], table: str) -> list[str]:
    """How SQLite goes about each of *statements* that reads *table*: the first step of each."""
    wanted = [one for one in statements if one.startswith("SELECT") and f"FROM {table} " in one.replace("\n", " ")]
    with closing(sqlite3.connect(Settings(data_dir=store_dir).database_path)) as connection:
        return [connection.execute(f"EXPLAIN QUERY PLAN {one}").fetchone()[3] for one in wanted]


def test_what_waits_for_review_and_who_holds_what_are_found_by_an_index(
    opened: tuple[Storage, list[str]], tmp_path: Path
) -> None:
    store, statements = opened
    with store.read() as reader:
        statements.clear()
        reader.review_queue.waiting(visible=EVERYTHING, limit=50)
        reader.review_queue.waiting(visible=EVERYTHING, limit=50, imported_of=OrganisationId("o"))
        reader.review_queue.imported(visible=EVERYTHING)
        reader.review_queue.held_by(PersonId("p"), visible=EVERYTHING)

    assert [
        *["SCAN records USING INDEX ix_records_waiting"] * 3,
        "SEARCH records USING INDEX ix_records_claimed_by (claimed_by=?)",
    ] == plans(tmp_path, statements, "records")


def test_records_are_found_by_the_numbers_of_their_facets(opened: tuple[Storage, list[str]], tmp_path: Path) -> None:
    store, statements = opened
    wanted = RecordFilter(facets=(("misuse", "spam"),))
    with store.read() as reader:
        statements.clear()
        reader.records.count(wanted, visible=EVERYTHING)
        reader.graph.matrix(visible=EVERYTHING)

    (count,) = (one for one in statements if "count(*)" in one)
    assert [
        "SEARCH records USING INTEGER PRIMARY KEY (rowid=?)",
        "LIST SUBQUERY 2",
        "SEARCH facets USING PRIMARY KEY (term=?)",
        "LIST SUBQUERY 1",
        "SEARCH facet_terms USING COVERING INDEX sqlite_autoindex_facet_terms_1 (facet=? AND value=?)",
    ] == steps(tmp_path, count)
    for matrix in (one for one in statements if "AS type" in one):
        assert [
            "SEARCH type USING COVERING INDEX sqlite_autoindex_facet_terms_1 (facet=?)",
            "SEARCH facets USING PRIMARY KEY (term=?)",
            "SEARCH records USING INTEGER PRIMARY KEY (rowid=?)",
            "SCAN misuse_listed VIRTUAL TABLE INDEX 1:",
            "SEARCH misuse USING INTEGER PRIMARY KEY (rowid=?)",
        ] == steps(tmp_path, matrix)[:5]


def steps(store_dir: Path, statement: str) -> list[str]:
    """How SQLite goes about a statement, step by step."""
    with closing(sqlite3.connect(Settings(data_dir=store_dir).database_path)) as connection:
        return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]


@pytest.mark.parametrize("field", ["actor", "organisation", "key", "address", "subject", "request_id", "name"])
def test_events_are_found_by_an_index_whatever_narrows_them(
    opened: tuple[Storage, list[str]], tmp_path: Path, field: str
) -> None:
    store, statements = opened
    said = EventName.RATE_REFUSED.value if field == "name" else "x"
    with store.read() as reader:
        statements.clear()
        reader.events.page(filter_of({field: said}), PageRequest(50))

    name = f"ix_events_{field}_id"
    assert [f"SEARCH events USING INDEX {name} ({field}=?)"] == plans(tmp_path, statements, "events")


def test_who_was_given_the_records_of_a_page_is_found_by_the_keys_in_one_statement(
    opened: tuple[Storage, list[str]], tmp_path: Path
) -> None:
    store, statements = opened
    uids = [RecordUid("01950000-0001-7000-9000-000000000001"), RecordUid("01950000-0001-7000-9000-000000000002")]
    with store.read() as reader:
        statements.clear()
        reader.peers.given(uids)
        reader.acknowledgements.of(uids)

    assert ["SEARCH peer_sent USING PRIMARY KEY (peer=? AND uid=?)"] == plans(tmp_path, statements, "peer_sent")
    (said,) = plans(tmp_path, statements, "peer_acknowledgements")
    assert said.startswith("SEARCH peer_acknowledgements USING INDEX sqlite_autoindex_peer_acknowledgements_1 (uid=?)")
