"""The command that reserves numbers."""

from __future__ import annotations

import pytest

from tests.client_package.conftest import Served, served
from tests.web.cli.commons import commons

__all__ = ["served"]


@pytest.fixture(autouse=True)
def _node(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONS_URL", served.url)


def test_numbers_are_reserved_and_printed_one_a_line(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONS_KEY", served.submitter_key)

    done = commons("number", "reserve", "lesson", "--count", "3", "--idempotency-key", "cli")
    again = commons("number", "reserve", "lesson", "--count", "3", "--idempotency-key", "cli", "--json")

    assert 0 == done.code
    assert 3 == len(set(done.out.split()))
    assert done.out.split() == again.json["numbers"]


def test_strangers_reserve_nothing(served: Served) -> None:
    assert 4 == commons("number", "reserve", "incident").code


def test_what_is_wrong_is_told(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONS_KEY", served.submitter_key)

    done = commons("number", "reserve", "incident", "--year", "1999")

    assert (1, True) == (done.code, "OUT_OF_RANGE: year" in done.err)
