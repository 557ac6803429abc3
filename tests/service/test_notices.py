"""Notices: who is told of what, when, and what stands beside the claim afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from registry.domain.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated
from registry.domain.notice import Notice, NoticeId, NoticeState
from registry.domain.record import Record
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import find, jobs, life, notices, organisations, review, submit
from registry.service.verify import verify
from tests.clocks import FixedClock
from tests.factories import content
from tests.service.world import (
    REASON,
    People,
    approved,
    claimed,
    erase_by_two,
    published,
    refused,
    republished,
    revised,
    stored,
)

UNKNOWN = NoticeId("01950000-0001-7000-9000-00000000ffff")


def naming(*providers: str, **fields: Any) -> Any:
    """An incident that involves systems of these providers."""
    return content(systems=[{"provider": one, "model": "m-1"} for one in providers], **fields)


def told(registry: Registry, record: Record) -> tuple[Notice, ...]:
    """Every notice about a record, as stored."""
    with registry.storage.read() as reader:
        return reader.notices.of_record(record.uid)


def answered(registry: Registry, people: People, record: Record) -> Record:
    """The outsider's answer to the notice about *record*."""
    (notice,) = notices.to_us(registry, people.outsider)
    return notices.answer(registry, people.outsider, notice.id, title="We saw it too", text=f"About {record.label}.")


def test_a_named_member_is_told_of_the_passage_about_it(registry: Registry, people: People) -> None:
    record = approved(registry, people, naming("Delta", title="Spam wave"))

    (notice,) = notices.to_us(registry, people.outsider)

    assert (record.uid, "Delta", NoticeState.ASKED) == (notice.uid, notice.party, notice.state)
    assert "Spam wave" in notice.passage
    assert "m-1" in notice.passage
    assert 14 == (notice.due_at - notice.asked_at).days
    with pytest.raises(NotFound):
        find.record(registry, people.outsider, record.uid)


def test_where_danger_is_imminent_the_answer_is_due_in_two_days(registry: Registry, people: People) -> None:
    record = claimed(registry, people, naming("Delta"))

    review.approve(registry, people.reviewer, record.uid, expected_revision=1, in_danger=True)

    assert [2] == [(one.due_at - one.asked_at).days for one in told(registry, record)]


def test_a_member_is_known_by_its_slug_and_other_names(registry: Registry, people: People) -> None:
    organisations.describe_organisation(registry, people.operator, "delta", aliases=("Delta Intelligence Ltd",))

    for name in ("DELTA", "delta intelligence ltd"):
        approved(registry, people, naming(name))

    assert 2 == len(notices.to_us(registry, people.outsider))


def test_the_owner_is_not_told_of_its_own_record(registry: Registry, people: People) -> None:
    record = approved(registry, people, naming("Acme"))

    assert () == told(registry, record)


@pytest.mark.parametrize(
    "marking",
    [
        {"tlp": "AMBER"},
        {"tlp": "RED"},
        {"tlp": "CLEAR", "embargo_until": "2031-01-01T00:00:00Z"},
    ],
)
def test_nobody_is_told_of_what_is_kept_close(registry: Registry, people: People, marking: dict[str, str]) -> None:
    record = approved(registry, people, naming("Delta", marking=marking))

    assert () == told(registry, record)


def test_actors_are_never_told(registry: Registry, people: People) -> None:
    record = approved(registry, people, content(actors=[{"label": "Delta"}]))

    assert () == told(registry, record)


def test_a_class_of_people_is_no_party(registry: Registry, people: People) -> None:
    targets = [{"label": "customers of banks"}, {"label": "Example Bank", "kind": "company"}]

    record = approved(registry, people, content(targets=targets))

    assert ["Example Bank"] == [one.party for one in told(registry, record)]


def test_a_party_that_is_no_member_gets_a_letter_from_the_operator(registry: Registry, people: People) -> None:
    approved(registry, people, naming("Example Provider"))

    ((notice, text),) = notices.to_send(registry, people.operator)

    assert notice.organisation is None
    assert "To Example Provider" in text
    assert notice.passage in text
    assert f"{registry.settings.base_url}/notice" in text
    assert "is about to publish" in text


