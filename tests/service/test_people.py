"""The rule on people: exceptions with two approvals, the reviewer's list, and source links that wait."""

from __future__ import annotations

from typing import Any

import pytest

from registry.domain.errors import Conflict, FourEyes, InvalidInput
from registry.domain.people import CHECKLIST, PeopleCheck
from registry.domain.record import Record
from registry.ports import Registry
from registry.service import find, follow, review, search
from tests.factories import content
from tests.service.world import REASON, People, claimed, published, refused, republished, revised

ALL = frozenset(PeopleCheck)
SOURCE = {"url": "https://news.example/case", "title": "Zorbelgrint in court"}
EXCEPTION = {"tlp": "CLEAR", "names_person": "final_judgment", "names_person_reason": "The judgment is the event."}


def sensitive(**fields: Any) -> Any:
    """An incident of sexual harm with a source."""
    said: dict[str, Any] = {"misuse_categories": ["ncii"], "sources": [SOURCE]}
    return content(**(said | fields))


def put_out(registry: Registry, people: People, of: Any) -> Record:
    """A sensitive record, published with every item of the list confirmed."""
    record = claimed(registry, people, of)
    review.approve(registry, people.reviewer, record.uid, expected_revision=1, checked=ALL)
    return review.publish(registry, people.lead, record.uid, expected_revision=1)


def document_of(registry: Registry, who: Any, record: Record) -> Any:
    """What *who* reads of a record's public part."""
    part = find.record(registry, who, record.uid).head.public
    assert part is not None
    return part.document


def test_every_item_of_the_list_has_a_text() -> None:
    assert set(PeopleCheck) == set(CHECKLIST)


def test_a_sensitive_record_is_approved_only_with_the_whole_list(registry: Registry, people: People) -> None:
    record = claimed(registry, people, sensitive())

    with refused(registry, InvalidInput) as caught:
        review.approve(registry, people.reviewer, record.uid, expected_revision=1, checked=ALL - {PeopleCheck.NO_MINOR})

    assert [("CHECKLIST", ("checked",))] == [(one.code, one.path) for one in caught.value.problems]


def test_other_records_need_no_list(registry: Registry, people: People) -> None:
    record = claimed(registry, people)

    review.approve(registry, people.reviewer, record.uid, expected_revision=1)


@pytest.mark.parametrize(
    "of",
    [
        {"misuse_categories": ["ncii"]},
        {"harms": [{"type": "financial", "stakeholder": "children"}]},
        {"marking": EXCEPTION},
    ],
)
def test_what_makes_a_record_sensitive(registry: Registry, people: People, of: Any) -> None:
    record = put_out(registry, people, content(**of))

    assert record.sensitive


def test_a_record_that_names_a_person_needs_two_approvals(registry: Registry, people: People) -> None:
    record = claimed(registry, people, content(marking=EXCEPTION))
    review.approve(registry, people.reviewer, record.uid, expected_revision=1, checked=ALL)

    with refused(registry, FourEyes):
        review.publish(registry, people.reviewer, record.uid, expected_revision=1)

    review.publish(registry, people.lead, record.uid, expected_revision=1)


def test_an_exception_has_a_reason_and_never_concerns_intimate_content(registry: Registry, people: People) -> None:
    without_reason = {name: value for name, value in EXCEPTION.items() if name != "names_person_reason"}

    for of, path in (
        (content(marking=without_reason), ("marking", "names_person_reason")),
        (sensitive(marking=EXCEPTION), ("marking", "names_person")),
    ):
        with refused(registry, InvalidInput) as caught:
            claimed(registry, people, of)
        assert [path] == [one.path for one in caught.value.problems]


def test_source_links_of_a_sensitive_record_wait_to_be_cleared(registry: Registry, people: People) -> None:
    record = put_out(registry, people, sensitive())

    for who in (people.stranger, people.outsider):
        assert "sources" not in document_of(registry, who, record)
    for who in (people.submitter, people.reviewer):
        assert [SOURCE] == document_of(registry, who, record)["sources"]


def test_cleared_source_links_are_shown_and_the_log_says_so(registry: Registry, people: People) -> None:
    record = put_out(registry, people, sensitive())
    before = find.public_seq(registry, people.stranger)

    review.clear_sources(registry, people.lead, record.uid, reason="Nobody is named there.")

    assert [SOURCE] == document_of(registry, people.stranger, record)["sources"]
    assert before + 1 == find.public_seq(registry, people.stranger)
    with refused(registry, Conflict):
        review.clear_sources(registry, people.lead, record.uid, reason=REASON)


def test_the_owner_does_not_clear_its_own_sources(registry: Registry, people: People) -> None:
    record = put_out(registry, people, sensitive())

    with refused(registry, FourEyes):
        review.clear_sources(registry, people.inside_reviewer, record.uid, reason=REASON)


def test_other_sources_wait_again_and_the_same_do_not(registry: Registry, people: People) -> None:
    record = put_out(registry, people, sensitive())
    review.clear_sources(registry, people.lead, record.uid, reason=REASON)

    for of, is_shown in ((sensitive(severity=4), True), (sensitive(severity=4, sources=[SOURCE, SOURCE]), False)):
        work = revised(registry, people, record, of)
        review.claim(registry, people.reviewer, record.uid, expected_revision=work.draft_revision)
        review.approve(registry, people.reviewer, record.uid, expected_revision=work.draft_revision, checked=ALL)
        review.publish(registry, people.reviewer, record.uid, expected_revision=work.draft_revision)
        assert is_shown is ("sources" in document_of(registry, people.stranger, record))


def test_pending_work_changes_nothing_of_what_is_shown(registry: Registry, people: People) -> None:
    record = published(registry, people, content(sources=[SOURCE]))

    revised(registry, people, record, sensitive())

    assert [SOURCE] == document_of(registry, people.stranger, record)["sources"]


def test_hidden_source_titles_are_not_found_by_search(registry: Registry, people: People) -> None:
    record = put_out(registry, people, sensitive())
    follow.catch_up(registry, people.system)
    assert 0 == search.search(registry, people.stranger, "zorbelgrint").total

    review.clear_sources(registry, people.lead, record.uid, reason=REASON)
    follow.catch_up(registry, people.system)

    assert 1 == search.search(registry, people.stranger, "zorbelgrint").total


def test_a_record_that_is_no_longer_sensitive_shows_its_sources(registry: Registry, people: People) -> None:
    record = put_out(registry, people, sensitive())

    republished(registry, people, record, content(sources=[SOURCE]))

    assert [SOURCE] == document_of(registry, people.stranger, record)["sources"]
