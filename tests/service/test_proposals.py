"""Anybody entitled proposes a correction; the owner decides; nobody sees or alters more than they may."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import cast

import pytest

from registry.domain.actor import LOCAL_OPERATOR, Actor, Permission
from registry.domain.canonical import JsonValue
from registry.domain.change import ChangeKind
from registry.domain.correction import Edit
from registry.domain.errors import (
    Conflict,
    Forbidden,
    FourEyes,
    InvalidInput,
    InvalidTransition,
    NotFound,
    QueueFull,
    StaleRevision,
    Unauthenticated,
)
from registry.domain.pages import PageRequest
from registry.domain.people import PeopleCheck
from registry.domain.proposal import MAX_OPEN_OF_RECORD, Proposal, ProposalId, ProposalState
from registry.domain.record import Record, RecordUid, State
from registry.domain.vocabulary import Kind, OrganisationKind
from registry.ports import Registry
from registry.service import erasure, life, proposals, proposed, review
from registry.service.verify import verify
from tests import factories
from tests.clocks import FixedClock
from tests.factories import content
from tests.service.decisions import UNKNOWN
from tests.service.world import (
    REASON,
    People,
    alter,
    contents_of,
    erase_by_two,
    published,
    refused,
    republished,
    revised,
    stored,
    submitted,
    text_of,
)

SECRETS = {"notes": "Ask the bank."}
WIKI = factories.source("wiki", "A wiki", organisation=OrganisationKind.OTHER, trusted=True)


def edit(path: str = "severity", value: JsonValue = 4) -> Edit:
    """One edit, its path written with dots."""
    return Edit(tuple(path.split(".")), value)


def proposed_by(
    registry: Registry,
    actor: Actor,
    record: Record,
    *edits: Edit,
    revision: int | None = None,
    reason: str = "It was graver.",
) -> Proposal:
    """A proposal about the published revision of *record*."""
    at = stored(registry, record.uid).revision if revision is None else revision
    made = proposals.propose(registry, actor, record.uid, edits or (edit(),), reason=reason, expected_revision=at)
    return made.proposal


def published_again(registry: Registry, people: People, record: Record) -> Record:
    """The record after its newest work was reviewed and published."""
    at = stored(registry, record.uid).draft_revision
    review.claim(registry, people.reviewer, record.uid, expected_revision=at)
    review.approve(registry, people.reviewer, record.uid, expected_revision=at)
    return review.publish(registry, people.reviewer, record.uid, expected_revision=at)


def problems(registry: Registry, actor: Actor, record: Record, *edits: Edit) -> list[tuple[str, str]]:
    """Place and code of all that is wrong with a proposal; nothing is stored."""
    with refused(registry, InvalidInput) as caught:
        proposed_by(registry, actor, record, *edits)
    return [(".".join(one.path), one.code) for one in caught.value.problems]


def test_an_accepted_proposal_is_a_revision_for_review(registry: Registry, people: People) -> None:
    record = published(registry, people, content(restricted=SECRETS))
    proposal = proposed_by(registry, people.outsider, record)

    done = proposals.accept(registry, people.colleague, proposal.id, reason="Right.")

    after = stored(registry, record.uid)
    assert after.work is not None
    assert after.work.public is not None
    assert after.head.restricted is not None
    assert after.work.restricted is not None
    assert (State.PUBLISHED, State.SUBMITTED, 1) == (after.state, after.pending, after.revision)
    assert 4 == after.work.public.document["severity"]
    assert after.head.restricted.body == after.work.restricted.body
    assert after.head.marking == after.work.marking
    assert people.outsider.person == after.work.author
    assert {people.outsider.person, people.colleague.person} == after.contributors
    assert (ProposalState.ACCEPTED, 2) == (done.proposal.state, done.proposal.draft_revision)


def test_a_proposer_neither_claims_nor_approves_nor_publishes_what_was_made_of_the_proposal(
    registry: Registry, people: People
) -> None:
    record = published(registry, people)
    proposal = proposed_by(registry, people.reviewer, record)
    proposals.accept(registry, people.submitter, proposal.id)

    with refused(registry, FourEyes):
        review.claim(registry, people.reviewer, record.uid, expected_revision=2)
    review.claim(registry, people.lead, record.uid, expected_revision=2)
    review.approve(registry, people.lead, record.uid, expected_revision=2)
    with refused(registry, FourEyes):
        review.publish(registry, people.reviewer, record.uid, expected_revision=2)


def test_a_declined_proposal_tells_its_proposer_why(registry: Registry, people: People) -> None:
    record = published(registry, people)
    proposal = proposed_by(registry, people.outsider, record)
    before = stored(registry, record.uid)

    proposals.decline(registry, people.submitter, proposal.id, reason="We measured it.")

    (seen,) = proposed.of_record(registry, people.outsider, record.uid)
    assert (ProposalState.DECLINED, "We measured it.") == (seen.state, seen.decision_reason)
    assert (None, None) == (seen.decided_by, seen.draft_revision)
    assert before == stored(registry, record.uid)


def test_declining_needs_a_reason(registry: Registry, people: People) -> None:
    proposal = proposed_by(registry, people.outsider, published(registry, people))

    with refused(registry, InvalidInput):
        proposals.decline(registry, people.submitter, proposal.id, reason=" ")


def test_only_the_proposers_organisation_the_owner_and_reviewers_know_of_a_proposal(
    registry: Registry, people: People
) -> None:
    record = published(registry, people)
    proposal = proposed_by(registry, people.outsider, record)
    knowing = (people.outsider, people.submitter, people.colleague, people.reviewer, people.lead)
    others = (people.stranger, people.operator)

    assert [1] * 5 == [len(proposed.of_record(registry, who, record.uid)) for who in knowing]
    assert [1] * 5 == [len(proposed.page(registry, who, None, PageRequest()).items) for who in knowing]
    for who in others:
        assert () == proposed.of_record(registry, who, record.uid)
        assert () == proposed.page(registry, who, None, PageRequest()).items
        for proposal_id in (proposal.id, ProposalId(UNKNOWN)):
            with pytest.raises(NotFound, match="no such proposal"):
                proposed.changes_of(registry, who, proposal_id)


def test_a_proposal_says_what_it_changes(registry: Registry, people: People) -> None:
    record = published(registry, people)
    proposal = proposed_by(registry, people.outsider, record, edit("title", "Other"), edit("timeline", None))

    changes = proposed.changes_of(registry, people.submitter, proposal.id)

    assert {("timeline",): "removed", ("title",): "changed"} == {one.path: one.kind.value for one in changes}


@pytest.mark.parametrize("name", ["stranger", "operator"])
def test_who_is_no_member_that_may_propose_is_refused(registry: Registry, people: People, name: str) -> None:
    record = published(registry, people)
    actor: Actor = getattr(people, name)

    with refused(registry, Unauthenticated if name == "stranger" else Forbidden):
        proposed_by(registry, actor, record)


def test_a_key_without_the_scope_proposes_nothing(registry: Registry, people: People) -> None:
    record = published(registry, people)
    narrowed = replace(people.outsider, scopes=frozenset({Permission.RECORD_READ}))

    with refused(registry, Forbidden):
        proposed_by(registry, narrowed, record)


def test_hidden_and_missing_records_are_refused_in_the_same_words(registry: Registry, people: People) -> None:
    hidden = [submitted(registry, people), published(registry, people, text_of("Closed", tlp="RED"))]

    answers = set()
    for uid in (*(one.uid for one in hidden), UNKNOWN, RecordUid("nonsense")):
        with refused(registry, NotFound) as caught:
            proposals.propose(registry, people.outsider, uid, [edit()], reason=REASON, expected_revision=1)
        answers.add(caught.value.problems)

    assert 1 == len(answers)


def withdrawn(registry: Registry, people: People, record: Record) -> Record:
    """The record, taken down."""
    return life.withdraw(registry, people.submitter, record.uid, reason=REASON)


def erased(registry: Registry, people: People, record: Record) -> Record:
    """The record, forgotten."""
    return erase_by_two(registry, people, record.uid)


@pytest.mark.parametrize("end", [withdrawn, erased])
def test_a_record_that_is_gone_takes_no_corrections(
    registry: Registry, people: People, end: Callable[[Registry, People, Record], Record]
) -> None:
    record = published(registry, people)
    waiting = proposed_by(registry, people.outsider, record)
    end(registry, people, record)

    with refused(registry, InvalidTransition):
        proposed_by(registry, people.outsider, record)
    with refused(registry, InvalidTransition):
        proposals.accept(registry, people.submitter, waiting.id)


def test_the_owner_gets_no_proposals_about_what_is_not_published(registry: Registry, people: People) -> None:
    record = submitted(registry, people)

    with refused(registry, InvalidTransition):
        proposed_by(registry, people.colleague, record)


def test_another_revision_than_the_published_one_is_stale(registry: Registry, people: People) -> None:
    record = published(registry, people)
    revised(registry, people, record, text_of("Waiting"))

    for number in (0, 2):
        with refused(registry, StaleRevision) as caught:
            proposed_by(registry, people.outsider, record, revision=number)
        assert "revision 1 now" in caught.value.message


def test_what_would_change_nothing_is_refused(registry: Registry, people: People) -> None:
    record = published(registry, people)

    assert [("changes", "NO_CHANGE")] == problems(registry, people.outsider, record, edit("severity", 2))


def test_everything_wrong_with_the_proposed_content_is_told(registry: Registry, people: People) -> None:
    record = published(registry, people)

    found = problems(
        registry,
        people.outsider,
        record,
        edit("severity", 9),
        edit("titel", "A"),
        edit("title", None),
        edit("sources.0", {"url": "nowhere"}),
    )

    assert {
        ("content.title", "REQUIRED"),
        ("content.severity", "OUT_OF_RANGE"),
        ("content.sources.0.url", "INVALID_FORMAT"),
        ("content.titel", "UNKNOWN_FIELD"),
    } == set(found)


def test_edits_that_cannot_be_made_are_refused(registry: Registry, people: People) -> None:
    record = published(registry, people)

    assert [("changes.0.path", "OUT_OF_RANGE")] == problems(
        registry, people.outsider, record, edit("misuse_categories.7", "fraud")
    )
    assert [("changes", "TOO_MANY")] == problems(registry, people.outsider, record, *[edit()] * 10_000)
    assert [("changes.0.path", "TOO_DEEP")] == problems(registry, people.outsider, record, edit(".".join("a" * 99)))
    deep: JsonValue = "x"
    for _ in range(90):
        deep = [deep]
    assert [("content", "TOO_DEEP")] == problems(registry, people.outsider, record, edit("title", deep))


def test_neither_the_restricted_part_nor_the_marking_can_be_named(registry: Registry, people: People) -> None:
    record = published(registry, people, content(restricted=SECRETS))

    found = problems(
        registry, people.outsider, record, edit("restricted.notes", "x"), edit("marking.tlp", "RED"), edit("notes", "x")
    )

    assert {"UNKNOWN_FIELD"} == {code for _, code in found}


def test_where_a_record_was_imported_from_cannot_be_changed(registry: Registry, people: People) -> None:
    record = imported(registry, people)

    assert [("content.upstream", "NOT_ALLOWED")] == problems(
        registry, people.outsider, record, edit("upstream.id", "Another")
    )


def imported(registry: Registry, people: People) -> Record:
    """A record that a trusted source brought."""
    upstream: JsonValue = {"source": "wiki", "id": "W1", "sha256": "0" * 64}
    factories.take_in(registry, LOCAL_OPERATOR, WIKI, [content(upstream=upstream)])
    with registry.storage.read() as reader:
        found = reader.records.by_upstream("wiki", "W1")
    assert found is not None
    assert found.owner != people.outsider.organisation
    return found


def test_a_reviewer_decides_about_an_imported_record_and_the_owner_does_not_learn_who(
    registry: Registry, people: People
) -> None:
    record = imported(registry, people)
    proposal = proposed_by(registry, people.outsider, record)

    done = proposals.accept(registry, people.reviewer, proposal.id)

    assert done.proposal.by_reviewer
    with refused(registry, FourEyes):
        review.claim(registry, people.reviewer, record.uid, expected_revision=2)
    review.claim(registry, people.lead, record.uid, expected_revision=2)
    review.approve(registry, people.lead, record.uid, expected_revision=2)
    assert 4 == document_of(review.publish(registry, people.lead, record.uid, expected_revision=2))["severity"]


def document_of(record: Record) -> dict[str, JsonValue]:
    """What the published revision says."""
    assert record.head.public is not None
    return dict(record.head.public.document)


def test_a_reviewer_decides_nothing_where_the_owner_has_members(registry: Registry, people: People) -> None:
    proposal = proposed_by(registry, people.outsider, published(registry, people))

    for who in (people.reviewer, people.lead, people.inside_reviewer, people.outsider):
        for decide in (proposals.accept, proposals.decline):
            with refused(registry, Forbidden):
                decide(registry, who, proposal.id, reason=REASON)


def test_nobody_decides_about_the_own_proposal(registry: Registry, people: People) -> None:
    own = proposed_by(registry, people.submitter, published(registry, people))
    record = imported(registry, people)
    reviewers = proposed_by(registry, people.reviewer, record)

    for who, proposal in ((people.submitter, own), (people.bot, own), (people.reviewer, reviewers)):
        with refused(registry, FourEyes):
            proposals.accept(registry, who, proposal.id)


def test_what_was_decided_is_not_decided_again(registry: Registry, people: People) -> None:
    record = published(registry, people)
    accepted, declined, taken_back = (
        proposed_by(registry, people.outsider, record, edit("severity", number)) for number in (3, 4, 5)
    )
    proposals.accept(registry, people.submitter, accepted.id)
    proposals.decline(registry, people.submitter, declined.id, reason=REASON)
    proposals.withdraw(registry, people.outsider, taken_back.id)

    for proposal in (accepted, declined, taken_back):
        with refused(registry, InvalidTransition):
            proposals.accept(registry, people.submitter, proposal.id)
        with refused(registry, InvalidTransition):
            proposals.decline(registry, people.submitter, proposal.id, reason=REASON)
        with refused(registry, InvalidTransition):
            proposals.withdraw(registry, people.outsider, proposal.id)


def test_only_the_organisation_that_made_a_proposal_withdraws_it(registry: Registry, people: People) -> None:
    proposal = proposed_by(registry, people.outsider, published(registry, people))

    for who in (people.submitter, people.lead):
        with refused(registry, Forbidden):
            proposals.withdraw(registry, who, proposal.id)


def test_a_proposal_is_put_into_what_was_written_meanwhile(registry: Registry, people: People) -> None:
    record = published(registry, people)
    first = proposed_by(registry, people.outsider, record)
    second = proposed_by(registry, people.lead, record, edit("aliases.0", "X-1"))
    republished(registry, people, record, text_of("Told anew"))

    proposals.accept(registry, people.submitter, first.id)
    proposals.accept(registry, people.submitter, second.id)

    work = stored(registry, record.uid).work
    assert work is not None
    assert work.public is not None
    said = work.public.document
    assert ("Told anew", 4, ["X-1"]) == (said["title"], said["severity"], said["aliases"])


def test_a_field_that_was_changed_meanwhile_is_a_conflict(registry: Registry, people: People) -> None:
    record = published(registry, people)
    proposal = proposed_by(registry, people.outsider, record, edit("title", "Ours"), edit("severity", 5))
    republished(registry, people, record, content(title="Theirs"))

    with refused(registry, Conflict) as caught:
        proposals.accept(registry, people.submitter, proposal.id)

    assert "title" in caught.value.message
    assert "severity" not in caught.value.message


def test_rejected_work_does_not_come_back_with_a_proposal(registry: Registry, people: People) -> None:
    record = published(registry, people)
    proposal = proposed_by(registry, people.outsider, record)
    at = revised(registry, people, record, text_of("Never")).draft_revision
    review.claim(registry, people.reviewer, record.uid, expected_revision=at)
    review.reject(registry, people.reviewer, record.uid, expected_revision=at, reason=REASON)

    proposals.accept(registry, people.submitter, proposal.id)

    work = stored(registry, record.uid).work
    assert work is not None
    assert work.public is not None
    assert "Never" != work.public.document["title"]


def test_a_decider_who_read_another_revision_is_told(registry: Registry, people: People) -> None:
    proposal = proposed_by(registry, people.outsider, published(registry, people))

    with refused(registry, StaleRevision):
        proposals.accept(registry, people.submitter, proposal.id, expected_revision=7)


def test_what_the_record_says_by_now_is_not_accepted_again(registry: Registry, people: People) -> None:
    record = published(registry, people)
    proposal = proposed_by(registry, people.outsider, record, edit("title", "Better"))
    republished(registry, people, record, text_of("Better"))

    with refused(registry, Conflict):
        proposals.accept(registry, people.submitter, proposal.id)


def test_the_same_proposal_is_answered_again(registry: Registry, people: People) -> None:
    record = published(registry, people)
    first = proposed_by(registry, people.outsider, record)
    before = contents_of(registry)

    again = proposals.propose(
        registry, people.outsider, record.uid, [edit()], reason="It was graver.", expected_revision=1
    )

    assert (first, True) == (again.proposal, again.replayed)
    assert before == contents_of(registry)


def test_only_so_many_proposals_wait(registry: Registry, people: People) -> None:
    record = published(registry, people)
    for number in range(MAX_OPEN_OF_RECORD):
        proposed_by(registry, people.outsider, record, edit("title", f"Title {number}"))

    with refused(registry, QueueFull):
        proposed_by(registry, people.lead, record)
    (newest, *_), _ = zip(*proposed.page(registry, people.outsider, None, PageRequest()).items, strict=True)
    proposals.withdraw(registry, people.outsider, newest.id)

    assert ProposalState.OPEN is proposed_by(registry, people.lead, record).state


def test_links_that_the_proposer_does_not_see_stay(registry: Registry, people: People) -> None:
    green = {"tlp": "GREEN"}
    target = published(registry, people, content(Kind.MITIGATION, marking=green))
    seen = published(registry, people, content(Kind.LESSON, marking=green))
    links: list[JsonValue] = [{"rel": "related", "target": one.uid} for one in (target, seen)]
    record = published(registry, people, content(links=links, marking=green))
    republished(registry, people, target, content(Kind.MITIGATION, marking={"tlp": "RED"}))

    proposal = proposed_by(registry, people.outsider, record, edit("links.0", None))
    changes = proposed.changes_of(registry, people.outsider, proposal.id)
    proposals.accept(registry, people.submitter, proposal.id)

    work = stored(registry, record.uid).work
    assert work is not None
    assert work.public is not None
    assert links[:1] == work.public.document["links"]
    assert [("links",)] == [one.path for one in changes]
    assert target.uid not in str(changes)


def test_source_links_that_wait_to_be_cleared_stay_and_are_not_told(registry: Registry, people: People) -> None:
    said = content(misuse_categories=["ncii"], sources=[{"url": "https://hidden.example/"}])
    at = submitted(registry, people, said)
    review.claim(registry, people.reviewer, at.uid, expected_revision=1)
    review.approve(registry, people.reviewer, at.uid, expected_revision=1, checked=frozenset(PeopleCheck))
    record = review.publish(registry, people.reviewer, at.uid, expected_revision=1)

    other = edit("sources.0", {"url": "https://other.example/"})
    proposal = proposed_by(registry, people.outsider, record, other)
    changes = proposed.changes_of(registry, people.outsider, proposal.id)
    proposals.accept(registry, people.submitter, proposal.id)

    assert stored(registry, record.uid).hides_sources
    assert [("sources", "0")] == [one.path for one in changes]
    assert "hidden" not in str(changes)
    work = stored(registry, record.uid).work
    assert work is not None
    assert work.public is not None
    assert ["https://other.example/", "https://hidden.example/"] == [
        one["url"] for one in cast("list[dict[str, str]]", work.public.document["sources"])
    ]


def test_a_new_link_leads_to_a_record_that_proposer_and_decider_see(registry: Registry, people: People) -> None:
    record = published(registry, people)
    hidden = submitted(registry, people, by=people.outsider)
    link: JsonValue = {"rel": "related", "target": hidden.uid}

    for uid in (submitted(registry, people).uid, UNKNOWN):
        assert [("content.links.0.target", "NOT_FOUND")] == problems(
            registry, people.outsider, record, edit("links.0", {"rel": "related", "target": uid})
        )
    proposal = proposed_by(registry, people.outsider, record, edit("links.0", link))
    with refused(registry, InvalidInput) as caught:
        proposals.accept(registry, people.submitter, proposal.id)
    assert [("content", "links", "0", "target")] == [one.path for one in caught.value.problems]


def test_a_proposal_repeats_nothing_that_its_proposer_may_not_read_any_more(registry: Registry, people: People) -> None:
    record = published(registry, people)
    proposal = proposed_by(registry, people.outsider, record)
    republished(registry, people, record, text_of("Closed", tlp="RED"))

    (seen, shown), *_ = proposed.page(registry, people.outsider, None, PageRequest()).items

    assert (proposal.id, None, "It was graver.") == (seen.id, seen.part, seen.reason)
    assert shown is None or shown.head.public is None
    assert () == proposed.changes_of(registry, people.outsider, proposal.id)


def test_erasing_a_record_forgets_what_was_proposed(registry: Registry, people: People) -> None:
    record = published(registry, people)
    proposal = proposed_by(registry, people.outsider, record, edit("title", "Zorbel"), reason="Zorbel was there.")
    declined = proposed_by(registry, people.lead, record)
    proposals.decline(registry, people.submitter, declined.id, reason="Zorbel was not.")

    erased(registry, people, record)

    (seen, _), *_ = proposed.page(registry, people.outsider, None, PageRequest()).items
    assert (proposal.id, ProposalState.DECLINED, None, None) == (seen.id, seen.state, seen.part, seen.reason)
    assert [] == [row for row in contents_of(registry) if "Zorbel" in row or b"Zorbel".hex().upper() in row]


def test_proposals_move_nothing_that_strangers_see(registry: Registry, people: People, clock: FixedClock) -> None:
    record = published(registry, people)
    with registry.storage.read() as reader:
        before = reader.changes.head().public_seq
    clock.advance(hours=1)

    proposal = proposed_by(registry, people.outsider, record)
    proposals.accept(registry, people.submitter, proposal.id)

    with registry.storage.read() as reader:
        rows = reader.changes.of_record(record.uid)
        assert before == reader.changes.head().public_seq
    assert [ChangeKind.PROPOSAL, ChangeKind.REVISE, ChangeKind.DECISION] == [one.row.kind for one in rows][-3:]
    assert [proposal.subject, None, proposal.subject] == [one.row.subject for one in rows][-3:]
    assert () == verify(registry, LOCAL_OPERATOR).faults


def test_proposals_are_listed_newest_first_page_by_page(registry: Registry, people: People) -> None:
    record = published(registry, people)
    made = [proposed_by(registry, people.outsider, record, edit("title", f"Title {at}")).id for at in range(5)]
    proposals.withdraw(registry, people.outsider, made[0])

    first = proposed.page(registry, people.submitter, ProposalState.OPEN, PageRequest(3))
    second = proposed.page(registry, people.submitter, ProposalState.OPEN, PageRequest(3, first.positions[-1]))

    assert made[:0:-1] == [one.id for one, _ in (*first.items, *second.items)]
    assert (True, False) == (first.has_next, second.has_next)


def test_a_proposal_that_was_altered_or_survived_an_erasure_is_found(registry: Registry, people: People) -> None:
    record = published(registry, people)
    proposal = proposed_by(registry, people.outsider, record)

    alter(registry, "UPDATE proposals SET public_body = CAST('{}' AS BLOB)")
    altered = verify(registry, LOCAL_OPERATOR).faults
    alter(registry, "UPDATE proposals SET public_body = NULL")
    missing = verify(registry, LOCAL_OPERATOR).faults
    erased(registry, people, record)
    alter(registry, "UPDATE proposals SET public_body = 'x', public_schema = '1', public_salt = 'y'")
    left = verify(registry, LOCAL_OPERATOR).faults

    name = f"record {record.uid}, proposal {proposal.id}"
    assert (f"{name}: it does not fit its hash",) == altered
    assert (f"{name}: its text is missing",) == missing
    assert (f"{name}: it is left of an erased record",) == left


def test_a_record_that_was_blocked_or_narrowed_takes_no_corrections(registry: Registry, people: People) -> None:
    blocked, narrowed = published(registry, people), published(registry, people)
    erasure.block(registry, people.lead, blocked.uid, reason=REASON)
    republished(registry, people, narrowed, text_of("Closed", tlp="RED"))

    for record in (blocked, narrowed):
        with refused(registry, InvalidTransition):
            proposed_by(registry, people.outsider, record, revision=1)


def test_two_who_accept_at_once_make_one_revision(registry: Registry, people: People) -> None:
    record = published(registry, people)
    proposal = proposed_by(registry, people.outsider, record)

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: _accepted(registry, people, proposal), range(8)))

    assert [True] + [False] * 7 == sorted(done, reverse=True)
    assert 2 == stored(registry, record.uid).draft_revision


def _accepted(registry: Registry, people: People, proposal: Proposal) -> bool:
    try:
        proposals.accept(registry, people.submitter, proposal.id)
    except InvalidTransition:
        return False
    return True
