"""Applying for membership, and what operators decide: nothing tells strangers who is here, and nobody decides alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.domain.actor import LOCAL_OPERATOR, Actor, Role
from registry.domain.actor import member as acting_member
from registry.domain.errors import (
    AlreadyExists,
    Conflict,
    Forbidden,
    FourEyes,
    InvalidInput,
    InvalidTransition,
    NotFound,
    QueueFull,
    Unauthenticated,
)
from registry.domain.membership import ApplicationState
from registry.ports import Registry
from registry.service import accounts, admission, jobs, keys, members, membership
from tests.clocks import FixedClock
from tests.service.newcomers import acting, admitted, apply, decide, newcomer, publish_rules
from tests.service.world import People, contents_of, refused


@pytest.fixture
def registry(registry: Registry) -> Registry:
    """A node that takes applications."""
    publish_rules(registry)
    return registry


def second_operator(registry: Registry) -> Actor:
    """Another operator of the node."""
    made = members.add_member(
        registry, LOCAL_OPERATOR, organisation_slug="node", name="Olga", roles=frozenset({Role.OPERATOR})
    )
    return acting_member(made.person, made.organisation, made.roles)


def test_an_application_waits_until_an_operator_has_decided(registry: Registry, people: People) -> None:
    applied = apply(registry, people)

    assert ApplicationState.WAITING is applied.status.application.state
    assert [applied.status.application] == list(admission.page(registry, people.operator).items)
    with registry.storage.read() as reader:
        assert reader.accounts.organisation_by_slug("nova") is None


def test_everything_that_is_wrong_with_an_application_is_told_at_once(registry: Registry, people: People) -> None:
    wrong: dict[str, Any] = {
        "organisation": " ",
        "kind": "giant",
        "contact": "",
        "email": "nina at nova",
        "why": "",
        "intended": "",
        "slug": "Nova Lab",
        "site": "javascript:alert(1)",
        "agreed_revision": None,
    }

    with refused(registry, InvalidInput) as caught:
        apply(registry, people, **wrong)

    assert set(wrong) == {one.path[0] for one in caught.value.problems}


def test_agreement_is_to_the_guidelines_as_they_are_now(registry: Registry, people: People) -> None:
    publish_rules(registry, "2")

    with refused(registry, InvalidInput) as caught:
        apply(registry, people, agreed_revision=1)

    assert [("agreed_revision", "STALE_REVISION")] == [(one.path[0], one.code) for one in caught.value.problems]
    assert 2 == apply(registry, people, agreed_revision=2).status.application.agreed_revision


@pytest.mark.parametrize("said", [{"organisation": "Acme", "slug": "acme"}, {"organisation": "Nova Lab"}])
def test_an_applicant_learns_nothing_of_who_is_a_member(
    registry: Registry, people: People, said: dict[str, str]
) -> None:
    status = apply(registry, people, **said).status

    assert ApplicationState.WAITING is status.application.state
    assert "" == status.application.reason


def test_three_applications_of_one_domain_wait_at_once(registry: Registry, people: People) -> None:
    for name in ("a", "b", "c"):
        apply(registry, people, email=f"{name}@Nova.example")

    with refused(registry, InvalidInput) as caught:
        apply(registry, people, email="d@NOVA.example")
    elsewhere = apply(registry, people, email="a@other.example")

    assert ["TOO_MANY"] == [one.code for one in caught.value.problems]
    assert ApplicationState.WAITING is elsewhere.status.application.state


def test_a_decided_application_makes_room_for_another(registry: Registry, people: People) -> None:
    for _ in range(3):
        first = apply(registry, people)
    decide(registry, people.operator, first, "decline", reason="Three times.")

    assert ApplicationState.WAITING is apply(registry, people).status.application.state


def test_the_queue_has_an_end(registry: Registry, people: People) -> None:
    full = replace(registry, settings=registry.settings.model_copy(update={"application_queue": 1}))
    apply(full, people)

    with refused(full, QueueFull):
        apply(full, people, email="x@elsewhere.example")


def test_a_node_without_guidelines_takes_no_applications(registry: Registry, people: People) -> None:
    with registry.storage.begin() as unit:
        unit.meta.put("guidelines", "01950000-0001-7000-9000-00000000ffff")

    with refused(registry, Conflict):
        apply(registry, people)


@pytest.mark.parametrize("code", ["", "nonsense", "7K3QWD-0M9XTA-7K3QWD-0M9XTA-7K3QWD"])
def test_a_wrong_code_leads_nowhere(registry: Registry, people: People, code: str) -> None:
    apply(registry, people)

    for work in (
        lambda: membership.read_application(registry, people.stranger, code),
        lambda: membership.answer_application(registry, people.stranger, code, text="x"),
        lambda: membership.obtain_key(registry, people.stranger, code, staging=True),
    ):
        with refused(registry, NotFound):
            work()


def test_an_applicant_answers_what_an_operator_asks_and_reads_the_reason(registry: Registry, people: People) -> None:
    applied = apply(registry, people)
    decide(registry, people.operator, applied, "ask", reason="Who funds you?")

    asked = membership.read_application(registry, people.stranger, applied.code).application
    membership.answer_application(registry, people.stranger, applied.code, text="A foundation.")
    decide(registry, people.operator, applied, "decline", reason="We know too little of it.")
    declined = membership.read_application(registry, people.stranger, applied.code).application

    assert (ApplicationState.ASKED, "Who funds you?") == (asked.state, asked.reason)
    assert (ApplicationState.DECLINED, "We know too little of it.") == (declined.state, declined.reason)
    assert ["node", "person", "node"] == [one.author for one in declined.messages]


def test_an_approval_makes_the_organisation_and_a_member_who_tries_things_out(
    registry: Registry, people: People
) -> None:
    actor = newcomer(registry, people)

    assert "nova" in {one.slug for one in accounts.organisations(registry, people.stranger)}
    assert actor.staging
    assert {Role.ANYBODY, Role.SUBMITTER} == actor.roles


def test_an_approved_applicant_may_join_an_organisation_that_is_there(registry: Registry, people: People) -> None:
    applied = apply(registry, people)

    done = decide(registry, people.operator, applied, join="acme")

    assert people.submitter.organisation == done.organisation
    with registry.storage.read() as reader:
        assert reader.accounts.organisation_by_slug("nova") is None


def test_a_slug_that_is_taken_is_told_to_the_operator_and_nothing_is_kept(registry: Registry, people: People) -> None:
    applied = apply(registry, people, slug="acme")

    with refused(registry, AlreadyExists):
        decide(registry, people.operator, applied)

    decide(registry, people.operator, applied, slug="acme-two")

    assert "acme-two" in {one.slug for one in accounts.organisations(registry, people.stranger)}


def test_a_decision_wants_a_reason_and_is_taken_once(registry: Registry, people: People) -> None:
    applied = apply(registry, people)

    with refused(registry, InvalidInput):
        decide(registry, people.operator, applied, reason=" ")
    decide(registry, people.operator, applied)
    for again in ("approve", "decline", "ask"):
        with refused(registry, InvalidTransition):
            decide(registry, people.operator, applied, again)


@pytest.mark.parametrize("by", ["submitter", "reviewer", "lead", "system"])
def test_only_operators_decide(registry: Registry, people: People, by: str) -> None:
    applied = apply(registry, people)
    actor = getattr(people, by)

    with refused(registry, Forbidden):
        decide(registry, actor, applied)
    with refused(registry, Forbidden):
        admission.page(registry, actor)
    with refused(registry, Forbidden):
        admission.grant_production(registry, actor, "acme", reason="x")
    with refused(registry, Unauthenticated):
        decide(registry, people.stranger, applied)


def test_nobody_decides_about_the_own_organisation(registry: Registry, people: People) -> None:
    own = apply(registry, people, organisation="NODE", slug="other")
    joining = apply(registry, people, email="a@b.example")

    with refused(registry, FourEyes):
        decide(registry, people.operator, own)
    with refused(registry, FourEyes):
        decide(registry, people.operator, joining, join="node")
    assert ApplicationState.APPROVED is decide(registry, LOCAL_OPERATOR, joining, join="node").state
    with refused(registry, FourEyes):
        admission.grant_production(registry, people.operator, "node", reason="We need it.")


def test_one_operator_alone_lets_nobody_in_who_reviews(registry: Registry, people: People) -> None:
    applied = apply(registry, people, intended="reviewer")

    with refused(registry, FourEyes):
        decide(registry, people.operator, applied, production=True)
    decide(registry, people.operator, applied)
    with refused(registry, FourEyes):
        admission.grant_production(registry, people.operator, "nova", reason="Known to me.")
    granted = admission.grant_production(registry, second_operator(registry), "nova", reason="Known to us.")

    assert [False] == [one.staging for one in granted]


def test_who_let_an_organisation_in_makes_no_reviewer_of_it_later(registry: Registry, people: People) -> None:
    done = decide(registry, people.operator, apply(registry, people))
    assert done.person is not None
    roles = frozenset({Role.REVIEWER})

    with refused(registry, FourEyes):
        members.set_roles(registry, people.operator, person=done.person, organisation_slug="nova", roles=roles)
    with refused(registry, FourEyes):
        members.add_member(registry, people.operator, organisation_slug="nova", name="Second name", roles=roles)
    changed = members.set_roles(
        registry, second_operator(registry), person=done.person, organisation_slug="nova", roles=roles
    )

    assert roles == changed.roles


def test_each_key_is_handed_out_once_to_who_has_the_code(registry: Registry, people: People) -> None:
    applied = apply(registry, people)
    with refused(registry, Conflict):
        membership.obtain_key(registry, people.stranger, applied.code, staging=True)
    decide(registry, people.operator, applied)

    staging = membership.obtain_key(registry, people.stranger, applied.code, staging=True)
    for again in (True, False):
        with refused(registry, Conflict):
            membership.obtain_key(registry, people.stranger, applied.code, staging=again)
    admission.grant_production(registry, people.operator, "nova", reason="The drafts are fine.")
    production = membership.obtain_key(registry, people.stranger, applied.code, staging=False)
    with refused(registry, Conflict):
        membership.obtain_key(registry, people.stranger, applied.code, staging=False)

    assert staging.text.startswith("ic_stage_")
    assert production.text.startswith("ic_live_")
    assert (True, False) == tuple(acting(registry, one.text).staging for one in (staging, production))
    assert staging.text.split("_")[3] not in str(contents_of(registry))


def test_a_member_who_was_removed_gets_no_key_by_the_code(registry: Registry, people: People) -> None:
    applied = apply(registry, people)
    done = decide(registry, people.operator, applied)
    assert done.person is not None
    members.remove_member(registry, people.operator, person=done.person, organisation_slug="nova")

    with refused(registry, Conflict):
        membership.obtain_key(registry, people.stranger, applied.code, staging=True)


def test_who_tries_things_out_gets_no_other_key_from_anybody(registry: Registry, people: People) -> None:
    done = decide(registry, people.operator, apply(registry, people))
    assert done.person is not None
    assert done.organisation is not None
    asked: dict[str, Any] = {"person": done.person, "organisation_id": done.organisation, "label": "x"}

    for by in (people.operator, LOCAL_OPERATOR):
        with refused(registry, Conflict):
            keys.create_key(registry, by, **asked)
    made = keys.create_key(registry, people.operator, staging=True, **asked)

    assert acting(registry, made.text).staging


def test_the_words_of_a_decided_application_go_after_a_time(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    applied = apply(registry, people, why="Our zorbelgrint project.", organisation="Zorbelgrint")
    decide(registry, people.operator, applied, "decline", reason="Not now.")
    clock.advance(days=registry.settings.application_kept_days)

    jobs.run_due(registry, people.system)

    assert "zorbelgrint" not in str(contents_of(registry)).lower()
    with refused(registry, NotFound):
        membership.read_application(registry, people.stranger, applied.code)
    assert () == admission.page(registry, people.operator, states=tuple(ApplicationState)).items


def test_words_of_an_undecided_application_stay(registry: Registry, people: People, clock: FixedClock) -> None:
    applied = apply(registry, people)
    clock.advance(days=1000)

    jobs.run_due(registry, people.system)

    assert not membership.purge_application(registry, people.system, applied.status.application.id)
    assert "Nova Lab" == membership.read_application(registry, people.stranger, applied.code).application.name


def test_every_step_of_a_newcomer_is_an_event_without_a_word_of_theirs(registry: Registry, people: People) -> None:
    applied = admitted(registry, people, organisation="Zorbelgrint", slug="nova")
    membership.obtain_key(registry, people.stranger, applied.code, staging=True)
    admission.grant_production(registry, people.operator, "nova", reason="Fine.")

    with registry.storage.read() as reader:
        told = reader.events.newest(limit=20)

    assert {
        "account:application:open", "account:application:decide", "account:organisation:add", "account:member:add",
        "account:key:create", "account:production:grant",
    } <= {one.name.value for one in told}  # fmt: skip
    assert "zorbelgrint" not in str(told).lower()
    assert "nina" not in str(told).lower()


def test_production_is_granted_where_somebody_waits_for_it(registry: Registry, people: People) -> None:
    with refused(registry, Conflict):
        admission.grant_production(registry, people.operator, "acme", reason="x")
    with refused(registry, NotFound):
        admission.grant_production(registry, people.operator, "nowhere", reason="x")


def test_an_applicant_is_written_to_when_something_is_decided(registry: Registry, people: People) -> None:
    applied = apply(registry, people)
    decide(registry, people.operator, applied, reason="You are welcome here.")

    with registry.storage.begin() as unit:
        letter = unit.letters.claim_due(registry.clock.now(), lease_until=registry.clock.now())

    assert letter is not None
    assert "nina@nova.example" == letter.address
    assert "You are welcome here." in letter.body
    assert applied.code not in letter.body
