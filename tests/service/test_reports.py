"""Reports without an account: what is kept of them, who reads them, and what is checked before they are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from registry.domain.actor import ANONYMOUS, SYSTEM, Actor
from registry.domain.content.kinds import Content
from registry.domain.errors import Conflict, Forbidden, FourEyes, InvalidInput, NotFound, QueueFull, StaleRevision
from registry.domain.policy import EVERYTHING, PUBLIC_ONLY
from registry.domain.record import Record, State
from registry.domain.report import QUESTIONS, CheckItem, Report, ReportKind, Stage
from registry.domain.vocabulary import OrganisationKind, Tlp
from registry.ports import Registry
from registry.service import accounts, erasure, find, intake, jobs, reports, review
from registry.service.reports import HandedIn
from tests.clocks import START, FixedClock
from tests.factories import content
from tests.service.world import People, contents_of, refused, stored

WORDS = "On Tuesday my colleague Bartholomew Thistlewick asked the model for phishing texts."
CONTACT = "whistle@thistlewick.example"
CONFIDENTIAL: dict[str, Any] = {"kind": "confidential", "contact": CONTACT}


@pytest.fixture
def open_registry(registry: Registry) -> Registry:
    """A node that takes reports without an account."""
    return _with(registry, anonymous_reports=True)


@pytest.fixture
def lead(people: People) -> Actor:
    """Another reviewer."""
    return people.lead


def _with(registry: Registry, **settings: Any) -> Registry:
    return replace(registry, settings=registry.settings.model_copy(update=settings))


def _handed_in(registry: Registry, **said: Any) -> HandedIn:
    given: dict[str, Any] = {"kind": "anonymous", "title": "Phishing at work", "words": WORDS} | said
    return reports.submit_report(registry, ANONYMOUS, **given)


def _only(registry: Registry, by: Actor) -> Report:
    [found] = intake.page(registry, by).items
    return found


def _record_of(registry: Registry, report: Report) -> Record:
    return stored(registry, report.record)


def _written(registry: Registry, by: Actor, said: Content | None = None) -> Report:
    """The only report, claimed and written down by a reviewer."""
    report = intake.claim_report(registry, by, _only(registry, by).id)
    written = said or content(title="Phishing texts were made at a company", marking={"tlp": "CLEAR"})
    at = _record_of(registry, report).draft_revision
    intake.write_report(registry, by, report.id, written, expected_revision=at)
    return report


def _checked(registry: Registry, by: Actor, report: Report) -> None:
    for item in CheckItem:
        intake.check_report(registry, by, report.id, item=item, done=True, remark="Looked at.")


def _approved(registry: Registry, by: Actor, record: Record) -> Record:
    review.claim(registry, by, record.uid, expected_revision=record.draft_revision)
    return review.approve(registry, by, record.uid, expected_revision=record.draft_revision)


def _in_files(registry: Registry, text: str) -> list[str]:
    needle = text.encode()
    files: Iterator[Path] = (path for path in registry.settings.data_dir.rglob("*") if path.is_file())
    return [path.name for path in files if needle in path.read_bytes()]


def test_a_node_takes_no_reports_unless_its_settings_say_so(registry: Registry) -> None:
    with refused(registry, Forbidden):
        _handed_in(registry)


def test_a_report_waits_in_the_review_as_a_red_record_without_a_word_of_it(
    open_registry: Registry, people: People
) -> None:
    _handed_in(open_registry)

    record = _record_of(open_registry, _only(open_registry, people.reviewer))
    assert (State.SUBMITTED, Tlp.RED, frozenset()) == (record.state, record.head.marking.tlp, record.contributors)
    assert record.head.public is not None
    assert b"Thistlewick" not in record.head.public.body
    assert b"Phishing" not in record.head.public.body
    owner = accounts.organisation(open_registry, ANONYMOUS, "intake")
    assert owner.id == record.owner
    with open_registry.storage.read() as reader:
        assert reader.records.get(record.uid, visible=PUBLIC_ONLY) is None


def test_in_the_log_the_reporter_is_anonymous_even_with_a_key(open_registry: Registry, people: People) -> None:
    before = "".join(contents_of(open_registry)).count(str(people.submitter.person))

    reports.submit_report(open_registry, people.submitter, kind="anonymous", title="T", words=WORDS)

    assert before == "".join(contents_of(open_registry)).count(str(people.submitter.person))
    report = _only(open_registry, people.reviewer)
    with open_registry.storage.read() as reader:
        assert ["anonymous"] == [one.row.actor for one in reader.changes.of_record(report.record)]


def test_an_organisation_of_that_name_gets_nothing(open_registry: Registry, people: People) -> None:
    taken = accounts.add_organisation(
        open_registry, people.local_operator, slug="intake", name="Intake Ltd", kind=OrganisationKind.PROVIDER
    )

    _handed_in(open_registry)

    record = _record_of(open_registry, _only(open_registry, people.reviewer))
    assert taken.id != record.owner


def test_once_it_is_prepared_a_report_moves_nothing_that_strangers_see(open_registry: Registry) -> None:
    reports.prepare_intake(open_registry, SYSTEM)
    before = find.public_version(open_registry, ANONYMOUS)

    _handed_in(open_registry)

    assert before == find.public_version(open_registry, ANONYMOUS)


def test_all_that_is_wrong_with_a_report_is_told_at_once(open_registry: Registry) -> None:
    with refused(open_registry, InvalidInput) as caught:
        _handed_in(
            open_registry,
            title=" ",
            words="x" * 10_001,
            provider="p" * 121,
            links=["javascript:alert(1)"],
            contact="me@example.org",
        )

    told = [(one.path[0], one.code) for one in caught.value.problems]
    expected = [("title", "REQUIRED"), ("words", "TOO_LONG"), ("provider", "TOO_LONG"), ("links", "INVALID_FORMAT")]
    assert [*expected, ("contact", "NOT_ALLOWED")] == told
    with refused(open_registry, InvalidInput):
        _handed_in(open_registry, kind="confidential")
    with refused(open_registry, InvalidInput):
        _handed_in(open_registry, links=["https://example.org/"] * 21)


def test_a_full_queue_takes_nothing_more(open_registry: Registry) -> None:
    small = _with(open_registry, report_queue=1)
    _handed_in(small)

    with refused(small, QueueFull):
        _handed_in(small)


@pytest.mark.parametrize("code", ["", "nonsense", "B87K85-TC7V6J-BACSZN-HAVYWN-0SSJDQ", "\x00"])
def test_a_code_of_nothing_here_is_answered_as_any_other(open_registry: Registry, code: str) -> None:
    _handed_in(open_registry)

    with pytest.raises(NotFound, match="there is no report under this code"):
        reports.read_report(open_registry, ANONYMOUS, code)


def test_only_the_reviewer_who_holds_a_report_reads_it(open_registry: Registry, people: People, lead: Actor) -> None:
    _handed_in(open_registry, **CONFIDENTIAL)
    before = _only(open_registry, people.reviewer)

    held = intake.claim_report(open_registry, people.reviewer, before.id)

    assert ("", "", "") == (before.title, before.words, before.contact)
    assert (WORDS, CONTACT) == (held.words, held.contact)
    others = intake.report(open_registry, lead, before.id)
    assert ("", "", ReportKind.CONFIDENTIAL) == (others.words, others.contact, others.kind)
    assert CONTACT == intake.report(open_registry, people.reviewer, before.id).contact
    assert [""] == [one.contact for one in intake.page(open_registry, people.reviewer).items]


def test_nobody_else_takes_it_and_a_lead_reviewer_not_the_contact(
    open_registry: Registry, people: People, lead: Actor
) -> None:
    _handed_in(open_registry, **CONFIDENTIAL)
    report = intake.claim_report(open_registry, people.reviewer, _only(open_registry, people.reviewer).id)

    with refused(open_registry, Conflict):
        intake.claim_report(open_registry, people.inside_reviewer, report.id)
    taken = intake.claim_report(open_registry, lead, report.id)

    assert (WORDS, "") == (taken.words, taken.contact)
    with refused(open_registry, Forbidden):
        intake.ask_reporter(open_registry, people.reviewer, report.id, text="Who?")
    assert "" == intake.report(open_registry, people.reviewer, report.id).contact


def test_members_and_operators_see_no_reports(open_registry: Registry, people: People) -> None:
    _handed_in(open_registry)
    report_id = _only(open_registry, people.reviewer).id

    for actor in (people.submitter, people.outsider, people.operator, people.local_operator):
        with refused(open_registry, Forbidden):
            intake.page(open_registry, actor)
        with refused(open_registry, Forbidden):
            intake.claim_report(open_registry, actor, report_id)


def test_questions_and_answers_go_by_the_code(open_registry: Registry, people: People) -> None:
    code = _handed_in(open_registry).code
    report = intake.claim_report(open_registry, people.reviewer, _only(open_registry, people.reviewer).id)

    intake.ask_reporter(open_registry, people.reviewer, report.id, text="How many texts?")
    reports.answer_report(open_registry, ANONYMOUS, code, text="About forty.")
    status = reports.answer_report(open_registry, ANONYMOUS, code, text="About forty.")

    assert ["How many texts?", "About forty."] == [one.text for one in status.messages]
    assert Stage.READ == status.stage


def test_the_record_is_not_approved_before_the_list_is_answered(
    open_registry: Registry, people: People, lead: Actor
) -> None:
    _handed_in(open_registry)
    report = _written(open_registry, people.reviewer)
    record = _record_of(open_registry, report)
    review.claim(open_registry, lead, record.uid, expected_revision=record.draft_revision)

    with refused(open_registry, InvalidInput) as caught:
        review.approve(open_registry, lead, record.uid, expected_revision=record.draft_revision)
    for item in list(CheckItem)[1:]:
        intake.check_report(open_registry, people.reviewer, report.id, item=item, done=True)
    intake.check_report(open_registry, people.reviewer, report.id, item=CheckItem.NAMES, done=False, remark="One left.")
    with refused(open_registry, InvalidInput) as again:
        review.approve(open_registry, lead, record.uid, expected_revision=record.draft_revision)

    assert len(QUESTIONS) == len(caught.value.problems)
    assert [("checks", "names")] == [one.path for one in again.value.problems]


def test_what_is_written_anew_is_checked_anew(open_registry: Registry, people: People, lead: Actor) -> None:
    _handed_in(open_registry)
    report = _written(open_registry, people.reviewer)
    _checked(open_registry, people.reviewer, report)
    _written(open_registry, people.reviewer, content(title="Told differently", marking={"tlp": "CLEAR"}))

    record = _record_of(open_registry, report)
    review.claim(open_registry, lead, record.uid, expected_revision=record.draft_revision)
    with refused(open_registry, InvalidInput):
        review.approve(open_registry, lead, record.uid, expected_revision=record.draft_revision)


def test_what_nobody_has_written_is_not_checked(open_registry: Registry, people: People) -> None:
    _handed_in(open_registry)
    report = intake.claim_report(open_registry, people.reviewer, _only(open_registry, people.reviewer).id)

    with refused(open_registry, Conflict):
        intake.check_report(open_registry, people.reviewer, report.id, item=CheckItem.NAMES, done=True)


def test_who_writes_it_down_does_not_approve_it(open_registry: Registry, people: People) -> None:
    _handed_in(open_registry)
    report = _written(open_registry, people.reviewer)
    record = _record_of(open_registry, report)

    with refused(open_registry, FourEyes):
        review.claim(open_registry, people.reviewer, record.uid, expected_revision=record.draft_revision)
    with refused(open_registry, Forbidden):
        intake.write_report(open_registry, people.lead, report.id, content(), expected_revision=2)
    with refused(open_registry, StaleRevision):
        intake.write_report(open_registry, people.reviewer, report.id, content(), expected_revision=1)


def test_a_report_becomes_a_public_record_that_its_author_hears_of(
    open_registry: Registry, people: People, lead: Actor
) -> None:
    code = _handed_in(open_registry, links=["https://example.org/a"]).code
    report = _written(open_registry, people.reviewer)
    _checked(open_registry, people.reviewer, report)

    record = _approved(open_registry, lead, _record_of(open_registry, report))
    in_review = reports.read_report(open_registry, ANONYMOUS, code)
    published = review.publish(open_registry, lead, record.uid, expected_revision=record.draft_revision)

    status = reports.read_report(open_registry, ANONYMOUS, code)
    assert (Stage.IN_REVIEW, None) == (in_review.stage, in_review.number)
    assert (Stage.PUBLISHED, published.number) == (status.stage, status.number)
    with refused(open_registry, Conflict):
        reports.answer_report(open_registry, ANONYMOUS, code, text="More.")


def test_a_declined_report_says_why(open_registry: Registry, people: People) -> None:
    code = _handed_in(open_registry).code
    record = _record_of(open_registry, _only(open_registry, people.reviewer))
    review.claim(open_registry, people.reviewer, record.uid, expected_revision=1)
    review.reject(open_registry, people.reviewer, record.uid, expected_revision=1, reason="No misuse of a model.")

    status = reports.read_report(open_registry, ANONYMOUS, code)

    assert (Stage.DECLINED, "No misuse of a model.") == (status.stage, status.reason)


def test_thirty_days_after_the_decision_nothing_of_it_is_in_any_file(
    open_registry: Registry, people: People, clock: FixedClock
) -> None:
    code = _handed_in(open_registry, **CONFIDENTIAL).code
    report = intake.claim_report(open_registry, people.reviewer, _only(open_registry, people.reviewer).id)
    intake.ask_reporter(open_registry, people.reviewer, report.id, text="Zanzibar question")
    clock.advance(days=40)
    while jobs.run_due(open_registry, SYSTEM):
        pass
    assert [] != _in_files(open_registry, CONTACT)

    record = _record_of(open_registry, report)
    review.claim(open_registry, people.reviewer, record.uid, expected_revision=1)
    review.reject(open_registry, people.reviewer, record.uid, expected_revision=1, reason="No misuse of a model.")
    for _ in range(29):
        clock.advance(days=1)
        jobs.run_due(open_registry, SYSTEM)
    assert [] != _in_files(open_registry, CONTACT)
    clock.advance(days=1)
    jobs.run_due(open_registry, SYSTEM)

    for word in (CONTACT, "Thistlewick", "Zanzibar", "Phishing at work", code, code.replace("-", "")):
        assert [] == _in_files(open_registry, word)
    assert () == intake.page(open_registry, people.reviewer).items
    with pytest.raises(NotFound):
        reports.read_report(open_registry, ANONYMOUS, code)
    assert 0 == jobs.run_due(open_registry, SYSTEM)


def test_neither_code_nor_key_of_a_report_is_ever_stored(open_registry: Registry) -> None:
    code = _handed_in(open_registry).code

    for text in (code, code.replace("-", ""), code.lower()):
        assert [] == _in_files(open_registry, text)


def test_erasing_the_record_erases_the_report(open_registry: Registry, people: People, lead: Actor) -> None:
    _handed_in(open_registry, **CONFIDENTIAL)
    report = _only(open_registry, people.reviewer)
    erasure.block(open_registry, lead, report.record, reason="It must go.")

    erasure.erase(open_registry, people.operator, report.record, reason="It must go.", legal_basis="GDPR Art. 17")

    assert [] == _in_files(open_registry, CONTACT)
    assert [] == _in_files(open_registry, "Thistlewick")


def test_the_oldest_report_is_listed_first(open_registry: Registry, people: People, clock: FixedClock) -> None:
    for _ in range(3):
        _handed_in(open_registry)
        clock.advance(minutes=1)

    with open_registry.storage.read() as reader:
        found = [one.opened_at for one in intake.page(open_registry, people.reviewer).items]
        assert 3 == len(found)
        assert START == found[0]
        assert sorted(found) == found
        assert 3 == reader.reports.waiting()
        [first, *_] = intake.page(open_registry, people.reviewer).items
        assert reader.records.get(first.record, visible=EVERYTHING) is not None
