"""Advice on findings of imports: a reviewer is sent only where something waits for one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from registry.domain.finding import NOTHING_OPEN, SOURCE_NOT_TRUSTED
from tests.docs.blocks import ROOT
from web.advice import advice_on, why_it_waits


def test_what_was_left_out_of_sources_waits_for_nobody() -> None:
    said = advice_on("PERSON_NAMED_IN_SOURCE", refused=False, held=False)

    assert "review" not in said


def test_what_is_held_waits_for_a_reviewer() -> None:
    for code in ("PERSON_NAMED", "PERSONAL_DATA", "NOT_SHOWN", "NOT_FINAL"):
        assert "review" in advice_on(code, refused=False, held=True)


def holding_codes() -> Iterator[str]:
    """The codes with which importers hold records: of findings that are noted or made with ``held``."""
    for path in (ROOT / "importers").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and any(one.arg == "held" for one in node.keywords):
                yield from (
                    one.value
                    for one in node.args[:3]
                    if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.isupper()
                )


def test_everything_that_holds_a_record_is_put_into_words() -> None:
    codes = {*holding_codes(), "PERSONAL_DATA", SOURCE_NOT_TRUSTED, NOTHING_OPEN}

    assert {"PERSON_NAMED", "NOT_SHOWN", "TLP_NOT_CLEAR", "NOT_FINAL"} <= codes
    assert [] == [code for code in sorted(codes) if code == why_it_waits(code)]
    assert "UNKNOWN" == why_it_waits("UNKNOWN")
