"""Forms without an account: lenient about what cannot be seen, strict about size, and all problems at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.case import Ground
from registry.domain.errors import InvalidInput
from registry.domain.form import Form


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("  My name is wrong.  ", "My name is wrong."),
        ("One.\r\nTwo.\rThree.", "One.\nTwo.\nThree."),
        ("\u202eturned\u202c around\x00\x1b[31m", "turned around[31m"),
        ("Ada\tLovelace", "Ada\tLovelace"),
        ("\ud800half a pair", "half a pair"),
        ("שלום 你好 é", "שלום 你好 é"),
    ],
)
def test_a_text_is_taken_as_it_is_but_for_what_cannot_be_seen(said: str, taken: str) -> None:
    form = Form()

    assert taken == form.text("words", said, limit=100, missing="say something")
    assert [] == form.problems


@given(st.text())
def test_whatever_was_typed_can_be_stored_and_shown(said: str) -> None:
    text = Form().text("words", said, limit=10)

    text.encode()
    assert text == text.strip()
    assert "\r" not in text


def test_a_line_is_one_line() -> None:
    assert "Which record is it" == Form().line("about", "Which\nrecord\t is  it", limit=100)


def test_a_term_is_one_of_its_vocabulary() -> None:
    form = Form()

    assert Ground.MINOR is form.term("ground", "minor", Ground)
    assert None is form.term("ground", "", Ground)
    assert None is form.term("ground", "minors", Ground)
    assert [("REQUIRED", None), ("UNKNOWN_TERM", "did you mean minor?")] == [
        (one.code, one.hint) for one in form.problems
    ]


def test_all_problems_are_told_together_and_no_value_is_repeated() -> None:
    form = Form()
    form.text("words", "secret" * 100, limit=10)
    form.text("title", " ", limit=10, missing="say what it is about")

    with pytest.raises(InvalidInput) as caught:
        form.close()

    assert [("words", "TOO_LONG"), ("title", "REQUIRED")] == [(one.path[0], one.code) for one in caught.value.problems]
    assert "secret" not in str(caught.value.problems)
