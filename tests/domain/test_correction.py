"""Edits are made one after the other, and put into what was written meanwhile only where nothing else is lost."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.canonical import Document, JsonValue
from registry.domain.correction import MAX_EDITS, Edit, edited, rebased, restored, touched
from registry.domain.errors import Conflict, InvalidInput
from tests.domain.test_difference import DOCUMENTS, VALUES

DOCUMENT: Document = {
    "title": "A",
    "severity": 2,
    "sources": [{"url": "a"}, {"url": "b"}],
    "detection": {"by": "Us"},
}
STEPS = st.lists(st.sampled_from(["title", "sources", "links", "url", "0", "1", "5", "-1", "007", ""]), max_size=4)


def made(*edits: tuple[str, JsonValue]) -> Document:
    """The document after edits, their paths written with dots."""
    return edited(DOCUMENT, [Edit(tuple(path.split(".")), value) for path, value in edits])


def refused(*edits: tuple[str, JsonValue]) -> list[tuple[str, str]]:
    """Place and code of every edit that cannot be made."""
    with pytest.raises(InvalidInput) as caught:
        made(*edits)
    return [(".".join(one.path), one.code) for one in caught.value.problems]


def test_a_field_is_set_within_removed_and_added() -> None:
    after = made(("title", "B"), ("severity", None), ("detection.by", "Them"), ("language", "en"))

    assert {
        "title": "B",
        "sources": [{"url": "a"}, {"url": "b"}],
        "detection": {"by": "Them"},
        "language": "en",
    } == after


def test_items_of_a_list_are_changed_added_and_removed_in_turn() -> None:
    after = made(("sources.2", {"url": "c"}), ("sources.0", None), ("sources.0.title", "B"))

    assert [{"url": "b", "title": "B"}, {"url": "c"}] == after["sources"]


def test_what_is_missing_on_the_way_is_made() -> None:
    assert {"name": "X"} == made(("actors.0", {"label": "x"}), ("operator.name", "X"))["operator"]


def test_the_document_itself_is_left_alone() -> None:
    before = repr(DOCUMENT)

    made(("sources.0.url", "changed"), ("sources.1", None))

    assert before == repr(DOCUMENT)


def test_every_edit_that_cannot_be_made_is_told() -> None:
    wrong: list[tuple[str, JsonValue]] = [
        ("sources.3", {"url": "c"}),
        ("sources.2.url", "c"),
        ("sources.2", None),
        ("sources.-1", None),
        ("sources.x", "c"),
        ("title.word", "c"),
    ]

    codes = [code for _, code in refused(*wrong)]

    assert ["OUT_OF_RANGE"] * 5 + ["UNKNOWN_FIELD"] == codes


def test_too_many_none_and_too_deep_edits_are_refused() -> None:
    assert [("changes", "REQUIRED")] == refused()
    assert [("changes", "TOO_MANY")] == refused(*[("title", "B")] * (MAX_EDITS + 1))
    assert [("changes.0.path", "TOO_DEEP")] == refused((".".join("a" * 40), "x"))


@given(DOCUMENTS, st.lists(st.tuples(STEPS, VALUES), min_size=1, max_size=5))
def test_any_edits_are_made_or_refused(document: Document, edits: list[tuple[list[str], Any]]) -> None:
    with suppress(InvalidInput):
        edited(document, [Edit(tuple(path), value) for path, value in edits])


def test_what_nobody_else_changed_is_put_into_the_newer_document() -> None:
    proposed = made(("title", "B"), ("severity", None))
    present = {**DOCUMENT, "summary": "New"}

    assert {
        "title": "B",
        "summary": "New",
        "sources": DOCUMENT["sources"],
        "detection": {"by": "Us"},
    } == rebased(DOCUMENT, proposed, present)


def test_what_was_changed_meanwhile_is_a_conflict_that_names_the_fields() -> None:
    proposed = made(("title", "B"), ("severity", 4), ("detection.by", "Them"))
    present = {**DOCUMENT, "title": "C", "severity": 5}

    with pytest.raises(Conflict, match="meanwhile in: severity, title"):
        rebased(DOCUMENT, proposed, present)


def test_what_says_the_same_meanwhile_is_no_conflict() -> None:
    assert made(("title", "B")) == rebased(DOCUMENT, made(("title", "B")), made(("title", "B")))


def test_items_that_are_only_added_join_those_added_meanwhile() -> None:
    present = made(("sources.2", {"url": "theirs"}))

    merged = rebased(DOCUMENT, made(("sources.2", {"url": "ours"})), present)

    assert ["a", "b", "theirs", "ours"] == [one["url"] for one in list_of(merged, "sources")]
    assert present == rebased(DOCUMENT, present, present)


@given(DOCUMENTS, DOCUMENTS)
def test_a_proposal_for_a_document_that_did_not_change_is_taken_as_it_is(base: Document, proposed: Document) -> None:
    wanted = {name: value for name, value in proposed.items() if value is not None}
    before = {name: value for name, value in base.items() if value is not None}

    assert wanted == rebased(before, wanted, before)


def test_the_fields_that_differ_are_named() -> None:
    assert ("language", "title") == touched(DOCUMENT, {**DOCUMENT, "title": "B", "language": "en"})


def test_what_was_not_shown_stays() -> None:
    whole: Document = {"links": [{"target": "h"}, {"target": "a"}], "evidence": [{"incident": "h", "n": 1}, {"n": 2}]}
    seen: Document = {"links": [{"target": "a"}], "evidence": [{"n": 1}, {"n": 2}]}

    assert {**whole, "title": "B"} == restored(whole, seen, {**seen, "title": "B"})
    changed = restored(whole, seen, {"links": [{"target": "b"}], "evidence": [{"n": 1}, {"n": 3}]})
    assert {
        "links": [{"target": "b"}, {"target": "h"}],
        "evidence": [{"incident": "h", "n": 1}, {"n": 3}],
    } == changed


def list_of(document: Document, name: str) -> list[Any]:
    """A list in the document."""
    found: Any = document[name]
    return list(found)
