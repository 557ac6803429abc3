"""Two nodes give records the same uid: the later one stands under another, and what is said of it follows it there."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM, Role
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid, State
from registry.domain.vocabulary import Tlp
from registry.service import life, merge
from registry.service.federation import reconciling, telling
from tests.clocks import CountingIds, FixedClock
from tests.factories import content
from tests.federation.forging import held_back, honest, lying, next_header, resigned
from tests.federation.test_reconciling import erase
from tests.federation.test_statements import stated
from tests.federation.world import Sister, Sisterhood


class Repeating(CountingIds):
    """Ids of which the first uid was given out before, elsewhere."""

    def __init__(self, first: str) -> None:
        super().__init__(begin=9_000)
        self._first = [first]

    def uid(self) -> str:
        """The repeated one, then new ones."""
        return self._first.pop() if self._first else super().uid()


@dataclass(frozen=True, slots=True)
class Contest:
    """Two origins, a node that follows both, and the record of each: they have one uid."""

    first: Sister
    second: Sister
    here: Sister
    its: Record
    other: Record

    def stands(self) -> Record:
        """The later one, as it stands here."""
        with self.here.registry.storage.read() as reader:
            uid = reader.peer_owners.uid_here(self.second.dns, self.other.uid)
        found = None if uid is None else self.here.record(uid)
        assert found is not None
        return found


@pytest.fixture
def contest(sisters: Sisterhood) -> Contest:
    """A uid that two records have."""
    first, second, here = sisters.friends("a", "b", "c")
    its = first.node.publish(content(title="First"))
    repeating = replace(second.node, registry=replace(second.registry, ids=Repeating(its.uid)))
    submitted = repeating.submit(content(title="Second"))
    assert its.uid == submitted.uid
    other = second.node.put_out(submitted)
    here.pull(first)
    here.pull(second)
    return Contest(first, second, here, its, other)


def test_each_is_found_by_its_number_and_compared_under_its_own_uid(contest: Contest) -> None:
    stands = contest.stands()

    compared = [
        reconciling.reconcile(contest.here.registry, SYSTEM, origin.dns) for origin in (contest.first, contest.second)
    ]

    assert (contest.other.number, contest.second.dns) == (stands.number, stands.origin)
    assert [(0, 0), (0, 0)] == [(done.differing, done.asked) for done in compared]


def test_what_was_lost_of_a_contested_record_is_found_by_comparing(sisters: Sisterhood, contest: Contest) -> None:
    held_back(sisters, contest.second)
    contest.second.node.revise(contest.other, content(title="Second, revised"))
    contest.here.pull(contest.second)
    honest(sisters, contest.second)
    before = contest.stands().revision

    done = [reconciling.reconcile(contest.here.registry, SYSTEM, contest.second.dns) for _ in range(2)]

    assert [(1, 1), (0, 0)] == [(one.differing, one.asked) for one in done]
    assert (before + 1, 1) == (contest.stands().revision, held(contest.here, contest.its).revision)


def test_that_a_hidden_record_has_a_uid_is_not_shown_to_who_gives_one_of_the_same(sisters: Sisterhood) -> None:
    giver, here = sisters.friends("a", "b")
    hidden = here.node.submit(content(title="Hidden"))
    repeating = replace(giver.node, registry=replace(giver.registry, ids=Repeating(hidden.uid)))
    given = giver.node.put_out(repeating.submit(content(title="Given")))
    assert hidden.uid == given.uid

    here.pull(giver)
    giver.node.revise(given, content(title="Given anew"))
    here.pull(giver)

    with here.registry.storage.read() as reader:
        stands = reader.records.by_number(str(given.number), visible=EVERYTHING)
        refused = reader.refusals.of(giver.dns, limit=10)
    assert stands is not None
    assert ("Given anew", "Hidden") == (title_of(stands), title_of(held(here, hidden)))
    assert stands.is_public
    assert () == tuple(refused)
    assert 0 == reconciling.reconcile(here.registry, SYSTEM, giver.dns).differing

    life.narrow(giver.registry, giver.node.submitter, given.uid, tlp=Tlp.RED, reason="Too much.")
    here.pull(giver)

    assert (None, "Hidden") == (title_of(held(here, stands)), title_of(held(here, hidden)))


def title_of(record: Record) -> object:
    """The title of a record as it is stored."""
    return None if record.head.public is None else record.head.public.document["title"]


def held(sister: Sister, record: Record) -> Record:
    """A record as a node holds it under its own uid."""
    found = sister.record(record.uid)
    assert found is not None
    return found


@pytest.mark.parametrize("is_said_before", [True, False])
def test_words_that_another_gives_as_its_own_go_with_the_record_they_are_of(
    sisters: Sisterhood, contest: Contest, *, is_said_before: bool
) -> None:
    stolen: list[dict[str, Any]] = []
    lying(sisters, contest.first, lambda page: stolen.extend(page["items"]))
    contest.second.pull(contest.first)
    key = contest.second.registry.key
    forged = [resigned(one, key, origin=contest.second.dns) for one in stolen if contest.its.uid in one["header"]]
    lying(sisters, contest.second, lambda page: page["items"].extend(forged))

    if is_said_before:
        contest.here.pull(contest.second)
        assert [b"First"] == told(contest)
    erase(contest.first, contest.its)
    contest.here.pull(contest.first)
    contest.here.pull(contest.second)

    assert [] == told(contest)


def told(contest: Contest) -> list[bytes]:
    """The words of the first node's record that are kept of what the second one gave."""
    with contest.here.registry.storage.read() as reader:
        refused = reader.refusals.of(contest.second.dns, limit=100)
    return [b"First" for one in refused if b"First" in one.item]


