"""The queue of reviewers: oldest first, without text, taken by one, handed on, and free again after a while."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from registry.domain.actor import Role
from registry.domain.errors import Forbidden, FourEyes, NotFound
from registry.domain.record import State
from registry.ports import Registry
from registry.service import claims, find, jobs, queue, review, submit
from tests.clocks import FixedClock
from tests.factories import content
from tests.service.circle import admit
from tests.service.world import People, claimed, published, refused, revised, stored, submitted


def test_the_queue_tells_labels_and_no_text(registry: Registry, people: People, clock: FixedClock) -> None:
    said = content(
        title="Planted title",
        summary="Planted summary.",
        severity=4,
        misuse_categories=["violence/weapons"],
        marking={"content_warnings": ["Gore"]},
        restricted={"notes": "Planted notes."},
    )
    record = submitted(registry, people, said)
    clock.advance(hours=5)

    [one] = queue.queue(registry, people.reviewer).waiting
    item = queue.item(registry, people.reviewer, record.uid)

    assert ("violence", "violence/weapons") == one.misuse
    assert (("Gore",), 4, None) == (one.warnings, one.severity, one.refusal)
    assert "Planted" not in repr(item) + repr(one)
    assert {"content.title", "content.summary"} <= {field.name for field in item.fields}
    assert item.keeps_restricted


def test_the_next_is_the_oldest_that_one_may_take(registry: Registry, people: People, clock: FixedClock) -> None:
    own = submitted(registry, people)
    clock.advance(hours=1)
    first = submitted(registry, people, by=people.outsider)
    clock.advance(hours=1)
    submitted(registry, people, by=people.outsider)
    inside = admit(registry, "acme", Role.REVIEWER)

    taken = queue.next_to_review(registry, inside)

    assert taken is not None
    assert first.uid == taken.uid
    assert taken.claimed_by == inside.person
    assert own.uid not in {one.uid for one in queue.queue(registry, inside).mine}


def test_each_is_taken_by_one_only(registry: Registry, people: People) -> None:
    records = {submitted(registry, people, content(title=f"Marigold {at}")).uid for at in range(4)}
    actors = [people.reviewer, people.lead] * 4

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda actor: queue.next_to_review(registry, actor), actors))

    assert records == {one.uid for one in taken if one is not None}
    assert 4 == sum(one is not None for one in taken)


def test_newer_work_on_a_published_record_waits_too(registry: Registry, people: People) -> None:
    record = published(registry, people)
    assert () == queue.queue(registry, people.reviewer).waiting
    revised(registry, people, record, content(title="Newer"))

    [one] = queue.queue(registry, people.reviewer).waiting

    assert (record.uid, State.SUBMITTED) == (one.uid, one.stage)
    assert "Newer" == queue.reveal(registry, people.reviewer, record.uid, "content.title").lines[0][1]


def test_drafts_and_what_is_decided_do_not_wait(registry: Registry, people: People) -> None:
    record = submitted(registry, people)
    submit.retract(registry, people.submitter, record.uid, reason="Twice.")
    out = published(registry, people)

    assert queue.next_to_review(registry, people.reviewer) is None
    for uid in (record.uid, out.uid):
        with pytest.raises(NotFound):
            queue.item(registry, people.reviewer, uid)
        with refused(registry, NotFound):
            queue.reveal(registry, people.reviewer, uid, "content.title")


@pytest.mark.parametrize("field", ["", "content", "content.", "content.nothing", "restricted.notes", "marking.tlp"])
def test_only_what_one_may_read_is_revealed(registry: Registry, people: People, field: str) -> None:
    record = submitted(registry, people, content(restricted={"notes": "Planted."}))

    with refused(registry, NotFound):
        queue.reveal(registry, people.reviewer, record.uid, field)


def test_a_second_opinion_is_asked_of_another_and_both_read(registry: Registry, people: People) -> None:
    record = claimed(registry, people, content(restricted={"notes": "Planted."}))

    back = claims.ask_opinion(registry, people.reviewer, record.uid, expected_revision=1)

    assert (State.SUBMITTED, None) == (back.state, back.claimed_by)
    assert back.head.restricted is not None
    assert queue.next_to_review(registry, people.reviewer) is None
    [wanted] = queue.queue(registry, people.lead).opinions
    assert record.uid == wanted.uid
    taken = queue.next_to_review(registry, people.lead)
    assert taken is not None
    assert taken.head.restricted is not None
    assert find.record(registry, people.reviewer, record.uid).head.restricted is not None
    owner = find.record(registry, people.submitter, record.uid)
    assert (None, None) == (owner.opinion_of, owner.claimed_at)

    review.approve(registry, people.lead, record.uid, expected_revision=1)

    assert find.record(registry, people.reviewer, record.uid).head.restricted is None


def test_only_the_holder_asks_for_an_opinion(registry: Registry, people: People) -> None:
    record = claimed(registry, people)

    with refused(registry, Forbidden):
        claims.ask_opinion(registry, people.lead, record.uid, expected_revision=1)
    with refused(registry, FourEyes):
        claims.ask_opinion(registry, people.inside_reviewer, record.uid, expected_revision=1)


def test_a_claim_expires(registry: Registry, people: People, clock: FixedClock) -> None:
    record = claimed(registry, people)
    clock.advance(hours=registry.settings.claim_hours - 1)
    assert 0 == jobs.run_due(registry, people.system)
    clock.advance(hours=1)

    assert 1 == jobs.run_due(registry, people.system)

    assert (State.SUBMITTED, None) == (stored(registry, record.uid).state, stored(registry, record.uid).claimed_by)
    assert record.uid == queue.queue(registry, people.reviewer).waiting[0].uid


def test_a_claim_that_was_ended_or_decided_leaves_nothing_to_expire(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    first, second = claimed(registry, people), claimed(registry, people, content(title="Marigold"))
    review.release(registry, people.reviewer, first.uid, expected_revision=1)
    review.approve(registry, people.reviewer, second.uid, expected_revision=1)
    clock.advance(hours=1)
    again = review.claim(registry, people.lead, first.uid, expected_revision=1)
    clock.advance(hours=registry.settings.claim_hours - 1)

    assert 0 == jobs.run_due(registry, people.system)
    assert stored(registry, again.uid).claimed_by == people.lead.person
    assert not claims.expire_claim(registry, people.system, again.uid)


def test_pages_of_the_queue_go_on(registry: Registry, people: People) -> None:
    made = [submitted(registry, people, content(title=f"Marigold {at}")).uid for at in range(queue.PAGE + 1)]

    first = queue.queue(registry, people.reviewer)
    rest = queue.queue(registry, people.reviewer, skip=queue.PAGE)

    assert (True, False) == (first.has_more, rest.has_more)
    assert set(made) == {one.uid for one in first.waiting + rest.waiting}
