"""An owner takes back what is not published; reviewers no longer read it."""

from __future__ import annotations

import pytest

from registry.domain.content.kinds import parse
from registry.domain.errors import Forbidden, InvalidTransition
from registry.domain.record import State
from registry.domain.vocabulary import Kind, Tlp
from registry.ports import Registry
from registry.service import find, review, submit
from registry.service.history import history_of
from tests.service.world import People, claimed, published, refused, revised, submitted, text_of

REASON = "Sent by mistake."


def test_what_was_taken_back_is_read_by_its_owner_only(registry: Registry, people: People) -> None:
    record = claimed(registry, people)

    taken = submit.retract(registry, people.submitter, record.uid, reason=REASON)

    assert (State.RETRACTED, REASON) == (taken.state, taken.reason)
    assert taken.head.public is not None
    seen = find.record(registry, people.reviewer, record.uid)
    assert (State.RETRACTED, None, None) == (seen.state, seen.head.public, seen.head.restricted)
    history = history_of(registry, people.reviewer, record.uid)
    assert [None] == [one.public for one in history.revisions]


def test_revising_what_was_taken_back_hands_it_in_again(registry: Registry, people: People) -> None:
    record = submitted(registry, people)
    submit.retract(registry, people.submitter, record.uid, reason=REASON)

    again = submit.revise(registry, people.submitter, record.uid, text_of("Again"), expected_revision=1).record

    assert (State.SUBMITTED, 2) == (again.state, again.draft_revision)


def test_a_newer_revision_is_taken_back_and_the_published_one_stays(registry: Registry, people: People) -> None:
    record = published(registry, people)
    seen = find.record(registry, people.stranger, record.uid)
    revised(registry, people, record, text_of("New title"))

    submit.retract(registry, people.submitter, record.uid, reason=REASON)

    assert seen == find.record(registry, people.stranger, record.uid)
    assert find.record(registry, people.reviewer, record.uid).work is None
    assert 1 == len(history_of(registry, people.reviewer, record.uid).revisions)
    assert find.record(registry, people.submitter, record.uid).work is not None


def test_only_the_owner_takes_back_and_only_what_is_not_published(registry: Registry, people: People) -> None:
    record = submitted(registry, people)
    with refused(registry, Forbidden):
        submit.retract(registry, people.reviewer, record.uid, reason=REASON)
    public = published(registry, people)

    with refused(registry, InvalidTransition):
        submit.retract(registry, people.submitter, public.uid, reason=REASON)


def test_a_revision_keeps_the_marking_and_the_restricted_part_that_it_leaves_out(
    registry: Registry, people: People
) -> None:
    first = parse(
        Kind.INCIDENT,
        content={"title": "One", "summary": "A call."},
        restricted={"narrative": "What was said."},
        marking={"tlp": "CLEAR"},
    )
    record = submit.submit(registry, people.submitter, first, external_ref="case-1").record

    second = parse(Kind.INCIDENT, content={"title": "Two", "summary": "A call."})
    changed = submit.submit(registry, people.submitter, second, external_ref="case-1").record

    assert record.uid == changed.uid
    assert Tlp.CLEAR is changed.head.marking.tlp
    assert changed.head.restricted is not None
    assert {"narrative": "What was said."} == changed.head.restricted.document


def test_narrowing_what_is_public_is_warned_of(registry: Registry, people: People) -> None:
    record = published(registry, people)
    narrower = text_of("New title", tlp="AMBER")

    written = submit.revise(registry, people.submitter, record.uid, narrower, expected_revision=1)

    assert "ADVICE_NARROWS" in {warning.code for warning in written.warnings}


@pytest.mark.parametrize("step", [review.request_changes, review.reject])
def test_what_was_approved_can_still_go_back(registry: Registry, people: People, step: object) -> None:
    record = claimed(registry, people)
    review.approve(registry, people.reviewer, record.uid, expected_revision=1)

    assert callable(step)
    back = step(registry, people.reviewer, record.uid, expected_revision=1, reason=REASON)

    assert back.state in {State.CHANGES_REQUESTED, State.REJECTED}


def test_the_owner_does_not_learn_who_reviewed(registry: Registry, people: People) -> None:
    record = claimed(registry, people)

    rows = history_of(registry, people.submitter, record.uid).changes

    assert [people.submitter.id, "reviewer"] == [row.row.actor for row in rows]
    assert people.reviewer.id == history_of(registry, people.reviewer, record.uid).changes[-1].row.actor
