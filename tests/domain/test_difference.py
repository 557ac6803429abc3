"""The difference of two documents is complete, small where little changed, and quick."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from registry.domain.canonical import Document, JsonValue, canonical_bytes
from registry.domain.difference import FieldChange, FieldChangeKind, apply, difference
from tests.effort import BOUND, Effort

NAMES = st.sampled_from(["title", "sources", "links", "systems", "url", "text", "0", "1"])
SCALARS = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "a", "b"])
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(NAMES, inner, max_size=4))
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=5)
ITEMS = st.lists(st.fixed_dictionaries({"url": st.sampled_from("abcd"), "text": st.integers(0, 2)}), max_size=8)


def told(before: Document, after: Document) -> list[tuple[str, str]]:
    """Kind and place of each change."""
    return [(one.kind.value, ".".join(one.path)) for one in difference(before, after)]


@given(DOCUMENTS, DOCUMENTS)
def test_applying_the_changes_to_the_older_document_gives_the_newer(before: Document, after: Document) -> None:
    assert canonical_bytes(after) == canonical_bytes(apply(before, difference(before, after)))


@given(ITEMS, ITEMS, st.sampled_from(["sources", "procedure"]))
def test_items_put_in_taken_out_moved_and_changed_are_all_told(
    before: list[JsonValue], after: list[JsonValue], name: str
) -> None:
    old: Document = {name: before}
    new: Document = {name: after}

    assert canonical_bytes(new) == canonical_bytes(apply(old, difference(old, new)))


@given(DOCUMENTS)
def test_a_document_does_not_differ_from_itself(document: Document) -> None:
    assert () == difference(document, document)


def test_true_is_not_one() -> None:
    assert [("changed", "a"), ("changed", "b")] == told({"a": True, "b": [1]}, {"a": 1, "b": [True]})


def test_a_field_is_added_removed_or_changed() -> None:
    before: Document = {"title": "A", "severity": 2}
    after: Document = {"title": "B", "language": "en"}

    assert (
        FieldChange(("title",), "A", "B", FieldChangeKind.CHANGED),
        FieldChange(("language",), None, "en", FieldChangeKind.ADDED),
        FieldChange(("severity",), 2, None, FieldChangeKind.REMOVED),
    ) == difference(before, after)


def test_an_item_is_known_again_by_its_key() -> None:
    before = {"sources": [{"url": "a", "title": "A"}, {"url": "b"}]}
    after = {"sources": [{"url": "new"}, {"url": "a", "title": "Other"}, {"url": "b"}]}

    assert [("added", "sources.0"), ("changed", "sources.1.title")] == told(before, after)


def test_an_item_without_a_key_is_known_by_its_place_between_those_that_stayed() -> None:
    before = {"procedure": [{"text": "One"}, {"text": "Two"}, {"text": "Three"}]}

    assert [("changed", "procedure.1.text")] == told(
        before, {"procedure": [{"text": "One"}, {"text": "2"}, {"text": "Three"}]}
    )
    assert [("removed", "procedure.0")] == told(before, {"procedure": [{"text": "Two"}, {"text": "Three"}]})


def test_what_changed_its_place_is_told_once_and_not_as_taken_out_and_put_in() -> None:
    before = {"links": [{"rel": "related", "target": name} for name in "abc"]}
    after = {"links": [{"rel": "related", "target": name} for name in "cab"]}

    assert (FieldChange(("links", "0"), 2, 0, FieldChangeKind.MOVED),) == difference(before, after)


def test_the_same_item_twice_is_two_items() -> None:
    one = {"rel": "related", "target": "a"}

    assert [("removed", "links.1")] == told({"links": [one, one]}, {"links": [one]})


def test_a_list_of_words_is_one_value() -> None:
    assert [("changed", "misuse_categories")] == told(
        {"misuse_categories": ["spam"]}, {"misuse_categories": ["spam", "fraud"]}
    )


def test_large_parts_are_compared_in_little_time() -> None:
    links: list[JsonValue] = [{"rel": "related", "target": f"{at:036d}"} for at in range(200)]
    steps: list[JsonValue] = [{"text": f"{at} " + "x" * 100} for at in range(2000)]
    mixed = list(steps)
    random.Random(1).shuffle(mixed)

    with Effort() as effort:
        changes = difference({"links": links, "procedure": steps}, {"links": links[::-1], "procedure": mixed})

    assert {FieldChangeKind.MOVED} == {one.kind for one in changes}
    assert BOUND > effort.spent