def test_a_revocation_takes_back_the_record_of_the_node_that_says_so(contest: Contest) -> None:
    submitter = contest.second.node.submitter
    life.narrow(contest.second.registry, submitter, contest.other.uid, tlp=Tlp.RED, reason="Too much.")

    contest.here.pull(contest.second)
    contest.here.pull(contest.second)

    gone, kept = contest.stands(), held(contest.here, contest.its)
    assert (State.WITHDRAWN, None) == (gone.state, gone.head.public)
    assert (State.PUBLISHED, True) == (kept.state, kept.head.public is not None)
    assert ["REVOKE"] == acknowledged(contest)


def test_an_erasure_is_acknowledged_under_the_uid_that_its_origin_knows(contest: Contest) -> None:
    erase(contest.second, contest.other)

    contest.here.pull(contest.second)
    contest.here.pull(contest.second)

    assert (State.ERASED, State.PUBLISHED) == (contest.stands().state, held(contest.here, contest.its).state)
    assert ["ERASE"] == acknowledged(contest)


def acknowledged(contest: Contest) -> list[str | None]:
    """What the second origin is told of its record."""
    contest.second.pull(contest.here)
    found = telling.acknowledgements(contest.second.registry, LOCAL_OPERATOR, contest.other.uid)
    return [one.said and one.said.name for one in found if one.node == contest.here.dns]


def test_what_was_merged_into_a_contested_record_stands_behind_that_one(contest: Contest) -> None:
    second = contest.second
    extra = second.node.publish(content(title="One more"))
    contest.here.pull(second)

    lead = replace(second.node.reviewer, roles=frozenset({Role.LEAD_REVIEWER}))
    merge.merge(second.registry, lead, extra.uid, into=contest.other.uid, reason="The same.")
    contest.here.pull(second)

    assert contest.stands().uid == held(contest.here, extra).merged_into


def test_a_statement_about_a_contested_record_is_put_below_no_other(contest: Contest) -> None:
    second = contest.second
    said = stated(second, contest.other)

    done = contest.here.pull(second)

    assert (0, 1) == (done.applied.applied, done.applied.parked)
    assert None is contest.here.record(said.uid)
    assert ["MISSING_TARGET"] == contest.here.refused(second)


def test_of_a_contested_record_that_was_erased_nothing_stays_in_quarantine(
    sisters: Sisterhood, contest: Contest
) -> None:
    key = contest.second.registry.key
    found = held_back(sisters, contest.second)
    contest.second.node.revise(contest.other, content(title="Second, revised"))
    contest.here.pull(contest.second)
    bad = resigned(found[0], key, number="BBB-INC-2026-0999")
    gone = resigned(found[0], key, **next_header(found[0], state="erased", change="erase"))
    del gone["public"]
    pages: list[list[dict[str, Any]]] = [[found[0], bad, gone]]
    lying(sisters, contest.second, lambda page: page.update(items=pages.pop() if pages else [], remaining=0))

    contest.here.pull(contest.second)

    with contest.here.registry.storage.read() as reader:
        kept = reader.refusals.of(contest.second.dns, limit=10)
    assert State.ERASED is contest.stands().state
    assert [] == [json.loads(one.item) for one in kept if one.item]
    assert RecordUid(contest.its.uid) not in {one.uid for one in kept}


def test_what_was_given_up_of_a_contested_record_is_told_by_the_uid_that_its_origin_knows(
    sisters: Sisterhood, contest: Contest, clock: FixedClock
) -> None:
    second = contest.second
    found = held_back(sisters, second)
    second.node.revise(contest.other, content(title="Second, revised"))
    contest.here.pull(second)
    fields = next_header(found[0], state="merged", change="merge", merged_into=contest.other.uid)
    circle = resigned(found[0], second.registry.key, **fields)
    del circle["public"]
    pages: list[list[dict[str, Any]]] = [[found[0], circle]]
    lying(sisters, second, lambda page: page.update(items=pages.pop() if pages else [], remaining=0))
    contest.here.pull(second)
    clock.advance(days=8)

    contest.here.pull(second)
    second.pull(contest.here)

    told = telling.findings(second.registry, LOCAL_OPERATOR, contest.here.dns)
    assert [("MERGED_IN_A_CIRCLE_GIVEN_UP", contest.other.uid)] == [(one.reason, one.uid) for one in told]
