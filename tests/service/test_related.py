"""Related records: what is found, what is left out, and that editors overrule it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from registry.domain.actor import ANONYMOUS, SYSTEM, Actor
from registry.domain.content.kinds import Content
from registry.domain.errors import CommonsError, Conflict, ConflictOfInterest, Forbidden, InvalidInput, NotFound
from registry.domain.event import EventFilter, EventName
from registry.domain.pages import PageRequest
from registry.domain.record import Record, RecordUid
from registry.domain.relatedness import MOST, Related, RelationReason, Verdict
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import conflicts, erasure, find, follow, life, merge, relations
from registry.service.index_state import version
from registry.service.related import related
from tests.factories import content
from tests.service.world import (
    REASON,
    People,
    claimed,
    erase_by_two,
    published,
    refused,
    republished,
    submitted,
)

WHY = "Both tell of one campaign."
UNKNOWN = RecordUid("0195-unknown")


def told(title: str, **fields: Any) -> Content:
    tlp = fields.pop("tlp", "CLEAR")
    said: dict[str, Any] = {"summary": "It happened.", "procedure": [{"technique": "AML.T0051"}]}
    said["misuse_categories"] = []
    return content(title=title, marking={"tlp": tlp}, **(said | fields))


def catch_up(registry: Registry) -> None:
    while follow.catch_up(registry, SYSTEM):
        pass


def neighbours(registry: Registry, people: People) -> None:
    """Some others, so that words are rare."""
    for at in range(8):
        published(registry, people, told(f"Neighbour {at}", summary=f"Nothing alike {at}.", procedure=[]))


def found(registry: Registry, record: Record, actor: Actor | None = None) -> list[RecordUid]:
    return [one.record.uid for one in _related(registry, record, actor)]


def _related(registry: Registry, record: Record, actor: Actor | None = None) -> tuple[Related, ...]:
    return related(registry, actor or ANONYMOUS, record.uid)


def pair(registry: Registry, people: People) -> tuple[Record, Record]:
    return published(registry, people, told("First")), published(registry, people, told("Second"))


def pin(registry: Registry, actor: Actor, one: Record, other: Record, verdict: Verdict = Verdict.RELATED) -> Record:
    return relations.decide(registry, actor, one.uid, other.uid, verdict=verdict, reason=WHY)


def public_seq(registry: Registry, people: People) -> int:
    return find.public_seq(registry, people.stranger)


def test_records_that_share_a_technique_an_actor_or_a_source_are_related_and_it_is_said_why(
    registry: Registry, people: People
) -> None:
    shared: dict[str, Any] = {"actors": [{"label": "Storm-7"}], "sources": [{"url": "https://news.example/a"}]}
    one = published(registry, people, told("Cloned voice", **shared))
    same = published(registry, people, told("Scam calls", **shared))
    technique = published(registry, people, told("Chatbot told secrets"))
    published(registry, people, told("Power failed", procedure=[]))
    catch_up(registry)

    first, second = _related(registry, one)

    assert (same.uid, technique.uid) == (first.record.uid, second.record.uid)
    reasons = {one.reason: one.values for one in first.relation.reasons}
    assert {
        RelationReason.ACTOR: ("Storm-7",),
        RelationReason.SOURCE: ("https://news.example/a",),
        RelationReason.TECHNIQUE: ("AML.T0051",),
    } == reasons
    assert first.relation.score > second.relation.score
    assert [one.uid] == found(registry, same)[:1]


def test_records_of_any_kind_whose_texts_are_alike_are_related_by_the_words_they_share(
    registry: Registry, people: People
) -> None:
    neighbours(registry, people)
    text = "Fraudsters cloned the voice of a mayor and begged pensioners for ransom."
    one = published(registry, people, told("Voice", summary=text, procedure=[]))
    lesson = content(Kind.LESSON, statement="Cloned voices", context=text, marking={"tlp": "CLEAR"})
    other = published(registry, people, lesson)
    catch_up(registry)

    (alike,) = _related(registry, one)

    (reason,) = alike.relation.reasons
    assert (other.uid, RelationReason.TEXT) == (alike.record.uid, reason.reason)
    assert set(reason.values) <= set(text.lower().replace(".", "").split())


def test_an_actor_is_found_by_the_name_and_not_by_a_text_that_mentions_it(registry: Registry, people: People) -> None:
    said: dict[str, Any] = {"procedure": []}
    one = published(registry, people, told("Voice", actors=[{"label": "Scattered Canary"}], **said))
    same = published(registry, people, told("Calls", actors=[{"label": "scattered canary"}], **said))
    published(registry, people, told("Not by Scattered Canary", **said))
    catch_up(registry)

    assert [same.uid] == found(registry, one)


def test_what_is_linked_merged_withdrawn_or_said_to_be_something_else_is_left_out(
    registry: Registry, people: People
) -> None:
    one = published(registry, people, told("One"))
    linked = published(registry, people, told("Linked", links=[{"rel": "same_campaign", "target": one.uid}]))
    published(registry, people, told("Apart", links=[{"rel": "not_related", "target": one.uid}]))
    withdrawn = published(registry, people, told("Withdrawn"))
    life.withdraw(registry, people.lead, withdrawn.uid, reason=REASON)
    survivor = published(registry, people, told("Survivor"))
    merged = published(registry, people, told("Merged"))
    merge.merge(registry, people.reviewer, merged.uid, into=survivor.uid, reason=REASON)
    catch_up(registry)

    assert [survivor.uid] == found(registry, one)
    assert [] == found(registry, withdrawn)
    assert one.uid not in found(registry, linked)
    published(registry, people, told("To the merged", links=[{"rel": "related", "target": merged.uid}]))


def test_a_link_to_a_merged_record_is_one_to_what_stands_for_it(registry: Registry, people: People) -> None:
    survivor, merged = pair(registry, people)
    one = published(registry, people, told("One", links=[{"rel": "related", "target": merged.uid}]))
    merge.merge(registry, people.reviewer, merged.uid, into=survivor.uid, reason=REASON)

    assert [] == found(registry, one)


def test_nobody_is_told_of_hidden_records_not_even_who_sees_them(registry: Registry, people: People) -> None:
    one = published(registry, people, told("One", actors=[{"label": "Storm-7"}]))
    for tlp in ("GREEN", "AMBER", "RED"):
        published(registry, people, told(f"Hidden {tlp}", tlp=tlp, actors=[{"label": "Storm-7"}]))
    hidden = submitted(registry, people, told("Waiting"))
    catch_up(registry)

    for actor in (people.stranger, people.submitter, people.reviewer, people.operator):
        assert [] == found(registry, one, actor)
    assert [] == found(registry, hidden, people.submitter)
    with refused(registry, NotFound):
        related(registry, people.stranger, hidden.uid)


def test_at_most_ten_are_given_and_fewer_where_fewer_are_asked_for(registry: Registry, people: People) -> None:
    one = published(registry, people, told("One"))
    for at in range(MOST + 2):
        published(registry, people, told(f"Other {at}"))

    assert MOST == len(_related(registry, one))
    assert _related(registry, one)[:2] == related(registry, people.stranger, one.uid, first=2)
    for first in (0, -1, MOST + 1):
        with refused(registry, InvalidInput):
            related(registry, people.stranger, one.uid, first=first)


def test_an_index_that_is_behind_or_lost_tells_of_no_record_that_is_gone(registry: Registry, people: People) -> None:
    neighbours(registry, people)
    text = "Fraudsters cloned the voice of a mayor and begged pensioners for ransom."
    one, other = (published(registry, people, told(title, summary=text, procedure=[])) for title in ("One", "Other"))
    catch_up(registry)
    before = version(registry, people.stranger)
    assert [other.uid] == found(registry, one)

    life.withdraw(registry, people.lead, other.uid, reason=REASON)
    behind = version(registry, people.stranger)

    assert [] == found(registry, one)
    catch_up(registry)
    assert 3 == len({before, behind, version(registry, people.stranger)})


def test_the_version_tells_nothing_of_what_is_hidden(registry: Registry, people: People) -> None:
    published(registry, people, told("One"))
    catch_up(registry)
    before = version(registry, people.stranger)

    submitted(registry, people, told("Hidden"))
    while_behind = version(registry, people.stranger)
    catch_up(registry)

    assert before == while_behind == version(registry, people.stranger)


def test_words_of_a_revision_that_is_replaced_are_not_told(registry: Registry, people: People) -> None:
    neighbours(registry, people)
    text = "Fraudsters cloned the voice of a mayor and begged pensioners for ransom."
    one, _ = (published(registry, people, told(title, summary=text, procedure=[])) for title in ("One", "Other"))
    catch_up(registry)

    republished(registry, people, one, told("One", summary="Fraudsters cloned the voice of somebody; begged, ransom."))

    (alike,) = _related(registry, one)
    assert "pensioners" not in {word for reason in alike.relation.reasons for word in reason.values}


def test_an_editor_says_that_two_records_are_related_and_everybody_reads_why(
    registry: Registry, people: People
) -> None:
    one = published(registry, people, told("One", procedure=[]))
    other = published(registry, people, told("Other"))
    before = public_seq(registry, people)

    pin(registry, people.reviewer, one, other)

    for record, expected in ((one, other), (other, one)):
        (vouched,) = _related(registry, record)
        assert (expected.uid, 1.0) == (vouched.record.uid, vouched.relation.score)
        assert (RelationReason.EDITOR, (WHY,)) == (
            vouched.relation.reasons[0].reason,
            vouched.relation.reasons[0].values,
        )
    assert before + 2 == public_seq(registry, people)
    with registry.storage.read() as reader:
        events = reader.events.page(EventFilter(), PageRequest(5)).items
    assert EventName.RELATION_DECIDED in {event.name for event in events}
    assert WHY not in str([event.detail for event in events])


def test_an_editor_says_that_two_records_are_not_related_and_takes_it_back(registry: Registry, people: People) -> None:
    one, other = pair(registry, people)
    assert [other.uid] == found(registry, one)

    pin(registry, people.reviewer, other, one, Verdict.UNRELATED)
    banned = public_seq(registry, people)
    without = [found(registry, record) for record in (one, other)]
    relations.undo(registry, people.lead, one.uid, other.uid)

    assert [[], []] == without
    assert [other.uid] == found(registry, one)
    assert banned + 2 == public_seq(registry, people)
    with refused(registry, NotFound):
        relations.undo(registry, people.lead, one.uid, other.uid)


def test_of_two_editors_who_decide_at_once_one_is_told_that_it_is_decided(registry: Registry, people: People) -> None:
    one, other = pair(registry, people)
    start = Barrier(2)

    def decide(given: tuple[Actor, Record, Record, Verdict]) -> type[CommonsError] | None:
        start.wait()
        try:
            pin(registry, *given)
        except CommonsError as error:
            return type(error)
        return None

    both = [(people.reviewer, one, other, Verdict.RELATED), (people.lead, other, one, Verdict.UNRELATED)]
    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(decide, both))

    assert {None, Conflict} == set(outcomes)
    (decided,) = relations.decisions(registry, people.lead, one.uid)
    assert both[outcomes.index(None)][3] is decided.decision.verdict


def test_only_reviewers_decide_and_read_decisions(registry: Registry, people: People) -> None:
    one, other = pair(registry, people)

    for actor in (people.submitter, people.outsider, people.operator):
        with refused(registry, Forbidden):
            pin(registry, actor, one, other)
        with refused(registry, Forbidden):
            relations.undo(registry, actor, one.uid, other.uid)
        with refused(registry, Forbidden):
            relations.decisions(registry, actor, one.uid)


def test_who_is_bound_to_one_of_them_does_not_decide(registry: Registry, people: People) -> None:
    one, other = pair(registry, people)
    conflicts.declare(registry, people.reviewer, [("client", "acme")])

    with refused(registry, ConflictOfInterest):
        pin(registry, people.reviewer, one, other)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001, "Ask jane.doe@mailbox.com", "a\x00b"])
def test_a_decision_needs_a_reason_that_everybody_may_read(registry: Registry, people: People, reason: str) -> None:
    one, other = pair(registry, people)

    with refused(registry, InvalidInput) as caught:
        relations.decide(registry, people.reviewer, one.uid, other.uid, verdict=Verdict.RELATED, reason=reason)

    assert ("reason",) == caught.value.problems[0].path


def test_only_two_public_records_are_decided_about(registry: Registry, people: People) -> None:
    one, _ = pair(registry, people)
    hidden = published(registry, people, told("Hidden", tlp="AMBER"))
    waiting = claimed(registry, people, told("Waiting"))

    codes = []
    for other in (hidden.uid, waiting.uid, one.uid, UNKNOWN, RecordUid("\ud800")):
        with refused(registry, InvalidInput) as caught:
            relations.decide(registry, people.reviewer, one.uid, other, verdict=Verdict.RELATED, reason=WHY)
        codes.append(caught.value.problems[0].code)
    with refused(registry, NotFound):
        relations.decide(registry, people.reviewer, UNKNOWN, one.uid, verdict=Verdict.RELATED, reason=WHY)

    assert ["NOT_PUBLIC", "NOT_PUBLIC", "SAME_RECORD", "NOT_FOUND", "INVALID_FORMAT"] == codes


def test_what_is_vouched_for_goes_with_a_record_that_is_hidden_and_comes_back_with_it(
    registry: Registry, people: People
) -> None:
    one = published(registry, people, told("One", procedure=[]))
    other = published(registry, people, told("Other"))
    pin(registry, people.reviewer, one, other)

    erasure.block(registry, people.operator, other.uid, reason=REASON)
    hidden = found(registry, one)
    erasure.unblock(registry, people.operator, other.uid, reason=REASON)

    assert ([], [other.uid]) == (hidden, found(registry, one))


def test_a_decision_about_a_merged_record_holds_for_what_stands_for_it(registry: Registry, people: People) -> None:
    one = published(registry, people, told("One", procedure=[]))
    merged, survivor = pair(registry, people)
    pin(registry, people.reviewer, one, merged)
    merge.merge(registry, people.reviewer, merged.uid, into=survivor.uid, reason=REASON)

    assert ([survivor.uid], [one.uid]) == (found(registry, one), found(registry, survivor))

    before = public_seq(registry, people)
    relations.undo(registry, people.reviewer, one.uid, merged.uid)

    assert [] == found(registry, one)
    assert before + 2 == public_seq(registry, people)


def test_an_erasure_takes_decisions_and_their_words_away(registry: Registry, people: People) -> None:
    one, other = pair(registry, people)
    pin(registry, people.reviewer, one, other)

    erase_by_two(registry, people, other.uid)

    assert [] == found(registry, one)
    assert () == relations.decisions(registry, people.reviewer, one.uid)
