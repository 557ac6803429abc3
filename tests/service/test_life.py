"""Withdrawing, restoring and erasing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from registry.domain.actor import Actor
from registry.domain.errors import (
    Forbidden,
    InvalidInput,
    InvalidTransition,
    NotFound,
    StaleRevision,
    Unauthenticated,
)
from registry.domain.record import Record, RecordUid, State
from registry.ports import Registry
from registry.service import erasure, find, follow, life, node, search, submit
from registry.service.history import history_of
from registry.service.verify import verify
from tests.clocks import START, FixedClock
from tests.factories import content
from tests.service.decisions import UNKNOWN
from tests.service.world import (
    REASON,
    People,
    approved,
    claimed,
    erase_by_two,
    published,
    refused,
    revised,
    state_of,
    stored,
    submitted,
    text_of,
)

BASIS = "GDPR, article 17"
PLANTED = "Wilhelmina Zorbelgrint"


def _catch_up(registry: Registry, people: People) -> None:
    while follow.catch_up(registry, people.system):
        pass


def test_a_withdrawn_record_leaves_a_tombstone_with_the_reason(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    record = published(registry, people, text_of("Gone soon", content_warnings=["names a person"]))
    before = find.public_seq(registry, people.stranger)
    withdrawn_at = clock.advance(days=1)

    life.withdraw(registry, people.submitter, record.uid, reason=f" {REASON} ")

    seen = find.record(registry, people.stranger, record.uid)
    assert (State.WITHDRAWN, REASON, withdrawn_at) == (seen.state, seen.reason, seen.withdrawn_at)
    assert (None, None, ()) == (seen.head.public, seen.head.restricted, seen.head.marking.content_warnings)
    assert before + 1 == find.public_seq(registry, people.stranger)
    assert () == history_of(registry, people.stranger, record.uid).revisions
    mine = find.record(registry, people.colleague, record.uid)
    assert mine.head.public is not None


def test_a_withdrawn_incident_is_not_found_by_search(registry: Registry, people: People) -> None:
    record = published(registry, people, text_of("Zebra fraud"))
    _catch_up(registry, people)
    assert 1 == search.search(registry, people.stranger, "zebra").total

    life.withdraw(registry, people.submitter, record.uid, reason=REASON)
    assert () == search.search(registry, people.stranger, "zebra").matches
    _catch_up(registry, people)

    assert 0 == search.search(registry, people.stranger, "zebra").total


@pytest.mark.parametrize("name", ["submitter", "colleague", "bot", "reviewer", "lead", "operator"])
def test_owner_reviewers_and_operators_withdraw(registry: Registry, people: People, name: str) -> None:
    record = published(registry, people)

    assert State.WITHDRAWN is life.withdraw(registry, getattr(people, name), record.uid, reason=REASON).state


def test_who_may_not_withdraw(registry: Registry, people: People) -> None:
    record = published(registry, people)

    for who, error in ((people.stranger, Unauthenticated), (people.outsider, Forbidden), (people.system, Forbidden)):
        with refused(registry, error):
            life.withdraw(registry, who, record.uid, reason=REASON)


def test_what_one_does_not_see_one_does_not_withdraw(registry: Registry, people: People) -> None:
    hidden = published(registry, people, text_of("Closed", tlp="RED"))
    answers = []

    for uid in (hidden.uid, UNKNOWN):
        with refused(registry, NotFound) as caught:
            life.withdraw(registry, people.outsider, uid, reason=REASON)
        answers.append(caught.value.problems)

    assert answers[0] == answers[1]


@pytest.mark.parametrize("act", [life.withdraw, life.restore])
@pytest.mark.parametrize("reason", ["", " \t", "x" * 2001])
def test_withdrawing_and_restoring_want_a_reason(
    registry: Registry, people: People, act: Callable[..., Record], reason: str
) -> None:
    record = published(registry, people)

    with refused(registry, InvalidInput):
        act(registry, people.lead, record.uid, reason=reason)


def test_withdrawing_and_restoring_refuse_an_older_revision(registry: Registry, people: People) -> None:
    record = published(registry, people)
    with refused(registry, StaleRevision):
        life.withdraw(registry, people.lead, record.uid, reason=REASON, expected_revision=2)
    life.withdraw(registry, people.lead, record.uid, reason=REASON, expected_revision=1)

    with refused(registry, StaleRevision):
        life.restore(registry, people.lead, record.uid, reason=REASON, expected_revision=2)


def test_only_a_published_record_is_withdrawn(registry: Registry, people: People) -> None:
    gone = published(registry, people)
    life.withdraw(registry, people.lead, gone.uid, reason=REASON)

    for record in (submitted(registry, people), claimed(registry, people), approved(registry, people), gone):
        with refused(registry, InvalidTransition):
            life.withdraw(registry, people.lead, record.uid, reason=REASON)


def test_withdrawing_ends_the_work_under_review(registry: Registry, people: People) -> None:
    record = published(registry, people)
    revised(registry, people, record, text_of("Unfinished"))

    life.withdraw(registry, people.submitter, record.uid, reason=REASON)

    now = stored(registry, record.uid)
    assert (None, None) == (now.pending, now.work)
    assert () == verify(registry, people.system).faults


def test_a_restored_record_is_public_again_under_its_number_and_first_day(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    record = published(registry, people)
    life.withdraw(registry, people.submitter, record.uid, reason=REASON)
    before = find.public_seq(registry, people.stranger)
    clock.advance(days=1)

    life.restore(registry, people.lead, record.uid, reason=REASON)

    seen = find.record(registry, people.stranger, record.uid)
    assert (State.PUBLISHED, record.number, START, None) == (
        seen.state,
        seen.number,
        seen.published_at,
        seen.withdrawn_at,
    )
    assert seen.head.public is not None
    assert before + 1 == find.public_seq(registry, people.stranger)


def test_only_lead_reviewers_restore(registry: Registry, people: People) -> None:
    record = published(registry, people)
    life.withdraw(registry, people.submitter, record.uid, reason=REASON)
    errors = {"stranger": Unauthenticated, "submitter": Forbidden, "reviewer": Forbidden, "operator": Forbidden}

    for name, error in errors.items():
        with refused(registry, error):
            life.restore(registry, getattr(people, name), record.uid, reason=REASON)


def test_only_a_withdrawn_record_is_restored(registry: Registry, people: People) -> None:
    for record in (submitted(registry, people), published(registry, people)):
        with refused(registry, InvalidTransition):
            life.restore(registry, people.lead, record.uid, reason=REASON)


def test_an_erased_public_record_leaves_a_tombstone_and_nothing_else(registry: Registry, people: People) -> None:
    record = published(registry, people, text_of(PLANTED, content_warnings=[PLANTED]))
    before = find.public_seq(registry, people.stranger)

    erase_by_two(registry, people, record.uid, reason="Asked by the person.", legal_basis=BASIS)

    assert before + 2 == find.public_seq(registry, people.stranger)
    for who in (people.stranger, people.submitter, people.lead):
        seen = find.record(registry, who, record.uid)
        assert (State.ERASED, f"Asked by the person. ({BASIS})") == (seen.state, seen.reason)
        assert (None, None, ()) == (seen.head.public, seen.head.restricted, seen.head.marking.content_warnings)
        assert [] == [one for one in history_of(registry, who, record.uid).revisions if one.public or one.restricted]
    assert () == verify(registry, people.system).faults


def test_an_erased_draft_is_gone_for_strangers(registry: Registry, people: People) -> None:
    record = submitted(registry, people)
    before = find.public_seq(registry, people.stranger)

    erase_by_two(registry, people, record.uid, legal_basis=BASIS)

    with pytest.raises(NotFound):
        find.record(registry, people.stranger, record.uid)
    assert before == find.public_seq(registry, people.stranger)


def test_an_erasure_is_written_outside_the_data_directory(registry: Registry, people: People) -> None:
    record = published(registry, people)

    erase_by_two(registry, people, record.uid, legal_basis=BASIS)

    path = registry.settings.erasures_path
    assert registry.settings.data_dir not in path.parents
    assert (record.uid,) == registry.erasures.uids()
    assert record.uid in path.read_text()


def test_what_is_erased_is_not_erased_again(registry: Registry, people: People) -> None:
    record = published(registry, people)
    erase_by_two(registry, people, record.uid, legal_basis=BASIS)

    with refused(registry, InvalidTransition):
        erasure.erase(registry, people.operator, record.uid, reason=REASON, legal_basis=BASIS)


def test_who_may_not_erase(registry: Registry, people: People) -> None:
    record = published(registry, people)
    errors = {"stranger": Unauthenticated, "submitter": Forbidden, "lead": Forbidden, "local_operator": Forbidden}

    for name, error in errors.items():
        with refused(registry, error):
            erasure.erase(registry, getattr(people, name), record.uid, reason=REASON, legal_basis=BASIS)


@pytest.mark.parametrize(("reason", "basis"), [("", BASIS), (REASON, " "), ("x" * 2001, BASIS)])
def test_an_erasure_wants_reason_and_legal_basis(registry: Registry, people: People, reason: str, basis: str) -> None:
    record = published(registry, people)

    with refused(registry, InvalidInput):
        erasure.erase(registry, people.operator, record.uid, reason=reason, legal_basis=basis)


def test_an_unknown_record_is_not_erased(registry: Registry, people: People) -> None:
    with refused(registry, NotFound):
        erasure.erase(registry, people.operator, UNKNOWN, reason=REASON, legal_basis=BASIS)


def test_an_erased_request_may_be_sent_again_as_a_new_one(registry: Registry, people: People) -> None:
    first = submit.submit(registry, people.submitter, content(), external_ref="case-7", idempotency_key="k1").record
    erase_by_two(registry, people, first.uid, legal_basis=BASIS)

    second = submit.submit(registry, people.submitter, content(), external_ref="case-7", idempotency_key="k1")

    assert not second.replayed
    assert first.uid != second.record.uid


@pytest.mark.parametrize("state", [State.SUBMITTED, State.IN_REVIEW, State.APPROVED, State.PUBLISHED])
def test_a_record_is_erased_from_every_stage(registry: Registry, people: People, state: State) -> None:
    makers = {
        State.SUBMITTED: submitted,
        State.IN_REVIEW: claimed,
        State.APPROVED: approved,
        State.PUBLISHED: published,
    }
    record = makers[state](registry, people)

    assert State.ERASED is erase_by_two(registry, people, record.uid, legal_basis=BASIS).state


def test_what_was_erased_is_erased_again_after_an_older_copy_is_restored(
    registry: Registry, people: People, tmp_path: Path
) -> None:
    record: Record = published(registry, people)
    copy = tmp_path / "copy.db"
    registry.storage.backup(copy)
    erase_by_two(registry, people, record.uid, legal_basis=BASIS)
    registry.storage.close()
    registry.settings.database_path.write_bytes(copy.read_bytes())
    for suffix in ("-wal", "-shm"):
        Path(f"{registry.settings.database_path}{suffix}").unlink(missing_ok=True)
    assert State.PUBLISHED is stored(registry, record.uid).state

    count = node.after_restore(registry, people.system)

    assert 1 == count
    assert State.ERASED is stored(registry, record.uid).state
    assert () == verify(registry, people.system).faults
    assert 0 == node.after_restore(registry, people.system)


def test_nobody_else_learns_what_the_erasure_answers(registry: Registry, people: People) -> None:
    record = submitted(registry, people)
    before = state_of(registry)

    def forbidden(actor: Actor, uid: RecordUid) -> tuple[object, ...]:
        with pytest.raises(Forbidden) as caught:
            erasure.erase(registry, actor, uid, reason=REASON, legal_basis=BASIS)
        return caught.value.problems

    assert forbidden(people.outsider, record.uid) == forbidden(people.outsider, UNKNOWN)
    assert before == state_of(registry)
