"""Conflicts of interest: whoever is bound to an organisation judges nothing that is of or about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from registry.domain.actor import LOCAL_OPERATOR, Actor, Role
from registry.domain.case import CaseOutcome
from registry.domain.content.kinds import Content
from registry.domain.correction import Edit
from registry.domain.errors import ConflictOfInterest, Forbidden, InvalidInput
from registry.domain.record import Record
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import cases, casework, conflicts, members, organisations, proposals, queue, review
from tests.factories import content
from tests.service.circle import admit
from tests.service.world import People, approved, claimed, published, refused, revised, stored, submitted


def about(provider: str, **fields: Any) -> Content:
    return content(title=f"Abuse of {provider}", systems=[{"provider": provider, "role": "abused"}], **fields)


def claim(registry: Registry, actor: Actor, record: Record) -> Record:
    return review.claim(registry, actor, record.uid, expected_revision=record.draft_revision)


def test_a_reviewer_never_claims_what_is_about_the_employer(registry: Registry, people: People) -> None:
    record = submitted(registry, people, about("BETA"))

    with refused(registry, ConflictOfInterest):
        claim(registry, people.reviewer, record)
    assert claim(registry, people.lead, record).claimed_by == people.lead.person


@pytest.mark.parametrize("name", ["delta", "Delta", "DELTA", "\uff24elta", "Old Delta Labs", "omega", "delta-europe"])
def test_a_declared_conflict_covers_every_name_and_the_whole_house(
    registry: Registry, people: People, name: str
) -> None:
    admit(registry, "omega", Role.SUBMITTER)
    admit(registry, "delta-europe", Role.SUBMITTER)
    describe(registry, "delta", aliases=("Old Delta Labs",), parents=("omega",))
    describe(registry, "delta-europe", parents=("delta",))
    record = submitted(registry, people, about("Delta"))
    conflicts.declare(registry, people.reviewer, [("competitor", name)])

    with refused(registry, ConflictOfInterest):
        claim(registry, people.reviewer, record)


def describe(registry: Registry, slug: str, *, aliases: tuple[str, ...] = (), parents: tuple[str, ...] = ()) -> None:
    organisations.describe_organisation(registry, LOCAL_OPERATOR, slug, aliases=aliases, parents=parents)


def test_the_owner_the_target_and_the_subject_of_a_statement_count(registry: Registry, people: People) -> None:
    own = submitted(registry, people)
    target = content(title="A raid", targets=[{"label": "Omicron Bank", "kind": "company"}])
    aimed = submitted(registry, people, target)
    incident = published(registry, people, about("Sigma"))
    said = submitted(registry, people, content(Kind.STATEMENT, about=incident.uid), by=people.outsider)
    conflicts.declare(registry, people.lead, [("client", "acme")])
    conflicts.declare(registry, people.reviewer, [("holding", "omicron  bank"), ("personal", "Sigma")])

    for actor, record in ((people.lead, own), (people.lead, said), (people.reviewer, aimed), (people.reviewer, said)):
        with refused(registry, ConflictOfInterest):
            claim(registry, actor, record)


def test_no_step_that_puts_out_or_decides_passes(registry: Registry, people: People) -> None:
    held, fit = claimed(registry, people, about("Sigma")), approved(registry, people, about("Sigma", aliases=["2"]))
    conflicts.declare(registry, people.reviewer, [("competitor", "Sigma")])

    steps: tuple[Callable[[], object], ...] = (
        lambda: review.approve(registry, people.reviewer, held.uid, expected_revision=1),
        lambda: review.reject(registry, people.reviewer, held.uid, reason="No.", expected_revision=1),
        lambda: review.request_changes(registry, people.reviewer, held.uid, reason="More.", expected_revision=1),
        lambda: review.publish(registry, people.reviewer, fit.uid, expected_revision=1),
    )
    for step in steps:
        with refused(registry, ConflictOfInterest):
            step()
    assert review.release(registry, people.reviewer, held.uid, expected_revision=1).claimed_by is None


def test_work_that_names_the_party_under_a_published_head_counts(registry: Registry, people: People) -> None:
    conflicts.declare(registry, people.lead, [("competitor", "Sigma")])
    record = published(registry, people, content(title="Mild"))
    from_owner = revised(registry, people, record, about("Sigma"))

    with refused(registry, ConflictOfInterest):
        claim(registry, people.lead, from_owner)


def test_a_second_membership_and_a_service_account_bind_as_well(registry: Registry, people: People) -> None:
    assert people.reviewer.person is not None
    assert people.reviewer.organisation is not None
    members.add_member(
        registry,
        LOCAL_OPERATOR,
        organisation_slug="delta",
        name="Rosa Redpencil",
        roles=frozenset({Role.SUBMITTER}),
        person=people.reviewer.person,
    )
    record = submitted(registry, people, about("Delta"))
    robot = replace(people.reviewer, key="robot")

    for actor in (people.reviewer, robot):
        with refused(registry, ConflictOfInterest):
            claim(registry, actor, record)


def test_proposals_and_cases_are_not_decided_by_who_is_bound(registry: Registry, people: People) -> None:
    record = published(registry, people, about("Sigma"))
    conflicts.declare(registry, people.lead, [("client", "sigma")])
    opened = cases.open_case(
        registry, people.stranger, wish="removal", ground="privacy", about=str(record.number), words="w", contact=""
    )

    with refused(registry, ConflictOfInterest):
        casework.decide(registry, people.lead, opened.case.id, outcome=CaseOutcome.REFUSED, reasons="No.")
    decided = casework.decide(registry, people.operator, opened.case.id, outcome=CaseOutcome.REFUSED, reasons="No.")
    assert [CaseOutcome.REFUSED] == [one.outcome for one in decided.decisions]


def test_where_a_declaration_is_wanted_nobody_reviews_without_one(registry: Registry, people: People) -> None:
    node = replace(registry, settings=registry.settings.model_copy(update={"conflicts_first": True}))
    record = submitted(node, people)

    with refused(node, ConflictOfInterest):
        claim(node, people.reviewer, record)
    with refused(node, ConflictOfInterest):
        queue.next_to_review(node, people.reviewer)
    conflicts.declare(node, people.reviewer, [])

    assert claim(node, people.reviewer, record).claimed_by == people.reviewer.person


def test_on_the_node_of_one_house_its_people_review_what_stays_red(registry: Registry, people: People) -> None:
    node = replace(registry, settings=registry.settings.model_copy(update={"internal_node": True}))
    red = submitted(node, people, about("Beta", marking={"tlp": "RED"}))
    clear = submitted(node, people, about("Beta", aliases=["2"], marking={"tlp": "CLEAR"}))

    assert claim(node, people.reviewer, red).claimed_by == people.reviewer.person
    with refused(node, ConflictOfInterest):
        claim(node, people.reviewer, clear)


def test_the_queue_gives_nothing_to_who_is_bound(registry: Registry, people: People) -> None:
    bound = submitted(registry, people, about("Beta"))
    free = submitted(registry, people, about("Sigma"))

    taken = queue.next_to_review(registry, people.reviewer)

    assert taken is not None
    assert free.uid == taken.uid
    [left] = [one for one in queue.queue(registry, people.reviewer).waiting if one.uid == bound.uid]
    assert "CONFLICT_OF_INTEREST" == left.refusal


def test_declarations_are_read_by_oneself_and_leads(registry: Registry, people: People) -> None:
    made = conflicts.declare(registry, people.reviewer, [("client", " Sigma   Inc "), ("client", "Sigma Inc")])

    assert ("Sigma Inc",) == tuple(one.organisation for one in made.conflicts)
    assert made == conflicts.own(registry, people.reviewer)
    assert [made] == list(conflicts.declared(registry, people.lead))
    for actor in (people.reviewer, people.operator, people.submitter, people.local_operator):
        with refused(registry, Forbidden):
            conflicts.declared(registry, actor)


@pytest.mark.parametrize(
    "said", [[("friend", "x")], [("client", " ")], [("client", "x" * 201)], [("client", str(at)) for at in range(51)]]
)
def test_what_cannot_be_a_conflict_is_refused(registry: Registry, people: People, said: list[tuple[str, str]]) -> None:
    with refused(registry, InvalidInput):
        conflicts.declare(registry, people.reviewer, said)


def test_a_proposal_about_an_imported_record_is_not_decided_by_who_is_bound(registry: Registry, people: People) -> None:
    record = published(registry, people, about("Sigma"))
    with registry.storage.begin() as unit:
        unit.records.save(replace(stored(registry, record.uid), imported=True))
    made = proposals.propose(
        registry, people.outsider, record.uid, [Edit(("summary",), "Other.")], reason="Wrong.", expected_revision=1
    )
    conflicts.declare(registry, people.reviewer, [("client", "Sigma")])

    with refused(registry, ConflictOfInterest):
        proposals.decline(registry, people.reviewer, made.proposal.id, reason="No.")
