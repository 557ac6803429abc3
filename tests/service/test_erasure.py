"""Block, unblock, hold and erase: one person hides at once, two persons forget, and a hold keeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from registry.domain.actor import Actor, Role
from registry.domain.change import ChangeKind
from registry.domain.errors import (
    Conflict,
    Forbidden,
    FourEyes,
    InvalidInput,
    InvalidTransition,
    NotFound,
    Unauthenticated,
)
from registry.domain.record import Record, State
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import erasure, find, life, node, review, submit
from registry.service.erasure import is_overdue
from registry.service.history import history_of
from registry.service.verify import verify
from tests.clocks import START, CountingIds, FixedClock
from tests.factories import content
from tests.service.circle import CERT, admit, changed_words, circle, now, sees
from tests.service.decisions import UNKNOWN
from tests.service.world import (
    BASIS,
    REASON,
    People,
    alter,
    approved,
    claimed,
    close_registry,
    contents_of,
    erase_by_two,
    move_in,
    open_registry,
    published,
    refused,
    republished,
    revised,
    stored,
    submitted,
    text_of,
)

SECOND = "Somebody asked for it."
MORE: dict[str, dict[str, Any]] = {"hold": {"on": True}, "erase": {"legal_basis": BASIS}}


def test_a_blocked_record_is_hidden_at_once_from_all_but_owner_and_reviewers(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    record = published(registry, people)
    before = find.public_seq(registry, people.stranger)
    blocked_at = clock.advance(hours=1)

    erasure.block(registry, people.operator, record.uid, reason=f" {REASON} ")

    names = ("stranger", "outsider", "operator", "submitter", "colleague", "reviewer", "lead")
    expected = ["tombstone"] * 3 + ["content+"] * 2 + ["content"] * 2
    assert expected == [sees(registry, getattr(people, name), record.uid) for name in names]
    seen = find.record(registry, people.stranger, record.uid)
    assert (REASON, blocked_at, True) == (seen.reason, seen.withdrawn_at, seen.blocked)
    assert (None, None) == (seen.blocked_by, seen.blocked_at)
    assert before + 1 == find.public_seq(registry, people.stranger)
    assert people.operator.person == find.record(registry, people.lead, record.uid).blocked_by
    assert find.record(registry, people.submitter, record.uid).blocked_by is None


def test_whoever_was_given_a_blocked_record_sees_a_tombstone_and_nobody_else_anything(
    registry: Registry, people: People
) -> None:
    circle(registry, of=("acme", "delta"))
    owner, member = now(registry, people.submitter), now(registry, people.outsider)
    record = published(registry, people, text_of("For the group", tlp="AMBER", audience=CERT), by=owner)
    before = find.public_seq(registry, people.stranger)

    erasure.block(registry, people.lead, record.uid, reason=REASON)

    assert ("tombstone", "nothing") == (sees(registry, member, record.uid), sees(registry, people.stranger, record.uid))
    assert before == find.public_seq(registry, people.stranger)
    assert ("block", "AMBER/RED audience=cert blocked", REASON) == changed_words(registry, record)[-1]


def test_an_unblocked_record_is_as_it_was(registry: Registry, people: People, clock: FixedClock) -> None:
    record = published(registry, people)
    seen = find.record(registry, people.stranger, record.uid)
    clock.advance(hours=1)
    erasure.block(registry, people.operator, record.uid, reason=REASON)

    erasure.unblock(registry, people.lead, record.uid, reason=SECOND)

    assert seen == find.record(registry, people.stranger, record.uid)
    assert ["upsert", "block", "block"] == [
        change.row.kind.value for change in history_of(registry, people.stranger, record.uid).changes
    ]
    assert () == verify(registry, people.system).faults


@pytest.mark.parametrize("state", [State.SUBMITTED, State.REJECTED, State.WITHDRAWN])
def test_what_was_said_of_a_record_that_is_not_out_outlives_a_block(
    registry: Registry, people: People, clock: FixedClock, state: State
) -> None:
    record = published(registry, people) if state is State.WITHDRAWN else claimed(registry, people)
    if state is State.REJECTED:
        review.reject(registry, people.reviewer, record.uid, expected_revision=1, reason="Not enough is known.")
    elif state is State.WITHDRAWN:
        life.withdraw(registry, people.submitter, record.uid, reason="Wrong.")
    else:
        review.release(registry, people.reviewer, record.uid, expected_revision=1)
    before = stored(registry, record.uid)
    clock.advance(hours=1)

    erasure.block(registry, people.lead, record.uid, reason=REASON)
    blocked = stored(registry, record.uid)
    erasure.unblock(registry, people.lead, record.uid, reason=SECOND)

    assert (before.reason, before.withdrawn_at) == (blocked.reason, blocked.withdrawn_at)
    assert before == replace(stored(registry, record.uid), changed_at=before.changed_at)


def test_publishing_newer_work_leaves_a_blocked_record_blocked(registry: Registry, people: People) -> None:
    record = published(registry, people)
    erasure.block(registry, people.lead, record.uid, reason=REASON)

    republished(registry, people, record, text_of("Better"))

    seen = find.record(registry, people.stranger, record.uid)
    assert ("tombstone", REASON) == (sees(registry, people.stranger, record.uid), seen.reason)


def test_what_reviewers_say_of_newer_work_is_not_told_on_the_tombstone_of_a_blocked_record(
    registry: Registry, people: People
) -> None:
    record = published(registry, people)
    erasure.block(registry, people.lead, record.uid, reason=REASON)
    revised(registry, people, record, text_of("Newer"))
    seen, seq = find.record(registry, people.stranger, record.uid), find.public_seq(registry, people.stranger)

    review.claim(registry, people.reviewer, record.uid, expected_revision=2)
    review.reject(registry, people.reviewer, record.uid, expected_revision=2, reason="zorbelgrint")
    submit.retract(registry, people.submitter, record.uid, reason="zorbelgrint")

    assert seen == find.record(registry, people.stranger, record.uid)
    assert seq == find.public_seq(registry, people.stranger)
    assert REASON == seen.reason


def steps_of_a_gone_record(registry: Registry, people: People, record: Record) -> dict[str, Callable[[], object]]:
    """What may be done to a record that strangers see a tombstone of."""
    return {
        "withdraw": lambda: life.withdraw(registry, people.submitter, record.uid, reason="Ours to take back."),
        "restore": lambda: life.restore(registry, people.lead, record.uid, reason="Put out again."),
        "block": lambda: erasure.block(registry, people.lead, record.uid, reason="To be judged."),
        "unblock": lambda: erasure.unblock(registry, people.lead, record.uid, reason="Judged."),
        "hold": lambda: erasure.hold(registry, people.operator, record.uid, on=True, reason="A court asks."),
    }


@pytest.mark.parametrize(
    "steps",
    [
        ("block", "withdraw", "restore", "unblock"),
        ("block", "withdraw", "unblock", "restore"),
        ("withdraw", "block", "restore", "unblock"),
        ("withdraw", "block", "unblock", "block", "restore"),
        ("block", "hold", "withdraw", "unblock"),
    ],
)
def test_a_public_row_is_written_exactly_when_strangers_see_something_else(
    registry: Registry, people: People, clock: FixedClock, steps: tuple[str, ...]
) -> None:
    record = published(registry, people)
    for step in steps:
        clock.advance(hours=1)
        seen = find.record(registry, people.stranger, record.uid)
        seq = find.public_seq(registry, people.stranger)

        steps_of_a_gone_record(registry, people, record)[step]()

        differs = seen != find.record(registry, people.stranger, record.uid)
        assert seq + differs == find.public_seq(registry, people.stranger), step
    assert () == verify(registry, people.system).faults


def test_the_owner_is_not_told_who_blocked(registry: Registry, people: People) -> None:
    record = published(registry, people)

    erasure.block(registry, people.lead, record.uid, reason=REASON)

    for who in (people.submitter, people.stranger):
        assert str(people.lead.person) not in repr(history_of(registry, who, record.uid))
        assert str(people.lead.person) not in repr(find.record(registry, who, record.uid))


@pytest.mark.parametrize("name", ["lead", "operator", "local_operator"])
def test_one_person_is_enough_to_block(registry: Registry, people: People, name: str) -> None:
    record = published(registry, people)

    assert erasure.block(registry, getattr(people, name), record.uid, reason=REASON).blocked


@pytest.mark.parametrize("act", [erasure.block, erasure.unblock])
def test_who_may_not_block(registry: Registry, people: People, act: Callable[..., Record]) -> None:
    record = published(registry, people)
    errors = {"stranger": Unauthenticated, "submitter": Forbidden, "reviewer": Forbidden, "system": Forbidden}

    for name, error in errors.items():
        with refused(registry, error):
            act(registry, getattr(people, name), record.uid, reason=REASON)


def test_what_is_blocked_is_not_blocked_again_and_what_is_not_is_not_unblocked(
    registry: Registry, people: People
) -> None:
    record, gone = published(registry, people), published(registry, people)
    with refused(registry, Conflict):
        erasure.unblock(registry, people.lead, record.uid, reason=REASON)
    erasure.block(registry, people.lead, record.uid, reason=REASON)
    erase_by_two(registry, people, gone.uid)

    for uid in (record.uid, gone.uid):
        with refused(registry, Conflict):
            erasure.block(registry, people.lead, uid, reason=REASON)


@pytest.mark.parametrize("reason", ["", " ", "x" * 2001, "a\x07b"])
@pytest.mark.parametrize("name", ["block", "unblock", "hold", "erase"])
def test_taking_away_wants_a_reason(registry: Registry, people: People, name: str, reason: str) -> None:
    record = published(registry, people)
    if name != "block":
        erasure.block(registry, people.lead, record.uid, reason=REASON)
    more = MORE.get(name, {})

    with refused(registry, InvalidInput):
        getattr(erasure, name)(registry, people.operator, record.uid, reason=reason, **more)


@pytest.mark.parametrize("name", ["block", "unblock", "hold", "erase"])
def test_an_unknown_record_is_not_taken_away(registry: Registry, people: People, name: str) -> None:
    more = MORE.get(name, {})

    with refused(registry, NotFound):
        getattr(erasure, name)(registry, people.operator, UNKNOWN, reason=REASON, **more)


def test_an_erasure_needs_a_block_by_another_person(registry: Registry, people: People) -> None:
    record = published(registry, people)
    with refused(registry, FourEyes):
        erasure.erase(registry, people.operator, record.uid, reason=REASON, legal_basis=BASIS)
    erasure.block(registry, people.operator, record.uid, reason=REASON)
    assert () == registry.erasures.uids()

    for actor in (people.operator, replace(people.operator, key="second"), replace(people.operator, person=None)):
        with refused(registry, FourEyes):
            erasure.erase(registry, actor, record.uid, reason=REASON, legal_basis=BASIS)

    second = admit(registry, "node", Role.OPERATOR, name="Olga Other")
    assert State.ERASED is erasure.erase(registry, second, record.uid, reason=REASON, legal_basis=BASIS).state
    assert (record.uid,) == registry.erasures.uids()


def test_a_block_that_was_lifted_confirms_nothing(registry: Registry, people: People) -> None:
    record = published(registry, people)
    erasure.block(registry, people.lead, record.uid, reason=REASON)
    erasure.unblock(registry, people.lead, record.uid, reason=SECOND)

    with refused(registry, FourEyes):
        erasure.erase(registry, people.operator, record.uid, reason=REASON, legal_basis=BASIS)


def test_on_a_one_person_node_one_person_erases(tmp_path: Any, clock: FixedClock, ids: CountingIds) -> None:
    registry = open_registry(tmp_path / "data", clock, ids, one_person_node=True)
    people = move_in(registry)
    record = published(registry, people)

    erased = erasure.erase(registry, people.operator, record.uid, reason=REASON, legal_basis=BASIS)

    assert State.ERASED is erased.state
    close_registry(registry)


def test_a_legal_hold_keeps_what_is_blocked_from_being_destroyed(registry: Registry, people: People) -> None:
    record = published(registry, people)
    erasure.hold(registry, people.operator, record.uid, on=True, reason="A court asks.")
    erasure.block(registry, people.lead, record.uid, reason=REASON)

    with refused(registry, Conflict):
        erasure.erase(registry, people.operator, record.uid, reason=REASON, legal_basis=BASIS)
    assert () == registry.erasures.uids()
    assert "tombstone" == sees(registry, people.stranger, record.uid)

    erasure.hold(registry, people.operator, record.uid, on=False, reason="It has judged.")
    erased = erasure.erase(registry, people.operator, record.uid, reason=REASON, legal_basis=BASIS)
    assert State.ERASED is erased.state


def test_a_legal_hold_is_seen_by_owner_and_reviewers_only(registry: Registry, people: People) -> None:
    record = published(registry, people)
    before = find.public_seq(registry, people.stranger)

    erasure.hold(registry, people.operator, record.uid, on=True, reason="A court asks.")

    assert before == find.public_seq(registry, people.stranger)
    for name, expected in {"stranger": False, "outsider": False, "submitter": True, "lead": True}.items():
        assert expected == find.record(registry, getattr(people, name), record.uid).legal_hold
        assert expected == ("A court asks." in repr(history_of(registry, getattr(people, name), record.uid)))


def test_who_may_not_hold_and_what_is_held_is_not_held_again(registry: Registry, people: People) -> None:
    record, gone = published(registry, people), published(registry, people)
    erase_by_two(registry, people, gone.uid)
    for name in ("submitter", "reviewer", "lead", "local_operator", "system"):
        with refused(registry, Forbidden):
            erasure.hold(registry, getattr(people, name), record.uid, on=True, reason=REASON)
    with refused(registry, Conflict):
        erasure.hold(registry, people.operator, record.uid, on=False, reason=REASON)
    erasure.hold(registry, people.operator, record.uid, on=True, reason=REASON)

    for uid in (record.uid, gone.uid):
        with refused(registry, Conflict):
            erasure.hold(registry, people.operator, uid, on=True, reason=REASON)


def test_whoever_could_see_an_erased_record_sees_its_tombstone(registry: Registry, people: People) -> None:
    circle(registry, of=("acme", "delta"))
    owner, member = now(registry, people.submitter), now(registry, people.outsider)
    record = published(registry, people, text_of("For the group", tlp="AMBER", audience=CERT), by=owner)

    erase_by_two(registry, people, record.uid)

    assert ("tombstone", "nothing") == (sees(registry, member, record.uid), sees(registry, people.stranger, record.uid))
    assert State.ERASED is find.record(registry, member, record.uid).state
    assert REASON in str(find.record(registry, member, record.uid).reason)


def test_reasons_are_in_the_log_and_go_with_the_record_while_the_chain_holds(
    registry: Registry, people: People
) -> None:
    word = "zorbelgrint"
    record = approved(registry, people, content(Kind.LESSON))
    review.request_changes(registry, people.reviewer, record.uid, expected_revision=1, reason=f"Name no {word}.")
    revised(registry, people, record, content(Kind.LESSON, context="Other."))
    review.claim(registry, people.reviewer, record.uid, expected_revision=2)
    review.approve(registry, people.reviewer, record.uid, expected_revision=2, reason=f"No {word} is named.")
    review.publish(registry, people.reviewer, record.uid, expected_revision=2)
    life.withdraw(registry, people.submitter, record.uid, reason=f"{word} asked.")
    told = [reason for _, _, reason in changed_words(registry, record) if reason]
    assert [f"Name no {word}.", f"No {word} is named.", f"{word} asked."] == told
    assert () == verify(registry, people.system).faults

    erase_by_two(registry, people, record.uid)

    assert [f"{REASON} ({BASIS})"] == [reason for _, _, reason in changed_words(registry, record) if reason]
    assert word not in "".join(contents_of(registry)).lower()
    assert () == verify(registry, people.system).faults


def test_a_reason_that_was_altered_is_found(registry: Registry, people: People) -> None:
    record = published(registry, people)
    life.withdraw(registry, people.submitter, record.uid, reason=REASON)

    alter(registry, "UPDATE reasons SET reason = 'Nobody asked.'")

    assert any("reason" in fault for fault in _faults(registry, people))


def test_a_reason_hash_or_visibility_that_was_altered_breaks_the_chain(registry: Registry, people: People) -> None:
    record = published(registry, people)
    life.withdraw(registry, people.submitter, record.uid, reason=REASON)

    alter(registry, "UPDATE changes SET visibility = 'GREEN/RED' WHERE kind = 'withdraw'")

    assert any("does not fit the chain" in fault for fault in _faults(registry, people))


def _faults(registry: Registry, people: People) -> tuple[str, ...]:
    return verify(registry, people.system).faults


def test_every_row_about_a_record_says_who_may_see_it(registry: Registry, people: People) -> None:
    circle(registry, of=("acme",))
    owner = now(registry, people.submitter)
    later = START + timedelta(days=9)
    record = published(
        registry, people, text_of("x", tlp="GREEN", audience=CERT, embargo_until=later.isoformat()), by=owner
    )
    erasure.block(registry, people.lead, record.uid, reason=REASON)
    erasure.hold(registry, people.operator, record.uid, on=True, reason=REASON)

    words = [(kind, said) for kind, said, _ in changed_words(registry, record)]

    given_out = f"GREEN/RED audience=cert embargo={later.isoformat()}"
    assert [
        ("submit", "GREEN/RED"),
        ("review", "GREEN/RED"),
        ("review", "GREEN/RED"),
        ("upsert", given_out),
        ("block", f"{given_out} blocked"),
        ("hold", f"{given_out} blocked legal_hold"),
    ] == words


def test_blocked_records_wait_the_oldest_first_and_are_overdue_after_a_week(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    first, second = published(registry, people, text_of("Zorbelgrint")), submitted(registry, people)
    erasure.block(registry, people.lead, second.uid, reason=REASON)
    clock.advance(hours=1)
    erasure.block(registry, people.lead, first.uid, reason=REASON)
    clock.advance(days=7)

    found = erasure.waiting(registry, people.lead)

    assert [second.uid, first.uid] == [one.uid for one in found]
    assert [True, False] == [is_overdue(one, clock.at) for one in found]
    assert "Zorbelgrint" not in repr(erasure.waiting(registry, people.operator))
    for name in ("submitter", "reviewer", "stranger"):
        with pytest.raises((Forbidden, Unauthenticated)):
            erasure.waiting(registry, getattr(people, name))


def test_an_erasure_after_a_restore_needs_nobody_and_a_hold_does_not_stop_it(
    registry: Registry, people: People
) -> None:
    record = published(registry, people)
    registry.erasures.append(record.uid, START)

    assert 1 == node.after_restore(registry, people.system)

    assert State.ERASED is stored(registry, record.uid).state
    with pytest.raises(InvalidTransition):
        erasure.erase(registry, people.operator, record.uid, reason=REASON, legal_basis=BASIS)


def _is_row_of(kind: ChangeKind, actor: Actor, registry: Registry, record: Record) -> bool:
    with registry.storage.read() as reader:
        last = reader.changes.of_record(record.uid)[-1].row
    return (last.kind, last.actor) == (kind, actor.id)


def test_the_log_tells_who_blocked_and_who_erased(registry: Registry, people: People) -> None:
    record = published(registry, people)

    erasure.block(registry, people.lead, record.uid, reason=REASON)
    assert _is_row_of(ChangeKind.BLOCK, people.lead, registry, record)
    erasure.erase(registry, people.operator, record.uid, reason=REASON, legal_basis=BASIS)
    assert _is_row_of(ChangeKind.ERASE, people.operator, registry, record)
