"""Who is told by letter that something was decided, and that a letter tells nothing of a record."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import Any

from registry.domain.case import CaseOutcome
from registry.outbound import NodeOutbound
from registry.ports import Registry
from registry.service import cases, casework, review
from tests.factories import content
from tests.outbound.hostile import requests
from tests.outbound.mailbox import Mailbox
from tests.service.world import People, approved, claimed, text_of

NAME = "Wilhelmina Zorbelgrint"


def test_who_handed_something_in_is_told_what_a_reviewer_decided(registry: Registry, people: People) -> None:
    one, other = (claimed(registry, people, text_of(f"{NAME} {title}")) for title in ("One", "Other"))
    review.request_changes(registry, people.reviewer, one.uid, expected_revision=1, reason=f"Name {NAME} less.")
    review.reject(registry, people.reviewer, other.uid, expected_revision=1, reason=f"{NAME} did not do it.")
    approved(registry, people, text_of("Third"))

    told = _letters(registry)

    me = people.submitter.person
    assert [
        ("review", "Changes are requested", me, None, one.uid),
        ("review", "A submission was rejected", me, None, other.uid),
        ("review", "A submission was approved", me, None),
    ] == [told[0][:5], told[1][:5], told[2][:4]]
    assert all("Zorbelgrint" not in str(letter) for letter in told)


def test_an_organisation_that_is_asked_about_a_passage_is_told_once_a_person(
    registry: Registry, people: People
) -> None:
    systems = [{"provider": "Delta", "role": "abused"}]
    approved(registry, people, content(title=NAME, systems=systems))

    asked = [one for one in _letters(registry) if one[0] == "notice"]

    assert [("notice", "You are asked about a record", people.outsider.person)] == [one[:3] for one in asked]
    assert "Zorbelgrint" not in str(asked)
    assert "until 2026-03-28 15:00 UTC" in str(asked)


def test_who_asked_for_something_is_told_that_there_is_an_answer_if_the_contact_is_a_mail_address(
    registry: Registry, people: People
) -> None:
    mailing = replace(registry, outbound=NodeOutbound(requests(), Mailbox().server()))
    for contact in ("zoe@example.org", "call me\r\nBcc: all@example.org", "https://example.org/zoe", ""):
        opened = cases.open_case(
            registry, people.stranger, wish="other", ground="other", about="", words=f"I am {NAME}.", contact=contact
        )
        casework.answer_case(mailing, people.operator, opened.case.id, text=f"Dear {NAME}")
        casework.decide(
            mailing, people.operator, opened.case.id, outcome=CaseOutcome.REFUSED, reasons=f"{NAME} is wrong."
        )

    told = _letters(registry)

    assert [("case", "There is an answer for you", None, "zoe@example.org")] * 2 == [one[:4] for one in told]
    assert "Zorbelgrint" not in str(told)
    assert "/notice/case" in str(told)


def _letters(registry: Registry) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(registry.settings.database_path)) as connection:
        return connection.execute(
            "SELECT kind, subject, person, address, about, body FROM letters ORDER BY id"
        ).fetchall()
