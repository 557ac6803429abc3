"""A node that pries: from what it gives, and what is answered to that, it does not learn what is held here."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from registry.domain.canonical import canonical_bytes, part_hash
from registry.domain.federation.message import read_message
from registry.domain.record import RecordUid
from registry.domain.vocabulary import Kind
from registry.ports.messages import Direction
from registry.service.federation import applying
from tests.factories import content
from tests.federation.forging import held_back, next_header, resigned
from tests.federation.letters import kept
from tests.federation.world import Sister, Sisterhood

SALT = b"0123456789abcdef"
UNKNOWN = RecordUid("01930f3e-7c1a-7b52-9a64-2f0c5d8e1b90")
Item = dict[str, Any]


def given(other: Sister, liar: Sister, *items: Item) -> None:
    """Let *other* take in what *liar* gives, one after the other."""
    for item in items:
        with other.registry.storage.begin() as unit:
            applying.apply_page(other.registry, unit, other.peer(liar), [item])


def template(sisters: Sisterhood, liar: Sister, other: Sister) -> Item:
    """An envelope of a record of *liar*, which does not arrive."""
    liar.node.publish(content(title="First"))
    found = held_back(sisters, liar)
    other.pull(liar)
    return found[0]


def stated(item: Item, liar: Sister, about: RecordUid, at: int, **said: Any) -> Item:
    """A statement of *liar* about a record; *at* tells it from others."""
    document = {"about": about, "statement_kind": "dispute", "title": "Said", "summary": "Something."} | said
    body = canonical_bytes(document)
    part = {"salt": base64.urlsafe_b64encode(SALT).decode().rstrip("="), "body": body.decode()}
    uid, number = f"{UNKNOWN[:-4]}{at:04d}", f"BBB-{Kind.STATEMENT.number_code}-2026-{at:04d}"
    fields = {"uid": uid, "number": number, "kind": "statement", "public_hash": part_hash(SALT, body).hex()}
    return resigned(item, liar.registry.key, **fields) | {"public": part}


def gone(item: Item, liar: Sister) -> Item:
    """That what *item* tells was erased."""
    erased = resigned(item, liar.registry.key, **next_header(item, state="erased", change="erase"))
    return {name: value for name, value in erased.items() if name != "public"}


def taken_back(item: Item) -> Item:
    """That what *item* tells is not for the node any more."""
    header = json.loads(item["header"])
    return {"type": "revoke", "uid": header["uid"], "number": header["number"], "hash": "0" * 64}


def told(other: Sister, liar: Sister) -> Iterable[tuple[str, str]]:
    """What *other* says to *liar*, without hashes: type and reason, of which statement."""
    for one in kept(other, Direction.OUT, liar):
        body = read_message(one.text).body
        for said in (*body.get("findings", ()), *body.get("records", ())):
            yield said["uid"][-4:], said.get("reason") or said["what"]


def learnt(item: Item, liar: Sister, other: Sister, about: RecordUid, begin: int) -> list[tuple[str, str]]:
    """What *liar* is told after statements of all sorts about a record, each by its place."""
    wrong, erased, back, forked = (stated(item, liar, about, begin + at) for at in range(4))
    wrong = stated(item, liar, about, begin, summary=7)
    other_one = resigned(forked, liar.registry.key, imported=True)
    given(other, liar, wrong, erased, gone(erased, liar), back, taken_back(back), forked, other_one)
    places = {f"{begin + at:04d}": str(at) for at in range(4)}
    return sorted((places[uid], word) for uid, word in told(other, liar) if uid in places)


def test_a_statement_tells_nobody_whether_what_it_is_about_is_known(sisters: Sisterhood) -> None:
    other, liar = sisters.friends("a", "b")
    hidden = other.node.submit(content(title="Hidden"))
    item = template(sisters, liar, other)

    of_hidden = learnt(item, liar, other, hidden.uid, 100)
    of_nothing = learnt(item, liar, other, UNKNOWN, 200)

    assert [("0", "INVALID_TYPE"), ("1", "erase"), ("2", "revoke")] == of_nothing
    assert of_hidden == of_nothing


def test_what_waited_and_was_taken_back_is_not_taken_in_later(sisters: Sisterhood) -> None:
    other, liar = sisters.friends("a", "b")
    item = template(sisters, liar, other)
    waiting = stated(item, liar, RecordUid(json.loads(item["header"])["uid"]), 1)

    given(other, liar, waiting, taken_back(waiting), item)
    other.pull(liar)

    assert other.record(RecordUid(json.loads(item["header"])["uid"])) is not None
    assert other.record(RecordUid(json.loads(waiting["header"])["uid"])) is None


def test_a_finding_does_not_tell_what_was_erased_or_taken_back(sisters: Sisterhood) -> None:
    other, liar = sisters.friends("a", "b")
    item = template(sisters, liar, other)
    uid = json.loads(item["header"])["uid"]
    given(other, liar, item, gone(item, liar))

    def hash_told(about: str) -> str:
        junk = {"type": "quotation", "uid": about, "words": "some"}
        given(other, liar, junk)
        with other.registry.storage.read() as reader:
            return next(one.hash for one in reader.refusals.of(liar.dns, limit=10) if one.uid == about)

    def true_hash(about: str) -> str:
        return hashlib.sha256(canonical_bytes({"type": "quotation", "uid": about, "words": "some"})).hexdigest()

    assert {one: true_hash(one) for one in (uid, UNKNOWN)} == {one: hash_told(one) for one in (uid, UNKNOWN)}
