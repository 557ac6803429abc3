"""Advice on findings of imports: a reviewer is sent only where something waits for one."""

from __future__ import annotations

from web.advice import advice_on


def test_what_was_left_out_of_sources_waits_for_nobody() -> None:
    said = advice_on("PERSON_NAMED_IN_SOURCE", refused=False, held=False)

    assert "review" not in said


def test_what_is_held_waits_for_a_reviewer() -> None:
    for code in ("PERSON_NAMED", "PERSONAL_DATA", "NOT_SHOWN", "NOT_FINAL"):
        assert "review" in advice_on(code, refused=False, held=True)