def test_a_letter_names_the_record_while_it_is_public(registry: Registry, people: People) -> None:
    record = published(registry, people, naming("Example Provider"))

    ((_, text),) = notices.to_send(registry, people.operator)
    life.withdraw(registry, people.reviewer, record.uid, reason=REASON)
    later = notices.to_send(registry, people.operator)

    assert f"published the record {record.number}, which names you" in text
    assert f"{registry.settings.base_url}/r/{record.number}\n" in text
    assert () == later


def test_the_same_passage_is_told_once_and_a_changed_one_again(registry: Registry, people: People) -> None:
    record = published(registry, people, naming("Delta"))
    republished(registry, people, record, naming("Delta", severity=4))
    assert 1 == len(told(registry, record))

    republished(registry, people, record, naming("Delta", title="Told otherwise"))

    assert 2 == len(told(registry, record))


def test_strangers_see_when_somebody_was_asked_and_until_when(registry: Registry, people: People) -> None:
    record = published(registry, people, naming("Delta"))

    (seen,) = notices.beside(registry, people.stranger, find.record(registry, people.stranger, record.uid))

    assert ("Delta", NoticeState.ASKED, "") == (seen.party, seen.state, seen.passage)


def test_strangers_see_no_notice_about_work_that_is_not_published(registry: Registry, people: People) -> None:
    record = published(registry, people, naming("Gamma"))
    work = revised(registry, people, record, naming("Gamma", "Delta"))
    review.claim(registry, people.reviewer, record.uid, expected_revision=work.draft_revision)
    before = find.public_seq(registry, people.stranger)

    review.approve(registry, people.reviewer, record.uid, expected_revision=work.draft_revision)

    seen = notices.beside(registry, people.stranger, find.record(registry, people.stranger, record.uid))
    assert ["Gamma"] == [one.party for one in seen]
    assert before == find.public_seq(registry, people.stranger)


def test_silence_is_noted_when_the_time_is_over(registry: Registry, people: People, clock: FixedClock) -> None:
    record = published(registry, people, naming("Delta"))
    before = find.public_seq(registry, people.stranger)
    clock.advance(days=15)

    jobs.run_due(registry, people.system)

    assert [NoticeState.NO_REPLY] == [one.state for one in told(registry, record)]
    assert before + 1 == find.public_seq(registry, people.stranger)
    assert () == verify(registry, people.system).faults


