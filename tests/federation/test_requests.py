"""Signed requests between nodes: each counts once."""

from __future__ import annotations

import pytest

from registry.service.federation.identity import LOG_PATH
from registry.signing_requests import LASTS, SKEW, sign_request
from tests.clocks import FixedClock
from tests.federation.world import Sisterhood


@pytest.mark.parametrize("seconds", [0, LASTS.seconds + SKEW.seconds // 2])
def test_a_request_is_answered_once_as_long_as_it_would_be(
    sisters: Sisterhood, clock: FixedClock, seconds: int
) -> None:
    one, other = sisters.friends("a", "b")
    url, own = other.registry.settings.base_url + LOG_PATH, one.registry
    headers = sign_request(own.key, method="GET", url=url, body=b"", now=clock.now(), nonce="a word said once")

    first = other.client.get(url, headers=headers)
    clock.advance(seconds=seconds)
    second = other.client.get(url, headers=headers)

    assert [200, 401] == [first.status_code, second.status_code]
