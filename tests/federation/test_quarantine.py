"""What is not taken is kept with its reason, bounded; what contradicts itself waits for an operator."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.alert import AlertKind, AlertState
from registry.domain.errors import Conflict, InvalidInput, NotFound
from registry.domain.federation.envelope import Part
from registry.domain.record import Record
from registry.service.federation import applying, quarantine, resolving
from registry.service.federation.applying import Applied
from tests.factories import content
from tests.federation.forging import held_back, honest, lying, next_header, resigned
from tests.federation.world import Sister, Sisterhood

Item = dict[str, Any]


def take(taker: Sister, giver: Sister, *items: object) -> Applied:
    """Take in a page."""
    with taker.registry.storage.begin() as unit:
        return applying.apply_page(taker.registry, unit, taker.peer(giver), items)  # type: ignore[arg-type]  # junk


def narrow(sister: Sister, **settings: Any) -> Sister:
    """The node with other settings."""
    changed = sister.registry.settings.model_copy(update=settings)
    return Sister(replace(sister.node, registry=replace(sister.registry, settings=changed)), sister.client)


def forked(sisters: Sisterhood) -> tuple[Sister, Sister, Record, Item, Item]:
    """A record of which a node has given out two headers of one place: taker, liar, record, both items."""
    other, liar = sisters.friends("a", "b")
    record = liar.node.publish(content(title="First"))
    kept = held_back(sisters, liar)
    other.pull(liar)
    honest(sisters, liar)
    second = resigned(kept[0], liar.registry.key, imported=True)
    take(other, liar, kept[0], second)
    return other, liar, record, kept[0], second


def title_of(sister: Sister, record: Record) -> str | None:
    """What a node has as the title of a record."""
    found = sister.record(record.uid)
    return None if found is None or found.head.public is None else str(found.head.public.document["title"])


def test_quarantine_is_bounded_the_oldest_junk_goes_first_and_what_waits_and_is_signed_stays(
    sisters: Sisterhood,
) -> None:
    other, liar = sisters.friends("a", "b")
    liar.node.publish(content())
    kept = held_back(sisters, liar)
    other.pull(liar)
    waits = {name: value for name, value in kept[0].items() if name != "public"}
    small = narrow(other, federation_quarantine_items=10)

    take(small, liar, waits)
    for at in range(30):
        take(small, liar, {"junk": at})

    found = quarantine.page(other.registry, LOCAL_OPERATOR, liar.dns)
    assert ["UNKNOWN_VERSION"] * 9 + ["MISSING_PART"] == [one.reason for one in found]
    assert [b'{"junk":29}', b'{"junk":21}'] == [found[0].item, found[8].item]
    assert {liar.dns: 21} == quarantine.forgotten(other.registry, LOCAL_OPERATOR)


def test_quarantine_is_bounded_in_bytes_too(sisters: Sisterhood) -> None:
    other, liar = sisters.friends("a", "b")
    small = narrow(other, federation_quarantine_bytes=1000)

    take(small, liar, *({"junk": str(at) * 400} for at in range(1, 9)))

    assert 2 == len(quarantine.page(other.registry, LOCAL_OPERATOR, liar.dns))


def test_what_waits_and_is_signed_is_bounded_as_well_and_its_oldest_stays(sisters: Sisterhood) -> None:
    other, liar = sisters.friends("a", "b")
    liar.node.publish(content())
    kept = held_back(sisters, liar)
    other.pull(liar)
    bare = {name: value for name, value in kept[0].items() if name != "public"}
    small = narrow(other, federation_quarantine_items=10)

    items = [resigned(bare, liar.registry.key, rev=rev, prev_hash="0" * 64) for rev in range(2, 32)]
    for item in items:
        take(small, liar, item)

    held = {one.hash for one in quarantine.page(other.registry, LOCAL_OPERATOR, liar.dns)}
    assert 10 == len(held)


def test_an_item_is_seen_tried_again_and_forgotten(sisters: Sisterhood) -> None:
    other, liar = sisters.friends("a", "b")
    record = liar.node.publish(content(title="First"))
    kept = held_back(sisters, liar)
    other.pull(liar)
    peer = other.peer(liar)
    with other.registry.storage.begin() as unit:
        applying.apply_page(other.registry, unit, replace(peer, keys=()), kept)
    take(other, liar, {"junk": 1})
    junk, parked = quarantine.page(other.registry, LOCAL_OPERATOR, liar.dns)

    assert 1 == resolving.retry(other.registry, LOCAL_OPERATOR, parked.id).applied
    assert 1 == resolving.retry(other.registry, LOCAL_OPERATOR, junk.id).quarantined
    (again,) = quarantine.page(other.registry, LOCAL_OPERATOR, liar.dns)
    quarantine.drop(other.registry, LOCAL_OPERATOR, again.id)

    assert ("First", ()) == (title_of(other, record), quarantine.page(other.registry, LOCAL_OPERATOR, liar.dns))
    for gone in (resolving.retry, quarantine.get, quarantine.drop):
        with pytest.raises(NotFound):
            gone(other.registry, LOCAL_OPERATOR, again.id)


@pytest.mark.parametrize("keeps_held", [True, False])
def test_an_operator_says_which_header_holds_and_the_record_goes_on_from_there(
    sisters: Sisterhood, *, keeps_held: bool
) -> None:
    other, liar, record, first, second = forked(sisters)
    chosen = first if keeps_held else second
    key = liar.registry.key
    after = resigned(chosen, key, **next_header(chosen, change="withdraw", state="withdrawn"))
    take(other, liar, {name: value for name, value in after.items() if name != "public"})
    (fork,) = resolving.forks(other.registry, LOCAL_OPERATOR)
    assert "First" == title_of(other, record)

    hashes = {True: fork.held.hash, False: fork.others[0].hash}
    resolved = resolving.resolve(other.registry, LOCAL_OPERATOR, record.uid, keep=hashes[keeps_held][:12])

    assert (False, not keeps_held) == (resolved.is_out, resolved.imported)
    assert ((), []) == (resolving.forks(other.registry, LOCAL_OPERATOR), other.refused(liar))
    with other.registry.storage.read() as reader:
        alert = reader.alerts.last(AlertKind.SYNC_FORK, f"node:{liar.dns}")
        assert 3 == len(reader.envelopes.history(record.uid, limit=100))
    assert alert is not None
    assert AlertState.DISMISSED is alert.state


def test_a_frozen_record_waits_for_the_hash_of_one_of_its_headers(sisters: Sisterhood) -> None:
    other, _, record, _, _ = forked(sisters)

    for keep in ("0" * 64, ""):
        with pytest.raises(InvalidInput):
            resolving.resolve(other.registry, LOCAL_OPERATOR, record.uid, keep=keep)
    with pytest.raises(NotFound):
        resolving.resolve(other.registry, LOCAL_OPERATOR, "AAA-INC-2026-9999", keep="0" * 64)

    assert 1 == len(resolving.forks(other.registry, LOCAL_OPERATOR))


def test_a_header_whose_content_was_let_go_cannot_be_kept(sisters: Sisterhood) -> None:
    other, liar, record, _, _ = forked(sisters)
    (item,) = quarantine.page(other.registry, LOCAL_OPERATOR, liar.dns)
    quarantine.drop(other.registry, LOCAL_OPERATOR, item.id)
    (fork,) = resolving.forks(other.registry, LOCAL_OPERATOR)

    with pytest.raises(Conflict):
        resolving.resolve(other.registry, LOCAL_OPERATOR, record.uid, keep=fork.others[0].hash)

    assert record.uid == resolving.resolve(other.registry, LOCAL_OPERATOR, record.uid, keep=fork.held.hash).uid


@pytest.mark.parametrize(
    ("words", "code"),
    [("x" * 5000, "TOO_LONG"), ("so\u202e it is", "INVALID_TEXT"), ("\x07", "INVALID_TEXT"), (" ", "REQUIRED")],
)
def test_the_words_of_a_tombstone_are_as_a_reason_here(sisters: Sisterhood, words: str, code: str) -> None:
    other, liar = sisters.friends("a", "b")
    record = liar.node.publish(content(title="First"))
    other.pull(liar)
    liar.node.withdraw(record)
    part = Part(b"0" * 16, words.encode())

    def lie(page: dict[str, Any]) -> None:
        page["items"] = [
            resigned(item, liar.registry.key, reason_hash=part.hash)
            | {"reason": {"salt": "MDAwMDAwMDAwMDAwMDAwMA", "body": words}}
            for item in page["items"]
        ]

    lying(sisters, liar, lie)
    other.pull(liar)

    assert ("First", [code]) == (title_of(other, record), other.refused(liar))


@pytest.mark.parametrize("name", ["Ac\u202eme", "Ac\u200bme", "Acme\nInc", "", "x" * 121])
def test_an_owner_with_a_name_that_deceives_is_refused(sisters: Sisterhood, name: str) -> None:
    other, liar = sisters.friends("a", "b")
    record = liar.node.publish(content(title="First"))
    key = liar.registry.key

    def lie(page: dict[str, Any]) -> None:
        page["items"] = [resigned(item, key, owner={"slug": "acme", "name": name}) for item in page["items"]]

    lying(sisters, liar, lie)
    other.pull(liar)

    assert None is title_of(other, record)
    assert 1 == len(other.refused(liar))
