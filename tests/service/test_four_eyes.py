"""Four eyes compares persons and organisations, never keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from registry.domain.actor import Actor, Role
from registry.domain.errors import FourEyes
from registry.domain.record import Record
from registry.ports import Registry
from registry.service import life, review, submit
from tests.service.decisions import DECISIONS, ready_for
from tests.service.world import (
    REASON,
    People,
    alter,
    claimed,
    published,
    refused,
    republished,
    revised,
    submitted,
    text_of,
)


def reviewing(actor: Actor, people: People, *roles: Role) -> Actor:
    """The same person as *actor*, in the reviewer's organisation."""
    return replace(
        actor, organisation=people.reviewer.organisation, roles=frozenset({Role.ANYBODY, Role.LEAD_REVIEWER, *roles})
    )


def _second_key(people: People) -> Actor:
    return reviewing(people.second_key, people)


def _service_account(people: People) -> Actor:
    return reviewing(people.bot, people)


def _operator_who_submitted(people: People) -> Actor:
    return reviewing(people.submitter, people, Role.OPERATOR)


def _reviewer_of_the_organisation(people: People) -> Actor:
    return people.inside_reviewer


def _without_a_person(people: People) -> Actor:
    return replace(people.reviewer, person=None)


def _without_an_organisation(people: People) -> Actor:
    return replace(people.reviewer, organisation=None)


NOT_A_SECOND_PERSON = [
    _second_key,
    _service_account,
    _operator_who_submitted,
    _reviewer_of_the_organisation,
    _without_a_person,
    _without_an_organisation,
]


@pytest.mark.parametrize("name", DECISIONS)
@pytest.mark.parametrize("who", NOT_A_SECOND_PERSON)
def test_nobody_decides_who_is_not_a_second_person(
    registry: Registry, people: People, name: str, who: Callable[[People], Actor]
) -> None:
    record = ready_for(name, registry, people)

    with refused(registry, FourEyes):
        DECISIONS[name](registry, who(people), record.uid, 1)


def test_what_a_service_account_submitted_is_work_of_its_responsible_member(registry: Registry, people: People) -> None:
    record = submitted(registry, people, by=people.bot)

    assert frozenset({people.submitter.person}) == record.contributors
    with refused(registry, FourEyes):
        review.claim(registry, reviewing(people.submitter, people), record.uid, expected_revision=1)


def test_a_contributor_of_an_earlier_revision_does_not_decide_on_a_later_one(
    registry: Registry, people: People
) -> None:
    record = submitted(registry, people, by=people.colleague)
    submit.revise(registry, people.submitter, record.uid, text_of("Mine now"), expected_revision=1)

    with refused(registry, FourEyes):
        review.claim(registry, reviewing(people.colleague, people), record.uid, expected_revision=2)


def test_one_who_contributes_while_holding_the_claim_decides_no_more(registry: Registry, people: People) -> None:
    record = claimed(registry, people)
    turned = replace(people.reviewer, organisation=people.submitter.organisation, roles=people.submitter.roles)
    submit.revise(registry, turned, record.uid, text_of("By the reviewer"), expected_revision=1)

    with refused(registry, FourEyes):
        review.approve(registry, people.reviewer, record.uid, expected_revision=2)


def test_the_work_of_each_publication_has_its_own_contributors(registry: Registry, people: People) -> None:
    record = published(registry, people, by=people.colleague)
    at = revised(registry, people, record, text_of("Later work")).draft_revision
    # Somebody who still belonged to the owner would be bound to it.
    alter(registry, "DELETE FROM members WHERE person = ?", people.colleague.person)

    taken = review.claim(registry, reviewing(people.colleague, people), record.uid, expected_revision=at)

    assert people.colleague.person == taken.claimed_by


def test_nobody_restores_the_own_organisations_record(registry: Registry, people: People) -> None:
    record = published(registry, people)
    life.withdraw(registry, people.submitter, record.uid, reason=REASON)
    inside = replace(people.inside_reviewer, roles=people.lead.roles)

    with refused(registry, FourEyes):
        life.restore(registry, inside, record.uid, reason=REASON)


def test_nobody_restores_a_record_with_own_work_in_it(registry: Registry, people: People) -> None:
    record = published(registry, people)
    revised(registry, people, record, text_of("Unfinished"))
    life.withdraw(registry, people.colleague, record.uid, reason=REASON)

    with refused(registry, FourEyes):
        life.restore(registry, reviewing(people.submitter, people), record.uid, reason=REASON)


def test_taking_down_needs_one_person_only(registry: Registry, people: People) -> None:
    record = published(registry, people)

    taken_down: Record = life.withdraw(registry, people.submitter, record.uid, reason=REASON)

    assert taken_down.is_tombstone


def test_who_approved_an_earlier_revision_may_approve_the_next(registry: Registry, people: People) -> None:
    record = published(registry, people)

    assert 2 == republished(registry, people, record, text_of("Second")).revision
