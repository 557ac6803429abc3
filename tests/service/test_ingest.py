"""Taking in records of a source: what is new, changed, unchanged or held, and that what is gone stays gone."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from registry.domain.content.kinds import Content
from registry.domain.errors import Forbidden, InvalidInput, Unauthenticated
from registry.domain.importing import Source, Trust
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, State
from registry.domain.taxonomy import Taxonomy, TaxonomyTerm
from registry.domain.vocabulary import OrganisationKind
from registry.ports import Registry
from registry.service import accounts, find, ingest, life, review, taxonomies
from registry.service.ingest import Outcome
from registry.service.verify import verify
from tests import factories
from tests.clocks import START, FixedClock
from tests.factories import content
from tests.service.world import REASON, People, contents_of, erase_by_two, refused, state_of

ATLAS = factories.source("atlas", "MITRE ATLAS", organisation=OrganisationKind.RESEARCH, trusted=True)
WIKI = replace(ATLAS, id="wiki", title="A wiki", trust=Trust.REVIEW)


def case(at: int, title: str = "A case", *, source: str = "atlas", **fields: Any) -> Content:
    """The upstream record number *at* of a source."""
    said = hashlib.sha256(title.encode()).hexdigest()
    upstream = {"source": source, "id": f"CS{at:04d}", "sha256": said}
    return content(title=title, upstream=upstream, **fields)


def imported(registry: Registry, at: int, *, source: str = "atlas") -> Record:
    """The record made from the upstream record number *at*."""
    with registry.storage.read() as reader:
        found = reader.records.by_upstream(source, f"CS{at:04d}")
    assert found is not None
    return found


def _upsert(registry: Registry, people: People, *batch: Content, source: Source = ATLAS) -> tuple[Outcome, ...]:
    return factories.take_in(registry, people.local_operator, source, batch)


def test_records_of_a_trusted_source_are_public_at_once(registry: Registry, people: People) -> None:
    before = find.public_seq(registry, people.stranger)

    outcomes = _upsert(registry, people, case(1), case(2))

    assert (Outcome.NEW, Outcome.NEW) == outcomes
    record = find.record(registry, people.stranger, imported(registry, 1).uid)
    assert (State.PUBLISHED, True, "LOCAL-INC-2026-0001") == (record.state, record.imported, record.number)
    assert "atlas" == accounts.organisations_by_id(registry, people.stranger, [record.owner])[record.owner].slug
    assert before + 3 == find.public_seq(registry, people.stranger)


def test_the_same_batch_again_changes_nothing(registry: Registry, people: People) -> None:
    _upsert(registry, people, case(1), case(2))
    before = state_of(registry)

    outcomes = _upsert(registry, people, case(1), case(2))

    assert (Outcome.UNCHANGED, Outcome.UNCHANGED) == outcomes
    assert before == state_of(registry)


def test_a_changed_record_of_a_trusted_source_is_published_again(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    _upsert(registry, people, case(1))
    clock.advance(days=1)

    outcomes = _upsert(registry, people, case(1, "Better told"), case(2))

    assert (Outcome.CHANGED, Outcome.NEW) == outcomes
    record = find.record(registry, people.stranger, imported(registry, 1).uid)
    assert (2, START) == (record.revision, record.published_at)
    assert record.head.public is not None
    assert "Better told" == record.head.public.document["title"]


@pytest.mark.parametrize("source", [ATLAS, WIKI])
def test_what_would_be_sealed_is_not_stored(registry: Registry, people: People, source: Source) -> None:
    _upsert(registry, people, case(1, source=source.id), source=source)
    before = state_of(registry)

    sealed = case(2, source=source.id, misuse_categories=["csae"])

    assert (Outcome.HELD,) == _upsert(registry, people, sealed, source=source)
    assert (Outcome.HELD,) == factories.take_in(registry, people.local_operator, source, [sealed], dry_run=True)
    assert before == state_of(registry)


def test_a_published_record_that_its_source_now_puts_where_records_are_sealed_is_withdrawn(
    registry: Registry, people: People
) -> None:
    _upsert(registry, people, case(1))
    uid, before = imported(registry, 1).uid, find.public_seq(registry, people.stranger)
    changed = case(1, "Told otherwise", misuse_categories=["csae"])

    assert (Outcome.HELD, Outcome.HELD) == _upsert(registry, people, changed, changed)

    seen = find.record(registry, people.stranger, uid)
    assert (State.WITHDRAWN, None) == (seen.state, seen.head.public)
    assert before + 1 == find.public_seq(registry, people.stranger)
    assert 1 == imported(registry, 1).draft_revision


def test_a_record_twice_in_a_batch_is_one_record(registry: Registry, people: People) -> None:
    assert (Outcome.NEW, Outcome.UNCHANGED) == _upsert(registry, people, case(1), case(1))


def test_records_of_other_sources_wait_for_review(registry: Registry, people: People) -> None:
    outcomes = _upsert(registry, people, case(1, source="wiki"), source=WIKI)

    record = imported(registry, 1, source="wiki")
    assert (Outcome.HELD,) == outcomes
    assert (State.SUBMITTED, False) == (record.state, record.imported)
    review.claim(registry, people.reviewer, record.uid, expected_revision=1)
    review.approve(registry, people.reviewer, record.uid, expected_revision=1)
    assert State.PUBLISHED is review.publish(registry, people.reviewer, record.uid, expected_revision=1).state


def test_new_wording_of_a_held_record_makes_a_revision(registry: Registry, people: People) -> None:
    _upsert(registry, people, case(1, source="wiki"), source=WIKI)

    outcomes = _upsert(registry, people, case(1, "Other", source="wiki"), source=WIKI)

    assert (Outcome.HELD,) == outcomes
    assert 2 == imported(registry, 1, source="wiki").draft_revision


def test_a_record_under_review_is_not_changed_by_an_import(registry: Registry, people: People) -> None:
    _upsert(registry, people, case(1, source="wiki"), source=WIKI)
    record = imported(registry, 1, source="wiki")
    review.claim(registry, people.reviewer, record.uid, expected_revision=1)

    outcomes = _upsert(registry, people, case(1, "Other", source="wiki"), source=WIKI)

    assert (Outcome.HELD,) == outcomes
    assert 1 == imported(registry, 1, source="wiki").draft_revision


def test_new_work_under_review_is_not_overtaken_once_the_source_is_trusted(registry: Registry, people: People) -> None:
    _upsert(registry, people, case(1))
    _upsert(registry, people, case(1, "In review"), source=replace(ATLAS, trust=Trust.REVIEW))
    review.claim(registry, people.reviewer, imported(registry, 1).uid, expected_revision=2)

    outcomes = _upsert(registry, people, case(1, "Newest"), case(2))

    assert (Outcome.HELD, Outcome.NEW) == outcomes
    assert 2 == imported(registry, 1).draft_revision


@pytest.mark.parametrize("title", ["A case", "Told differently"])
def test_what_was_withdrawn_here_stays_withdrawn(registry: Registry, people: People, title: str) -> None:
    _upsert(registry, people, case(1))
    record = imported(registry, 1)
    life.withdraw(registry, people.reviewer, record.uid, reason=REASON)
    before = state_of(registry)

    outcomes = _upsert(registry, people, case(1, title))

    assert (Outcome.HELD,) == outcomes
    assert before == state_of(registry)


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("title", ["A case", "Told differently"])
def test_what_was_erased_here_does_not_come_back(
    registry: Registry, people: People, title: str, *, trusted: bool
) -> None:
    _upsert(registry, people, case(1))
    erase_by_two(registry, people, imported(registry, 1).uid)
    before = state_of(registry)

    outcomes = _upsert(
        registry, people, case(1, title), source=replace(ATLAS, trust=Trust.TRUSTED if trusted else Trust.REVIEW)
    )

    assert (Outcome.HELD,) == outcomes
    assert before == state_of(registry)
    assert "CS0001" not in "".join(contents_of(registry))
    assert () == verify(registry, people.system).faults


def test_a_dry_run_tells_the_outcomes_and_stores_nothing(registry: Registry, people: People) -> None:
    _upsert(registry, people, case(1), case(2))
    before = state_of(registry)

    outcomes = factories.take_in(
        registry, people.local_operator, ATLAS, [case(1), case(2, "Other"), case(3)], dry_run=True
    )

    assert (Outcome.UNCHANGED, Outcome.CHANGED, Outcome.NEW) == outcomes
    assert before == state_of(registry)


def test_a_batch_with_a_bad_record_is_refused_as_a_whole(registry: Registry, people: People) -> None:
    too_large = case(2, procedure=[{"text": "x" * 19_000}] * 15)

    for bad in (too_large, content(), case(3, source="other")):
        with refused(registry, InvalidInput):
            _upsert(registry, people, case(1), bad)


def test_only_operators_at_the_machine_import(registry: Registry, people: People) -> None:
    errors = {"stranger": Unauthenticated, "submitter": Forbidden, "operator": Forbidden, "lead": Forbidden}

    for name, error in errors.items():
        with refused(registry, error):
            factories.take_in(registry, getattr(people, name), ATLAS, [case(1)])


def test_a_taxonomy_is_kept_once_and_moves_the_public_log(registry: Registry, people: People) -> None:
    release = Taxonomy("made-up", "1", "Made up", "CC0-1.0", "https://example.org", (TaxonomyTerm("T1", "One"),))
    before = find.public_seq(registry, people.stranger)

    outcomes = [
        ingest.put_taxonomy(registry, people.local_operator, release),
        ingest.put_taxonomy(registry, people.local_operator, release),
        ingest.put_taxonomy(registry, people.local_operator, replace(release, version="2"), dry_run=True),
        ingest.put_taxonomy(registry, people.local_operator, replace(release, version="2")),
    ]

    assert [Outcome.NEW, Outcome.UNCHANGED, Outcome.CHANGED, Outcome.CHANGED] == outcomes
    assert before + 2 == find.public_seq(registry, people.stranger)
    kept = taxonomies.release(registry, people.stranger, "made-up")
    assert kept is not None
    assert "2" == kept.version


def test_an_import_keeps_its_source_apart_from_others(registry: Registry, people: People) -> None:
    _upsert(registry, people, case(1))
    _upsert(registry, people, case(1, source="wiki"), source=replace(WIKI, trust=Trust.TRUSTED))

    uids = {imported(registry, 1).uid, imported(registry, 1, source="wiki").uid}

    assert 2 == len(uids)
    with registry.storage.read() as reader:
        assert uids == reader.records.many(list(uids), visible=EVERYTHING).keys()


def test_what_waited_is_told_as_not_reviewed_once_the_trusted_source_changes_it(
    registry: Registry, people: People
) -> None:
    _upsert(registry, people, case(1), source=replace(ATLAS, trust=Trust.REVIEW))

    outcomes = _upsert(registry, people, case(1, "Told anew"))

    record = imported(registry, 1)
    assert ((Outcome.CHANGED,), State.PUBLISHED, True) == (outcomes, record.state, record.imported)


def test_a_reviewed_record_that_a_trusted_source_changes_is_told_as_not_reviewed(
    registry: Registry, people: People
) -> None:
    _upsert(registry, people, case(1), source=replace(ATLAS, trust=Trust.REVIEW))
    uid = imported(registry, 1).uid
    review.claim(registry, people.reviewer, uid, expected_revision=1)
    review.approve(registry, people.reviewer, uid, expected_revision=1)
    review.publish(registry, people.reviewer, uid, expected_revision=1)

    _upsert(registry, people, case(1, "Told anew"))

    assert imported(registry, 1).imported


def test_a_reviewed_record_stays_as_it_was_judged_until_its_source_changes_it(
    registry: Registry, people: People
) -> None:
    _upsert(registry, people, case(1), source=replace(ATLAS, trust=Trust.REVIEW))
    uid = imported(registry, 1).uid
    review.claim(registry, people.reviewer, uid, expected_revision=1)
    review.approve(registry, people.reviewer, uid, expected_revision=1)
    review.publish(registry, people.reviewer, uid, expected_revision=1)

    outcomes = _upsert(registry, people, case(1, summary="The same record, read in another way."))

    assert (Outcome.UNCHANGED,) == outcomes
    assert (1, False) == (imported(registry, 1).revision, imported(registry, 1).imported)


def test_a_record_of_a_trusted_source_that_is_reviewed_here_is_told_as_reviewed(
    registry: Registry, people: People
) -> None:
    _upsert(registry, people, case(1))
    _upsert(registry, people, case(1, "Told anew"), source=replace(ATLAS, trust=Trust.REVIEW))
    uid = imported(registry, 1).uid
    review.claim(registry, people.reviewer, uid, expected_revision=2)
    review.approve(registry, people.reviewer, uid, expected_revision=2)
    review.publish(registry, people.reviewer, uid, expected_revision=2)

    assert not imported(registry, 1).imported
