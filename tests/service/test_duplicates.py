"""Possible duplicates: asked about before they are handed in, never by what the submitter does not see."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.domain.actor import SYSTEM, Actor, Permission
from registry.domain.change import ChangeKind
from registry.domain.content.kinds import Content
from registry.domain.errors import Forbidden, InvalidInput, InvalidTransition, NotFound
from registry.domain.likeness import Reason
from registry.domain.people import PeopleCheck
from registry.domain.record import RecordUid, State
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import duplicates, find, follow, review, submit
from registry.service.writing import Written
from tests.factories import content
from tests.service.decisions import UNKNOWN
from tests.service.world import (
    REASON,
    People,
    claimed,
    erase_by_two,
    hand_in,
    published,
    refused,
    state_of,
    stored,
    submitted,
)

SOURCE = "https://news.example/bank"
TITLE = "Deepfake voice of a bank employee used to empty accounts"
SUMMARY = "Callers used a cloned voice of an employee of a bank to have about 40 customers move their money."


def bank(title: str = TITLE, summary: str = SUMMARY, *, tlp: str = "CLEAR", **fields: Any) -> Content:
    """An incident at a bank, with a source."""
    return content(title=title, summary=summary, marking={"tlp": tlp}, **{"sources": [{"url": SOURCE}]} | fields)


def again(**fields: Any) -> Content:
    """The same incident in other words."""
    return bank("Cloned voice of bank employee used to empty customers' accounts", **fields)


def _index(registry: Registry) -> None:
    while follow.catch_up(registry, SYSTEM):
        pass


def _hand_in(registry: Registry, actor: Actor, of: Content, **options: Any) -> Written:
    return submit.submit(registry, actor, of, **options)


def _uids(written: Written) -> list[str]:
    return [one.record.uid for one in written.candidates]


def test_what_looks_like_a_public_record_waits_as_a_draft(registry: Registry, people: People) -> None:
    known = published(registry, people, bank())

    written = _hand_in(registry, people.outsider, again())

    assert State.DRAFT is written.record.state
    assert [known.uid] == _uids(written)
    assert "POSSIBLE_DUPLICATE" in [one.code for one in written.warnings]
    (candidate,) = written.candidates
    assert Reason.SHARED_SOURCE in candidate.candidate.reasons
    assert candidate.candidate.score >= 78


def test_what_looks_like_nothing_is_handed_in_at_once(registry: Registry, people: People) -> None:
    published(registry, people, bank())

    written = _hand_in(
        registry, people.outsider, bank("Chatbot leaks prompts", "Titles of chats were shown to others.")
    )

    assert (State.SUBMITTED, ()) == (written.record.state, written.candidates)


def test_similar_words_are_found_without_a_source(registry: Registry, people: People) -> None:
    known = published(registry, people, bank(sources=[]))
    _index(registry)

    written = _hand_in(registry, people.outsider, again(sources=[]))

    assert [known.uid] == _uids(written)


def test_the_same_alias_is_found_whatever_the_words(registry: Registry, people: People) -> None:
    known = published(registry, people, bank(aliases=["CASE-7"]))

    written = _hand_in(registry, people.outsider, bank("Other", "Words.", sources=[], aliases=["case-7"]))

    assert [(known.uid, (Reason.SAME_ALIAS,))] == [
        (one.record.uid, one.candidate.reasons) for one in written.candidates
    ]


def test_records_of_another_kind_are_no_candidates(registry: Registry, people: People) -> None:
    published(registry, people, content(Kind.LESSON, statement=TITLE, context=SUMMARY, sources=[{"url": SOURCE}]))

    assert () == _hand_in(registry, people.outsider, bank()).candidates


def test_own_records_that_nobody_else_sees_are_candidates(registry: Registry, people: People) -> None:
    own = submitted(registry, people, bank(sources=[]))
    _index(registry)

    written = _hand_in(registry, people.colleague, again(sources=[]))

    assert [own.uid] == _uids(written)


@pytest.mark.parametrize("tlp", ["CLEAR", "RED"])
def test_a_hidden_record_changes_nothing_that_the_submitter_is_told(
    registry: Registry, people: People, tlp: str
) -> None:
    with_hidden = submitted(registry, people, bank(tlp=tlp))
    _index(registry)

    checked = submit.validate(registry, people.outsider, again())
    written = _hand_in(registry, people.outsider, again())

    assert (State.SUBMITTED, ()) == (written.record.state, written.candidates)
    assert "POSSIBLE_DUPLICATE" not in [one.code for one in written.warnings]
    assert () == checked.candidates
    found = duplicates.candidates(registry, people.reviewer, written.record.uid)
    assert [with_hidden.uid] == [one.record.uid for one in found]
    assert () == duplicates.candidates(registry, people.outsider, written.record.uid)


def test_unpublished_work_on_a_public_record_changes_nothing(registry: Registry, people: People) -> None:
    known = published(registry, people, bank("Chatbot leaks prompts", "Titles of chats were shown.", sources=[]))
    submit.revise(registry, people.submitter, known.uid, bank(), expected_revision=1)
    _index(registry)

    written = _hand_in(registry, people.outsider, again())

    assert (State.SUBMITTED, ()) == (written.record.state, written.candidates)
    assert [known.uid] == [one.record.uid for one in duplicates.candidates(registry, people.lead, written.record.uid)]


def test_a_key_that_may_only_submit_is_told_of_public_records_only(registry: Registry, people: People) -> None:
    submitted(registry, people, bank())
    narrow = replace(people.colleague, scopes=frozenset({Permission.RECORD_SUBMIT}))

    assert () == _hand_in(registry, narrow, again()).candidates


def test_what_one_reads_of_a_record_does_not_tell_another_what_it_looks_like(
    registry: Registry, people: People
) -> None:
    told = claimed(registry, people, bank(misuse_categories=["ncii"]))
    review.approve(registry, people.reviewer, told.uid, expected_revision=1, checked=frozenset(PeopleCheck))
    review.publish(registry, people.reviewer, told.uid, expected_revision=1)
    _index(registry)
    other = bank("Voice of a bank employee was a deepfake", "Quite another summary, of which nothing is the same.")

    by_owner = submit.validate(registry, people.submitter, other).candidates
    by_others = submit.validate(registry, people.outsider, other).candidates

    assert [told.uid] == [one.record.uid for one in by_owner]
    assert Reason.SHARED_SOURCE in by_owner[0].candidate.reasons
    assert () == by_others


def test_a_draft_is_not_reviewed_nor_read_by_reviewers(registry: Registry, people: People) -> None:
    published(registry, people, bank())
    draft = _hand_in(registry, people.outsider, again()).record
    _index(registry)

    with refused(registry, InvalidTransition):
        review.claim(registry, people.reviewer, draft.uid, expected_revision=1)

    assert find.record(registry, people.reviewer, draft.uid).head.public is None
    assert find.record(registry, people.outsider, draft.uid).head.public is not None


def test_a_confirmed_draft_is_handed_in_and_the_pair_never_comes_up_again(registry: Registry, people: People) -> None:
    known = published(registry, people, bank())
    draft = _hand_in(registry, people.outsider, again()).record

    confirmed = duplicates.confirm(registry, people.outsider, draft.uid, not_related=[known.uid])

    assert State.SUBMITTED is confirmed.record.state
    assert () == duplicates.candidates(registry, people.reviewer, draft.uid)
    assert () == duplicates.candidates(registry, people.reviewer, known.uid)
    with registry.storage.read() as reader:
        assert () == reader.sources.suggested(draft.uid)


def test_what_is_confirmed_without_a_word_is_still_shown_to_reviewers(registry: Registry, people: People) -> None:
    known = published(registry, people, bank())
    draft = _hand_in(registry, people.outsider, again()).record

    duplicates.confirm(registry, people.outsider, draft.uid)

    assert [known.uid] == [one.record.uid for one in duplicates.candidates(registry, people.reviewer, draft.uid)]


def test_a_link_to_the_candidate_answers_the_question(registry: Registry, people: People) -> None:
    known = published(registry, people, bank())
    links = [{"rel": "variant_of", "target": known.uid}]

    written = _hand_in(registry, people.outsider, again(links=links))

    assert State.SUBMITTED is written.record.state
    assert () == duplicates.candidates(registry, people.reviewer, written.record.uid)


def test_a_draft_can_be_revised_and_taken_back(registry: Registry, people: People) -> None:
    published(registry, people, bank())
    draft = _hand_in(registry, people.outsider, again()).record

    revised = submit.revise(registry, people.outsider, draft.uid, again(severity=3), expected_revision=1).record
    retracted = submit.retract(registry, people.outsider, draft.uid, reason=REASON)

    assert (State.DRAFT, State.RETRACTED) == (revised.state, retracted.state)


def test_only_the_owner_confirms_and_only_a_draft(registry: Registry, people: People) -> None:
    published(registry, people, bank())
    draft = _hand_in(registry, people.outsider, again()).record
    other = submitted(registry, people, bank("Else", "Else.", sources=[]))

    with refused(registry, NotFound):
        duplicates.confirm(registry, people.submitter, draft.uid)
    with refused(registry, NotFound):
        duplicates.confirm(registry, people.submitter, UNKNOWN)
    with refused(registry, Forbidden):
        duplicates.confirm(registry, people.reviewer, draft.uid)
    with refused(registry, InvalidTransition):
        duplicates.confirm(registry, people.submitter, other.uid)


def test_what_is_said_not_to_be_related_must_be_seen(registry: Registry, people: People) -> None:
    published(registry, people, bank())
    hidden = submitted(registry, people, bank("Else", "Else.", sources=[]))
    draft = _hand_in(registry, people.outsider, again()).record

    with refused(registry, InvalidInput) as caught:
        duplicates.confirm(registry, people.outsider, draft.uid, not_related=[hidden.uid, UNKNOWN, draft.uid])

    codes = [(one.path, one.code) for one in caught.value.problems]
    nothing = "NOT_FOUND"
    expected = [(("not_related", "0"), nothing), (("not_related", "1"), nothing), (("not_related", "2"), "SAME_RECORD")]
    assert expected == codes


def test_a_repeated_request_gets_the_same_answer(registry: Registry, people: People) -> None:
    published(registry, people, bank())

    first = _hand_in(registry, people.outsider, again(), idempotency_key="k")
    second = _hand_in(registry, people.outsider, again(), idempotency_key="k")

    assert second.replayed
    assert first.candidates == second.candidates
    assert "POSSIBLE_DUPLICATE" in [one.code for one in second.warnings]
    assert first.record == second.record


def test_the_owners_own_key_makes_a_revision_and_asks_nothing(registry: Registry, people: People) -> None:
    published(registry, people, bank())
    first = hand_in(registry, people.outsider, bank("Else", "Else.", sources=[]))
    ref = "case"
    written = _hand_in(registry, people.outsider, bank("More", "Else.", sources=[]), external_ref=ref)

    revised = _hand_in(registry, people.outsider, again(), external_ref=ref)

    assert first.uid != written.record.uid == revised.record.uid
    assert (State.SUBMITTED, ()) == (revised.record.state, revised.candidates)


def test_a_dry_run_tells_of_candidates_and_stores_nothing(registry: Registry, people: People) -> None:
    known = published(registry, people, bank())
    before = state_of(registry)

    for actor in (people.stranger, people.outsider):
        checked = submit.validate(registry, actor, again())
        assert [known.uid] == [one.record.uid for one in checked.candidates]
        assert "POSSIBLE_DUPLICATE" in [one.code for one in checked.warnings]

    assert before == state_of(registry)


def test_the_machine_is_overruled_for_ever(registry: Registry, people: People) -> None:
    one, other = (hand_in(registry, people.submitter, of) for of in (bank(), again()))
    assert [other.uid] == [found.record.uid for found in duplicates.candidates(registry, people.reviewer, one.uid)]

    for _ in range(2):
        duplicates.not_related(registry, people.reviewer, other.uid, one.uid)

    assert () == duplicates.candidates(registry, people.reviewer, one.uid)
    assert () == duplicates.candidates(registry, people.submitter, other.uid)
    with registry.storage.read() as reader:
        kinds = [change.row.kind for change in reader.changes.of_record(other.uid)]
    assert 1 == kinds.count(ChangeKind.NOT_RELATED)


def test_only_reviewers_and_owners_decide_what_is_related(registry: Registry, people: People) -> None:
    one, other = (published(registry, people, of) for of in (bank(), again()))

    for actor in (people.outsider, people.stranger):
        with refused(registry, Forbidden):
            duplicates.not_related(registry, actor, one.uid, other.uid)
        with refused(registry, Forbidden):
            duplicates.candidates(registry, actor, one.uid)
    with refused(registry, NotFound):
        duplicates.candidates(registry, people.outsider, UNKNOWN)
    with refused(registry, InvalidInput):
        duplicates.not_related(registry, people.submitter, one.uid, one.uid)
    with refused(registry, InvalidInput):
        duplicates.not_related(registry, people.submitter, one.uid, RecordUid("\ud800"))


def test_an_erasure_forgets_what_a_draft_looked_like(registry: Registry, people: People) -> None:
    known = published(registry, people, bank())
    draft = _hand_in(registry, people.outsider, again()).record

    erase_by_two(registry, people, known.uid)

    with registry.storage.read() as reader:
        assert () == reader.sources.suggested(draft.uid)
    assert State.DRAFT is stored(registry, draft.uid).state


def test_submissions_go_on_while_the_index_is_not_there(registry: Registry, people: People) -> None:
    known = published(registry, people, bank())
    registry.index.close()

    assert [known.uid] == _uids(_hand_in(registry, people.outsider, again()))
