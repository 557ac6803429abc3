"""Cases: opened by anybody, followed by a code, urgent ones secured first, decided with reasons, appealed once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from registry.domain.actor import ANONYMOUS, SYSTEM, Actor, Permission
from registry.domain.case import (
    MAX_MESSAGE,
    MAX_MESSAGES,
    MAX_WORDS,
    Author,
    Case,
    CaseOutcome,
    CaseState,
    Ground,
    Wish,
)
from registry.domain.errors import (
    Forbidden,
    FourEyes,
    InvalidInput,
    InvalidTransition,
    NotFound,
    QueueFull,
    Unauthenticated,
)
from registry.domain.pages import PageRequest
from registry.ports import Registry
from registry.service import cases, casework, erasure, find, jobs, life
from registry.service.cases import Opened
from tests.clocks import START, FixedClock
from tests.service.world import People, contents_of, published, refused, stored, submitted

WORDS = "My name is Wilhelmina Quartzfield and none of this is true."
MAIL = "wilhelmina@quartzfield.example"
REASONS = "You are named without need; the name is gone."


def _opened(registry: Registry, *, about: str = "", ground: Ground = Ground.DEFAMATION, words: str = WORDS) -> Opened:
    return cases.open_case(
        registry, ANONYMOUS, wish=Wish.REMOVAL, ground=ground, about=about, words=words, contact=MAIL
    )


def _decided(registry: Registry, by: Actor, case: Case, outcome: CaseOutcome = CaseOutcome.REFUSED) -> Case:
    return casework.decide(registry, by, case.id, outcome=outcome, reasons=REASONS)


def _in_files(registry: Registry, text: str) -> list[str]:
    """The files of the data directory that hold *text*."""
    needle = text.encode()
    files = (path for path in Path(registry.settings.data_dir).rglob("*") if path.is_file())
    return [path.name for path in files if needle in path.read_bytes()]


def test_a_person_without_an_account_opens_a_case_and_reads_it_with_the_code(registry: Registry) -> None:
    opened = _opened(registry, about="the article on LOCAL-INC-2026-0001, please")

    found = cases.read_case(registry, ANONYMOUS, opened.code)

    assert opened.case == found
    assert (CaseState.OPEN, START + timedelta(days=14), WORDS) == (found.state, found.due_at, found.words)


def test_a_code_is_read_however_it_is_written(registry: Registry) -> None:
    opened = _opened(registry)

    for code in (opened.code.lower(), opened.code.replace("-", " "), f"  {opened.code}\n"):
        assert opened.case == cases.read_case(registry, ANONYMOUS, code)


def test_nothing_but_the_hash_of_a_code_is_stored(registry: Registry) -> None:
    opened = _opened(registry)

    assert [] == _in_files(registry, opened.code)
    assert [] == _in_files(registry, opened.code.replace("-", ""))
    assert opened.code not in "".join(contents_of(registry))


@pytest.mark.parametrize(
    "code", ["", "nonsense", "0" * 30, "B87K85-TC7V6J-BACSZN-HAVYWN-0SSJDQ", "\x00", "é" * 30, "\udcff", "x" * 100_000]
)
def test_whatever_is_no_code_of_this_node_is_answered_the_same(registry: Registry, code: str) -> None:
    _opened(registry)

    with pytest.raises(NotFound) as caught:
        cases.read_case(registry, ANONYMOUS, code)

    assert caught.value.message.startswith("there is no case under this code")


def test_what_a_person_is_told_does_not_depend_on_the_record_they_name(registry: Registry, people: People) -> None:
    hidden, public = submitted(registry, people), published(registry, people)
    assert public.number is not None

    for ground in (Ground.MINOR, Ground.PRIVACY):
        told = []
        for about in (hidden.uid, public.number, "LOCAL-INC-2026-9999", "something else"):
            opened = _opened(registry, about=about, ground=ground)
            assert about == opened.case.about
            casework.block_record(registry, people.operator, opened.case.id, reason="Asked for in a case.")
            found = cases.read_case(registry, ANONYMOUS, opened.code)
            told.append(replace(found, id=opened.case.id, about=""))
        assert 1 == len({replace(one, id=told[0].id) for one in told})


def test_all_that_is_wrong_with_a_case_is_told_at_once(registry: Registry) -> None:
    with refused(registry, InvalidInput) as caught:
        cases.open_case(registry, ANONYMOUS, wish="", ground="minors", about="x" * 301, words=" \n ", contact="y" * 301)

    told = [(one.path, one.code) for one in caught.value.problems]
    expected = [("wish", "REQUIRED"), ("ground", "UNKNOWN_TERM"), ("about", "TOO_LONG"), ("words", "REQUIRED")]
    assert [*(((name,), code) for name, code in expected), (("contact",), "TOO_LONG")] == told
    assert "did you mean minor?" == caught.value.problems[1].hint


def test_words_are_bounded_and_freed_of_what_nobody_can_see(registry: Registry) -> None:
    opened = _opened(registry, words="\u202eNot\x00 true.\r\nReally.\x1b")

    assert "Not true.\nReally." == opened.case.words
    with refused(registry, InvalidInput):
        _opened(registry, words="x" * (MAX_WORDS + 1))


def test_each_of_the_two_queues_is_full_at_its_own_time(registry: Registry) -> None:
    small = replace(registry, settings=registry.settings.model_copy(update={"case_queue": 2}))
    for _ in range(2):
        _opened(small)

    with refused(small, QueueFull):
        _opened(small)
    urgent = _opened(small, ground=Ground.ADDRESS)

    assert START + timedelta(hours=24) == urgent.case.due_at


def test_deciding_makes_room_in_a_full_queue(registry: Registry, people: People) -> None:
    small = replace(registry, settings=registry.settings.model_copy(update={"case_queue": 1}))
    case = _opened(small).case

    _decided(small, people.operator, case)

    assert CaseState.OPEN == _opened(small).case.state


def test_only_those_who_handle_cases_see_them(registry: Registry, people: People) -> None:
    case = _opened(registry).case

    for actor in (people.submitter, people.colleague, people.outsider, people.reviewer, people.inside_reviewer):
        with refused(registry, Forbidden):
            casework.page(registry, actor)
        with refused(registry, Forbidden):
            casework.case(registry, actor, case.id)
        with refused(registry, Forbidden):
            _decided(registry, actor, case)
        with refused(registry, Forbidden):
            casework.block_record(registry, actor, case.id, reason="Because.")
    with refused(registry, Unauthenticated):
        casework.page(registry, people.stranger)
    for actor in (people.operator, people.lead, people.local_operator):
        assert [MAIL] == [one.contact for one in casework.page(registry, actor).items]


def test_a_key_that_is_narrowed_to_something_else_sees_no_cases(registry: Registry, people: People) -> None:
    narrow = replace(people.operator, scopes=frozenset({Permission.RECORD_READ}))

    with refused(registry, Forbidden):
        casework.page(registry, narrow)


def test_the_person_is_not_told_who_decides_nor_what_others_may_not_learn(registry: Registry, people: People) -> None:
    opened = _opened(registry, about="LOCAL-INC-2026-0001")
    _decided(registry, people.operator, opened.case)

    found = cases.read_case(registry, ANONYMOUS, opened.code)

    assert ("", None, "") == (found.contact, found.named, found.decisions[0].by)
    assert (CaseOutcome.REFUSED, REASONS) == (found.decisions[0].outcome, found.decisions[0].reasons)


def test_one_operator_hides_at_once_what_an_urgent_case_concerns(registry: Registry, people: People) -> None:
    record = published(registry, people)
    case = _opened(registry, about=f"see https://x.example/r/{record.number}", ground=Ground.DANGER_TO_LIFE).case

    secured, blocked = casework.block_record(registry, people.operator, case.id, reason="Asked for in a case.")

    assert (record.uid, START, START + timedelta(days=14)) == (blocked, secured.secured_at, secured.due_at)
    assert stored(registry, record.uid).blocked
    assert find.record(registry, ANONYMOUS, record.uid).head.public is None


def test_blocking_again_changes_nothing_about_the_record(registry: Registry, people: People) -> None:
    record = published(registry, people)
    case = _opened(registry, about=record.uid, ground=Ground.MINOR).case
    casework.block_record(registry, people.operator, case.id, reason="Asked for in a case.")
    before = stored(registry, record.uid)

    secured, blocked = casework.block_record(registry, people.lead, case.id, reason="Once more.")

    assert (before, record.uid) == (stored(registry, record.uid), blocked)
    assert START == secured.secured_at


def test_who_handles_a_case_may_say_which_record_is_meant(registry: Registry, people: People) -> None:
    record = published(registry, people)
    case = _opened(registry, about="the one about the bank", ground=Ground.MINOR).case

    _, blocked = casework.block_record(registry, people.operator, case.id, reason="This one.", uid=record.uid)

    assert record.uid == blocked


def test_the_owner_decides_of_no_case_that_others_found_to_be_about_its_record(
    registry: Registry, people: People
) -> None:
    record = published(registry, people)
    case = _opened(registry, about="the one about the bank", ground=Ground.MINOR).case
    casework.block_record(registry, people.lead, case.id, reason="This one.", uid=record.uid)
    inside = replace(people.operator, organisation=record.owner)

    with refused(registry, FourEyes):
        casework.decide(registry, inside, case.id, outcome=CaseOutcome.REFUSED, reasons="No.")


def test_nothing_is_secured_without_a_reason_or_after_a_decision(registry: Registry, people: People) -> None:
    case = _opened(registry, ground=Ground.MINOR).case

    with refused(registry, InvalidInput):
        casework.block_record(registry, people.operator, case.id, reason=" ")
    _decided(registry, people.operator, case)

    with refused(registry, InvalidTransition):
        casework.block_record(registry, people.operator, case.id, reason="Too late.")


def test_messages_go_both_ways_while_a_case_waits(registry: Registry, people: People) -> None:
    opened = _opened(registry)

    cases.add_to_case(registry, ANONYMOUS, opened.code, text="It says so in line two.")
    cases.add_to_case(registry, ANONYMOUS, opened.code, text="It says so in line two.")
    casework.answer_case(registry, people.lead, opened.case.id, text="Which line two?")

    found = cases.read_case(registry, ANONYMOUS, opened.code)
    expected = [(Author.PERSON, "It says so in line two."), (Author.NODE, "Which line two?")]
    assert expected == [(one.author, one.text) for one in found.messages]


def test_messages_are_bounded_in_number(registry: Registry) -> None:
    opened = _opened(registry)
    for at in range(MAX_MESSAGES):
        cases.add_to_case(registry, ANONYMOUS, opened.code, text=f"Message {at}.")

    with refused(registry, InvalidInput):
        cases.add_to_case(registry, ANONYMOUS, opened.code, text="One more.")


def test_a_message_is_bounded_in_length(registry: Registry) -> None:
    opened = _opened(registry)

    for text in ("", " \n", "x" * (MAX_MESSAGE + 1)):
        with refused(registry, InvalidInput):
            cases.add_to_case(registry, ANONYMOUS, opened.code, text=text)


def test_a_decision_needs_reasons_and_a_decided_case_takes_no_more_messages(registry: Registry, people: People) -> None:
    opened = _opened(registry)

    with refused(registry, InvalidInput):
        casework.decide(registry, people.operator, opened.case.id, outcome=CaseOutcome.ERASED, reasons="  ")
    _decided(registry, people.operator, opened.case)

    with refused(registry, InvalidTransition):
        cases.add_to_case(registry, ANONYMOUS, opened.code, text="But.")
    with refused(registry, InvalidTransition):
        casework.answer_case(registry, people.lead, opened.case.id, text="But.")
    with refused(registry, InvalidTransition):
        _decided(registry, people.lead, opened.case)


def test_an_appeal_is_decided_by_another_person_and_ends_the_case(registry: Registry, people: People) -> None:
    opened = _opened(registry)
    with refused(registry, InvalidTransition):
        cases.appeal_case(registry, ANONYMOUS, opened.code, text="Too early.")
    _decided(registry, people.operator, opened.case)

    waiting = cases.appeal_case(registry, ANONYMOUS, opened.code, text="I do not agree.")
    with refused(registry, FourEyes):
        _decided(registry, people.operator, opened.case)
    closed = _decided(registry, people.lead, opened.case, CaseOutcome.CORRECTED)

    assert (CaseState.APPEALED, START + timedelta(days=14)) == (waiting.state, waiting.due_at)
    assert CaseState.CLOSED == closed.state
    assert [CaseOutcome.REFUSED, CaseOutcome.CORRECTED] == [one.outcome for one in closed.decisions]
    with refused(registry, InvalidTransition):
        cases.appeal_case(registry, ANONYMOUS, opened.code, text="Again.")


def test_who_belongs_to_the_owner_of_the_record_does_not_decide(registry: Registry, people: People) -> None:
    record = published(registry, people)
    partial = replace(people.lead, organisation=record.owner)
    case = _opened(registry, about=record.number or "").case

    with refused(registry, FourEyes):
        _decided(registry, partial, case)


def test_what_is_due_first_is_listed_first_and_page_by_page(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    late = _opened(registry).case
    clock.advance(hours=1)
    urgent = _opened(registry, ground=Ground.MINOR).case
    answered = _opened(registry).case
    _decided(registry, people.operator, answered)

    first = casework.page(registry, people.lead, states=[CaseState.OPEN], request=PageRequest(1))
    rest = casework.page(
        registry, people.lead, states=[CaseState.OPEN], request=PageRequest(5, position=first.positions[-1])
    )

    assert ([urgent.id], True) == ([one.id for one in first.items], first.has_next)
    assert ([late.id], False) == ([one.id for one in rest.items], rest.has_next)


def test_a_case_that_waits_too_long_is_overdue(registry: Registry, people: People, clock: FixedClock) -> None:
    case = _opened(registry, ground=Ground.MINOR).case

    assert not case.is_overdue(clock.advance(hours=24))
    assert case.is_overdue(clock.advance(seconds=1))
    assert not _decided(registry, people.operator, case).is_overdue(clock.now())


def test_thirty_days_after_the_decision_nothing_that_was_written_is_left(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    opened = _opened(registry, about="Quartzfield v. LOCAL-INC-2026-0001")
    cases.add_to_case(registry, ANONYMOUS, opened.code, text="Zanzibar clause")
    _decided(registry, people.operator, opened.case)

    clock.advance(days=29, hours=23)
    assert 0 == jobs.run_due(registry, SYSTEM)
    assert [] != _in_files(registry, MAIL)
    clock.advance(hours=1)
    assert 1 == jobs.run_due(registry, SYSTEM)

    for word in (MAIL, "Quartzfield", "Zanzibar", REASONS):
        assert [] == _in_files(registry, word)
    with pytest.raises(NotFound):
        cases.read_case(registry, ANONYMOUS, opened.code)
    assert () == casework.page(registry, people.lead).items


def test_an_appeal_puts_the_end_off(registry: Registry, people: People, clock: FixedClock) -> None:
    opened = _opened(registry)
    _decided(registry, people.operator, opened.case)
    clock.advance(days=29)
    cases.appeal_case(registry, ANONYMOUS, opened.code, text="I do not agree.")
    clock.advance(days=5)
    jobs.run_due(registry, SYSTEM)
    _decided(registry, people.lead, opened.case)
    clock.advance(days=29)
    jobs.run_due(registry, SYSTEM)

    assert CaseState.CLOSED == cases.read_case(registry, ANONYMOUS, opened.code).state
    clock.advance(days=1)
    jobs.run_due(registry, SYSTEM)

    with pytest.raises(NotFound):
        cases.read_case(registry, ANONYMOUS, opened.code)


def test_the_log_says_that_and_when_but_no_word_of_it(registry: Registry, people: People) -> None:
    opened = _opened(registry)
    _decided(registry, people.operator, opened.case)

    with registry.storage.read() as reader:
        rows = [one for one in reader.changes.after(0, limit=1000) if one.row.subject and "case:" in one.row.subject]

    assert [f"case:{opened.case.id}:{what}" for what in ("opened", "decided")] == [one.row.subject for one in rows]
    assert ["anonymous", people.operator.id] == [one.row.actor for one in rows]
    assert [None, None] == [one.public_seq for one in rows]


def _replied(registry: Registry, people: People, about: str) -> Case:
    case = _opened(registry, about=about).case
    return casework.decide(
        registry, people.operator, case.id, outcome=CaseOutcome.REPLY_SHOWN, reasons=REASONS, reply="It was not me."
    )


def test_a_reply_is_shown_beside_the_record_to_all_who_see_it(registry: Registry, people: People) -> None:
    record = published(registry, people)
    before = find.public_seq(registry, ANONYMOUS)

    _replied(registry, people, record.number or "")

    assert ["It was not me."] == [one.text for one in cases.replies(registry, ANONYMOUS, record.uid)]
    assert before + 1 == find.public_seq(registry, ANONYMOUS)


def test_a_reply_to_a_hidden_record_moves_nothing_that_strangers_see(registry: Registry, people: People) -> None:
    record = submitted(registry, people)
    before = find.public_seq(registry, ANONYMOUS)

    _replied(registry, people, record.uid)

    assert () == cases.replies(registry, ANONYMOUS, record.uid)
    assert () == cases.replies(registry, people.outsider, record.uid)
    assert 1 == len(cases.replies(registry, people.submitter, record.uid))
    assert before == find.public_seq(registry, ANONYMOUS)


def test_a_reply_needs_words_and_a_record(registry: Registry, people: People) -> None:
    record = published(registry, people)
    case = _opened(registry, about=record.number or "").case
    lost = _opened(registry, about="somewhere").case

    with refused(registry, InvalidInput):
        casework.decide(registry, people.lead, case.id, outcome=CaseOutcome.REPLY_SHOWN, reasons=REASONS)
    with refused(registry, InvalidInput):
        _shown = CaseOutcome.REPLY_SHOWN
        casework.decide(registry, people.lead, lost.id, outcome=_shown, reasons=REASONS, reply="Not me.")


def test_a_reply_goes_with_its_record(registry: Registry, people: People) -> None:
    withdrawn, erased = published(registry, people), published(registry, people)
    _replied(registry, people, withdrawn.number or "")
    _replied(registry, people, erased.number or "")

    life.withdraw(registry, people.reviewer, withdrawn.uid, reason="Published twice.")
    erasure.block(registry, people.lead, erased.uid, reason="It must go.")
    hidden = cases.replies(registry, ANONYMOUS, erased.uid)
    erasure.erase(registry, people.operator, erased.uid, reason="It must go.", legal_basis="GDPR Art. 17")

    assert ((), (), ()) == (
        cases.replies(registry, ANONYMOUS, withdrawn.uid),
        hidden,
        cases.replies(registry, people.submitter, erased.uid),
    )


def test_erasing_a_record_erases_what_was_written_about_it_but_not_the_answer(
    registry: Registry, people: People
) -> None:
    record = published(registry, people)
    opened = _opened(registry, about=record.number or "")
    cases.add_to_case(registry, ANONYMOUS, opened.code, text="Zanzibar clause")
    _decided(registry, people.lead, opened.case, CaseOutcome.ERASED)

    erasure.block(registry, people.lead, record.uid, reason="It must go.")
    erasure.erase(registry, people.operator, record.uid, reason="It must go.", legal_basis="GDPR Art. 17")

    assert [] == _in_files(registry, "Quartzfield")
    assert [] == _in_files(registry, "Zanzibar")
    assert REASONS == cases.read_case(registry, ANONYMOUS, opened.code).decisions[0].reasons
