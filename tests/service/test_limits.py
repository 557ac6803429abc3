"""Who pays for what, and when it is too much."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from registry.domain.actor import ANONYMOUS, Actor, Role
from registry.domain.budget import Holder, Resource
from registry.domain.errors import RateLimited
from registry.ports import Registry
from registry.service import limits
from registry.service.limits import OverBudget
from registry.settings.limits import LARGEST_COST
from schema.limits import MAX_COST
from tests.clocks import CountingIds, FixedClock
from tests.service.world import close_registry, open_registry


@pytest.fixture
def limited(tmp_path: Path, empty_store: Path, clock: FixedClock, ids: CountingIds) -> Iterator[Registry]:
    """A registry that counts, with small budgets of writes."""
    (tmp_path / "limited").mkdir()
    shutil.copy(empty_store, tmp_path / "limited" / empty_store.name)
    opened = open_registry(
        tmp_path / "limited",
        clock,
        ids,
        limits=True,
        anonymous_writes_per_minute=3,
        key_writes_per_minute=5,
        organisation_writes_per_minute=8,
        failed_sign_ins_per_minute=4,
        account_failures_per_minute=2,
    )
    yield opened
    close_registry(opened)


def somebody(key: str = "first", organisation: str = "acme", *roles: Role) -> Actor:
    """A person who acts through a key."""
    return replace(
        ANONYMOUS,
        id="person:p",
        person="p",  # type: ignore[arg-type]
        organisation=organisation,  # type: ignore[arg-type]
        key=key,
        roles=frozenset({Role.ANYBODY, *(roles or (Role.SUBMITTER,))}),
    )


def stranger(address: str) -> Actor:
    """Somebody without a key."""
    return replace(ANONYMOUS, address=address)


def writes(registry: Registry, who: Actor, times: int = 20) -> int:
    """How many of so many writes are let through."""
    done = 0
    for _ in range(times):
        try:
            limits.charge(registry, who, writes=1)
        except RateLimited:
            break
        done += 1
    return done


def test_strangers_are_counted_by_address(limited: Registry) -> None:
    assert 3 == writes(limited, stranger("203.0.113.1"))
    assert 3 == writes(limited, stranger("203.0.113.2"))
    assert 0 == writes(limited, stranger("203.0.113.1"))


def test_the_addresses_of_a_subscriber_of_ipv6_are_one(limited: Registry) -> None:
    assert 3 == writes(limited, stranger("2001:db8:1:2::1"))
    assert 0 == writes(limited, stranger("2001:db8:1:2:ffff::9"))
    assert 3 == writes(limited, stranger("2001:db8:1:3::1"))


def test_who_has_many_networks_of_ipv6_has_the_budget_of_some(limited: Registry) -> None:
    taken = sum(writes(limited, stranger(f"2001:db8:1:{at:x}::1")) for at in range(64))

    assert 3 * 32 == taken
    assert 0 == writes(limited, stranger("2001:db8:1:ffff::1"))
    with pytest.raises(OverBudget) as refused:
        limits.charge(limited, stranger("2001:db8:1:ffff::1"), writes=1)
    assert 1 == refused.value.retry_after_seconds
    told = refused.value.standing.balances
    assert {Holder.ADDRESS} == {one.bucket.holder for one in told}
    assert 3 == told[0].remaining
    assert 3 == writes(limited, stranger("2001:db8:2:1::1"))


def test_credentials_that_fit_nobody_are_counted_by_site_too(limited: Registry) -> None:
    def failures(address: str) -> int:
        for at in range(10):
            try:
                limits.note_failure(limited, address=address)
            except RateLimited:
                return at
        return 10

    assert 4 * 32 == sum(failures(f"2001:db8:1:{at:x}::1") for at in range(40))
    assert 4 == failures("2001:db8:2:1::1")


def test_members_are_counted_by_key_and_by_organisation_wherever_they_are(limited: Registry) -> None:
    assert 5 == writes(limited, replace(somebody("first"), address="203.0.113.1"))
    assert 3 == writes(limited, replace(somebody("second"), address="203.0.113.1"))
    assert 0 == writes(limited, somebody("third"))
    assert 5 == writes(limited, somebody("fourth", "beta"))


def test_a_session_pays_as_a_key_does(limited: Registry) -> None:
    def signed_in(session: str) -> Actor:
        return replace(somebody(), key=None, session=session)

    assert 5 == writes(limited, signed_in("one"))
    assert 3 == writes(limited, signed_in("two"))


def test_a_member_is_not_kept_out_by_strangers_at_the_same_address(limited: Registry) -> None:
    writes(limited, stranger("203.0.113.1"))

    assert 5 == writes(limited, replace(somebody(), address="203.0.113.1"))


def test_what_is_refused_says_when_it_will_fit_and_takes_nothing(limited: Registry, clock: FixedClock) -> None:
    writes(limited, stranger("203.0.113.1"))

    with pytest.raises(limits.OverBudget) as caught:
        limits.charge(limited, stranger("203.0.113.1"), cost=1000, writes=1)

    assert 20 == caught.value.retry_after_seconds
    cost = caught.value.standing.tightest(Resource.COST)
    assert cost is not None
    assert 120_000 == cost.remaining
    clock.advance(seconds=20)
    assert 1 == writes(limited, stranger("203.0.113.1"))


@pytest.mark.parametrize(
    ("role", "quota"),
    [
        (Role.VETTED_RESEARCHER, 300_000),
        (Role.SUBMITTER, 400_000),
        (Role.REVIEWER, 600_000),
        (Role.LEAD_REVIEWER, 600_000),
        (Role.OPERATOR, 600_000),
        (Role.ANYBODY, 120_000),
    ],
)
def test_budgets_of_cost_grow_with_the_role(limited: Registry, role: Role, quota: int) -> None:
    standing = limits.charge(limited, somebody("k", "acme", role), cost=1)

    assert standing is not None
    assert quota == standing.balances[0].bucket.allowance.quota
    assert 4 == len(standing.balances)


def test_the_dearest_query_fits_every_idle_bucket(limited: Registry) -> None:
    for who in (stranger("203.0.113.1"), somebody("k", "acme", Role.VETTED_RESEARCHER), somebody()):
        assert limits.charge(limited, who, cost=MAX_COST) is not None

    assert MAX_COST == LARGEST_COST


def test_attempts_to_sign_in_have_buckets_of_their_own(limited: Registry) -> None:
    def attempts(address: str, account: str | None = None) -> int:
        for at in range(20):
            try:
                limits.attempt(limited, address=address, account=account)
            except RateLimited:
                return at
        return 20

    assert 2 == attempts("203.0.113.1", "ada")
    assert 0 == attempts("203.0.113.2", "ada")
    assert 2 == attempts("203.0.113.1")
    assert 4 == attempts("203.0.113.3")
    assert 3 == writes(limited, stranger("203.0.113.3"))


def test_only_failures_count(limited: Registry) -> None:
    for _ in range(50):
        limits.attempt(limited, address="203.0.113.1", account="ada")
        limits.succeeded(limited, address="203.0.113.1", account="ada")


def test_credentials_that_fit_nobody_are_counted_by_address(limited: Registry) -> None:
    for _ in range(4):
        limits.note_failure(limited, address="203.0.113.1")

    with pytest.raises(RateLimited):
        limits.note_failure(limited, address="203.0.113.1")
    limits.note_failure(limited, address="203.0.113.2")


def test_bulk_lines_are_counted_by_organisation(limited: Registry) -> None:
    standing = limits.charge(limited, somebody(), lines=50_000)

    assert standing is not None
    assert [0] == [one.remaining for one in standing.balances]
    with pytest.raises(RateLimited):
        limits.charge(limited, somebody("another"), lines=1)


def test_one_switch_turns_everything_off(tmp_path: Path, clock: FixedClock, ids: CountingIds) -> None:
    registry = open_registry(tmp_path / "open", clock, ids, key_writes_per_minute=1, failed_sign_ins_per_minute=1)

    assert 500 == writes(registry, somebody(), times=500)
    for _ in range(20):
        limits.attempt(registry, address="203.0.113.1", account="ada")
        limits.note_failure(registry, address="203.0.113.1")
    assert limits.charge(registry, somebody(), cost=1) is None
    close_registry(registry)
