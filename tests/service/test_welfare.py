"""Reviewers' welfare: what one opted out of is not there, how much one reads is counted, nobody else learns of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from registry.domain.actor import Actor, Role
from registry.domain.content.kinds import Content
from registry.domain.errors import ExposureLimit, Forbidden, InvalidInput, NotFound
from registry.domain.pages import RecordFilter
from registry.domain.record import Record
from registry.domain.welfare import KEPT_FOR, Topic
from registry.ports import Registry
from registry.service import (
    duplicates,
    find,
    follow,
    history,
    intake,
    jobs,
    members,
    queue,
    reports,
    review,
    search,
    welfare,
)
from tests.clocks import FixedClock
from tests.factories import content
from tests.service.circle import admit
from tests.service.world import People, alter, contents_of, hand_in, published, refused, revised, submitted

HEAVY: dict[str, Any] = {"misuse_categories": ["violence/weapons"], "title": "Marigold weapons", "severity": 5}


def heavy(**fields: Any) -> Content:
    return content(**(HEAVY | {"restricted": {"notes": "Heavy notes."}} | fields))


def avoiding(actor: Actor, *topics: Topic) -> Actor:
    """*actor*, as authentication makes one who opted out of *topics*."""
    return replace(actor, avoids=frozenset(topics or {Topic.VIOLENCE}))


def tight(registry: Registry, **settings: object) -> Registry:
    return replace(registry, settings=registry.settings.model_copy(update=settings))


def catch_up(registry: Registry, people: People) -> None:
    while follow.catch_up(registry, people.system):
        pass


def test_what_one_opted_out_of_is_nowhere(registry: Registry, people: People) -> None:
    record = submitted(registry, people, heavy())
    catch_up(registry, people)
    me = avoiding(people.lead)

    for ask in (
        lambda: find.record(registry, me, record.uid),
        lambda: history.history_of(registry, me, record.uid),
        lambda: duplicates.candidates(registry, me, record.uid),
        lambda: queue.item(registry, me, record.uid),
        lambda: queue.reveal(registry, me, record.uid, "content.summary"),
        lambda: review.claim(registry, me, record.uid, expected_revision=1),
        lambda: review.claim(registry, me, record.uid, expected_revision=9),
        lambda: review.release(registry, me, record.uid, expected_revision=1),
    ):
        with pytest.raises(NotFound) as known:
            ask()
        assert "no such record" == known.value.message
    found = queue.queue(registry, me)
    assert () == found.waiting + found.mine + found.opinions
    assert queue.next_to_review(registry, me) is None
    assert () == search.search_mine(registry, me, "marigold")
    page = find.page(registry, me, RecordFilter())
    assert () == page.items
    assert 0 == find.count(registry, me, RecordFilter(facets=(("misuse", "violence"),)))
    assert record.uid == queue.queue(registry, people.lead).waiting[0].uid


def test_a_public_record_stays_public_and_its_newer_work_does_not_exist(registry: Registry, people: People) -> None:
    record = published(registry, people, content(title="Mild"))
    revised(registry, people, record, heavy())
    me = avoiding(people.reviewer)

    shown = find.record(registry, me, record.uid)

    assert (None, None) == (shown.work, shown.pending)
    assert "Marigold" not in repr(shown)
    assert [1] == [one.revision for one in history.history_of(registry, me, record.uid).revisions]
    assert find.record(registry, people.reviewer, record.uid).work is not None


def test_a_warning_is_enough(registry: Registry, people: People) -> None:
    record = submitted(registry, people, content(marking={"content_warnings": ["Suicide of a young person"]}))

    with pytest.raises(NotFound):
        find.record(registry, avoiding(people.reviewer, Topic.SELF_HARM), record.uid)
    assert find.record(registry, avoiding(people.reviewer), record.uid).uid == record.uid


def test_who_opts_out_while_holding_a_claim_reads_no_more(registry: Registry, people: People) -> None:
    record = hand_in(registry, people.submitter, heavy())
    held = review.claim(registry, people.reviewer, record.uid, expected_revision=1)
    before = contents_of(registry)

    welfare.set_opt_outs(registry, people.reviewer, ["violence"])

    assert held.newest.restricted is not None
    with pytest.raises(NotFound):
        find.record(registry, avoiding(people.reviewer), record.uid)
    # No row of the log and no event tells of it: only the row of preferences is new.
    new = set(contents_of(registry)) - set(before)
    assert ["reviewer_preferences"] == [row.split('"')[1] for row in new]


def test_opting_out_tells_nobody_anything(registry: Registry, people: People, clock: FixedClock) -> None:
    submitted(registry, people, heavy())
    seen = _all_that_others_see(registry, people)

    welfare.set_opt_outs(registry, people.reviewer, ["violence", "hate"])
    welfare.set_own_limit(registry, people.reviewer, per_day=3, per_week=None)

    assert seen == _all_that_others_see(registry, people)
    for actor in (people.submitter, people.operator, people.stranger, people.local_operator):
        with refused_to_ask():
            welfare.mine(registry, actor)
    assert frozenset() == welfare.mine(registry, people.lead).avoids


def refused_to_ask() -> pytest.RaisesExc[Exception]:
    return pytest.raises(Exception, match=r"permission|API key")


def _all_that_others_see(registry: Registry, people: People) -> list[str]:
    found = [repr(queue.queue(registry, people.lead)), repr(welfare.mine(registry, people.lead))]
    with registry.storage.read() as reader:
        found.append(repr(reader.events.newest(limit=100)))
        found.append(repr(reader.changes.after(0, limit=1000)))
    return found


def test_what_is_chosen_is_known_at_the_next_request(registry: Registry, people: People) -> None:
    welfare.set_opt_outs(registry, people.reviewer, ["violence", "hate"])
    with registry.storage.read() as reader:
        assert people.reviewer.person is not None
        assert people.reviewer.organisation is not None
        member = reader.accounts.member(people.reviewer.person, people.reviewer.organisation)
        avoids = welfare.avoided_by(reader, member)

    assert frozenset({Topic.VIOLENCE, Topic.HATE}) == avoids
    with refused(registry, InvalidInput):
        welfare.set_opt_outs(registry, people.reviewer, ["violence", "nothing"])


def test_reading_is_counted_once_for_each_part_of_a_revision(registry: Registry, people: People) -> None:
    record = hand_in(registry, people.submitter, heavy())
    review.claim(registry, people.reviewer, record.uid, expected_revision=1)

    for field in ("content.title", "content.summary", "content.title"):
        queue.reveal(registry, people.reviewer, record.uid, field)
    once = welfare.mine(registry, people.reviewer).exposure.today
    queue.reveal(registry, people.reviewer, record.uid, "restricted.notes")
    welfare.note_reading(registry, people.reviewer, record.uid, record.head)

    assert (6, 18) == (once, welfare.mine(registry, people.reviewer).exposure.today)
    assert 0 == welfare.mine(registry, people.lead).exposure.today


def test_at_the_limit_nothing_new_is_opened_and_what_is_held_can_be_ended(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    node = tight(registry, exposure_per_day=10, exposure_per_week=15)
    first, second, third = (hand_in(node, people.submitter, heavy(title=f"Text {at} of marigold")) for at in range(3))
    done = review.claim(node, people.reviewer, third.uid, expected_revision=1)
    review.approve(node, people.reviewer, done.uid, expected_revision=1)
    review.claim(node, people.reviewer, first.uid, expected_revision=1)
    queue.reveal(node, people.reviewer, first.uid, "content.summary")
    review.claim(node, people.reviewer, second.uid, expected_revision=1)

    with pytest.raises(ExposureLimit):
        queue.reveal(node, people.reviewer, second.uid, "content.summary")
    with pytest.raises(ExposureLimit):
        welfare.note_reading(node, people.reviewer, first.uid, first.head)
    review.release(node, people.reviewer, second.uid, expected_revision=1)
    review.publish(node, people.reviewer, third.uid, expected_revision=1)

    clock.advance(days=1)
    review.claim(node, people.reviewer, second.uid, expected_revision=1)
    queue.reveal(node, people.reviewer, second.uid, "content.summary")
    with pytest.raises(ExposureLimit):
        queue.reveal(node, people.reviewer, second.uid, "restricted.notes")


def test_a_break_of_ones_own_refuses_claims_too(registry: Registry, people: People) -> None:
    record = submitted(registry, people)
    welfare.set_own_limit(registry, people.reviewer, per_day=0, per_week=None)

    with refused(registry, ExposureLimit):
        review.claim(registry, people.reviewer, record.uid, expected_revision=1)
    with refused(registry, ExposureLimit):
        queue.next_to_review(registry, people.reviewer)
    assert record.uid == queue.next_to_review(registry, people.lead).uid  # type: ignore[union-attr]


@pytest.mark.parametrize(("per_day", "per_week"), [(-1, None), (10**6, None), (None, -3), (None, 10**6)])
def test_ones_own_limit_only_lowers_that_of_the_house(
    registry: Registry, people: People, per_day: int | None, per_week: int | None
) -> None:
    with refused(registry, InvalidInput):
        welfare.set_own_limit(registry, people.reviewer, per_day=per_day, per_week=per_week)


def test_parallel_reading_does_not_pass_the_limit(registry: Registry, people: People) -> None:
    node = tight(registry, exposure_per_day=20)
    records = [hand_in(node, people.submitter, heavy(title=f"Text {at} of marigold")) for at in range(8)]

    def read(record: Record) -> bool:
        try:
            queue.reveal(node, people.reviewer, record.uid, "content.summary")
        except ExposureLimit:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(read, records))

    assert (3, 18) == (sum(opened), welfare.mine(node, people.reviewer).exposure.today)


def test_what_was_counted_goes_after_ninety_days(registry: Registry, people: People, clock: FixedClock) -> None:
    record = submitted(registry, people, heavy())
    queue.reveal(registry, people.reviewer, record.uid, "content.summary")

    clock.advance(days=KEPT_FOR.days - 1)
    while jobs.run_due(registry, people.system):
        pass
    kept = _rows(registry, "exposures"), _rows(registry, "exposure_marks")
    clock.advance(days=1)
    while jobs.run_due(registry, people.system):
        pass

    assert ((1, 1), (0, 0)) == (kept, (_rows(registry, "exposures"), _rows(registry, "exposure_marks")))


def test_nothing_is_kept_of_a_member_who_left(registry: Registry, people: People) -> None:
    record = submitted(registry, people, heavy())
    queue.reveal(registry, people.reviewer, record.uid, "content.summary")
    welfare.set_opt_outs(registry, people.reviewer, ["hate"])
    assert people.reviewer.person is not None

    members.remove_member(registry, people.local_operator, person=people.reviewer.person, organisation_slug="beta")

    tables = ("reviewer_preferences", "exposures", "exposure_marks", "conflict_declarations")
    assert [0] * 4 == [_rows(registry, one) for one in tables]


def test_a_mark_does_not_tell_what_was_read(registry: Registry, people: People) -> None:
    record = submitted(registry, people, heavy())
    queue.reveal(registry, people.reviewer, record.uid, "content.summary")

    marks = [row for row in contents_of(registry) if "exposure" in row]

    assert marks
    assert not any(record.uid in row for row in marks)


def test_other_roles_have_no_queue(registry: Registry, people: People) -> None:
    asks: tuple[Callable[[Actor], object], ...] = (
        lambda actor: queue.queue(registry, actor),
        lambda actor: queue.next_to_review(registry, actor),
        lambda actor: welfare.set_opt_outs(registry, actor, []),
    )
    for ask in asks:
        for actor in (people.submitter, people.operator, people.local_operator):
            with pytest.raises(Forbidden):
                ask(actor)


def test_a_member_with_a_second_role_reads_own_records_uncounted(registry: Registry, people: People) -> None:
    own = admit(registry, "acme", Role.SUBMITTER, Role.REVIEWER)
    record = submitted(registry, people, heavy())

    assert find.record(registry, avoiding(own), record.uid).head.restricted is not None
    with pytest.raises(NotFound):
        queue.reveal(registry, own, record.uid, "content.summary")


def _rows(registry: Registry, table: str) -> int:
    with closing(sqlite3.connect(registry.settings.database_path)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_a_stored_choice_of_a_topic_that_is_not_known_does_no_harm(registry: Registry, people: People) -> None:
    welfare.set_opt_outs(registry, people.reviewer, ["csae"])
    alter(registry, "UPDATE reviewer_preferences SET avoids = avoids | 1048576")

    assert frozenset({Topic.CSAE}) == welfare.mine(registry, people.reviewer).avoids


def test_a_report_that_was_written_about_what_one_avoids_is_not_there(registry: Registry, people: People) -> None:
    node = tight(registry, anonymous_reports=True)
    reports.submit_report(node, people.stranger, kind="anonymous", title="Marigold", words="Planted.", links=[])
    [waiting] = intake.page(node, people.reviewer).items
    intake.claim_report(node, people.reviewer, waiting.id)
    intake.write_report(node, people.reviewer, waiting.id, heavy(), expected_revision=1)
    me = avoiding(people.reviewer)

    assert () == intake.page(node, me).items
    with pytest.raises(NotFound):
        intake.report(node, me, waiting.id)
    assert [waiting.id] == [one.id for one in intake.page(node, people.reviewer).items]
