"""A node changes its key: nothing that it sealed is lost, whoever trusted it trusts it, and what it signed counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from registry import signing
from registry.bootstrap import close_registry, open_registry
from registry.domain.actor import LOCAL_OPERATOR, SYSTEM
from registry.domain.errors import Conflict, FetchFailed, InvalidInput
from registry.domain.federation.discovery import endorsed_bytes
from registry.domain.federation.peer import KeyStatus
from registry.domain.record import Record
from registry.ports import Registry
from registry.service.federation import peering, pulling, rotating
from registry.signing import NodeKey, kid_of
from tests.clocks import FixedClock
from tests.factories import content
from tests.federation.forging import lying_of_itself
from tests.federation.world import Sister, Sisterhood
from tests.node_keys import new_key


def with_key(sisters: Sisterhood, sister: Sister, key: NodeKey) -> Sister:
    """The node as it is once it was started anew with this key."""
    started = Sister(replace(sister.node, registry=replace(sister.registry, key=key)), sister.client)
    started = Sister(started.node, sisters.client_of(started))
    sisters.net.clients[sister.dns] = started.client
    return started


def rotated(sisters: Sisterhood, sister: Sister, *, compromised: bool = False) -> Sister:
    """The node with the next key, started anew."""
    path = sister.registry.settings.node_key_path
    signing.put(path, (sister.registry.key,))
    sisters.clock.advance(minutes=1)
    rotating.rotate(sister.registry, LOCAL_OPERATOR, compromised=compromised)
    sisters.clock.advance(minutes=1)
    return with_key(sisters, sister, signing.load(path))


def signer(sister: Sister, record: Record) -> str:
    """Whose key has signed what the node holds of a record."""
    with sister.registry.storage.read() as reader:
        return kid_of(reader.envelopes.heads([record.uid])[record.uid].header.signature)


def titles(sister: Sister, *records: Record) -> list[object]:
    """What a node has as titles of these records."""
    found = [sister.record(one.uid) for one in records]
    return [None if one is None or one.head.public is None else one.head.public.document["title"] for one in found]


def test_who_trusted_the_old_key_trusts_the_new_one_and_what_was_signed_before_counts(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    first = one.node.publish(content(title="First"))
    one.sign()
    old = one.registry.key.fingerprint

    one = rotated(sisters, one)
    second = one.node.publish(content(title="Second"))
    other.pull(one)

    assert ["First", "Second"] == titles(other, first, second)
    assert [old, one.registry.key.fingerprint] == [signer(other, first), signer(other, second)]
    assert one.registry.key.fingerprint == other.peer(one).fingerprint


def test_of_several_changes_of_the_key_none_need_be_seen_by_others(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    first = one.node.publish(content(title="First"))
    one.sign()

    for _ in range(3):
        one = rotated(sisters, one)
    other.pull(one)
    late = sisters.found("c")
    sisters.befriend(one, late)
    late.pull(one)

    assert [["First"], ["First"]] == [titles(sister, first) for sister in (other, late)]
    assert 4 == len(other.peer(one).keys)


def test_a_node_that_changed_its_key_is_answered_by_those_who_asked_it_since(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = other.node.publish(content(title="Theirs"))
    one = rotated(sisters, one)
    with pytest.raises(FetchFailed, match="does not know this node's key"):
        one.pull(other)

    other.pull(one)
    one.pull(other)

    assert ["Theirs"] == titles(one, record)


def test_a_node_that_is_only_answered_is_asked_for_its_keys(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = other.node.publish(content(title="Theirs"))
    peering.change(other.registry, LOCAL_OPERATOR, one.dns, pulls=False)
    one = rotated(sisters, one)

    pulling.pull_due(other.registry, SYSTEM)
    one.pull(other)

    assert ["Theirs"] == titles(one, record)


def test_after_a_key_was_stolen_everything_is_signed_anew_and_those_who_come_late_get_it(
    sisters: Sisterhood, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = sisters.friends("a", "b")
    records = [one.node.publish(content(title=f"Number {at}")) for at in range(3)]
    one.node.withdraw(records[0], "Published twice by mistake.")
    other.pull(one)
    stolen = one.registry.key.fingerprint
    monkeypatch.setattr(rotating, "_PORTION", 2)

    one = rotated(sisters, one, compromised=True)
    done = other.pull(one)
    late = sisters.found("c")
    sisters.befriend(one, late)
    late.pull(one)

    assert (3, 0, 0) == (done.applied.applied, done.applied.quarantined, done.applied.forks)
    assert [[None, "Number 1", "Number 2"]] * 2 == [titles(sister, *records) for sister in (other, late)]
    assert {one.registry.key.fingerprint} == {signer(sister, record) for sister in (one, other) for record in records}
    assert KeyStatus.COMPROMISED in {key.status for key in other.peer(one).keys if key.kid == stolen}
    assert 0 == other.pull(one).applied.applied


def test_a_thief_of_a_key_that_was_given_up_is_believed_nothing(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    thief = one.registry.key
    one = rotated(sisters, one, compromised=True)
    other.pull(one)

    with_key(sisters, one, thief)

    with pytest.raises(FetchFailed):
        pulling.pull(other.registry, SYSTEM, one.dns)


def test_an_answer_from_before_a_key_was_stolen_that_comes_late_gives_the_key_no_worth_again(
    sisters: Sisterhood,
) -> None:
    one, other = sisters.friends("a", "b")
    stolen = one.registry.key.fingerprint

    def meanwhile(late: httpx.Response) -> httpx.Response:
        del sisters.net.change[one.dns]
        # Another process of the other node asks too, and is answered sooner.
        other.pull(rotated(sisters, one, compromised=True))
        return late

    sisters.net.change[one.dns] = meanwhile

    with pytest.raises(FetchFailed):
        pulling.pull(other.registry, SYSTEM, one.dns)

    assert KeyStatus.COMPROMISED is {key.kid: key.status for key in other.peer(one).keys}[stolen]


def test_a_key_that_was_retired_vouches_for_no_other(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    old = one.registry.key
    one = rotated(sisters, one)
    other.pull(one)
    found_later = new_key()

    def lie(document: dict[str, Any]) -> None:
        said = endorsed_bytes(one.dns, found_later.fingerprint, found_later.public.x)
        entry = {"kid": found_later.fingerprint, "x": found_later.public.x, "endorsement": old.sign(said)}
        document["keys"] = [entry | {"status": "active"}, *document["keys"][1:]]

    finder = with_key(sisters, one, found_later)
    lying_of_itself(sisters, finder, lie)

    with pytest.raises(FetchFailed, match="never confirmed"):
        other.pull(finder)


def test_a_process_with_the_old_key_signs_nothing_more_and_the_next_one_goes_on(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    began = rotated(sisters, one)
    record = one.node.publish(content(title="Between"))

    one.sign()
    assert 0 == pulling.pull(other.registry, SYSTEM, one.dns).applied.applied
    other.pull(began)

    assert ["Between"] == titles(other, record)
    with pytest.raises(Conflict):
        rotating.retire(one.registry, LOCAL_OPERATOR, new_key(), compromised=False)


def test_a_lost_key_is_replaced_once_the_operators_have_compared_the_new_one(
    sisters: Sisterhood, clock: FixedClock
) -> None:
    one, other = sisters.friends("a", "b")
    first = one.node.publish(content(title="First"))
    other.pull(one)
    clock.advance(days=1)

    one = with_key(sisters, one, new_key())
    rotating.have_signed_anew(one.registry, SYSTEM)
    with pytest.raises(FetchFailed, match="never confirmed"):
        other.pull(one)
    with pytest.raises(InvalidInput):
        peering.confirm(other.registry, LOCAL_OPERATOR, one.dns, new_key().fingerprint)
    peering.confirm(other.registry, LOCAL_OPERATOR, one.dns, one.registry.key.fingerprint)
    other.pull(one)

    assert (["First"], one.registry.key.fingerprint) == (titles(other, first), signer(other, first))
    assert [KeyStatus.ACTIVE, KeyStatus.RETIRED] == [key.status for key in other.peer(one).keys]


def _killed_at_once(registry: Registry) -> None:
    rotating.begin(registry)


def _killed_before_the_file_is_put(registry: Registry) -> None:
    new = rotating.begin(registry)
    rotating.retire(registry, LOCAL_OPERATOR, new, compromised=False)


def _killed_while_the_file_is_written(registry: Registry) -> None:
    _killed_before_the_file_is_put(registry)
    path = registry.settings.node_key_path
    path.with_name("node.key.new").write_bytes(b"-----BEGIN PRIVATE KEY-----\n")


def _not_killed(registry: Registry) -> None:
    rotating.rotate(registry, LOCAL_OPERATOR)


@pytest.mark.parametrize(
    ("steps", "is_new"),
    [
        (_killed_at_once, False),
        (_killed_before_the_file_is_put, True),
        (_killed_while_the_file_is_written, True),
        (_not_killed, True),
    ],
)
def test_a_change_that_is_killed_at_any_moment_leaves_a_node_that_opens_what_it_sealed(
    sisters: Sisterhood, steps: Callable[[Registry], None], *, is_new: bool
) -> None:
    settings = sisters.found("a").registry.settings
    old = signing.create(settings.node_key_path).fingerprint
    registry = open_registry(settings)
    sealed = registry.vault.seal("webhook secret", b"kept")

    steps(registry)
    close_registry(registry)
    registry = open_registry(settings)

    assert (b"kept", is_new) == (registry.vault.open("webhook secret", sealed), registry.key.fingerprint != old)
    assert settings.node_key_path.stat().st_mode & 0o777 == 0o600
    # And it can be changed again.
    after = rotating.rotate(registry, LOCAL_OPERATOR).after
    close_registry(registry)
    registry = open_registry(settings)
    assert (b"kept", after) == (registry.vault.open("webhook secret", sealed), registry.key.fingerprint)
    close_registry(registry)
