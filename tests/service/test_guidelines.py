"""The node's own usage guidelines: published without review and saying so, agreed to revision by revision."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import authentication, find, guidelines, keys, life
from tests.factories import content
from tests.service.newcomers import publish_rules, rules
from tests.service.world import People, refused


def test_guidelines_are_a_public_record_that_says_that_nobody_reviewed_it(registry: Registry, people: People) -> None:
    assert guidelines.current(registry, people.stranger) is None

    publish_rules(registry)
    found = guidelines.current(registry, people.stranger)

    assert found is not None
    record = find.by_number(registry, people.stranger, found.number)
    assert (1, True, Kind.USAGE_POLICY) == (found.revision, record.imported, record.kind)


def test_a_new_revision_takes_the_place_of_the_old_one(registry: Registry, people: People) -> None:
    publish_rules(registry)
    first = guidelines.current(registry, people.stranger)
    publish_rules(registry)
    publish_rules(registry, "2")
    second = guidelines.current(registry, people.stranger)

    assert first is not None
    assert second is not None
    assert (first.uid, first.number, 2) == (second.uid, second.number, second.revision)


@pytest.mark.parametrize("wrong", [content(), content(Kind.USAGE_POLICY, marking={"tlp": "GREEN"})])
def test_guidelines_are_a_policy_for_everybody(registry: Registry, wrong: object) -> None:
    with refused(registry, InvalidInput):
        guidelines.publish_guidelines(registry, LOCAL_OPERATOR, wrong, organisation_slug="node")  # type: ignore[arg-type]


def test_guidelines_belong_to_an_organisation(registry: Registry) -> None:
    for slug in (None, "nowhere"):
        with refused(registry, NotFound):
            guidelines.publish_guidelines(registry, LOCAL_OPERATOR, rules(), organisation_slug=slug)


@pytest.mark.parametrize("by", ["operator", "lead", "submitter"])
def test_only_the_operator_of_the_machine_publishes_without_review(registry: Registry, people: People, by: str) -> None:
    with refused(registry, Forbidden):
        guidelines.publish_guidelines(registry, getattr(people, by), rules(), organisation_slug="node")


def test_withdrawn_guidelines_are_none(registry: Registry, people: People) -> None:
    publish_rules(registry)
    found = guidelines.current(registry, people.stranger)
    assert found is not None
    life.withdraw(registry, people.reviewer, found.uid, reason="Wrong text.")

    assert guidelines.current(registry, people.stranger) is None
    with refused(registry, Conflict):
        publish_rules(registry, "2")


def test_members_agree_to_each_revision(registry: Registry, people: People) -> None:
    assert guidelines.owed(registry, people.submitter) is None
    publish_rules(registry)
    owed = [guidelines.owed(registry, people.submitter)]
    guidelines.agree(registry, people.submitter, revision=1)
    owed.append(guidelines.owed(registry, people.submitter))
    publish_rules(registry, "2")
    owed.append(guidelines.owed(registry, people.submitter))

    assert [1, None, 2] == [one and one.revision for one in owed]
    assert guidelines.owed(registry, people.stranger) is None
    with refused(registry, InvalidInput):
        guidelines.agree(registry, people.submitter, revision=1)


def test_strangers_and_the_machine_agree_to_nothing(registry: Registry, people: People) -> None:
    publish_rules(registry)

    with refused(registry, Unauthenticated):
        guidelines.agree(registry, people.stranger, revision=1)
    with refused(registry, Forbidden):
        guidelines.agree(registry, LOCAL_OPERATOR, revision=1)


def test_from_a_day_on_that_the_operator_names_agreement_is_needed(registry: Registry, people: People) -> None:
    publish_rules(registry)
    today = registry.clock.now().date()
    assert people.submitter.person is not None
    assert people.submitter.organisation is not None
    text = keys.create_key(
        registry,
        people.submitter,
        person=people.submitter.person,
        organisation_id=people.submitter.organisation,
        label="x",
    ).text

    def staging(by: timedelta) -> bool:
        settings = registry.settings.model_copy(update={"guidelines_agreed_by": today + by})
        return authentication.authenticate(replace(registry, settings=settings), text).staging

    before = [staging(timedelta(days=1)), staging(timedelta(0))]
    guidelines.agree(registry, replace(people.submitter, staging=True), revision=1)

    assert [False, True, False] == [*before, staging(timedelta(0))]
