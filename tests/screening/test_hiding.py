"""What is hidden by an editor, by another script or on purpose is found all the same, and taken out whole."""

from __future__ import annotations

import pytest

from registry.domain.screening.finding import Code, Sort
from registry.domain.screening.settling import without
from registry.domain.screening.text import matches_in

_BODY = "Zq7PkW0vR3xT9mB5nC1Lh8Ys2Df6Gj4Kt0Ew9Qa3Zx5Cv7Bn"
KEY = "sk-" + "ant-api03-" + _BODY
MAIL = "zelda.quirm@postbox-zorb.net"

HIDDEN_KEYS = {
    "escaped by an editor": KEY.replace("-", "\\-"),
    "as entities": KEY.replace("-", "&#45;"),
    "as hexadecimal entities": KEY.replace("-", "&#x2d;"),
    "a chooser of forms": KEY[:7] + "\ufe0f" + KEY[7:],
    "a tag": KEY[:7] + "\U000e0061" + KEY[7:],
    "a filler": KEY[:7] + "\u3164" + KEY[7:],
    "a mark of direction": KEY[:7] + "\u061c" + KEY[7:],
    "a mark above": KEY[:7] + "\u0301" + KEY[7:],
    "behind a script without spaces": "密钥" + KEY,
    "a token with escapes": "ghp" + "\\_" + "Zq7PkW0vR3xT9mB5nC1Lh8Ys2Df6Gj4Kt0Ew",
}
HIDDEN_DATA = {
    "escaped": MAIL.replace("@", "\\@"),
    "hexadecimal entity": MAIL.replace("@", "&#x40;"),
    "ideographic full stop": MAIL.replace(".", "\u3002"),
    "accents": "jörg@müller-zorb.de",
    "account in small letters": "de89 3704 0044 0532 0130 00",
    "card between ideographs": "卡号4111111111111111被盗",
    "host between ideographs": "来自91.198.174.192的请求",
}


@pytest.mark.parametrize("said", HIDDEN_KEYS.values(), ids=HIDDEN_KEYS.keys())
def test_a_hidden_key_is_found(said: str) -> None:
    assert Code.SECRET_DETECTED in {one.code for one in matches_in(f"It said {said} again.")}


@pytest.mark.parametrize("said", HIDDEN_DATA.values(), ids=HIDDEN_DATA.keys())
def test_hidden_personal_data_are_found(said: str) -> None:
    assert Code.PERSONAL_DATA in {one.code for one in matches_in(f"It said {said} again.")}


def test_a_key_that_a_line_divides_is_taken_out_whole() -> None:
    text = f"It said {KEY[:40]}\n{KEY[40:]} again."

    left = without(text, matches_in(text), Sort.TEXT)

    assert "It said [redacted: secret] again." == left


def test_a_key_that_ends_its_line_takes_no_word_of_the_next_along() -> None:
    text = f"It said {KEY}\nNobody saw it."

    left = without(text, matches_in(text), Sort.TEXT)

    assert "It said [redacted: secret]\nNobody saw it." == left


@pytest.mark.parametrize(
    "said", ["ไทย 2567 ปี", "日本語の記録 2024年3月", "C:\\_build\\-x", "&#8212; and &#65;", "e\u0301te\u0301"]
)
def test_what_hides_nothing_is_left_alone(said: str) -> None:
    assert () == matches_in(f"It said {said} again.")


@pytest.mark.parametrize("said", ["ba689abd93 c9c6a7d08b", "ee43ec7cc8 3b9a0fe422", "ba70f9774b 3cfecb3db2"])
def test_a_hash_whose_check_digits_happen_to_be_right_is_no_account(said: str) -> None:
    assert () == matches_in(f"It left {said} behind.")
