"""Each viewer reads of a record's past what was given out to them, and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registry.domain.actor import Role
from registry.domain.change import ChangeKind
from registry.domain.correction import Edit
from registry.domain.errors import NotFound
from registry.domain.history import Part
from registry.domain.record import GroupSlug
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import groups, jobs, life, proposals, review, submit
from registry.service.history import credits_of, difference, history_of
from tests.clocks import START, FixedClock
from tests.factories import content
from tests.service.decisions import UNKNOWN
from tests.service.world import REASON, People, published, republished, revised, stored, submitted, text_of

INNER = GroupSlug("inner")
LATER = "2026-06-01T00:00:00Z"


def test_the_community_reads_the_past_of_what_is_shared_with_it(registry: Registry, people: People) -> None:
    record = published(registry, people, text_of("First", tlp="GREEN"))
    republished(registry, people, record, text_of("Second", tlp="GREEN"))
    revised(registry, people, record, text_of("Waiting", tlp="GREEN"))

    told = history_of(registry, people.outsider, record.uid)

    assert [(1, 1), (2, 2)] == [(one.revision, one.draft_revision) for one in told.revisions]
    assert [("upsert", "", 1), ("upsert", "", 2)] == [
        (one.row.kind, one.row.actor, one.row.revision) for one in told.changes
    ]
    assert 1 == len(difference(registry, people.outsider, record.uid, 1, 2))


def test_a_revision_that_was_marked_for_fewer_is_not_read_by_more(registry: Registry, people: People) -> None:
    record = published(registry, people, text_of("Closed", tlp="RED"))
    republished(registry, people, record, text_of("Shared", tlp="GREEN"))
    republished(registry, people, record, text_of("Open"))

    seen = {
        who: [one.revision for one in history_of(registry, getattr(people, who), record.uid).revisions]
        for who in ("stranger", "outsider", "submitter", "lead")
    }

    assert {"stranger": [3], "outsider": [2, 3], "submitter": [1, 2, 3], "lead": [1, 2, 3]} == seen
    for who, pair in (("stranger", (2, 3)), ("outsider", (1, 2))):
        with pytest.raises(NotFound):
            difference(registry, getattr(people, who), record.uid, *pair)
    rows = history_of(registry, people.outsider, record.uid).changes
    assert [2, 3] == [one.row.revision for one in rows]


def test_what_was_replaced_under_embargo_is_read_by_nobody_else_after_it(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    for tlp in ("CLEAR", "GREEN"):
        clock.at = START
        record = published(registry, people, text_of("First", tlp=tlp, embargo_until=LATER))
        republished(registry, people, record, text_of("Second", tlp=tlp, embargo_until=LATER))
        clock.advance(days=200)
        jobs.run_due(registry, people.system)

        told = history_of(registry, people.outsider, record.uid)

        assert [2] == [one.revision for one in told.revisions]
        assert not [one for one in told.changes if one.row.revision == 1]


def test_the_owner_knows_its_own_people_and_no_reviewer(registry: Registry, people: People) -> None:
    record = published(registry, people)
    submit.revise(registry, people.colleague, record.uid, text_of("Second"), expected_revision=1)
    life.withdraw(registry, people.lead, record.uid, reason=REASON)

    told = [one.row.actor for one in history_of(registry, people.submitter, record.uid).changes]

    me, colleague = people.submitter.id, people.colleague.id
    assert [me, "reviewer", "reviewer", "reviewer", colleague, "reviewer"] == told
    full = [one.row.actor for one in history_of(registry, people.reviewer, record.uid).changes]
    assert people.lead.id == full[-1]


def test_reasons_are_told_to_those_whom_the_step_concerned(registry: Registry, people: People) -> None:
    record = submitted(registry, people)
    review.claim(registry, people.reviewer, record.uid, expected_revision=1)
    review.request_changes(registry, people.reviewer, record.uid, expected_revision=1, reason="Too little.")
    submit.revise(registry, people.submitter, record.uid, content(title="More"), expected_revision=1)
    review.claim(registry, people.reviewer, record.uid, expected_revision=2)
    review.approve(registry, people.reviewer, record.uid, expected_revision=2, reason="Fine.")
    review.publish(registry, people.reviewer, record.uid, expected_revision=2)
    life.withdraw(registry, people.submitter, record.uid, reason="Wrong.")

    reasons = {
        who: [
            one.row.reason for one in history_of(registry, getattr(people, who), record.uid).changes if one.row.reason
        ]
        for who in ("stranger", "outsider", "submitter", "lead")
    }

    every = ["Too little.", "Fine.", "Wrong."]
    assert {"stranger": ["Wrong."], "outsider": ["Wrong."], "submitter": every, "lead": every} == reasons


def test_references_to_what_one_does_not_see_are_not_compared(registry: Registry, people: People) -> None:
    green = {"tlp": "GREEN"}
    hidden = published(registry, people, content(Kind.LESSON, marking=green))
    link = {"rel": "related", "target": hidden.uid}
    record = published(registry, people, content(marking=green))
    republished(registry, people, record, content(marking=green, links=[link]))
    republished(registry, people, hidden, content(Kind.LESSON, marking={"tlp": "RED"}))

    assert () == difference(registry, people.outsider, record.uid, 1, 2)
    assert [Part.CONTENT] == [one.part for one in difference(registry, people.submitter, record.uid, 1, 2)]


def test_a_correction_is_credited_in_the_first_revision_that_holds_it(registry: Registry, people: People) -> None:
    record = published(registry, people)
    made = proposals.propose(
        registry, people.outsider, record.uid, [Edit(("severity",), 5)], reason=REASON, expected_revision=1
    )
    proposals.accept(registry, people.submitter, made.proposal.id)
    before = credits_of(registry, people.stranger, record.uid)
    at_work = history_of(registry, people.submitter, record.uid).credits
    republished(registry, people, record, content(severity=5, title="On top of it"))
    republished(registry, people, record, content(severity=5, title="Later"))

    told = history_of(registry, people.stranger, record.uid)

    delta = people.outsider.organisation
    assert ((), ((), (delta,))) == (before, at_work)
    assert ((), (delta,), ()) == told.credits
    assert (delta,) == credits_of(registry, people.stranger, record.uid)
    life.withdraw(registry, people.submitter, record.uid, reason=REASON)
    assert () == credits_of(registry, people.stranger, record.uid)


def test_rows_of_proposals_are_told_to_owner_and_reviewers_only(registry: Registry, people: People) -> None:
    record = published(registry, people, text_of("Shared", tlp="GREEN"))
    edits = [Edit(("severity",), 5)]
    proposals.propose(registry, people.outsider, record.uid, edits, reason=REASON, expected_revision=1)

    kinds = {
        who: {one.row.kind for one in history_of(registry, getattr(people, who), record.uid).changes}
        for who in ("outsider", "submitter", "lead")
    }

    assert {"outsider": False, "submitter": True, "lead": True} == {
        who: ChangeKind.PROPOSAL in found for who, found in kinds.items()
    }


def test_a_past_of_what_is_not_there_is_not_found(registry: Registry, people: People) -> None:
    hidden = submitted(registry, people)
    public = published(registry, people)

    for uid in (hidden.uid, UNKNOWN):
        with pytest.raises(NotFound, match="no such record"):
            history_of(registry, people.outsider, uid)
        with pytest.raises(NotFound, match="no such record"):
            difference(registry, people.outsider, uid, 1, 1)
    for number in (0, -1, 2, 10**9):
        with pytest.raises(NotFound, match="no such revision"):
            difference(registry, people.outsider, public.uid, 1, number)


def test_a_group_reads_what_was_shared_with_it_and_others_do_not(registry: Registry, people: People) -> None:
    groups.add_group(registry, people.operator, slug="inner", name="Inner circle")
    for organisation in ("acme", "delta"):
        groups.join(registry, people.operator, slug="inner", organisation_slug=organisation)
    owner = replace(people.submitter, groups=frozenset({INNER}))
    inside = replace(people.outsider, groups=frozenset({INNER}))
    shared = content(title="Shared", marking={"tlp": "AMBER", "audience": "inner"})
    record = published(registry, people, shared, by=owner)
    at = stored(registry, record.uid).draft_revision
    again = content(title="Again", marking={"tlp": "AMBER", "audience": "inner"})
    submit.revise(registry, owner, record.uid, again, expected_revision=at)
    at += 1
    review.claim(registry, people.reviewer, record.uid, expected_revision=at)
    review.approve(registry, people.reviewer, record.uid, expected_revision=at)
    review.publish(registry, people.reviewer, record.uid, expected_revision=at)

    told = history_of(registry, inside, record.uid)

    assert [1, 2] == [one.revision for one in told.revisions] == [one.row.revision for one in told.changes]
    researcher = replace(people.outsider, roles=frozenset({Role.ANYBODY, Role.VETTED_RESEARCHER}))
    for who in (people.stranger, people.outsider, researcher):
        with pytest.raises(NotFound):
            history_of(registry, who, record.uid)
