"""One event told by several sources becomes a pair for reviewers, found behind the log and decided by people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.domain.actor import SYSTEM, Actor
from registry.domain.candidate import CandidateReason, CandidateState
from registry.domain.content.kinds import Content
from registry.domain.errors import Forbidden, InvalidInput, InvalidTransition, NotFound
from registry.domain.importing import Trust
from registry.domain.pages import PageRequest
from registry.domain.record import Record, RecordUid, State
from registry.domain.welfare import Topic
from registry.ports import Registry
from registry.service import candidates, ingest, merge
from registry.service.candidates import Pair
from tests.factories import content, source, take_in
from tests.service.world import REASON, People, erase_by_two, published, refused, stored, text_of

FIRST = source("first", "First source", trusted=True)
SECOND = source("second", "Second source", trusted=True, licence="CC-BY-SA-4.0")
MANY = PageRequest(50)


def told(of: Any, id_: str, title: str = "Cloned voice of a mayor", **fields: Any) -> Content:
    """A record of a source, with what both sources say of the event."""
    upstream = {"source": of.id, "id": id_, "sha256": "0" * 64}
    said: dict[str, Any] = {"aliases": ["AIID-6"], "sources": [{"url": "https://news.example/mayor"}], **fields}
    marking = {"tlp": "CLEAR", "licence": of.licence, "obligations": ["attribution"]}
    return content(title=title, summary="It asked for money.", upstream=upstream, marking=marking, **said)


def find_all(registry: Registry) -> None:
    while candidates.find(registry, SYSTEM):
        pass


def pairs(registry: Registry, actor: Actor, state: CandidateState | None = CandidateState.OPEN) -> tuple[Pair, ...]:
    return candidates.page(registry, actor, state, MANY).items


def told_twice(registry: Registry, people: People) -> tuple[Record, Record]:
    take_in(registry, SYSTEM, FIRST, [told(FIRST, "F-1")])
    take_in(registry, SYSTEM, SECOND, [told(SECOND, "S-1", "Mayor's voice was cloned")])
    find_all(registry)
    (pair,) = pairs(registry, people.reviewer)
    return pair.a, pair.b


def test_an_event_told_by_two_sources_is_a_pair_and_finding_it_again_changes_nothing(
    registry: Registry, people: People
) -> None:
    told_twice(registry, people)
    before = pairs(registry, people.reviewer)

    with registry.storage.begin() as unit:
        unit.meta.put("candidates_position", "0")
    find_all(registry)

    assert before == pairs(registry, people.reviewer)
    assert CandidateReason.SAME_ID in before[0].candidate.reasons
    assert CandidateReason.SAME_ADDRESS in before[0].candidate.reasons


def test_records_of_one_source_and_those_that_share_nothing_are_no_pair(registry: Registry, people: People) -> None:
    take_in(registry, SYSTEM, FIRST, [told(FIRST, "F-1"), told(FIRST, "F-2")])
    other = told(SECOND, "S-1", "Power failed in a town", aliases=["AIID-7"], sources=[])
    take_in(registry, SYSTEM, SECOND, [other])

    find_all(registry)

    assert () == pairs(registry, people.reviewer)


def test_what_a_member_hands_in_is_compared_with_what_was_imported(registry: Registry, people: People) -> None:
    take_in(registry, SYSTEM, FIRST, [told(FIRST, "F-1")])
    own = published(registry, people, content(title="Voice", summary="x", aliases=["AIID-6"], marking={"tlp": "CLEAR"}))

    find_all(registry)

    (pair,) = pairs(registry, people.reviewer)
    assert own.uid in {pair.a.uid, pair.b.uid}


def test_a_pair_that_no_longer_is_one_goes_and_so_does_one_whose_record_is_erased(
    registry: Registry, people: People
) -> None:
    first, second = told_twice(registry, people)
    changed = told(SECOND, "S-1", "Another thing", aliases=[], sources=[])
    take_in(registry, SYSTEM, SECOND, [changed])
    find_all(registry)
    assert () == pairs(registry, people.reviewer)

    take_in(registry, SYSTEM, SECOND, [told(SECOND, "S-1")])
    find_all(registry)
    assert 1 == len(pairs(registry, people.reviewer))
    erase_by_two(registry, people, second.uid)

    with registry.storage.read() as reader:
        assert () == reader.merge_candidates.of_record(first.uid)


def test_a_dismissed_pair_stays_away_until_an_id_of_the_field_speaks_for_it(registry: Registry, people: People) -> None:
    same: dict[str, Any] = {"aliases": []}
    take_in(registry, SYSTEM, FIRST, [told(FIRST, "F-1", **same)])
    take_in(registry, SYSTEM, SECOND, [told(SECOND, "S-1", **same)])
    find_all(registry)
    (pair,) = pairs(registry, people.reviewer)

    candidates.decide(registry, people.reviewer, pair.b.uid, pair.a.uid, state=CandidateState.DISMISSED)
    take_in(registry, SYSTEM, SECOND, [told(SECOND, "S-1", severity=2, **same)])
    find_all(registry)
    assert () == pairs(registry, people.reviewer)

    for of, id_ in ((FIRST, "F-1"), (SECOND, "S-1")):
        take_in(registry, SYSTEM, of, [told(of, id_)])
    find_all(registry)
    assert 1 == len(pairs(registry, people.reviewer))


def test_merging_settles_the_pair_copies_no_text_and_no_update_of_the_source_brings_the_record_back(
    registry: Registry, people: People
) -> None:
    first, second = told_twice(registry, people)

    merge.merge(registry, people.reviewer, second.uid, into=first.uid, reason=REASON)
    find_all(registry)
    newer = [told(of, id_, "Cloned voice, told anew") for of, id_ in ((FIRST, "F-1"), (SECOND, "S-1"))]
    outcomes = [take_in(registry, SYSTEM, of, [one])[0] for of, one in zip((FIRST, SECOND), newer, strict=True)]
    find_all(registry)

    assert () == pairs(registry, people.reviewer)
    (settled,) = pairs(registry, people.reviewer, CandidateState.MERGED)
    assert people.reviewer.id == settled.candidate.decided_by
    held = FIRST if second.uid == _of(registry, FIRST, "F-1") else SECOND
    assert ingest.Outcome.HELD is outcomes[(FIRST, SECOND).index(held)]
    assert State.MERGED is stored(registry, second.uid).state
    survivor = stored(registry, first.uid)
    assert survivor.head.marking.licence in {FIRST.licence, SECOND.licence}
    assert survivor.head.public is not None


def _of(registry: Registry, of: Any, id_: str) -> RecordUid:
    with registry.storage.read() as reader:
        found = reader.records.by_upstream(of.id, id_)
    assert found is not None
    return found.uid


def test_only_who_sees_both_records_sees_the_pair(registry: Registry, people: People) -> None:
    take_in(registry, SYSTEM, FIRST, [told(FIRST, "F-1", misuse_categories=["harassment"])])
    hidden = replace(SECOND, trust=Trust.REVIEW)
    take_in(registry, SYSTEM, hidden, [told(SECOND, "S-1", misuse_categories=["harassment"])])
    find_all(registry)
    avoiding = replace(people.reviewer, avoids=frozenset(Topic))

    for actor in (people.submitter, people.outsider):
        with pytest.raises(Forbidden):
            pairs(registry, actor)
    assert 1 == len(pairs(registry, people.reviewer))
    assert [] == [one for one in pairs(registry, avoiding) if not (one.a.is_public and one.b.is_public)]


def test_what_is_no_pair_is_not_found_and_a_merged_one_is_not_decided_again(registry: Registry, people: People) -> None:
    first, second = told_twice(registry, people)
    other = published(registry, people, text_of("Something else"))

    with refused(registry, NotFound):
        candidates.decide(registry, people.reviewer, first.uid, other.uid, state=CandidateState.DISMISSED)
    with refused(registry, InvalidInput):
        candidates.decide(registry, people.reviewer, first.uid, second.uid, state=CandidateState.MERGED)
    with refused(registry, Forbidden):
        candidates.decide(registry, people.submitter, first.uid, second.uid, state=CandidateState.DISMISSED)

    merge.merge(registry, people.reviewer, second.uid, into=first.uid, reason=REASON)
    find_all(registry)
    with refused(registry, InvalidTransition):
        candidates.decide(registry, people.reviewer, first.uid, second.uid, state=CandidateState.DISMISSED)


def test_pages_go_on_where_the_last_one_ended(registry: Registry, people: People) -> None:
    for number in range(1, 6):
        ids: dict[str, Any] = {"aliases": [f"AIID-{number}"], "sources": []}
        for of in (FIRST, SECOND):
            take_in(registry, SYSTEM, of, [told(of, f"{of.id}-{number}", f"Case {number} of five", **ids)])
    find_all(registry)

    seen: list[str] = []
    request = PageRequest(2)
    while True:
        page = candidates.page(registry, people.reviewer, CandidateState.OPEN, request)
        seen += [one.a.uid for one in page.items]
        if not page.has_next:
            break
        request = PageRequest(2, page.positions[-1])

    assert 5 == len(seen) == len(set(seen))
