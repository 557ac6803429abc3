"""Nodes that lie, wires that repeat, clocks that are wrong: nothing is lost, nothing is believed, the rest goes on."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from registry.domain.actor import ANONYMOUS, LOCAL_OPERATOR, SYSTEM
from registry.domain.errors import AlreadyExists, CommonsError, FetchFailed, InvalidInput
from registry.domain.federation.discovery import endorsed_bytes
from registry.domain.federation.peer import KeyStatus, PeerState
from registry.domain.pages import PageRequest, RecordFilter
from registry.domain.record import Record, State
from registry.ports import Unit
from registry.service import find, node
from registry.service.federation import applying, paging, peering, pulling
from registry.service.federation.applying import Applied
from tests.clocks import FixedClock
from tests.factories import content
from tests.federation.forging import held_back, honest, lying, lying_of_itself, next_header, resigned
from tests.federation.world import Sister, Sisterhood
from tests.node_keys import new_key


def title_of(sister: Sister, record: Record) -> str | None:
    """What a node has as the title of a record."""
    found = sister.record(record.uid)
    return None if found is None or found.head.public is None else str(found.head.public.document["title"])


def is_frozen(sister: Sister, record: Record) -> bool:
    """Whether a node lets a record go on."""
    with sister.registry.storage.read() as reader:
        return reader.envelopes.heads([record.uid])[record.uid].frozen


def all_titles(sister: Sister) -> list[str]:
    """The titles of all that strangers find at a node."""
    found = find.page(sister.registry, ANONYMOUS, RecordFilter(), request=PageRequest(limit=100))
    return sorted(str(one.head.public.document["title"]) for one in found.items if one.head.public is not None)


def test_many_records_of_one_instant_come_in_pages_without_loss(
    sisters: Sisterhood, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = sisters.friends("a", "b")
    records = [one.node.publish(content(title=f"Number {at}")) for at in range(7)]
    monkeypatch.setattr(paging, "LIMIT", 2)

    done = other.pull(one)

    # The last one is empty: what is revoked is not told beforehand.
    assert (7, 5) == (done.applied.applied, done.pages)
    assert [f"Number {at}" for at in range(7)] == [title_of(other, record) for record in records]


def test_what_is_published_behind_a_cursor_comes_with_the_next_question(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    first = one.node.publish(content(title="First"))
    other.pull(one)
    second = one.node.publish(content(title="Second"))

    assert 1 == other.pull(one).applied.applied
    assert ["First", "Second"] == [title_of(other, record) for record in (first, second)]


def test_the_same_cursor_gives_the_same_items_until_one_goes_on(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    one.node.publish(content())
    pages: list[Any] = []
    lying(sisters, one, lambda page: pages.append(page["items"]))
    other.pull(one)

    with other.registry.storage.begin() as unit:
        unit.peers.save(replace(other.peer(one), cursor=None))
    done = other.pull(one)

    first, _, again, _ = pages
    assert 1 == len(first)
    assert first == again
    assert (0, 1) == (done.applied.applied, done.applied.known)


def test_a_crash_between_applying_and_keeping_the_cursor_repeats_the_page(
    sisters: Sisterhood, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="First"))
    apply_page = applying.apply_page

    def crash(*given: Any) -> Applied:
        apply_page(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr(pulling, "apply_page", crash)
    with pytest.raises(KeyboardInterrupt):
        other.pull(one)
    monkeypatch.undo()
    assert (None, None) == (title_of(other, record), other.peer(one).cursor)

    assert 1 == other.pull(one).applied.applied
    assert "First" == title_of(other, record)


def test_one_bad_item_goes_to_quarantine_and_the_rest_goes_on(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    records = [one.node.publish(content(title=f"Number {at}")) for at in range(3)]
    lying(sisters, one, lambda page: page["items"][1:2] and page["items"][1].update(header="no header"))

    done = other.pull(one)

    assert (2, 1, ["NOT_CANONICAL"]) == (done.applied.applied, done.applied.quarantined, other.refused(one))
    assert ["Number 0", None, "Number 2"] == [title_of(other, record) for record in records]


@pytest.mark.parametrize("hours", [-1, 1])
def test_clocks_an_hour_apart_sync(sisters: Sisterhood, hours: int) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="First"))
    wrong = FixedClock(sisters.clock.now())
    wrong.advance(hours=hours)
    late = Sister(replace(other.node, registry=replace(other.registry, clock=wrong)), other.client)

    late.pull(one)

    assert "First" == title_of(other, record)
    assert -3600 * hours == other.peer(one).skew_seconds


def test_spaces_alone_make_no_new_header(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="First"))
    other.pull(one)
    peer = other.peer(one).cursor

    with pytest.raises(CommonsError):
        one.node.revise(record, content(title="  First  "))
    done = other.pull(one)

    assert (0, 0) == (done.applied.applied, done.applied.known)
    assert peer is not None


def test_what_is_told_piece_by_piece_is_what_is_told_at_once(sisters: Sisterhood) -> None:
    one, step, late = sisters.friends("a", "b", "c")
    records = [one.node.publish(content(title="First"))]
    step.pull(one)
    records.append(one.node.publish(content(title="Second")))
    step.pull(one)
    one.node.revise(records[0], content(title="First again"))
    one.node.withdraw(records[1])
    step.pull(one)

    late.pull(one)

    def said(sister: Sister) -> list[object]:
        found = [sister.record(record.uid) for record in records]
        return [one and (one.state, one.number, one.revision, one.head.public_hash, one.reason) for one in found]

    assert said(step) == said(late)
    assert all_titles(step) == all_titles(late) == ["First again"]


def test_what_was_published_long_ago_is_new_to_who_gets_it_now(sisters: Sisterhood, clock: FixedClock) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content())
    clock.advance(days=40)

    other.pull(one)

    found = other.record(record.uid)
    assert found is not None
    assert clock.now() == found.published_at


@pytest.mark.parametrize("field", ["uid", "number", "hash"])
def test_a_revocation_that_cannot_be_stored_spoils_no_page(sisters: Sisterhood, field: str) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="First"))
    broken = {"type": "revoke", "uid": "some", "number": "some", "hash": "some"} | {field: "\ud800"}
    lying(sisters, one, lambda page: page["items"] and page["items"].insert(0, broken))

    other.pull(one)

    assert ("First", ["REQUIRED"]) == (title_of(other, record), other.refused(one))


def test_hops_that_no_header_allows_are_refused_of_old_headers_too(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    one.node.publish(content(title="First"))
    found = held_back(sisters, one)
    other.pull(one)
    key = one.registry.key
    items = [resigned(found[0], key, rev=5), resigned(found[0], key, rev=3) | {"hops": 17}]
    lying(sisters, one, lambda page: page.update(items=[items.pop(0)] if items else [], remaining=len(items)))

    done = other.pull(one)

    assert (1, 0, ["TOO_MANY_HOPS"]) == (done.applied.applied, done.applied.history, other.refused(one))


def test_a_tampered_part_under_a_valid_header_is_refused(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="True"))

    def lie(page: dict[str, Any]) -> None:
        for item in page["items"]:
            item["public"]["body"] = item["public"]["body"].replace("True", "Lies")

    lying(sisters, one, lie)
    other.pull(one)

    assert (None, ["WRONG_HASH"]) == (title_of(other, record), other.refused(one))


def test_a_bad_signature_changes_nothing_of_a_known_record(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="First"))
    other.pull(one)
    one.node.revise(record, content(title="Second"))

    def lie(page: dict[str, Any]) -> None:
        for item in page["items"]:
            item["signature"] = item["signature"][:-4] + "AAAA"

    lying(sisters, one, lie)

    other.pull(one)

    assert ("First", ["BAD_SIGNATURE"]) == (title_of(other, record), other.refused(one))


def test_who_names_another_node_as_origin_is_not_believed(sisters: Sisterhood) -> None:
    one, liar, other = sisters.friends("a", "b", "c")
    record = one.node.publish(content(title="True"))
    other.pull(one)
    liar.node.publish(content(title="Lies"))

    def lie(page: dict[str, Any]) -> None:
        page["items"] = [
            resigned(item, liar.registry.key, origin=one.dns, uid=record.uid, number=record.number)
            for item in page["items"]
        ]

    lying(sisters, liar, lie)
    other.pull(liar)

    assert ("True", ["MISSING_KEY"]) == (title_of(other, record), other.refused(liar))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"number": "AAA-INC-2026-0001"}, "FOREIGN_NUMBER"),
        ({"number": "BBB-INC-2026-9999"}, "CHANGED_IDENTITY"),
        ({"kind": "lesson"}, "CHANGED_IDENTITY"),
        ({"state": "draft"}, "NOT_ALLOWED"),
        ({"v": 2}, "UNKNOWN_VERSION"),
        ({"public_hash": "0" * 64}, "WRONG_HASH"),
        ({"max_hops": 99}, "OUT_OF_RANGE"),
        ({"rev": 10**12}, "OUT_OF_RANGE"),
        ({"uid": "nonsense"}, "INVALID_FORMAT"),
        ({"signed_at": "yesterday"}, "INVALID_FORMAT"),
    ],
    ids=lambda one: next(iter(one)) if isinstance(one, dict) else None,
)
def test_a_header_that_no_record_may_have_is_refused(sisters: Sisterhood, fields: dict[str, Any], reason: str) -> None:
    other, liar = sisters.friends("a", "b")
    record = liar.node.publish(content(title="First"))
    other.pull(liar)
    liar.node.revise(record, content(title="Second"))

    def lie(page: dict[str, Any]) -> None:
        page["items"] = [resigned(item, liar.registry.key, **fields) for item in page["items"]]

    lying(sisters, liar, lie)
    other.pull(liar)

    assert ("First", [reason]) == (title_of(other, record), other.refused(liar))


def test_an_origin_that_contradicts_itself_is_frozen_and_both_are_kept(sisters: Sisterhood) -> None:
    other, liar = sisters.friends("a", "b")
    record = liar.node.publish(content(title="First"))
    kept: list[dict[str, Any]] = []
    lying(sisters, liar, lambda page: kept.extend(page["items"]))
    other.pull(liar)

    lies = [resigned(kept[0], liar.registry.key, imported=True)]

    def lie(page: dict[str, Any]) -> None:
        page["items"] = [lies.pop()] if lies else []

    lying(sisters, liar, lie)
    other.pull(liar)
    assert ("First", True) == (title_of(other, record), is_frozen(other, record))

    honest(sisters, liar)
    liar.node.revise(record, content(title="Second"))
    other.pull(liar)

    assert ("First", ["FROZEN", "FORK"]) == (title_of(other, record), other.refused(liar))
    with other.registry.storage.read() as reader:
        assert 2 == len(reader.envelopes.history(record.uid, limit=100))


def test_a_header_before_the_newest_is_history_and_never_the_head(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="First"))
    old = held_back(sisters, one)
    other.pull(one)
    honest(sisters, one)
    one.node.withdraw(one.node.revise(record, content(title="Second")))
    other.pull(one)

    with other.registry.storage.begin() as unit:
        done = applying.apply_page(other.registry, unit, other.peer(one), [old[0]])

    found = other.record(record.uid)
    assert found is not None
    assert (1, State.WITHDRAWN) == (done.history, found.state)


def test_a_retired_key_counts_for_what_it_signed_before_and_a_compromised_one_for_nothing_new(
    sisters: Sisterhood, clock: FixedClock
) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="First"))
    items = held_back(sisters, one)
    other.pull(one)
    later = clock.advance(minutes=1)

    def taken(status: KeyStatus) -> str | None:
        peer = other.peer(one)
        keys = (replace(peer.keys[0], status=status, at=later),)
        with other.registry.storage.begin() as unit:
            unit.peers.save(replace(peer, keys=keys))
        with other.registry.storage.begin() as unit:
            applying.apply_page(other.registry, unit, other.peer(one), [items[0]])
        return title_of(other, record)

    assert None is taken(KeyStatus.COMPROMISED)
    assert ["COMPROMISED_KEY"] == other.refused(one)
    assert "First" == taken(KeyStatus.RETIRED)


def test_a_restored_backup_is_noticed_and_read_anew_without_a_change(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    one.node.publish(content(title="First"))
    other.pull(one)
    before = other.peer(one).cursor

    node.after_restore(one.registry, LOCAL_OPERATOR)
    done = other.pull(one)

    assert (0, 1) == (done.applied.applied, done.applied.known)
    assert before != other.peer(one).cursor


def test_what_a_restored_backup_signs_contradicts_nothing_that_was_signed_since(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="First"))
    other.pull(one)
    backup = one.registry.settings.data_dir / "backup"
    one.registry.storage.backup(backup)
    one.node.revise(record, content(title="Lost"))
    lost = one.node.publish(content(title="Lost too"))
    other.pull(one)

    back = sisters.restored(one, backup)
    node.after_restore(back.registry, LOCAL_OPERATOR)
    back.node.revise(record, content(title="Second"))
    new = back.node.publish(content(title="New"))
    done = other.pull(back)

    assert (2, 0, []) == (done.applied.applied, done.applied.forks, other.refused(back))
    assert ("Second", "New", "Lost too") == tuple(title_of(other, one) for one in (record, new, lost))
    assert new.number != lost.number


def test_a_backup_that_is_restored_again_gives_no_number_again(sisters: Sisterhood) -> None:
    one = sisters.found("a")
    backup = one.registry.settings.data_dir / "backup"
    one.registry.storage.backup(backup)
    numbers = set[str | None]()

    for _ in range(3):
        sisters.clock.advance(minutes=5)
        one = sisters.restored(one, backup)
        node.after_restore(one.registry, LOCAL_OPERATOR)
        numbers |= {one.node.publish(content()).number for _ in range(2)}

    assert 6 == len(numbers)


def test_a_request_that_comes_twice_is_refused(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    other.pull(one)
    asked = next(request for request in sisters.net.seen if "/fed/v1/log" in request.url)

    repeated = one.client.get(asked.url, headers=dict(asked.headers))

    assert (401, "UNAUTHENTICATED") == (repeated.status_code, repeated.json()["errors"][0]["extensions"]["code"])


def test_strangers_and_nodes_that_were_not_confirmed_learn_nothing(sisters: Sisterhood) -> None:
    one, other = sisters.found("a"), sisters.found("b")
    one.node.publish(content())
    peering.add(one.registry, LOCAL_OPERATOR, "https://b.test")
    peer = peering.add(other.registry, LOCAL_OPERATOR, "https://a.test")
    with other.registry.storage.begin() as unit:
        unit.peers.save(replace(peer, state=PeerState.ACTIVE))

    with pytest.raises(FetchFailed) as caught:
        other.pull(one)

    assert "STATUS_401" == caught.value.reason
    assert 401 == one.client.get("/fed/v1/log").status_code


def test_another_fingerprint_is_not_trusted_and_a_short_name_is_taken_once(sisters: Sisterhood) -> None:
    one, other = sisters.found("a"), sisters.found("b")
    peering.add(one.registry, LOCAL_OPERATOR, "https://b.test")

    with pytest.raises(InvalidInput):
        peering.confirm(one.registry, LOCAL_OPERATOR, other.dns, new_key().fingerprint)
    with pytest.raises(AlreadyExists):
        peering.add(one.registry, LOCAL_OPERATOR, "https://b.test")

    assert PeerState.ASKED is one.peer(other).state


def test_a_key_that_was_never_endorsed_is_not_taken_for_the_nodes(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    one.node.publish(content())
    thief = Sister(replace(one.node, registry=replace(one.registry, key=new_key())), one.client)
    sisters.net.clients[one.dns] = sisters.client_of(thief)

    with pytest.raises(FetchFailed) as caught:
        other.pull(one)

    assert "UNKNOWN_KEY" == caught.value.reason


@pytest.mark.parametrize("is_borrowed", [True, False])
def test_a_key_under_the_name_of_another_is_refused_and_keeps_nobody_out(
    sisters: Sisterhood, *, is_borrowed: bool
) -> None:
    liar, one, other = sisters.friends("a", "b", "c")
    record = one.node.publish(content(title="First"))
    own = liar.registry.key
    borrowed = {"kid": other.registry.key.fingerprint, "x": own.public.x if is_borrowed else "A" * 43}

    def lie(document: dict[str, Any]) -> None:
        document["keys"].append(borrowed | {"status": "active"})

    lying_of_itself(sisters, liar, lie)
    with pytest.raises(InvalidInput) as caught:
        one.pull(liar)

    assert ("keys",) == caught.value.problems[0].path
    assert 1 == len(one.peer(liar).keys)
    other.pull(one)
    assert "First" == title_of(other, record)


@pytest.mark.parametrize("is_known", [True, False], ids=["since it is known", "from the beginning"])
def test_who_names_the_key_of_another_node_is_not_taken_for_it(sisters: Sisterhood, *, is_known: bool) -> None:
    liar, one, other = sisters.found("a"), sisters.found("b"), sisters.found("c")
    key, own = one.registry.key, liar.registry.key
    endorsement = own.sign(endorsed_bytes(liar.dns, key.fingerprint, key.public.x))
    claimed = {"kid": key.fingerprint, "x": key.public.x, "status": "active", "endorsement": endorsement}
    sisters.befriend(one, other)
    if is_known:
        sisters.befriend(liar, other)

    lying_of_itself(sisters, liar, lambda document: document["keys"].append(claimed))
    if not is_known:
        sisters.befriend(liar, other)
    other.pull(liar)

    found = peering.asking(other.registry, key.fingerprint)
    assert [own.fingerprint] == [entry.kid for entry in other.peer(liar).keys]
    assert one.dns == (found and found[0].node)


def test_a_node_that_does_not_answer_is_asked_again_later_and_keeps_nobody_waiting(
    sisters: Sisterhood, clock: FixedClock
) -> None:
    one, two, other = sisters.friends("a", "b", "c")
    for sister in (one, two):
        sister.node.publish(content(title=f"Of {sister.dns}"))
        sister.sign()
    sisters.net.cut.add(one.dns)

    pulling.pull_due(other.registry, SYSTEM)
    assert (["Of b.test"], "NO_ANSWER", 1) == (all_titles(other), other.peer(one).last_error, other.peer(one).failures)

    sisters.net.cut.clear()
    clock.advance(minutes=5)
    pulling.pull_due(other.registry, SYSTEM)
    assert (["Of a.test", "Of b.test"], None) == (all_titles(other), other.peer(one).last_error)


def test_what_was_erased_here_never_comes_back(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="First"))
    other.pull(one)

    def erase(unit: Unit) -> None:
        from registry.service.erasure import erased_record

        found = other.record(record.uid)
        assert found is not None
        erased_record(other.registry, unit, found, "asked for")

    with other.registry.storage.begin() as unit:
        erase(unit)
    one.node.revise(record, content(title="Second"))
    other.pull(one)

    found = other.record(record.uid)
    assert found is not None
    assert (State.ERASED, None) == (found.state, title_of(other, record))
    assert "Second" not in json.dumps(other.client.get("/search.json").json())


def test_the_next_header_after_a_lost_one_is_taken_and_one_that_does_not_follow_freezes(sisters: Sisterhood) -> None:
    other, liar = sisters.friends("a", "b")
    record = liar.node.publish(content(title="First"))
    kept: list[dict[str, Any]] = []
    lying(sisters, liar, lambda page: kept.extend(page["items"]))
    other.pull(liar)

    def taken(**fields: Any) -> None:
        item = resigned(kept[0], liar.registry.key, **fields)
        with other.registry.storage.begin() as unit:
            applying.apply_page(other.registry, unit, other.peer(liar), [item])

    taken(**next_header(kept[0], rev=5, prev_hash="1" * 64, revision=2))
    assert not is_frozen(other, record)
    taken(rev=6, prev_hash="2" * 64, revision=3)
    assert is_frozen(other, record)
