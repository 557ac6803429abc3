"""Verification: an honest history has no faults, and each kind of tampering is found."""

from __future__ import annotations

import pytest

from registry.domain.errors import Forbidden, Unauthenticated
from registry.ports import Registry
from registry.service import life, review
from registry.service.verify import verify
from tests import factories
from tests.clocks import FixedClock
from tests.service.test_ingest import ATLAS, case
from tests.service.world import (
    REASON,
    People,
    alter,
    approved,
    claimed,
    erase_by_two,
    published,
    refused,
    republished,
    revised,
    submitted,
    text_of,
)


def _busy(registry: Registry, people: People, clock: FixedClock) -> None:
    """A history with every step in it."""
    published(registry, people)
    record = published(registry, people)
    clock.advance(hours=1)
    republished(registry, people, record, text_of("Second"))
    revised(registry, people, record, text_of("Third, waiting"))
    gone = published(registry, people)
    life.withdraw(registry, people.submitter, gone.uid, reason=REASON)
    life.restore(registry, people.lead, gone.uid, reason=REASON)
    approved(registry, people)
    rejected = claimed(registry, people)
    review.reject(registry, people.reviewer, rejected.uid, expected_revision=1, reason=REASON)
    factories.take_in(registry, people.local_operator, ATLAS, [case(1), case(2)])
    factories.take_in(registry, people.local_operator, ATLAS, [case(1, "Changed")])
    for erased in (published(registry, people), submitted(registry, people)):
        clock.advance(hours=1)
        erase_by_two(registry, people, erased.uid)


def test_an_honest_history_has_no_faults(registry: Registry, people: People, clock: FixedClock) -> None:
    _busy(registry, people, clock)

    found = verify(registry, people.system)

    assert () == found.faults
    assert 9 == found.records
    assert 12 == found.revisions
    with registry.storage.read() as reader:
        assert reader.changes.head().seq == found.changes


LAST = "(SELECT max(seq) FROM changes)"
TAMPERING = {
    "altered public body": (
        "UPDATE revisions SET public_body = CAST(replace(CAST(public_body AS TEXT), 'spam', 'ham!') AS BLOB)"
    ),
    "altered restricted body": "UPDATE revisions SET restricted_body = zeroblob(2)",
    "altered salt": "UPDATE revisions SET public_salt = zeroblob(16)",
    "altered hash": "UPDATE revisions SET public_hash = zeroblob(32)",
    "altered restricted hash": "UPDATE revisions SET restricted_hash = zeroblob(32)",
    "missing part": "UPDATE revisions SET public_body = NULL, public_salt = NULL, public_schema = NULL",
    "missing restricted part": "UPDATE revisions SET restricted_body = NULL, restricted_salt = NULL",
    "missing older revision": "DELETE FROM revisions WHERE draft_revision = 1",
    "deleted first change": "DELETE FROM changes WHERE seq = 1",
    "deleted change": f"DELETE FROM changes WHERE seq = {LAST} - 2",
    "deleted last change": f"DELETE FROM changes WHERE seq = {LAST}",
    "altered actor": f"UPDATE changes SET actor = 'person:other' WHERE seq = {LAST} - 1",
    "altered time": f"UPDATE changes SET at = '2020-01-01 00:00:00' WHERE seq = {LAST}",
    "altered kind": f"UPDATE changes SET kind = 'withdraw' WHERE seq = {LAST}",
    "altered step": f"UPDATE changes SET step = NULL WHERE seq = {LAST}",
    "altered hash in the log": f"UPDATE changes SET public_hash = zeroblob(32) WHERE seq = {LAST}",
    "change made public": f"UPDATE changes SET public_seq = 99 WHERE seq = {LAST} - 1",
    "altered chain": f"UPDATE changes SET chain_hash = zeroblob(32) WHERE seq = {LAST} - 1",
    "erased without a row": "UPDATE records SET state = 'erased'",
    "revision that was not logged": (
        "INSERT INTO revisions SELECT uid, 9, revision, marking, public_schema, public_body, public_salt, public_hash,"
        " restricted_schema, restricted_body, restricted_salt, restricted_hash, author, created_at, published_at"
        " FROM revisions LIMIT 1"
    ),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_tampering_is_found(registry: Registry, people: People, clock: FixedClock, name: str) -> None:
    record = published(registry, people)
    clock.advance(hours=1)
    republished(registry, people, record, text_of("Second spam wave"))
    assert () == verify(registry, people.system).faults

    alter(registry, TAMPERING[name])

    assert () != verify(registry, people.system).faults


SHOWING = {
    "draft made public": "UPDATE records SET state = 'published', revision = 1 WHERE state = 'submitted'",
    "marking widened": """UPDATE revisions SET marking = replace(marking, '"GREEN"', '"CLEAR"')""",
    "withdrawn shown again": "UPDATE records SET state = 'published' WHERE state = 'withdrawn'",
}


@pytest.mark.parametrize("name", SHOWING)
def test_what_is_shown_to_strangers_without_a_decision_is_found(registry: Registry, people: People, name: str) -> None:
    submitted(registry, people)
    published(registry, people, factories.content(marking={"tlp": "GREEN"}))
    gone = published(registry, people)
    life.withdraw(registry, people.submitter, gone.uid, reason=REASON)
    assert () == verify(registry, people.system).faults

    alter(registry, SHOWING[name])

    faults = verify(registry, people.system).faults
    assert any("shown to strangers" in fault for fault in faults)


def test_a_record_that_vanished_is_found(registry: Registry, people: People) -> None:
    record = published(registry, people)

    alter(registry, "DELETE FROM facets WHERE record = (SELECT id FROM records WHERE uid = ?)", record.uid)
    for table in ("links", "revisions", "records"):
        alter(registry, f"DELETE FROM {table} WHERE uid = ?", record.uid)

    assert (f"record {record.uid} is in the log but not in the store",) == verify(registry, people.system).faults


def test_what_is_left_of_an_erased_record_is_found(registry: Registry, people: People) -> None:
    record = published(registry, people)
    kept = record.head.public
    assert kept is not None
    erase_by_two(registry, people, record.uid)

    statement = "UPDATE revisions SET public_body = ?, public_salt = ?, public_schema = ? WHERE uid = ?"
    alter(registry, statement, kept.body, kept.salt, kept.schema, record.uid)

    assert (f"record {record.uid}, draft revision 1: a part is left of an erased record",) == verify(
        registry, people.system
    ).faults


@pytest.mark.parametrize(("name", "error"), [("stranger", Unauthenticated), ("operator", Forbidden)])
def test_only_the_node_verifies(registry: Registry, people: People, name: str, error: type[Forbidden]) -> None:
    with refused(registry, error):
        verify(registry, getattr(people, name))
