"""Submitting and revising: what is stored, what is refused, and that a refusal stores nothing."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from registry.domain.actor import ANONYMOUS, Actor, Permission, Role, member
from registry.domain.change import ChangeKind
from registry.domain.content.kinds import Content
from registry.domain.errors import (
    Conflict,
    Forbidden,
    IdempotencyMismatch,
    InvalidInput,
    InvalidTransition,
    NotFound,
    StaleRevision,
    Unauthenticated,
)
from registry.domain.record import OrganisationId, PersonId, RecordUid, State
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import find, review, submit
from tests.clocks import FixedClock
from tests.factories import content
from tests.service.world import (
    REASON,
    People,
    alter,
    approved,
    claimed,
    published,
    refused,
    revised,
    state_of,
    stored,
    submitted,
    text_of,
)

UNKNOWN = RecordUid("01950000-0000-7000-8000-ffffffffffff")


def _log_of(registry: Registry, uid: RecordUid) -> list[ChangeKind]:
    with registry.storage.read() as reader:
        return [change.row.kind for change in reader.changes.of_record(uid)]


def test_a_submission_waits_for_review_and_stands_in_the_log(registry: Registry, people: People) -> None:
    written = submit.submit(registry, people.submitter, content())

    assert State.SUBMITTED is written.record.state
    assert (0, 1, None) == (written.record.revision, written.record.draft_revision, written.record.number)
    assert people.submitter.organisation == written.record.owner
    assert frozenset({people.submitter.person}) == written.record.contributors
    assert not written.replayed
    assert written.record == stored(registry, written.record.uid)
    assert [ChangeKind.SUBMIT] == _log_of(registry, written.record.uid)


def test_a_submission_moves_nothing_that_strangers_see(registry: Registry, people: People) -> None:
    before = find.public_seq(registry, people.stranger)

    record = submitted(registry, people)

    assert before == find.public_seq(registry, people.stranger)
    with pytest.raises(NotFound):
        find.record(registry, people.stranger, record.uid)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_can_be_submitted(registry: Registry, people: People, kind: Kind) -> None:
    subject: dict[str, Any] = {"about": published(registry, people).uid} if kind is Kind.STATEMENT else {}
    record = submitted(registry, people, content(kind, **subject))

    assert kind is record.kind


def test_a_stranger_may_not_submit(registry: Registry, people: People) -> None:
    with refused(registry, Unauthenticated):
        submit.submit(registry, people.stranger, content())


@pytest.mark.parametrize("name", ["reviewer", "lead", "operator", "local_operator", "system"])
def test_those_without_the_role_may_not_submit(registry: Registry, people: People, name: str) -> None:
    with refused(registry, Forbidden):
        submit.submit(registry, getattr(people, name), content())


def test_a_key_without_the_scope_may_not_submit(registry: Registry, people: People) -> None:
    actor = people.submitter
    assert actor.person is not None
    assert actor.organisation is not None
    narrow = member(actor.person, actor.organisation, actor.roles, scopes=frozenset({Permission.RECORD_READ}))

    with refused(registry, Forbidden):
        submit.submit(registry, narrow, content())


def test_nobody_submits_without_an_organisation(registry: Registry) -> None:
    lost = Actor("person:lost", frozenset({Role.SUBMITTER}), PersonId("lost"))

    with refused(registry, Forbidden):
        submit.submit(registry, lost, content())


def test_a_part_that_is_too_large_is_refused(registry: Registry, people: People) -> None:
    steps = [{"text": "x" * 19_000}] * 15

    with refused(registry, InvalidInput) as caught:
        submit.submit(registry, people.submitter, content(procedure=steps))

    assert [(("content",), "TOO_LONG")] == [(one.path, one.code) for one in caught.value.problems]


def test_a_submission_claims_no_upstream(registry: Registry, people: People) -> None:
    upstream = {"source": "atlas", "id": "AML.CS0001", "sha256": "0" * 64}

    with refused(registry, InvalidInput) as caught:
        submit.submit(registry, people.submitter, content(upstream=upstream))

    assert [(("content", "upstream"), "NOT_ALLOWED")] == [(one.path, one.code) for one in caught.value.problems]


def test_links_to_unknown_and_to_unseen_records_are_refused_alike(registry: Registry, people: People) -> None:
    hidden = submitted(registry, people, by=people.outsider)
    answers = []

    for target in (hidden.uid, UNKNOWN):
        links = [{"rel": "related", "target": target}]
        with refused(registry, InvalidInput) as caught:
            submit.submit(registry, people.submitter, content(links=links, restricted={"links": links}))
        answers.append(caught.value.problems)

    assert answers[0] == answers[1]
    assert [("content", "links", "0", "target"), ("restricted", "links", "0", "target")] == [
        one.path for one in answers[0]
    ]


def test_a_link_to_a_record_that_one_sees_is_kept(registry: Registry, people: People) -> None:
    own = submitted(registry, people)

    record = submitted(registry, people, content(links=[{"rel": "related", "target": own.uid}]))

    assert State.SUBMITTED is record.state


@pytest.mark.parametrize("reference", ["", "x" * 121, "two\nlines"])
def test_an_external_reference_is_one_short_line(registry: Registry, people: People, reference: str) -> None:
    with refused(registry, InvalidInput) as caught:
        submit.submit(registry, people.submitter, content(), external_ref=reference)

    assert [("externalRef",)] == [one.path for one in caught.value.problems]


def test_a_known_external_reference_makes_a_new_revision(registry: Registry, people: People) -> None:
    first = submit.submit(registry, people.submitter, text_of("First"), external_ref="case-7").record

    second = submit.submit(registry, people.colleague, text_of("Second"), external_ref="case-7").record

    assert first.uid == second.uid
    assert 2 == second.draft_revision
    assert frozenset({people.submitter.person, people.colleague.person}) == second.contributors
    assert [ChangeKind.SUBMIT, ChangeKind.REVISE] == _log_of(registry, first.uid)


def test_the_same_external_reference_of_another_organisation_is_another_record(
    registry: Registry, people: People
) -> None:
    first = submit.submit(registry, people.submitter, content(), external_ref="case-7").record

    second = submit.submit(registry, people.outsider, content(), external_ref="case-7").record

    assert first.uid != second.uid


def test_an_external_reference_keeps_its_kind(registry: Registry, people: People) -> None:
    submit.submit(registry, people.submitter, content(), external_ref="case-7")

    with refused(registry, InvalidInput) as caught:
        submit.submit(registry, people.submitter, content(Kind.LESSON), external_ref="case-7")

    assert ["KIND_DIFFERS"] == [one.code for one in caught.value.problems]


def test_an_edit_without_effect_makes_no_revision(registry: Registry, people: People) -> None:
    first = submit.submit(registry, people.submitter, text_of("Same"), external_ref="case-7").record
    before = state_of(registry)

    second = submit.submit(registry, people.submitter, text_of("  Same "), external_ref="case-7").record

    assert first == second
    assert before == state_of(registry)


def test_a_repeated_request_is_answered_with_the_record_of_the_first(registry: Registry, people: People) -> None:
    first = submit.submit(registry, people.submitter, content(), idempotency_key="k1")
    before = state_of(registry)

    second = submit.submit(registry, people.colleague, content(), idempotency_key="k1")

    assert second.replayed
    assert first.record == second.record
    assert before == state_of(registry)


def test_an_idempotency_key_used_with_other_content_is_refused(registry: Registry, people: People) -> None:
    submit.submit(registry, people.submitter, text_of("One"), idempotency_key="k1")

    with refused(registry, IdempotencyMismatch):
        submit.submit(registry, people.submitter, text_of("Two"), idempotency_key="k1")


def test_an_idempotency_key_used_with_another_marking_is_refused(registry: Registry, people: People) -> None:
    submit.submit(registry, people.submitter, content(), idempotency_key="k1")

    with refused(registry, IdempotencyMismatch):
        submit.submit(registry, people.submitter, content(marking={"tlp": "RED"}), idempotency_key="k1")


def test_another_organisation_may_use_the_same_idempotency_key(registry: Registry, people: People) -> None:
    first = submit.submit(registry, people.submitter, content(), idempotency_key="k1").record

    second = submit.submit(registry, people.outsider, content(), idempotency_key="k1")

    assert not second.replayed
    assert first.uid != second.record.uid


def test_an_idempotency_key_is_forgotten_after_its_time(registry: Registry, people: People, clock: FixedClock) -> None:
    first = submit.submit(registry, people.submitter, content(), idempotency_key="k1").record
    clock.advance(hours=registry.settings.idempotency_hours)

    second = submit.submit(registry, people.submitter, content(), idempotency_key="k1")

    assert not second.replayed
    assert first.uid != second.record.uid


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_an_idempotency_key_has_1_to_200_characters(registry: Registry, people: People, key: str) -> None:
    with refused(registry, InvalidInput):
        submit.submit(registry, people.submitter, content(), idempotency_key=key)


def test_requests_with_one_key_at_the_same_time_make_one_record(registry: Registry, people: People) -> None:
    found: list[RecordUid] = []
    start = threading.Barrier(8)

    def send() -> None:
        start.wait()
        found.append(submit.submit(registry, people.submitter, content(), idempotency_key="k1").record.uid)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 8 == len(found)
    assert 1 == len(set(found))


def test_a_revision_by_a_colleague_makes_both_contributors(registry: Registry, people: People) -> None:
    record = submitted(registry, people)

    written = submit.revise(registry, people.colleague, record.uid, text_of("Better"), expected_revision=1)

    assert 2 == written.record.draft_revision
    assert State.SUBMITTED is written.record.state
    assert frozenset({people.submitter.person, people.colleague.person}) == written.record.contributors


def test_a_stale_revision_is_refused_and_tells_the_current_one(registry: Registry, people: People) -> None:
    record = submitted(registry, people)
    revised(registry, people, record, text_of("Better"))

    with refused(registry, StaleRevision) as caught:
        submit.revise(registry, people.colleague, record.uid, text_of("Worse"), expected_revision=1)

    assert isinstance(caught.value, StaleRevision)
    assert 2 == caught.value.current


def test_a_reviser_of_another_organisation_does_not_learn_that_a_draft_exists(
    registry: Registry, people: People
) -> None:
    record = submitted(registry, people)
    answers = []

    for uid in (record.uid, UNKNOWN):
        with refused(registry, NotFound) as caught:
            submit.revise(registry, people.outsider, uid, content(), expected_revision=1)
        answers.append(caught.value.problems)

    assert answers[0] == answers[1]


def test_a_public_record_of_another_organisation_is_not_revised(registry: Registry, people: People) -> None:
    record = published(registry, people)

    with refused(registry, Forbidden):
        submit.revise(registry, people.outsider, record.uid, text_of("Mine"), expected_revision=1)


def test_a_stranger_may_not_revise(registry: Registry, people: People) -> None:
    record = published(registry, people)

    with refused(registry, Unauthenticated):
        submit.revise(registry, ANONYMOUS, record.uid, text_of("Mine"), expected_revision=1)


def test_a_revision_keeps_its_kind(registry: Registry, people: People) -> None:
    record = submitted(registry, people)

    with refused(registry, InvalidInput) as caught:
        submit.revise(registry, people.submitter, record.uid, content(Kind.LESSON), expected_revision=1)

    assert [("kind",)] == [one.path for one in caught.value.problems]


def test_a_revision_links_to_no_unseen_record(registry: Registry, people: People) -> None:
    record, hidden = submitted(registry, people), submitted(registry, people, by=people.outsider)
    linking = content(links=[{"rel": "related", "target": hidden.uid}])

    with refused(registry, InvalidInput):
        submit.revise(registry, people.submitter, record.uid, linking, expected_revision=1)


def test_a_rejected_record_is_handed_in_again_by_revising_it(registry: Registry, people: People) -> None:
    record = claimed(registry, people)
    review.reject(registry, people.reviewer, record.uid, expected_revision=1, reason=REASON)

    again = submit.revise(registry, people.submitter, record.uid, text_of("Again"), expected_revision=1).record

    assert (State.SUBMITTED, 2) == (again.state, again.draft_revision)


def test_a_published_record_stays_as_it_is_while_new_work_waits(registry: Registry, people: People) -> None:
    record = published(registry, people, text_of("Old title"))
    seen = find.record(registry, people.stranger, record.uid)
    public_seq = find.public_seq(registry, people.stranger)

    revised(registry, people, record, text_of("New title"))

    assert seen == find.record(registry, people.stranger, record.uid)
    assert public_seq == find.public_seq(registry, people.stranger)
    mine = find.record(registry, people.submitter, record.uid)
    assert (State.PUBLISHED, State.SUBMITTED, 2) == (mine.state, mine.pending, mine.draft_revision)
    assert mine.work is not None


def test_rejected_new_work_leaves_the_published_head(registry: Registry, people: People) -> None:
    record = published(registry, people)
    seen = find.record(registry, people.stranger, record.uid)
    revised(registry, people, record, text_of("New title"))
    review.claim(registry, people.reviewer, record.uid, expected_revision=2)

    review.reject(registry, people.reviewer, record.uid, expected_revision=2, reason=REASON)

    assert seen == find.record(registry, people.stranger, record.uid)
    mine = find.record(registry, people.submitter, record.uid)
    assert (State.PUBLISHED, State.REJECTED, 2, REASON) == (mine.state, mine.pending, mine.draft_revision, mine.reason)


def test_an_approved_record_that_is_revised_needs_a_new_approval(registry: Registry, people: People) -> None:
    record = approved(registry, people)

    changed = submit.revise(registry, people.submitter, record.uid, text_of("Slipped in"), expected_revision=1).record

    assert (State.SUBMITTED, None) == (changed.state, stored(registry, record.uid).approved_by)
    with refused(registry, InvalidTransition):
        review.publish(registry, people.reviewer, record.uid, expected_revision=2)


def test_a_revision_under_review_leaves_the_claim_where_it_is(registry: Registry, people: People) -> None:
    record = claimed(registry, people)

    revised(registry, people, record, text_of("Clearer"))

    now = stored(registry, record.uid)
    assert (State.IN_REVIEW, people.reviewer.person) == (now.state, now.claimed_by)


def test_a_repeated_revision_is_answered_without_another_one(registry: Registry, people: People) -> None:
    record = submitted(registry, people)
    better = text_of("Better")
    submit.revise(registry, people.submitter, record.uid, better, expected_revision=1, idempotency_key="r1")

    again = submit.revise(registry, people.submitter, record.uid, better, expected_revision=1, idempotency_key="r1")

    assert again.replayed
    assert 2 == stored(registry, record.uid).draft_revision


def test_a_dry_run_stores_nothing_and_finds_what_submitting_finds(registry: Registry, people: People) -> None:
    linking = content(links=[{"rel": "related", "target": UNKNOWN}])
    before = state_of(registry)

    warnings = submit.validate(registry, people.stranger, content()).warnings

    with pytest.raises(InvalidInput) as dry:
        submit.validate(registry, people.submitter, linking)
    with pytest.raises(InvalidInput) as real:
        submit.submit(registry, people.submitter, linking)
    assert real.value.problems == dry.value.problems
    assert submit.submit(registry, people.submitter, content()).warnings == warnings
    assert before != state_of(registry)


def test_a_dry_run_by_itself_stores_nothing(registry: Registry, people: People) -> None:
    before = state_of(registry)

    submit.validate(registry, people.submitter, content())

    assert before == state_of(registry)


@pytest.mark.parametrize("bad", [content(sources=[{"url": "https://example.org/a", "title": "A"}])])
def test_organisation_ids_that_do_not_exist_store_nothing(registry: Registry, bad: Content) -> None:
    ghost = member(PersonId("ghost"), OrganisationId("no-such-organisation"), frozenset({Role.SUBMITTER}))

    with refused(registry, NotFound):
        submit.submit(registry, ghost, bad)


def test_a_record_takes_a_bounded_number_of_revisions(registry: Registry, people: People) -> None:
    record = submitted(registry, people)
    most = submit.MAX_REVISIONS
    alter(registry, "UPDATE revisions SET draft_revision = ? WHERE uid = ?", most, record.uid)
    alter(registry, "UPDATE records SET draft_revision = ?, head_draft_revision = ?", most, most)

    with refused(registry, Conflict):
        submit.revise(
            registry, people.submitter, record.uid, text_of("One more"), expected_revision=submit.MAX_REVISIONS
        )
