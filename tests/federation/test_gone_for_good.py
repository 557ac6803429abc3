"""What was erased comes back by no path: not as evidence, not in a message, not in what is kept because nobody
understands it."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from registry.domain.canonical import part_hash
from registry.domain.record import Record, State
from registry.domain.vocabulary import Tlp
from registry.ports.messages import Direction
from registry.service import life
from tests.factories import content
from tests.federation.forging import held_back, lying, next_header, resigned
from tests.federation.letters import kept, letter, posted
from tests.federation.simulation.checks import rows_of
from tests.federation.world import Sister, Sisterhood

WORDS = b"what nobody may read any more"
SALT = b"0123456789abcdef"


@pytest.fixture
def two(sisters: Sisterhood) -> tuple[Sister, Sister]:
    """An origin, and a node that follows it."""
    one, other = sisters.friends("a", "b")
    return one, other


def given(sisters: Sisterhood, liar: Sister, other: Sister, *items: dict[str, Any]) -> None:
    """Let *liar* give these items, and no others."""
    waiting = list(items)

    def lie(page: dict[str, Any]) -> None:
        page["items"], page["remaining"] = waiting[:], 0
        waiting.clear()

    lying(sisters, liar, lie)
    other.pull(liar)


def erased(sisters: Sisterhood, liar: Sister, other: Sister) -> tuple[Record, dict[str, Any]]:
    """A record of *liar* that *other* held and has erased, and the envelope that it held."""
    record = liar.node.publish(content(title="First"))
    found = held_back(sisters, liar)
    other.pull(liar)
    gone = resigned(found[0], liar.registry.key, **next_header(found[0], state="erased", change="erase"))
    del gone["public"]
    given(sisters, liar, other, found[0], gone)
    return record, found[0]


def test_an_erasure_ends_what_was_frozen(sisters: Sisterhood, two: tuple[Sister, Sister]) -> None:
    liar, other = two
    record = liar.node.publish(content(title="First"))
    found = held_back(sisters, liar)
    other.pull(liar)
    (item,) = found
    gone = resigned(item, liar.registry.key, **next_header(item, state="erased", change="erase"))
    del gone["public"]

    given(sisters, liar, other, item, resigned(item, liar.registry.key, imported=True), gone)

    held = other.record(record.uid)
    assert held is not None
    assert (State.ERASED, None) == (held.state, held.head.public)
    with other.registry.storage.read() as reader:
        assert not reader.envelopes.heads([record.uid])[record.uid].frozen


def test_an_origin_that_contradicts_an_erasure_brings_no_words_back(
    sisters: Sisterhood, two: tuple[Sister, Sister]
) -> None:
    liar, other = two
    record, item = erased(sisters, liar, other)
    salt = base64.urlsafe_b64encode(SALT).decode().rstrip("=")
    fields = {"state": "withdrawn", "change": "withdraw", "reason_hash": part_hash(SALT, WORDS).hex()}
    again = resigned(item, liar.registry.key, **next_header(item, **fields))
    del again["public"]

    given(sisters, liar, other, again | {"reason": {"salt": salt, "body": WORDS.decode()}})

    with other.registry.storage.read() as reader:
        history, head = reader.envelopes.history(record.uid, limit=9), reader.envelopes.heads([record.uid])[record.uid]
    assert [(1, False), (2, True), (2, False)] == sorted(
        ((one.rev, bool(one.body)) for one in history), key=lambda one: (one[0], not one[1])
    )
    assert [None, None, None] == [one.reason for one in history]
    # Frozen, it would not be told on that it was erased.
    assert not head.frozen


def test_a_message_that_nobody_understands_about_what_was_erased_leaves_no_words(
    sisters: Sisterhood, two: tuple[Sister, Sister]
) -> None:
    liar, other = two
    record, _ = erased(sisters, liar, other)

    said = posted(liar, other, [letter(liar, other, about=record.uid, body={"words": WORDS.decode()})])

    found = [one for one in kept(other, Direction.IN, liar) if one.type == "greeting"]
    assert ["UNKNOWN_VERSION"] == list(said.values())
    assert [(record.uid, b"", "")] == [(one.about, one.text, one.signature) for one in found]


def test_an_item_that_nobody_understands_about_what_was_erased_leaves_no_words(
    sisters: Sisterhood, two: tuple[Sister, Sister]
) -> None:
    liar, other = two
    record, _ = erased(sisters, liar, other)

    given(sisters, liar, other, {"type": "quotation", "uid": record.uid, "words": WORDS.decode()})

    with other.registry.storage.read() as reader:
        found = reader.refusals.of(liar.dns, limit=10)
    assert [(record.uid, "UNKNOWN_VERSION", b"")] == [(one.uid, one.reason, one.item) for one in found]


@pytest.mark.parametrize("ends", ["withdrawn", "narrowed"])
def test_of_an_origin_that_nobody_knows_here_no_words_wait_on_once_the_record_is_gone(
    sisters: Sisterhood, ends: str
) -> None:
    origin, relay, other = sisters.found("a"), sisters.found("b"), sisters.found("c")
    sisters.befriend(origin, relay)
    sisters.befriend(relay, other)
    record = origin.node.publish(content(title=WORDS.decode()))
    relay.pull(origin)
    other.pull(relay)
    assert ["MISSING_KEY"] == other.refused(relay)

    if ends == "withdrawn":
        origin.node.withdraw(record)
    else:
        closed: dict[str, Any] = {"tlp": Tlp.AMBER, "audience": None, "restricted_tlp": Tlp.RED}
        life.narrow(origin.registry, origin.node.submitter, record.uid, reason="It names somebody.", **closed)
    relay.pull(origin)
    other.pull(relay)

    files = other.registry.settings.data_dir.glob("registry.db*")
    assert not [row for row in rows_of(other.registry) if WORDS.decode() in row]
    assert not [file.name for file in files if WORDS in file.read_bytes()]
