"""Allowances, buckets and whose they are: the arithmetic, without any store."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.budget import NANOSECONDS, Allowance, Bucket, Holder, Resource, instant, nanoseconds
from tests.clocks import START

NOW = nanoseconds(START)


def allowance(quota: int, window_seconds: int = 60) -> Allowance:
    """So much cost in a window."""
    return Allowance(Resource.COST, quota, window_seconds)


def test_a_bucket_that_nobody_used_is_full_and_one_that_is_used_up_is_empty() -> None:
    assert 80 == allowance(80).remaining(0, NOW)
    assert 80 == allowance(80).remaining(NOW, NOW)
    assert 0 == allowance(80).remaining(NOW + 60 * NANOSECONDS, NOW)


def test_a_bucket_fills_evenly() -> None:
    assert 40 == allowance(80).remaining(NOW + 30 * NANOSECONDS, NOW)
    assert 20 == allowance(80).remaining(NOW + 60 * NANOSECONDS, NOW + 15 * NANOSECONDS)


def test_the_wait_is_until_the_request_fits_and_no_longer() -> None:
    full_at = NOW + 60 * NANOSECONDS

    assert 1 == allowance(80).wait(1, full_at, NOW)
    assert 8 == allowance(80).wait(10, full_at, NOW)
    assert 60 == allowance(80).wait(80, full_at, NOW)
    assert 0 == allowance(80).wait(80, NOW, NOW)


def test_what_never_fits_waits_for_a_window() -> None:
    assert 60 == allowance(80).wait(5000, 0, NOW)


@pytest.mark.parametrize("jump_seconds", [1, 59, 61, 3600, 10**9])
def test_a_clock_put_back_keeps_nobody_out_for_longer_than_a_window(jump_seconds: int) -> None:
    full_at = NOW + 60 * NANOSECONDS
    now = NOW - jump_seconds * NANOSECONDS

    wait = allowance(80).wait(1, full_at, now)

    assert 0 <= wait <= 60
    assert 0 == allowance(80).wait(1, full_at, now + wait * NANOSECONDS)


@given(
    quota=st.integers(1, 2_000_000),
    window=st.sampled_from([60, 3600]),
    amounts=st.lists(st.integers(0, 10**5), max_size=30),
)
def test_what_remains_is_what_was_not_taken(quota: int, window: int, amounts: list[int]) -> None:
    rule = allowance(quota, window)
    full_at, taken = NOW, 0

    for amount in amounts:
        if rule.wait(amount, full_at, NOW) == 0:
            full_at = NOW + rule.missing(full_at, NOW) + rule.duration(amount)
            taken += amount

    assert quota - taken == rule.remaining(full_at, NOW)


def test_buckets_differ_by_holder_resource_and_window() -> None:
    buckets = {
        Bucket(holder, of, Allowance(resource, 1, window)).name
        for holder in Holder
        for of in ("a", "b")
        for resource in Resource
        for window in (60, 3600)
    }

    assert len(Holder) * 2 * len(Resource) * 2 == len(buckets)


def test_an_instant_survives_being_counted_in_nanoseconds() -> None:
    assert START == instant(nanoseconds(START))
