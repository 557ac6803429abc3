"""Corrections across nodes: proposed at one, decided at the other, where alone the record is changed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM
from registry.domain.canonical import JsonValue
from registry.domain.correction import Edit
from registry.domain.errors import Conflict
from registry.domain.federation.message import read_message
from registry.domain.proposal import Proposal, ProposalState
from registry.domain.record import GroupSlug, Record, RecordUid
from registry.ports.messages import Direction
from registry.service import groups, life, proposals, proposed, review
from registry.service.federation import peering, posting, proposing, settling
from registry.service.verify import verify
from tests.clocks import FixedClock
from tests.factories import content
from tests.federation.letters import UID, kept, letter, posted
from tests.federation.test_syncing import grouped, published_to
from tests.federation.world import Sister, Sisterhood

WHY = "The bank counted again."


def propose(sister: Sister, record: Record, path: str = "severity", value: JsonValue = 4) -> Proposal:
    """A correction that the institute there proposes, brought to where the record began."""
    held = sister.record(record.uid)
    assert held is not None
    edits = [Edit(tuple(path.split(".")), value)]
    institute = sister.node.institute
    made = proposals.propose(
        sister.registry, institute, record.uid, edits, reason=WHY, expected_revision=held.revision
    ).proposal
    deliver(sister)
    return made


def deliver(*sisters: Sister) -> None:
    """Let messages go out."""
    for sister in sisters:
        posting.post_due(sister.registry, SYSTEM)


def seen(sister: Sister, record: Record) -> list[Proposal]:
    """Proposals about a record, as its owner's people there see them."""
    return list(proposed.of_record(sister.registry, sister.node.submitter, record.uid))


def told(sister: Sister, made: Proposal) -> tuple[ProposalState, str | None]:
    """What the proposer's organisation reads of its proposal."""
    found = proposed.of_record(sister.registry, sister.node.institute, made.uid)
    (mine,) = (one for one in found if one.id == made.id)
    return mine.state, mine.decision_reason


def test_a_correction_travels_is_decided_and_comes_back_as_a_revision(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="First", severity=2))
    other.pull(one)

    made = propose(other, record)
    (waits,) = seen(one, record)
    accepted = proposals.accept(one.registry, one.node.submitter, waits.id, reason="Thank you.")
    deliver(one)

    assert ("b.test", WHY, 1) == (waits.node, waits.reason, waits.base)
    assert (ProposalState.ACCEPTED, "Thank you.") == told(other, made)
    assert accepted.record is not None
    one.node.put_out(accepted.record)
    other.pull(one)
    held = other.record(record.uid)
    assert held is not None
    assert held.head.public is not None
    assert (2, 4) == (held.revision, held.head.public.document["severity"])
    assert [(), ()] == [verify(sister.registry, SYSTEM).faults for sister in (one, other)]


def test_the_organisation_that_proposed_is_credited_and_no_person_is_named(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(severity=2))
    other.pull(one)
    made = propose(other, record)
    (waits,) = seen(one, record)

    with one.registry.storage.read() as reader:
        organisation = reader.accounts.organisations_by_id([waits.organisation])[waits.organisation]

    assert ("institute-at-bbb", "Example Institute (BBB)") == (organisation.slug, organisation.name)
    sent = b"".join(request.body or b"" for request in sisters.net.seen)
    assert made.proposer.encode() not in sent


def test_what_is_declined_is_told_with_the_reason(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(severity=2))
    other.pull(one)
    made = propose(other, record)

    (waits,) = seen(one, record)
    proposals.decline(one.registry, one.node.submitter, waits.id, reason="It was two.")
    other.pull(one)

    assert (ProposalState.DECLINED, "It was two.") == told(other, made)


def test_what_is_taken_back_is_taken_back_there_too(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(severity=2))
    other.pull(one)
    made = propose(other, record)

    proposals.withdraw(other.registry, other.node.institute, made.id)
    deliver(other)

    assert [ProposalState.WITHDRAWN] == [found.state for found in seen(one, record)]


def test_a_proposal_about_what_the_record_says_no_more_is_superseded(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(severity=2))
    other.pull(one)
    one.node.revise(record, content(severity=3))
    one.sign()

    made = propose(other, record)
    deliver(one)

    state, words = told(other, made)
    assert (ProposalState.DECLINED, []) == (state, seen(one, record))
    assert "propose it again" in (words or "")


