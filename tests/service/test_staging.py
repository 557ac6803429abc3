"""Staging keys: drafts and nothing else, seen by nobody else, gone after a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.domain.actor import Actor, Permission
from registry.domain.errors import AlreadyExists, Forbidden, InvalidInput, NotFound
from registry.domain.pages import RecordFilter
from registry.domain.policy import permissions_of
from registry.domain.record import State
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import duplicates, find, jobs, numbers, review, submit
from tests.clocks import FixedClock
from tests.factories import content
from tests.service.world import People, contents_of, published, refused, stored, submitted, text_of


def trying(actor: Actor) -> Actor:
    """The same person through a staging key."""
    return replace(actor, staging=True, groups=frozenset())


def draft(registry: Registry, people: People, **options: Any) -> Any:
    """A draft that tries things out."""
    return submit.submit(registry, trying(people.submitter), content(), **options).record


def test_what_a_staging_key_submits_is_a_draft_that_nobody_reviews(registry: Registry, people: People) -> None:
    record = draft(registry, people)

    assert (State.DRAFT, True) == (record.state, record.staging)
    for by in (people.reviewer, people.inside_reviewer):
        with pytest.raises((NotFound, Forbidden, Exception)) as caught:
            review.claim(registry, by, record.uid, expected_revision=1)
        assert "claim" in str(caught.value).lower() or isinstance(caught.value, NotFound)
    assert State.DRAFT is stored(registry, record.uid).state


@pytest.mark.parametrize("scopes", [None, frozenset(Permission)])
def test_a_staging_key_may_read_and_write_drafts_and_agree_whatever_the_roles(
    people: People, scopes: frozenset[Permission] | None
) -> None:
    drafts = {Permission.RECORD_READ, Permission.RECORD_VALIDATE, Permission.MEMBERSHIP_AGREE}

    for name in ("submitter", "reviewer", "lead", "operator"):
        actor = replace(trying(getattr(people, name)), scopes=scopes)
        assert drafts == permissions_of(actor) - {Permission.RECORD_DRAFT}


def test_a_staging_key_sees_public_records_and_drafts_of_its_own_sort(registry: Registry, people: People) -> None:
    public = published(registry, people, text_of("Everybody sees it", tlp="CLEAR"))
    own = [
        submitted(registry, people, text_of("Handed in by us")),
        published(registry, people, text_of("Closed to others", tlp="RED")),
    ]
    tried = submit.submit(registry, trying(people.colleague), text_of("Tried out")).record
    actor = trying(people.submitter)

    seen = {one.uid for one in find.page(registry, actor, RecordFilter()).items}

    assert {public.uid, tried.uid} == seen
    assert 2 == find.count(registry, actor, RecordFilter())
    for record in own:
        with refused(registry, NotFound):
            find.record(registry, actor, record.uid)
    assert find.record(registry, actor, public.uid).head.restricted is None


def test_the_organisation_sees_what_its_members_try_out_and_strangers_do_not(
    registry: Registry, people: People
) -> None:
    record = draft(registry, people)

    assert record.uid == find.record(registry, people.colleague, record.uid).uid
    for by in (people.stranger, people.outsider, trying(people.outsider)):
        with refused(registry, NotFound):
            find.record(registry, by, record.uid)


def test_a_staging_key_revises_its_draft_and_hands_in_nothing(registry: Registry, people: People) -> None:
    actor = trying(people.submitter)
    record = draft(registry, people, external_ref="one")

    submit.submit(registry, actor, text_of("Second"), external_ref="one")
    again = submit.revise(registry, actor, record.uid, text_of("Third"), expected_revision=2).record

    assert (State.DRAFT, True, 3) == (again.state, again.staging, again.draft_revision)
    with refused(registry, Forbidden):
        duplicates.confirm(registry, actor, record.uid)
    with refused(registry, Forbidden):
        submit.retract(registry, actor, record.uid, reason="x")


def test_a_staging_key_does_not_touch_what_was_made_in_earnest(registry: Registry, people: People) -> None:
    actor = trying(people.submitter)
    record = submit.submit(registry, people.submitter, content(), external_ref="one").record
    key: dict[str, Any] = {"idempotency_key": "same"}
    submit.submit(registry, people.submitter, text_of("Once"), **key)

    with refused(registry, AlreadyExists):
        submit.submit(registry, actor, text_of("Other"), external_ref="one")
    with refused(registry, NotFound):
        submit.revise(registry, actor, record.uid, text_of("Other"), expected_revision=1)
    with refused(registry, InvalidInput):
        submit.submit(registry, actor, text_of("Other"), number="LOCAL-INC-2026-0001")
    with refused(registry, Forbidden):
        numbers.reserve(registry, actor, kind=Kind.INCIDENT, count=1)
    assert not submit.submit(registry, actor, text_of("Once"), **key).replayed


def test_what_was_retracted_in_earnest_is_not_handed_in_by_a_staging_key(registry: Registry, people: People) -> None:
    record = draft(registry, people)
    submit.retract(registry, people.submitter, record.uid, reason="Enough.")

    with refused(registry, Forbidden):
        submit.revise(registry, trying(people.submitter), record.uid, text_of("Again"), expected_revision=1)


def test_another_key_hands_a_tried_out_draft_in(registry: Registry, people: People) -> None:
    record = draft(registry, people)

    done = duplicates.confirm(registry, people.submitter, record.uid).record

    assert (State.SUBMITTED, False) == (done.state, done.staging)
    assert State.IN_REVIEW is review.claim(registry, people.reviewer, record.uid, expected_revision=1).state


@pytest.mark.parametrize("said", ["the same", "something else"])
def test_work_of_another_key_makes_an_ordinary_draft_of_it(registry: Registry, people: People, said: str) -> None:
    before = submit.submit(registry, trying(people.submitter), text_of("the same"), external_ref="one").record

    after = submit.submit(registry, people.submitter, text_of(said), external_ref="one").record

    assert (before.uid, State.DRAFT, False) == (after.uid, after.state, after.staging)


def test_drafts_that_try_things_out_go_after_a_time(registry: Registry, people: People, clock: FixedClock) -> None:
    tried = submit.submit(registry, trying(people.submitter), text_of("About zorbelgrint"), external_ref="one").record
    kept = draft(registry, people)
    duplicates.confirm(registry, people.submitter, kept.uid)
    days = registry.settings.staging_kept_days
    clock.advance(days=days - 1)
    touched = draft(registry, people)
    jobs.run_due(registry, people.system)
    before = stored(registry, tried.uid).state
    clock.advance(days=1)
    jobs.run_due(registry, people.system)

    assert (State.DRAFT, State.ERASED) == (before, stored(registry, tried.uid).state)
    assert (State.SUBMITTED, State.DRAFT) == (stored(registry, kept.uid).state, stored(registry, touched.uid).state)
    assert "zorbelgrint" not in str(contents_of(registry))
    assert draft(registry, people, external_ref="one").uid != tried.uid


def test_a_draft_that_is_worked_on_stays(registry: Registry, people: People, clock: FixedClock) -> None:
    record = draft(registry, people)
    days = registry.settings.staging_kept_days
    clock.advance(days=days - 1)
    submit.revise(registry, trying(people.submitter), record.uid, text_of("More"), expected_revision=1)
    clock.advance(days=2)

    jobs.run_due(registry, people.system)
    before = stored(registry, record.uid).state
    clock.advance(days=days)
    jobs.run_due(registry, people.system)

    assert (State.DRAFT, State.ERASED) == (before, stored(registry, record.uid).state)
