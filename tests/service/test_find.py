"""Reading: records, lists, links and history, each as the asker may see it."""

from __future__ import annotations

import pytest

from registry.domain.errors import InvalidInput, NotFound
from registry.domain.pages import PageRequest, RecordFilter, RecordOrder
from registry.domain.record import RecordUid, State
from registry.domain.vocabulary import Kind, LinkRel
from registry.ports import Registry
from registry.service import find, life
from registry.service.history import history_of
from tests.clocks import FixedClock
from tests.factories import content
from tests.service.decisions import UNKNOWN
from tests.service.world import (
    REASON,
    People,
    approved,
    claimed,
    published,
    republished,
    revised,
    submitted,
    text_of,
)

SECRETS = {"notes": "Ask the bank."}


def test_hidden_and_unknown_records_are_refused_in_the_same_words(registry: Registry, people: People) -> None:
    hidden = [
        submitted(registry, people),
        approved(registry, people),
        published(registry, people, text_of("Closed", tlp="RED")),
        published(registry, people, text_of("Later", embargo_until="2027-01-01T00:00:00Z")),
    ]

    answers = set()
    for uid in [*(record.uid for record in hidden), UNKNOWN, RecordUid("nonsense"), RecordUid("")]:
        with pytest.raises(NotFound) as caught:
            find.record(registry, people.stranger, uid)
        answers.add(caught.value.problems)

    assert 1 == len(answers)


def test_strangers_read_no_restricted_part_no_authors_and_no_work(registry: Registry, people: People) -> None:
    record = published(registry, people, content(restricted=SECRETS))
    revised(registry, people, record, text_of("Waiting"))

    seen = find.record(registry, people.stranger, record.uid)

    assert (None, None, None, None) == (seen.head.restricted, seen.head.author, seen.work, seen.pending)
    assert (frozenset(), None, 1, 1) == (
        seen.contributors,
        seen.external_ref,
        seen.draft_revision,
        seen.head.draft_revision,
    )


def test_members_of_the_owner_read_everything_but_who_decides(registry: Registry, people: People) -> None:
    record = claimed(registry, people, content(restricted=SECRETS))

    seen = find.record(registry, people.colleague, record.uid)

    assert seen.head.restricted is not None
    assert (None, None) == (seen.claimed_by, seen.approved_by)


def test_several_records_are_read_at_once_without_the_hidden_ones(registry: Registry, people: People) -> None:
    public, hidden, gone = (published(registry, people), submitted(registry, people), published(registry, people))
    life.withdraw(registry, people.submitter, gone.uid, reason=REASON)

    found = find.many(registry, people.stranger, [public.uid, hidden.uid, gone.uid, UNKNOWN])

    assert {public.uid, gone.uid} == found.keys()
    assert found[gone.uid].head.public is None


def test_a_list_and_its_count_hold_what_the_asker_may_see(registry: Registry, people: People) -> None:
    first = published(registry, people)
    waiting, closed = submitted(registry, people), published(registry, people, text_of("Closed", tlp="AMBER"))
    gone = published(registry, people)
    life.withdraw(registry, people.submitter, gone.uid, reason=REASON)
    expected = {
        people.stranger: {first.uid},
        people.outsider: {first.uid},
        people.operator: {first.uid},
        people.colleague: {first.uid, waiting.uid, closed.uid, gone.uid},
        people.lead: {first.uid, waiting.uid, closed.uid, gone.uid},
    }

    for who, uids in expected.items():
        page = find.page(registry, who, RecordFilter())
        assert uids == {record.uid for record in page.items}
        assert len(uids) == find.count(registry, who, RecordFilter())


def test_a_list_is_read_page_by_page_in_every_order(registry: Registry, people: People, clock: FixedClock) -> None:
    for severity in (3, 1, 2, 5, 4):
        clock.advance(hours=1)
        published(registry, people, content(severity=severity))

    for order in RecordOrder:
        seen = []
        position = None
        while True:
            request = PageRequest(2, position)
            page = find.page(registry, people.stranger, RecordFilter(), order=order, request=request)
            seen += [record.uid for record in page.items]
            if not page.has_next:
                break
            position = page.positions[-1]
        assert 5 == len(set(seen)) == len(seen)


def test_a_page_has_1_to_100_items() -> None:
    for limit in (0, -1, 101):
        with pytest.raises(InvalidInput):
            PageRequest(limit)


def test_filters_narrow_a_list(registry: Registry, people: People) -> None:
    published(registry, people)
    lesson = published(registry, people, content(Kind.LESSON))

    page = find.page(registry, people.stranger, RecordFilter(kinds=(Kind.LESSON,)))

    assert [lesson.uid] == [record.uid for record in page.items]
    assert 0 == find.count(registry, people.stranger, RecordFilter(states=(State.SUBMITTED,)))