def test_what_the_other_node_never_takes_is_taken_back_after_thirty_days(
    sisters: Sisterhood, clock: FixedClock
) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(severity=2))
    other.pull(one)
    sisters.net.cut.add(one.dns)
    made = propose(other, record)
    assert (ProposalState.OPEN, None) == told(other, made)

    clock.advance(days=30, seconds=1)
    settling.tidy(other.registry, SYSTEM)

    state, words = told(other, made)
    assert (ProposalState.WITHDRAWN, True) == (state, "EXPIRED" in (words or ""))


def test_nothing_is_proposed_to_a_node_that_is_paused(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(severity=2))
    other.pull(one)
    peering.change(other.registry, LOCAL_OPERATOR, one.dns, paused=True)

    with pytest.raises(Conflict):
        propose(other, record)

    assert [] == proposed_there(other, record)


def proposed_there(sister: Sister, record: Record) -> list[Proposal]:
    """What is kept of proposals about a record."""
    with sister.registry.storage.read() as reader:
        return list(reader.proposals.of_record(record.uid))


def forged(sister: Sister, origin: Sister, uid: str, **body: Any) -> dict[str, JsonValue]:
    """A proposal as a node that lies makes it."""
    said = {
        "proposal": "proposal-1",
        "base": "0" * 64,
        "changes": [{"path": ["severity"], "value": 4}],
        "reason": WHY,
        "proposer": {"slug": "institute", "name": "Example Institute"},
    } | body
    return letter(sister, origin, type="proposal", id=body.get("proposal", "proposal-1"), about=uid, body=said)


def base_of(sister: Sister, record: Record) -> str:
    """The hash of the newest header of a record there."""
    with sister.registry.storage.read() as reader:
        return reader.envelopes.heads([record.uid])[record.uid].header.hash


def decisions(sister: Sister, other: Sister) -> list[dict[str, Any]]:
    """The decisions that wait for *other*."""
    return [dict(read_message(one.text).body) for one in kept(sister, Direction.OUT, other) if one.type == "decision"]


def test_what_another_node_may_not_see_is_answered_as_what_there_is_not(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    owner = grouped(one, "circle")
    red = one.node.publish(content(marking={"tlp": "RED"}))
    amber = published_to(one, owner, tlp="AMBER", audience="circle")
    draft = one.node.submit(content())
    one.sign()

    uids = [UID, red.uid, amber.uid, draft.uid]
    items = [forged(other, one, uid, proposal=f"proposal-{at}") for at, uid in enumerate(uids)]
    said = posted(other, one, items)

    answers = decisions(one, other)
    assert {"TAKEN"} == set(said.values())
    assert 4 == len(answers)
    assert 1 == len({(found["outcome"], found["code"], found["reason"]) for found in answers})
    assert [] == [found for record in (red, amber, draft) for found in proposed_there(one, record)]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"changes": [{"path": ["marking", "tlp"], "value": "CLEAR"}]}, "UNKNOWN_FIELD"),
        ({"changes": [{"path": ["owner"], "value": "bbb"}]}, "UNKNOWN_FIELD"),
        ({"changes": [{"path": ["number"], "value": "AAA-INC-2026-0009"}]}, "UNKNOWN_FIELD"),
        ({"changes": [{"path": ["upstream"], "value": None}, {"path": ["severity"], "value": 2}]}, "NO_CHANGE"),
        ({"changes": []}, "REQUIRED"),
        ({"changes": [{"path": ["severity"], "value": 99}]}, "OUT_OF_RANGE"),
        ({"changes": [{"path": ["summary"], "value": "Write to john.smith@gmail.com"}]}, "PERSONAL_DATA"),
        ({"reason": ""}, "REQUIRED"),
        ({"reason": "\u202eturned around"}, "INVALID_TEXT"),
        ({"base": "0" * 64}, "STALE"),
        ({"base": None}, "STALE"),
    ],
)
def test_what_may_not_be_proposed_here_may_not_be_from_there(
    sisters: Sisterhood, body: dict[str, Any], code: str
) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(severity=2))
    one.sign()

    said = {name: value for name, value in ({"base": base_of(one, record)} | body).items() if value is not None}
    posted(other, one, [forged(other, one, record.uid, **said)])

    assert ([code], []) == ([found["code"] for found in decisions(one, other)], proposed_there(one, record))


