"""Reviewing: each step's happy path, who may not, what is missing, and that a refusal stores nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from registry.domain.change import ChangeKind
from registry.domain.errors import (
    Forbidden,
    InvalidInput,
    InvalidTransition,
    NotFound,
    StaleRevision,
    Unauthenticated,
)
from registry.domain.record import Record, State
from registry.domain.workflow import Step
from registry.ports import Registry
from registry.service import find, life, review
from registry.service.history import history_of
from registry.service.verify import verify
from tests.clocks import START, FixedClock
from tests.factories import content
from tests.service.decisions import DECISIONS, UNKNOWN, ready_for
from tests.service.world import (
    REASON,
    People,
    approved,
    claimed,
    published,
    refused,
    republished,
    revised,
    stored,
    submitted,
    text_of,
)

WITH_CLAIM = ("release", "request_changes", "approve", "reject")


def test_a_claim_is_held_by_the_reviewer(registry: Registry, people: People) -> None:
    record = claimed(registry, people, content(restricted={"notes": "Ask the bank."}))

    assert (State.IN_REVIEW, people.reviewer.person) == (record.state, record.claimed_by)
    assert record.head.restricted is not None


def test_who_holds_the_claim_reads_the_restricted_part_and_no_other_reviewer(
    registry: Registry, people: People
) -> None:
    record = claimed(registry, people, content(restricted={"notes": "Ask the bank."}))

    other = find.record(registry, people.lead, record.uid)

    assert other.head.public is not None
    assert other.head.restricted is None


def test_a_restricted_part_kept_from_review_is_not_read_by_the_reviewer(registry: Registry, people: People) -> None:
    closed = content(restricted={"notes": "Ask the bank."}, marking={"restricted_for_review": False})

    record = claimed(registry, people, closed)

    assert record.head.restricted is None


def test_a_claimed_record_is_not_claimed_twice(registry: Registry, people: People) -> None:
    record = claimed(registry, people)

    with refused(registry, InvalidTransition):
        review.claim(registry, people.lead, record.uid, expected_revision=1)


def test_a_released_record_can_be_claimed_by_another(registry: Registry, people: People) -> None:
    record = claimed(registry, people)

    released = review.release(registry, people.reviewer, record.uid, expected_revision=1)
    again = review.claim(registry, people.lead, record.uid, expected_revision=1)

    assert (State.SUBMITTED, None) == (released.state, released.claimed_by)
    assert people.lead.person == again.claimed_by


def test_requested_changes_go_back_to_the_owner_with_the_reason(registry: Registry, people: People) -> None:
    record = claimed(registry, people)

    review.request_changes(registry, people.reviewer, record.uid, expected_revision=1, reason=f"  {REASON} ")

    seen = find.record(registry, people.submitter, record.uid)
    assert (State.CHANGES_REQUESTED, REASON) == (seen.state, seen.reason)
    assert stored(registry, record.uid).claimed_by is None
    assert State.SUBMITTED is revised(registry, people, record, text_of("As asked")).state


def test_an_approval_keeps_the_claim_and_names_the_approver(registry: Registry, people: People) -> None:
    record = approved(registry, people)

    assert State.APPROVED is record.state
    assert (people.reviewer.person, people.reviewer.person) == (record.claimed_by, record.approved_by)


def test_a_rejected_record_is_seen_by_its_owner_with_the_reason(registry: Registry, people: People) -> None:
    record = claimed(registry, people)

    review.reject(registry, people.reviewer, record.uid, expected_revision=1, reason=REASON)

    seen = find.record(registry, people.submitter, record.uid)
    assert (State.REJECTED, REASON) == (seen.state, seen.reason)
    with pytest.raises(NotFound):
        find.record(registry, people.stranger, record.uid)


def test_a_published_record_is_seen_by_everybody_at_once(registry: Registry, people: People) -> None:
    before = find.public_seq(registry, people.stranger)

    record = published(registry, people)

    seen = find.record(registry, people.stranger, record.uid)
    assert (State.PUBLISHED, 1, START) == (seen.state, seen.revision, seen.published_at)
    assert before + 1 == find.public_seq(registry, people.stranger)
    kept = stored(registry, record.uid)
    assert (None, None, frozenset()) == (kept.claimed_by, kept.approved_by, kept.contributors)


def test_a_second_reviewer_may_publish_what_the_first_approved(registry: Registry, people: People) -> None:
    record = approved(registry, people)

    assert State.PUBLISHED is review.publish(registry, people.lead, record.uid, expected_revision=1).state


def test_a_second_publication_raises_the_revision_and_keeps_number_and_first_day(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    first = published(registry, people)
    clock.advance(days=1)

    second = republished(registry, people, first, text_of("Better"))

    assert (2, first.number, first.published_at) == (second.revision, second.number, second.published_at)
    assert clock.now() == second.head.published_at


def test_the_log_tells_every_step(registry: Registry, people: People) -> None:
    record = published(registry, people)

    rows = history_of(registry, people.lead, record.uid).changes

    assert [
        (ChangeKind.SUBMIT, Step.SUBMIT, False),
        (ChangeKind.REVIEW, Step.CLAIM, False),
        (ChangeKind.REVIEW, Step.APPROVE, False),
        (ChangeKind.UPSERT, Step.PUBLISH, True),
    ] == [(change.row.kind, change.row.step, change.public_seq is not None) for change in rows]


@pytest.mark.parametrize("name", DECISIONS)
def test_a_stranger_decides_nothing(registry: Registry, people: People, name: str) -> None:
    record = ready_for(name, registry, people)

    with refused(registry, Unauthenticated):
        DECISIONS[name](registry, people.stranger, record.uid, 1)


@pytest.mark.parametrize("name", DECISIONS)
@pytest.mark.parametrize("who", ["submitter", "outsider", "operator", "local_operator", "system"])
def test_nobody_decides_who_is_not_a_reviewer(registry: Registry, people: People, name: str, who: str) -> None:
    record = ready_for(name, registry, people)

    with refused(registry, Forbidden):
        DECISIONS[name](registry, getattr(people, who), record.uid, 1)


@pytest.mark.parametrize("name", DECISIONS)
def test_no_decision_is_about_an_older_revision(registry: Registry, people: People, name: str) -> None:
    record = ready_for(name, registry, people)

    with refused(registry, StaleRevision):
        DECISIONS[name](registry, people.reviewer, record.uid, 2)


@pytest.mark.parametrize("name", DECISIONS)
def test_no_decision_is_about_an_unknown_record(registry: Registry, people: People, name: str) -> None:
    with refused(registry, NotFound):
        DECISIONS[name](registry, people.reviewer, UNKNOWN, 1)


@pytest.mark.parametrize("name", DECISIONS)
def test_no_decision_is_possible_once_published(registry: Registry, people: People, name: str) -> None:
    record = published(registry, people)

    with refused(registry, InvalidTransition):
        DECISIONS[name](registry, people.reviewer, record.uid, 1)


def test_a_lead_reviewer_frees_the_claim_of_another(registry: Registry, people: People) -> None:
    record = claimed(registry, people)

    free = review.release(registry, people.lead, record.uid, expected_revision=1)

    assert (State.SUBMITTED, None) == (free.state, free.claimed_by)


@pytest.mark.parametrize("name", set(WITH_CLAIM) - {"release"})
def test_only_who_holds_the_claim_decides(registry: Registry, people: People, name: str) -> None:
    record = claimed(registry, people)

    with refused(registry, Forbidden):
        DECISIONS[name](registry, people.lead, record.uid, 1)


@pytest.mark.parametrize("decide", [review.request_changes, review.reject])
@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 2001])
def test_a_decision_against_needs_a_reason(
    registry: Registry, people: People, decide: Callable[..., Record], reason: str
) -> None:
    record = claimed(registry, people)

    with refused(registry, InvalidInput) as caught:
        decide(registry, people.reviewer, record.uid, expected_revision=1, reason=reason)

    assert [("reason",)] == [one.path for one in caught.value.problems]


def test_a_reason_given_with_an_approval_is_bounded_too(registry: Registry, people: People) -> None:
    record = claimed(registry, people)

    with refused(registry, InvalidInput):
        review.approve(registry, people.reviewer, record.uid, expected_revision=1, reason="x" * 2001)


def test_a_public_record_names_a_hidden_one_in_its_restricted_part_only(registry: Registry, people: People) -> None:
    hidden = submitted(registry, people)
    record = approved(registry, people, content(links=[{"rel": "related", "target": hidden.uid}]))

    review.publish(registry, people.reviewer, record.uid, expected_revision=1)

    mine = find.record(registry, people.submitter, record.uid).head
    assert mine.public is not None
    assert mine.restricted is not None
    assert "links" not in mine.public.document
    assert [{"rel": "related", "target": hidden.uid}] == mine.restricted.document["links"]
    for who in (people.stranger, people.outsider):
        assert hidden.uid not in repr(find.record(registry, who, record.uid))
        assert hidden.uid not in repr(history_of(registry, who, record.uid))
    assert () == verify(registry, people.system).faults


def test_what_the_registry_moved_is_a_revision_of_its_own_by_nobody(registry: Registry, people: People) -> None:
    hidden = submitted(registry, people)
    submitted_one = approved(registry, people, content(links=[{"rel": "related", "target": hidden.uid}]))

    published_one = review.publish(registry, people.reviewer, submitted_one.uid, expected_revision=1)

    first, second = history_of(registry, people.submitter, submitted_one.uid).revisions
    assert (1, people.submitter.person, None) == (first.draft_revision, first.author, first.revision)
    assert (2, None, 1) == (second.draft_revision, second.author, second.revision)
    assert (2, 1) == (published_one.draft_revision, published_one.revision)


def test_a_link_to_a_public_record_stays_where_it_is(registry: Registry, people: People) -> None:
    target = published(registry, people)

    record = published(registry, people, content(links=[{"rel": "related", "target": target.uid}]))

    seen = find.record(registry, people.stranger, record.uid)
    assert seen.head.public is not None
    assert [{"rel": "related", "target": target.uid}] == seen.head.public.document["links"]
    assert 1 == stored(registry, record.uid).draft_revision


def test_a_record_for_the_owner_alone_may_name_a_hidden_one(registry: Registry, people: People) -> None:
    hidden = submitted(registry, people)
    linking = content(links=[{"rel": "related", "target": hidden.uid}], marking={"tlp": "AMBER"})

    record = published(registry, people, linking)

    assert record.head.public is not None
    assert [{"rel": "related", "target": hidden.uid}] == record.head.public.document["links"]


@pytest.mark.parametrize("tlp", ["AMBER", "AMBER+STRICT", "RED"])
def test_a_closed_record_without_audience_is_published_to_owner_and_reviewers_only(
    registry: Registry, people: People, tlp: str
) -> None:
    before = find.public_seq(registry, people.stranger)

    record = published(registry, people, text_of("Closed", tlp=tlp))

    assert before == find.public_seq(registry, people.stranger)
    assert record.uid == find.record(registry, people.colleague, record.uid).uid
    assert record.uid == find.record(registry, people.lead, record.uid).uid
    for who in (people.stranger, people.outsider, people.operator):
        with pytest.raises(NotFound):
            find.record(registry, who, record.uid)


def test_a_green_record_is_published_to_members_only(registry: Registry, people: People) -> None:
    before = find.public_seq(registry, people.stranger)

    record = published(registry, people, text_of("For members", tlp="GREEN"))

    assert before == find.public_seq(registry, people.stranger)
    for who in (people.colleague, people.lead, people.outsider, people.operator):
        assert record.uid == find.record(registry, who, record.uid).uid
    with pytest.raises(NotFound):
        find.record(registry, people.stranger, record.uid)


def test_a_public_record_that_is_narrowed_leaves_a_tombstone(registry: Registry, people: People) -> None:
    record = published(registry, people, text_of("Open title"))
    before = find.public_seq(registry, people.stranger)

    republished(registry, people, record, text_of("Closed title", tlp="AMBER"))

    seen = find.record(registry, people.stranger, record.uid)
    assert before + 1 == find.public_seq(registry, people.stranger)
    assert seen.is_tombstone
    assert (None, None) == (seen.head.public, seen.head.restricted)
    assert () == history_of(registry, people.stranger, record.uid).revisions


def test_what_happens_to_a_narrowed_record_is_not_seen(registry: Registry, people: People, clock: FixedClock) -> None:
    record = published(registry, people)
    republished(registry, people, record, text_of("Closed", tlp="AMBER"))
    seen = find.record(registry, people.stranger, record.uid)
    before = find.public_seq(registry, people.stranger)
    clock.advance(days=1)

    republished(registry, people, record, text_of("Closed again", tlp="RED"))
    life.withdraw(registry, people.submitter, record.uid, reason=REASON)

    assert seen == find.record(registry, people.stranger, record.uid)
    assert before == find.public_seq(registry, people.stranger)


def test_a_record_opened_later_is_published_to_strangers_on_that_day(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    record = published(registry, people, text_of("Closed", tlp="GREEN"))
    opened_at = clock.advance(days=3)

    republished(registry, people, record, text_of("Open"))

    seen = find.record(registry, people.stranger, record.uid)
    assert (opened_at, opened_at, opened_at) == (seen.published_at, seen.created_at, seen.head.published_at)
    assert ["Open"] == [
        one.public.document["title"]
        for one in history_of(registry, people.stranger, record.uid).revisions
        if one.public
    ]


def test_a_decision_that_is_refused_at_the_end_keeps_nothing_of_its_beginning(
    registry: Registry, people: People
) -> None:
    record = claimed(registry, people)

    with refused(registry, Forbidden):
        review.approve(registry, people.lead, record.uid, expected_revision=1)