def test_links_are_followed_both_ways_as_far_as_one_may_see(registry: Registry, people: People) -> None:
    target = published(registry, people, content(Kind.MITIGATION))
    links = [{"rel": "mitigated_by", "target": target.uid}]
    public = published(registry, people, content(links=links))
    closed = published(registry, people, content(links=links, marking={"tlp": "RED"}))
    request = PageRequest()

    def sources(who: str) -> set[RecordUid]:
        page = find.linked(
            registry, getattr(people, who), target.uid, LinkRel.MITIGATED_BY, request=request, reverse=True
        )
        return {record.uid for record in page.items}

    assert {public.uid} == sources("stranger") == sources("outsider")
    assert {public.uid, closed.uid} == sources("colleague") == sources("lead")
    onward = find.linked(registry, people.stranger, public.uid, LinkRel.MITIGATED_BY, request=request)
    assert [target.uid] == [record.uid for record in onward.items]


def test_what_a_hidden_record_links_to_is_not_listed_for_strangers(registry: Registry, people: People) -> None:
    target = published(registry, people)
    hidden = submitted(registry, people, content(links=[{"rel": "related", "target": target.uid}]))

    page = find.linked(registry, people.stranger, hidden.uid, LinkRel.RELATED, request=PageRequest())

    assert () == page.items


def test_history_tells_strangers_what_was_published(registry: Registry, people: People, clock: FixedClock) -> None:
    record = published(registry, people, content(title="First", restricted=SECRETS))
    clock.advance(days=1)
    republished(registry, people, record, text_of("Second"))
    revised(registry, people, record, text_of("Waiting"))

    history = history_of(registry, people.stranger, record.uid)

    assert [(1, 1), (2, 2)] == [(one.revision, one.draft_revision) for one in history.revisions]
    assert ["First", "Second"] == [one.public.document["title"] for one in history.revisions if one.public]
    assert [None, None] == [one.restricted for one in history.revisions]
    assert [None, None] == [one.author for one in history.revisions]
    assert [("upsert", 1, 0, ""), ("upsert", 2, 0, "")] == [
        (change.row.kind, change.row.revision, change.row.draft_revision, change.row.actor)
        for change in history.changes
    ]
    assert [None, None] == [change.row.restricted_hash for change in history.changes]


def test_history_tells_the_owner_every_step_and_draft(registry: Registry, people: People) -> None:
    record = published(registry, people, content(restricted=SECRETS))
    revised(registry, people, record, text_of("Waiting"))

    history = history_of(registry, people.colleague, record.uid)

    assert ["submit", "review", "review", "upsert", "revise"] == [change.row.kind for change in history.changes]
    assert [1, 2] == [one.draft_revision for one in history.revisions]
    assert all(one.public and one.restricted for one in history.revisions)


def test_history_tells_reviewers_every_draft_but_no_restricted_part(registry: Registry, people: People) -> None:
    record = published(registry, people, content(restricted=SECRETS))
    revised(registry, people, record, content(title="Waiting", restricted=SECRETS))

    history = history_of(registry, people.lead, record.uid)

    assert 2 == len(history.revisions)
    assert [None, None] == [one.restricted for one in history.revisions]
    assert all(one.public for one in history.revisions)


def test_history_of_hidden_records_is_not_found(registry: Registry, people: People) -> None:
    record = submitted(registry, people)

    for who in (people.stranger, people.outsider, people.operator):
        with pytest.raises(NotFound):
            history_of(registry, who, record.uid)


def test_the_public_log_is_the_same_for_everybody(registry: Registry, people: People) -> None:
    record = published(registry, people)
    submitted(registry, people)

    logs = [
        find.public_changes(registry, who, after=0, limit=100)
        for who in (people.stranger, people.colleague, people.lead, people.operator)
    ]

    assert logs[1:] == logs[:-1]
    assert record.uid == logs[0][-1].row.uid
    assert find.public_seq(registry, people.stranger) == logs[0][-1].public_seq
    assert {""} == {change.row.actor for change in logs[0]}


def test_links_to_records_of_another_kind_do_not_shorten_a_page(registry: Registry, people: People) -> None:
    measure = published(registry, people, text_of("A measure", kind=Kind.MITIGATION))
    incident = published(registry, people, text_of("No measure"))
    links = [{"rel": "mitigated_by", "target": one.uid} for one in (measure, incident)]
    stating = published(registry, people, content(Kind.INCIDENT, marking={"tlp": "CLEAR"}, links=links))

    page = find.linked(
        registry,
        people.stranger,
        stating.uid,
        LinkRel.MITIGATED_BY,
        request=PageRequest(1),
        kind=Kind.MITIGATION,
    )

    assert ([measure.uid], False) == ([one.uid for one in page.items], page.has_next)
