"""A record's life follows the table, and nothing but the table."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.errors import InvalidTransition
from registry.domain.record import Record, State
from registry.domain.workflow import TABLE, Step, advance
from tests import factories

S, T = State, Step

# Written out a second time on purpose: a step added to or taken from the table must be added or taken here.
EXPECTED: dict[State, dict[Step, State]] = {
    S.DRAFT: {T.SUBMIT: S.SUBMITTED, T.REVISE: S.DRAFT, T.RETRACT: S.RETRACTED, T.ERASE: S.ERASED},
    S.SUBMITTED: {
        T.REVISE: S.SUBMITTED, T.CLAIM: S.IN_REVIEW, T.PUBLISH_IMPORT: S.PUBLISHED, T.RETRACT: S.RETRACTED,
        T.ERASE: S.ERASED,
    },
    S.IN_REVIEW: {
        T.REVISE: S.IN_REVIEW, T.RELEASE: S.SUBMITTED, T.REQUEST_CHANGES: S.CHANGES_REQUESTED,
        T.APPROVE: S.APPROVED, T.REJECT: S.REJECTED, T.RETRACT: S.RETRACTED, T.ERASE: S.ERASED,
    },
    S.CHANGES_REQUESTED: {T.REVISE: S.SUBMITTED, T.RETRACT: S.RETRACTED, T.ERASE: S.ERASED},
    S.APPROVED: {
        T.REVISE: S.SUBMITTED, T.REQUEST_CHANGES: S.CHANGES_REQUESTED, T.REJECT: S.REJECTED,
        T.PUBLISH: S.PUBLISHED, T.RETRACT: S.RETRACTED, T.ERASE: S.ERASED,
    },
    S.PUBLISHED: {
        T.REVISE: S.SUBMITTED, T.NARROW: S.PUBLISHED, T.WITHDRAW: S.WITHDRAWN, T.MERGE: S.MERGED, T.ERASE: S.ERASED,
    },
    S.WITHDRAWN: {T.RESTORE: S.PUBLISHED, T.ERASE: S.ERASED},
    S.MERGED: {T.SPLIT: S.PUBLISHED, T.ERASE: S.ERASED},
    S.REJECTED: {T.REVISE: S.SUBMITTED, T.RETRACT: S.RETRACTED, T.ERASE: S.ERASED},
    S.RETRACTED: {T.REVISE: S.SUBMITTED, T.ERASE: S.ERASED},
    S.ERASED: {},
}  # fmt: skip
EVERY = [(state, step) for state in State for step in Step]
UNDER_REVIEW = [S.SUBMITTED, S.IN_REVIEW, S.CHANGES_REQUESTED, S.APPROVED]
PENDING = [*UNDER_REVIEW, S.REJECTED, S.RETRACTED]
# Steps of the whole record, whatever is under review beside it.
WHOLE = {T.WITHDRAW, T.RESTORE, T.MERGE, T.SPLIT, T.ERASE}


def record_in(state: State, pending: State | None = None) -> Record:
    """A record in *state*, with newer work at *pending*."""
    record = factories.published() if state is S.PUBLISHED else factories.draft()
    return replace(record, state=state, pending=pending)


def stage_after(state: State, step: Step) -> State | None:
    """Where the newest work stands after *step*, or ``None`` where the step is not possible."""
    try:
        after, pending = advance(record_in(state), step)
    except InvalidTransition:
        return None
    return pending or after


def test_every_state_is_in_the_expected_table() -> None:
    assert set(State) == set(EXPECTED)


@pytest.mark.parametrize(("state", "step"), EVERY, ids=str)
def test_a_step_leads_where_the_table_says_or_nowhere(state: State, step: Step) -> None:
    assert EXPECTED[state].get(step) == stage_after(state, step)


def test_the_table_holds_no_more_than_expected() -> None:
    assert TABLE == {(state, step): after for state, steps in EXPECTED.items() for step, after in steps.items()}


def test_every_state_but_draft_is_reached() -> None:
    assert set(State) - {S.DRAFT} == set(TABLE.values()) - {S.DRAFT}


def test_an_impossible_step_names_what_is_possible() -> None:
    with pytest.raises(InvalidTransition) as raised:
        advance(record_in(S.CHANGES_REQUESTED), T.PUBLISH)

    assert raised.value.hint == "possible now: retract, update"


def test_where_nothing_is_possible_the_hint_says_so() -> None:
    with pytest.raises(InvalidTransition) as raised:
        advance(record_in(S.ERASED), T.REVISE)

    assert raised.value.hint == "possible now: nothing"


@pytest.mark.parametrize("state", list(State))
def test_the_hint_offers_no_step_that_only_importers_and_operators_take(state: State) -> None:
    with pytest.raises(InvalidTransition) as raised:
        advance(record_in(state), T.SUBMIT if state is not S.DRAFT else T.PUBLISH)

    assert "import" not in str(raised.value.hint)
    assert "erase" not in str(raised.value.hint)


def test_the_hint_for_a_published_record_under_review_names_steps_of_both() -> None:
    with pytest.raises(InvalidTransition) as raised:
        advance(record_in(S.PUBLISHED, S.APPROVED), T.CLAIM)

    beside = "merge, narrowVisibility, publish, retract, update, withdraw"
    assert raised.value.hint == f"possible now: REJECT, REQUEST_CHANGES, {beside}"


def test_revising_a_published_record_leaves_it_published() -> None:
    assert (S.PUBLISHED, S.SUBMITTED) == advance(record_in(S.PUBLISHED), T.REVISE)


@pytest.mark.parametrize("pending", PENDING)
@pytest.mark.parametrize("step", [step for step in Step if step not in WHOLE | {T.NARROW}])
def test_a_review_of_newer_work_moves_only_the_pending_state(pending: State, step: Step) -> None:
    expected = EXPECTED[pending].get(step)

    if expected is None:
        with pytest.raises(InvalidTransition):
            advance(record_in(S.PUBLISHED, pending), step)
    else:
        assert (S.PUBLISHED, None if expected is S.PUBLISHED else expected) == advance(
            record_in(S.PUBLISHED, pending), step
        )


@pytest.mark.parametrize("pending", UNDER_REVIEW)
@pytest.mark.parametrize(("step", "after"), [(T.WITHDRAW, S.WITHDRAWN), (T.MERGE, S.MERGED), (T.ERASE, S.ERASED)])
def test_taking_down_ends_a_review_as_well(pending: State, step: Step, after: State) -> None:
    assert (after, None) == advance(record_in(S.PUBLISHED, pending), step)


@pytest.mark.parametrize("pending", [None, *PENDING])
def test_narrowing_leaves_the_review_of_newer_work_where_it_is(pending: State | None) -> None:
    assert (S.PUBLISHED, pending) == advance(record_in(S.PUBLISHED, pending), T.NARROW)


@pytest.mark.parametrize("state", [S.DRAFT, *UNDER_REVIEW, S.REJECTED, S.RETRACTED])
def test_what_was_never_published_has_no_life_after_publication(state: State) -> None:
    for step in (T.WITHDRAW, T.RESTORE, T.NARROW, T.MERGE, T.SPLIT):
        with pytest.raises(InvalidTransition):
            advance(record_in(state), step)


@given(st.lists(st.sampled_from(list(Step)), max_size=40))
def test_a_random_walk_never_leaves_the_table(steps: list[Step]) -> None:
    record = record_in(S.DRAFT)
    for step in steps:
        before = record
        try:
            state, pending = advance(record, step)
        except InvalidTransition:
            continue
        record = replace(record, state=state, pending=pending)

        origins = {before.state, before.stage}
        assert any(TABLE.get((origin, step)) is record.stage for origin in origins)
        assert pending is None or (state is S.PUBLISHED and pending in PENDING)
        assert before.state is not S.ERASED
        from_before = {S.PUBLISHED, S.WITHDRAWN, S.MERGED, S.APPROVED, S.SUBMITTED}
        assert state is not S.PUBLISHED or before.state in from_before


@given(st.lists(st.sampled_from([step for step in Step if step is not T.PUBLISH_IMPORT]), max_size=40))
def test_nothing_is_published_that_was_not_approved(steps: list[Step]) -> None:
    record, approved = record_in(S.DRAFT), False
    for step in steps:
        try:
            state, pending = advance(record, step)
        except InvalidTransition:
            continue
        approved = approved or step is T.APPROVE
        record = replace(record, state=state, pending=pending)

        assert approved or record.state not in {S.PUBLISHED, S.WITHDRAWN, S.MERGED}