@pytest.mark.parametrize(
    "body",
    [
        {"proposal": "../.."},
        {"proposer": {"slug": "Institute", "name": "x"}},
        {"proposer": {"slug": "institute", "name": "\u202ex"}},
        {"changes": "all"},
        {"changes": [{"path": [], "value": 1}]},
        {"changes": [{"path": ["severity"], "value": 1}] * 201},
    ],
)
def test_what_is_no_proposal_is_refused_and_not_answered(sisters: Sisterhood, body: dict[str, Any]) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(severity=2))
    one.sign()
    said = {"proposal": "proposal-1", "base": base_of(one, record), "reason": WHY} | body
    item = letter(other, one, type="proposal", about=record.uid, body=said)

    (outcome,) = posted(other, one, [item]).values()

    assert outcome not in {"TAKEN", "TOO_MANY"}
    assert ([], []) == (decisions(one, other), proposed_there(one, record))


def test_a_proposal_that_comes_twice_waits_once(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(severity=2))
    one.sign()
    base = base_of(one, record)

    for at in range(3):
        item = forged(other, one, record.uid, base=base)
        again = letter(other, one, type="proposal", id=f"message-{at}", about=record.uid, body=body_of(item))
        posted(other, one, [item, again])

    assert 1 == len(proposed_there(one, record))


def body_of(item: dict[str, JsonValue]) -> Any:
    """The body of a message."""
    return json.loads(str(item["message"]))["body"]


def test_a_flood_of_proposals_of_one_node_is_turned_away(sisters: Sisterhood, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing, "MAX_OPEN_OF_NODE", 3)
    monkeypatch.setattr(proposing, "MAX_OPEN_OF_RECORD_AND_NODE", 2)
    one, other = sisters.friends("a", "b")
    records = [one.node.publish(content(severity=2)) for _ in range(2)]
    one.sign()

    items = [
        forged(other, one, record.uid, base=base_of(one, record), proposal=f"proposal-{at}{place}")
        for place, record in enumerate(records)
        for at in range(3)
    ]
    posted(other, one, items)

    assert [2, 1] == [len(proposed_there(one, record)) for record in records]
    assert ["QUEUE_FULL"] * 3 == [found["code"] for found in decisions(one, other)]


def test_a_decision_about_what_was_never_proposed_is_refused(sisters: Sisterhood) -> None:
    one, other, third = sisters.friends("a", "b", "c")
    record = one.node.publish(content(severity=2))
    other.pull(one)
    sisters.net.cut.add(one.dns)
    made = propose(other, record)
    decision = {"proposal": made.id, "outcome": "accepted", "reason": "Yes."}

    answers = [
        *posted(
            one, other, [letter(one, other, type="decision", about=record.uid, body=decision | {"proposal": UID})]
        ).values(),
        *posted(one, other, [letter(one, other, type="decision", id="message-2", about=UID, body=decision)]).values(),
        *posted(third, other, [letter(third, other, type="decision", about=record.uid, body=decision)]).values(),
    ]

    assert ["UNKNOWN_PROPOSAL"] * 3 == answers
    assert (ProposalState.OPEN, None) == told(other, made)


def test_what_lost_access_lets_go_of_what_was_proposed_too(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    owner = grouped(one, "circle", "node-bbb")
    grouped(other, "ours", "institute")
    peering.change(other.registry, LOCAL_OPERATOR, one.dns, groups={"circle": "ours"})
    record = published_to(one, owner, tlp="AMBER", audience="circle")
    other.pull(one)
    insider = replace(other.node.institute, groups=frozenset({GroupSlug("ours")}))
    sister = Sister(replace(other.node, institute=insider), other.client)
    propose(sister, record)

    groups.leave(one.registry, LOCAL_OPERATOR, slug="circle", organisation_slug="node-bbb")
    other.pull(one)

    assert [(None, None)] == [(found.part, found.reason) for found in proposed_there(other, record)]
    assert () == verify(other.registry, SYSTEM).faults


def test_a_withdrawn_record_takes_no_corrections_from_elsewhere(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(severity=2))
    other.pull(one)
    life.withdraw(one.registry, one.node.reviewer, record.uid, reason=WHY)

    made = propose(other, record)
    deliver(one)

    assert ProposalState.DECLINED is told(other, made)[0]


def test_a_reviewer_is_asked_as_for_every_other_revision(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(severity=2))
    other.pull(one)
    propose(other, record)
    (waits,) = seen(one, record)

    done = proposals.accept(one.registry, one.node.submitter, waits.id)

    assert done.record is not None
    claimed = review.claim(
        one.registry, one.node.reviewer, RecordUid(record.uid), expected_revision=done.record.draft_revision
    )
    assert (1, 2) == (claimed.revision, claimed.draft_revision)
