"""The rules of reports without an account: who reads them, what their authors are told, what is checked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from registry.domain.case import Author, Message
from registry.domain.errors import Conflict
from registry.domain.record import PersonId, RecordUid, State
from registry.domain.report import (
    QUESTIONS,
    Check,
    CheckItem,
    Report,
    ReportId,
    ReportKind,
    Stage,
    claimed,
    decided_at,
    for_reviewer,
    status_of,
    unchecked,
    with_check,
)
from registry.domain.vocabulary import Tlp
from tests.clocks import START
from tests.factories import draft

ROSA, LENA = PersonId("rosa"), PersonId("lena")
REPORT = Report(
    id=ReportId("r"),
    kind=ReportKind.CONFIDENTIAL,
    record=RecordUid("u"),
    title="Title",
    words="Words",
    provider="Provider",
    model="Model",
    links=("https://example.org/",),
    opened_at=START,
    messages=(Message(START, Author.NODE, "Who?"),),
    contact="me@example.org",
)


def test_who_does_not_hold_a_report_reads_no_word_of_it() -> None:
    held = claimed(REPORT, ROSA, START, takes_over=False)

    assert held == for_reviewer(held, ROSA)
    for person in (LENA, None):
        shown = for_reviewer(held, person)
        assert ("", "", "", "", (), (), "") == (
            shown.title, shown.words, shown.provider, shown.model, shown.links, shown.messages, shown.contact,
        )  # fmt: skip
        assert (held.id, held.kind, held.opened_at) == (shown.id, shown.kind, shown.opened_at)
    assert "" == for_reviewer(REPORT, None).words


def test_a_report_is_claimed_once_unless_somebody_may_take_over() -> None:
    held = claimed(REPORT, ROSA, START, takes_over=False)

    with pytest.raises(Conflict):
        claimed(held, LENA, START, takes_over=False)
    assert held == claimed(held, ROSA, START + timedelta(days=1), takes_over=False)
    assert LENA == claimed(held, LENA, START, takes_over=True).claimed_by


@pytest.mark.parametrize(
    ("state", "stage"),
    [
        (State.SUBMITTED, Stage.WAITING),
        (State.IN_REVIEW, Stage.IN_REVIEW),
        (State.CHANGES_REQUESTED, Stage.IN_REVIEW),
        (State.APPROVED, Stage.IN_REVIEW),
        (State.PUBLISHED, Stage.PUBLISHED),
        (State.WITHDRAWN, Stage.PUBLISHED),
        (State.REJECTED, Stage.DECLINED),
        (State.ERASED, Stage.DECLINED),
    ],
)
def test_the_author_is_told_where_the_report_stands(state: State, stage: Stage) -> None:
    assert stage == status_of(REPORT, replace(draft(), state=state)).stage


def test_a_report_that_somebody_reads_says_so() -> None:
    held = claimed(REPORT, ROSA, START, takes_over=False)

    assert Stage.READ == status_of(held, replace(draft(), state=State.SUBMITTED)).stage


def test_the_number_is_told_once_everybody_may_see_it_and_reasons_to_the_declined_only() -> None:
    clear = replace(draft(), state=State.PUBLISHED, revision=1, number="LOCAL-INC-2026-100001", reason="Internal.")
    red = replace(clear, head=replace(clear.head, marking=clear.head.marking.model_copy(update={"tlp": Tlp.RED})))

    assert (None, None) == (status_of(REPORT, red).number, status_of(REPORT, red).reason)
    assert "LOCAL-INC-2026-100001" == status_of(REPORT, clear).number
    assert "Internal." == status_of(REPORT, replace(red, state=State.REJECTED)).reason


def test_every_question_is_answered_with_yes_for_what_the_record_says_now() -> None:
    report = REPORT
    assert len(CheckItem) == len(QUESTIONS) == len(unchecked(report, 2))
    for item in CheckItem:
        report = with_check(report, Check(item, item is not CheckItem.STYLE, "", 2))

    assert [("checks", "style")] == [one.path for one in unchecked(report, 2)]
    report = with_check(report, Check(CheckItem.STYLE, True, "", 2))
    assert [] == unchecked(report, 2)
    assert len(CheckItem) == len(unchecked(report, 3))


def test_a_report_is_decided_when_its_record_is() -> None:
    one = replace(draft(), state=State.SUBMITTED, published_at=None)

    assert None is decided_at(one)
    assert one.changed_at == decided_at(replace(one, state=State.REJECTED))
    assert START == decided_at(replace(one, state=State.PUBLISHED, published_at=START))
