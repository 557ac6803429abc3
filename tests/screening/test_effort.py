"""A hostile text costs bounded time, and twice the text about twice of it."""

from __future__ import annotations

import pytest

from registry.domain.screening.text import matches_in
from tests.effort import BOUND, least_effort

# As long as five fields of the largest size; texts are read in portions, so that a longer one costs in proportion.
_LONG = 100_000
# As long as two.
_SHORT = 40_000
HOSTILE = {
    "signs of addresses": "a@",
    "mail addresses": "a@b.cd ",
    "dots": "a.a@a.",
    "digits": "7",
    "digits in groups": "4 1-",
    "encoded": "QUJDz9",
    "brackets": "([{",
    "opening brackets": "(",
    "beginnings of keys": "sk-",
    "beginnings of project keys": "sk-proj-",
    "beginnings of tokens": "eyJ",
    "parts of tokens": "eyJ-eyJ.",
    "assignments": "api_key=",
    "passwords": "password is ",
    "addresses with a password": "://a:",
    "private keys": "-----BEGIN PRIVATE KEY-----",
    "names": "Maria ",
    "initials": "A. B. ",
    "titles": "Dr. Mr. ",
    "orders": "ignore all ",
    "steps": "1) Run ",
    "orders that follow": "open a, ask b, send c, ",
    "marks of steps": "first, then, ",
    "infinitives": "dann abc machen und ",
    "amounts": "mix 40 g, ",
    "quotations": '"you are now a ',
    "quoted lines": "\n> act as a",
    "labels": "\nPrompt: a ",
    "speakers": "User: a ",
    "pieces": "a = 'b', ",
    "bits": "01010101 ",
    "letters apart": "a b c d ",
    "commands": "john a -a b ",
    "lines": "\n",
    "code": "x = 1\n",
    "hexadecimal": "ab ",
    "groups of an address": "2001:db8:",
    "octets": "1.2.3.",
    "streets": "12 Aa Bb ",
    "characters of no width": "\u200b",
    "wide": "\uff11",
    "percent": "%40a",
    "positions": "1.2345, ",
    "prices": "our we us ",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_costs_bounded_time(piece: str) -> None:
    _read_within(BOUND * _SHORT / _LONG, piece, _SHORT)


@pytest.mark.soak
@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_long_hostile_text_costs_bounded_time(piece: str) -> None:
    _read_within(BOUND, piece, _LONG)


def _read_within(bound: float, piece: str, size: int) -> None:
    text = (piece * (size // len(piece) + 1))[:size]

    assert least_effort(lambda: matches_in(text), enough=bound) < bound
