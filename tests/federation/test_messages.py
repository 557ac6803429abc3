"""Messages between two nodes: each arrives once, by either way, and none is believed that the other did not sign."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from registry.domain.actor import SYSTEM
from registry.domain.errors import FetchFailed, QueueFull
from registry.domain.federation.message import AT_ONCE, MessageType
from registry.domain.record import RecordUid
from registry.ports.messages import Direction
from registry.service.federation import messaging, posting, settling, taking
from registry.service.federation.exchange import answer_to
from registry.service.federation.identity import INBOX_PATH
from tests.clocks import START, FixedClock
from tests.federation.letters import UID, kept, letter, posted
from tests.federation.test_rotation import rotated
from tests.federation.world import Sister, Sisterhood
from tests.node_keys import new_key

IN, OUT = Direction.IN, Direction.OUT


def queued(sister: Sister, other: Sister, **body: Any) -> str:
    """The id of a message that waits; nobody deals with its type."""
    with sister.registry.storage.begin() as unit:
        return messaging.queue(sister.registry, unit, other.dns, MessageType.FINDING, RecordUid(UID), body)


def outcomes(sister: Sister, other: Sister) -> list[tuple[str | None, bytes]]:
    """What became of the messages for *other*, and what is left of them."""
    return [(one.outcome, one.text) for one in kept(sister, OUT, other)]


def test_a_message_is_brought_and_its_text_goes(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    queued(one, other, uid=UID)

    done = posting.post_due(one.registry, SYSTEM)

    (came,) = kept(other, IN, one)
    assert (1, 0) == (done, posting.post_due(one.registry, SYSTEM))
    assert ("finding", UID) == (came.type, came.about)
    assert [b""] == [text for _, text in outcomes(one, other)]


def test_what_cannot_be_brought_is_given_with_the_next_page(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    queued(one, other, uid=UID)
    sisters.net.cut.add(other.dns)
    posting.post_due(one.registry, SYSTEM)
    sisters.net.cut.clear()

    other.pull(one)

    assert 1 == len(kept(other, IN, one))
    assert [b""] == [text for _, text in outcomes(one, other)]


def test_a_node_that_does_not_answer_is_tried_less_and_less(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    queued(one, other, uid=UID)
    sisters.net.cut.add(other.dns)

    tried = []
    for _ in range(6):
        before = len(sisters.net.seen)
        posting.post_due(one.registry, SYSTEM)
        tried.append(len(sisters.net.seen) - before)
        sisters.clock.advance(seconds=60)

    assert 1 == tried[0]
    assert sum(tried) < len(tried)


def test_a_node_that_does_not_answer_is_tried_no_more_often_the_more_waits_for_it(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    for _ in range(AT_ONCE + 1):
        queued(one, other, uid=UID)
    sisters.net.cut.add(other.dns)
    posting.post_due(one.registry, SYSTEM)
    before = len(sisters.net.seen)

    posting.post_due(one.registry, SYSTEM)

    assert before == len(sisters.net.seen)


def test_a_lost_answer_brings_the_message_again_and_changes_nothing(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    queued(one, other, uid=UID)

    def lose(_answer: Any) -> Any:
        raise FetchFailed("there is no answer", reason="NO_ANSWER")

    sisters.net.change[other.dns] = lose
    posting.post_due(one.registry, SYSTEM)
    del sisters.net.change[other.dns]
    sisters.clock.advance(days=2)
    first = kept(other, IN, one)

    posting.post_due(one.registry, SYSTEM)

    assert 1 == len(first)
    assert first == kept(other, IN, one)
    assert [b""] == [text for _, text in outcomes(one, other)]


@pytest.mark.parametrize("compromised", [False, True])
def test_what_waits_while_the_key_is_changed_is_signed_with_the_new_one(
    sisters: Sisterhood, *, compromised: bool
) -> None:
    one, other = sisters.friends("a", "b")
    queued(one, other, uid=UID)
    anew = rotated(sisters, one, compromised=compromised)
    # A process that was not started anew goes on with the key that it has read.
    queued(one, other, uid=UID)

    other.pull(anew)

    assert 2 == len(kept(other, IN, one))
    assert "BAD_SIGNATURE" not in {outcome for outcome, _ in outcomes(anew, other)}


def test_a_type_of_a_later_version_is_kept_as_it_came(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    greeting = letter(one, other)

    said = posted(one, other, [greeting, letter(one, other, id="message-2", v=2, type="proposal", more={"a": []})])

    assert {"message-1": taking.UNKNOWN_VERSION, "message-2": taking.UNKNOWN_VERSION} == said
    assert greeting["message"] == kept(other, IN, one)[0].text.decode()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"from": "c.test"}, "WRONG_SENDER"),
        ({"to": "c.test"}, "WRONG_RECIPIENT"),
        ({"made_at": (START - timedelta(days=31)).isoformat()}, "EXPIRED"),
        ({"made_at": (START + timedelta(hours=3)).isoformat()}, "NOT_YET_MADE"),
        ({"key": new_key()}, "BAD_SIGNATURE"),
        ({"about": "everything"}, "INVALID_FORMAT"),
        ({"body": "words"}, "INVALID_TYPE"),
        ({"body": {"words": "w" * 400_000}}, None),
    ],
)
def test_what_no_honest_node_sends_leaves_no_trace(
    sisters: Sisterhood, fields: dict[str, Any], reason: str | None
) -> None:
    one, other = sisters.friends("a", "b")

    said = posted(one, other, [letter(one, other, **fields), letter(one, other, id="message-2")])

    assert reason == said.get("message-1")
    assert ["message-2"] == [found.id for found in kept(other, IN, one)]


def test_a_message_for_one_node_is_nothing_to_another_who_hands_it_on(sisters: Sisterhood) -> None:
    one, two, three = sisters.friends("a", "b", "c")
    caught = letter(one, two)

    said = posted(two, three, [caught, letter(one, three, id="message-2")])

    assert {"message-1": "WRONG_SENDER", "message-2": "WRONG_SENDER"} == said
    assert [[], []] == [kept(three, IN, one), kept(three, IN, two)]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"messages": 1}', b'{"messages": [], "got": []}', b"\xff"])
def test_a_body_that_is_no_list_of_messages_is_refused(sisters: Sisterhood, body: bytes) -> None:
    one, other = sisters.friends("a", "b")

    with pytest.raises(FetchFailed) as refused:
        answer_to(one.registry, one.peer(other), INBOX_PATH, body=body)

    assert "STATUS_400" == refused.value.reason


def test_more_than_twenty_at_once_are_refused(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")

    with pytest.raises(FetchFailed):
        posted(one, other, [letter(one, other, id=f"message-{at}") for at in range(21)])

    assert [] == kept(other, IN, one)


def test_whoever_is_not_trusted_brings_nothing(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    stranger = sisters.found("c")

    answers = [
        other.client.post("/fed/v1/inbox", json={"messages": [letter(stranger, other)]}).status_code,
        other.client.get("/fed/v1/inbox").status_code,
    ]

    assert [401, 405] == answers
    assert [] == kept(other, IN, one)


def test_a_flood_is_taken_in_up_to_a_number_a_day(sisters: Sisterhood, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "MAX_DAILY", 3)
    one, other = sisters.friends("a", "b")

    said = posted(one, other, [letter(one, other, id=f"message-{at}") for at in range(5)])
    sisters.clock.advance(days=1, seconds=1)
    later = posted(one, other, [letter(one, other, id="message-4")])

    assert ([taking.UNKNOWN_VERSION] * 3 + [messaging.LATER] * 2) == list(said.values())
    assert {"message-4": taking.UNKNOWN_VERSION} == later


def test_what_is_not_understood_is_kept_up_to_a_number_of_bytes(
    sisters: Sisterhood, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "MAX_DAILY_BYTES", 1000)
    one, other = sisters.friends("a", "b")

    said = posted(one, other, [letter(one, other, id=f"message-{at}", body={"w": "w" * 500}) for at in range(2)])

    assert [taking.UNKNOWN_VERSION, messaging.LATER] == list(said.values())


def test_as_much_waits_for_a_node_as_may_and_no_more(sisters: Sisterhood, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messaging, "MAX_WAITING", 2)
    one, other = sisters.friends("a", "b")
    queued(one, other)
    queued(one, other)

    with pytest.raises(QueueFull) as refused:
        queued(one, other)

    assert "QUEUE_FULL" == refused.value.code


def test_what_nobody_receives_in_thirty_days_is_given_up(sisters: Sisterhood, clock: FixedClock) -> None:
    one, other = sisters.friends("a", "b")
    queued(one, other)
    clock.advance(days=30, seconds=1)

    given_up = settling.tidy(one.registry, SYSTEM)

    assert (1, [("EXPIRED", b"")]) == (given_up, outcomes(one, other))
    clock.advance(days=2)
    settling.tidy(one.registry, SYSTEM)
    assert [] == outcomes(one, other)


def test_only_the_node_that_a_message_is_for_says_what_became_of_it(sisters: Sisterhood) -> None:
    one, other, third = sisters.friends("a", "b", "c")
    waits = queued(one, other)

    for liar, word in ((third, "TAKEN"), (other, messaging.LATER), (other, "B"), (other, "TAKEN")):
        body = json.dumps({"got": {waits: word}}).encode()
        answer_to(liar.registry, liar.peer(one), INBOX_PATH, body=body)

    assert [("B", b"")] == outcomes(one, other)
