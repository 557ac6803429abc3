"""The rule on people: which records are sensitive, what an exception needs, and who checks what."""

from __future__ import annotations

from typing import Any

import pytest

from registry.domain import people
from registry.domain.errors import FourEyes, InvalidInput
from registry.domain.people import PeopleCheck
from registry.domain.record import PersonId
from tests import factories

NAMED = {"tlp": "CLEAR", "names_person": "imitated_public_figure", "names_person_reason": "The figure is the story."}
ANN, BEN = PersonId("ann"), PersonId("ben")


@pytest.mark.parametrize(
    ("fields", "marking", "expected"),
    [
        ({}, {}, False),
        ({"misuse_categories": ["ncii"]}, {}, True),
        ({"misuse_categories": ["csae"]}, {}, True),
        ({"harms": [{"type": "psychological", "stakeholder": "children"}]}, {}, True),
        ({}, NAMED, True),
    ],
)
def test_what_is_sensitive(fields: dict[str, Any], marking: dict[str, Any], expected: bool) -> None:
    record = factories.draft(factories.content(marking=marking, **fields))
    assert record.head.public is not None

    assert expected is people.is_sensitive(record.head.public.document, record.head.marking)


def test_a_sensitive_record_is_approved_with_the_whole_list_only() -> None:
    sensitive = factories.draft(factories.content(misuse_categories=["ncii"])).head

    people.require_checked(factories.draft().head, frozenset())
    people.require_checked(sensitive, frozenset(PeopleCheck))

    for left_out in PeopleCheck:
        with pytest.raises(InvalidInput) as caught:
            people.require_checked(sensitive, frozenset(PeopleCheck) - {left_out})
        assert {"CHECKLIST"} == {one.code for one in caught.value.problems}


def test_who_approved_a_record_that_names_a_person_does_not_publish_it() -> None:
    named = factories.draft(factories.content(marking=NAMED), approved_by=ANN)
    plain = factories.draft(approved_by=ANN)

    people.require_second_approval(plain, ANN)
    people.require_second_approval(named, BEN)

    with pytest.raises(FourEyes):
        people.require_second_approval(named, ANN)


@pytest.mark.parametrize(
    ("marking", "fields", "expected"),
    [
        ({}, {}, []),
        (NAMED, {}, []),
        ({**NAMED, "names_person_reason": None}, {}, [("names_person_reason", "REQUIRED")]),
        (NAMED, {"misuse_categories": ["ncii"]}, [("names_person", "NOT_ALLOWED")]),
    ],
)
def test_an_exception_has_a_reason_and_never_concerns_sexual_harm(
    marking: dict[str, Any], fields: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    problems = people.people_problems(factories.content(marking=marking, **fields))

    assert expected == [(one.path[-1], one.code) for one in problems]