def test_silence_about_hidden_work_moves_nothing_strangers_see(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    approved(registry, people, naming("Delta"))
    before = find.public_seq(registry, people.stranger)
    clock.advance(days=15)

    jobs.run_due(registry, people.system)

    assert before == find.public_seq(registry, people.stranger)


def test_an_answer_is_a_statement_that_is_reviewed_as_any_other(registry: Registry, people: People) -> None:
    record = approved(registry, people, naming("Delta"))

    answer = answered(registry, people, record)

    assert (Kind.STATEMENT, people.outsider.organisation) == (answer.kind, answer.owner)
    assert [(NoticeState.ANSWERED, answer.uid)] == [(one.state, one.answer) for one in told(registry, record)]
    with pytest.raises(NotFound):
        find.record(registry, people.stranger, answer.uid)


def test_a_response_made_as_any_other_statement_answers_too(registry: Registry, people: People) -> None:
    record = published(registry, people, naming("Delta"))
    said: dict[str, Any] = {
        "about": record.uid,
        "statement_kind": "response",
        "title": "Ours too",
        "summary": "We agree.",
    }
    before = find.public_seq(registry, people.stranger)

    answer = submit.submit(registry, people.outsider, content(Kind.STATEMENT, **said)).record

    assert [(NoticeState.ANSWERED, answer.uid)] == [(one.state, one.answer) for one in told(registry, record)]
    assert before + 1 == find.public_seq(registry, people.stranger)


@pytest.mark.parametrize(
    "said", [{"statement_kind": "endorsement"}, {"statement_kind": "perspective"}], ids=["endorsement", "perspective"]
)
def test_other_statements_are_no_answer(registry: Registry, people: People, said: dict[str, str]) -> None:
    record = published(registry, people, naming("Delta"))
    more: dict[str, Any] = {"about": record.uid, "title": "Ours too", "summary": "We agree."}

    submit.submit(registry, people.outsider, content(Kind.STATEMENT, **(said | more)))
    submit.submit(registry, people.submitter, content(Kind.STATEMENT, **(more | {"statement_kind": "response"})))

    assert [NoticeState.ASKED] == [one.state for one in told(registry, record)]


def test_an_answer_given_in_time_is_never_called_silence(registry: Registry, people: People, clock: FixedClock) -> None:
    record = published(registry, people, naming("Delta"))
    answered(registry, people, record)
    clock.advance(days=15)

    jobs.run_due(registry, people.system)

    assert [NoticeState.ANSWERED] == [one.state for one in told(registry, record)]


def test_an_answer_shows_once_both_it_and_the_record_are_published(registry: Registry, people: People) -> None:
    record = approved(registry, people, naming("Delta"))
    answer = answered(registry, people, record)
    review.claim(registry, people.reviewer, answer.uid, expected_revision=1)
    review.approve(registry, people.reviewer, answer.uid, expected_revision=1)
    review.publish(registry, people.reviewer, answer.uid, expected_revision=1)
    with pytest.raises(NotFound):
        find.record(registry, people.stranger, answer.uid)

    review.publish(registry, people.reviewer, record.uid, expected_revision=1)

    assert "We saw it too" in str(find.record(registry, people.stranger, answer.uid).head.public)


def test_a_notice_is_answered_once(registry: Registry, people: People) -> None:
    record = approved(registry, people, naming("Delta"))
    answered(registry, people, record)
    (notice,) = notices.to_us(registry, people.outsider)

    with refused(registry, Conflict):
        notices.answer(registry, people.outsider, notice.id, title="Again", text="Again.")


def test_nobody_answers_a_notice_to_somebody_else(registry: Registry, people: People) -> None:
    approved(registry, people, naming("Delta"))
    (notice,) = notices.to_us(registry, people.outsider)

    for notice_id in (notice.id, UNKNOWN):
        with refused(registry, NotFound):
            notices.answer(registry, people.submitter, notice_id, title="T", text="T")
    with refused(registry, Unauthenticated):
        notices.answer(registry, people.stranger, notice.id, title="T", text="T")
    with refused(registry, Forbidden):
        notices.answer(registry, people.operator, notice.id, title="T", text="T")


@pytest.mark.parametrize(("title", "text"), [("", "T"), ("T", ""), ("T" * 301, "T"), ("T", "T" * 20_001)])
def test_an_answer_that_says_nothing_or_too_much_is_refused(
    registry: Registry, people: People, title: str, text: str
) -> None:
    approved(registry, people, naming("Delta"))
    (notice,) = notices.to_us(registry, people.outsider)

    with refused(registry, InvalidInput):
        notices.answer(registry, people.outsider, notice.id, title=title, text=text)


def test_only_operators_see_the_letters(registry: Registry, people: People) -> None:
    for who in (people.submitter, people.reviewer):
        with refused(registry, Forbidden):
            notices.to_send(registry, who)


def test_a_notice_goes_with_its_record(registry: Registry, people: People) -> None:
    record = published(registry, people, naming("Delta"))

    erase_by_two(registry, people, record.uid)

    assert () == told(registry, record)
    assert () == notices.to_us(registry, people.outsider)


def test_nothing_stands_beside_a_tombstone_for_strangers(registry: Registry, people: People) -> None:
    record = published(registry, people, naming("Delta"))
    life.withdraw(registry, people.submitter, record.uid, reason=REASON)

    assert () == notices.beside(registry, people.stranger, find.record(registry, people.stranger, record.uid))


def test_approving_that_is_refused_tells_nobody(registry: Registry, people: People) -> None:
    record = claimed(registry, people, naming("Delta"))

    with refused(registry, Forbidden):
        review.approve(registry, people.submitter, record.uid, expected_revision=1)

    assert () == told(registry, stored(registry, record.uid))
