"""Arbitrary JSON, and arbitrary steps away from good JSON."""

from __future__ import annotations

from typing import TypeAlias

from hypothesis import strategies as st

from registry.domain.canonical import MAX_SAFE, JsonValue

Json: TypeAlias = "st.SearchStrategy[JsonValue]"

clean_texts = st.text(st.characters(exclude_categories=["Cs"]))
any_texts = st.text(st.characters(exclude_categories=[]), max_size=30)


def json_of(leaves: Json, keys: st.SearchStrategy[str]) -> Json:
    """Nested lists and objects over *leaves*."""
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=20,
    )


# What RFC 8785 can write: whole numbers up to 2^53-1, finite fractions, texts of whole characters.
writable_json: Json = json_of(
    st.none()
    | st.booleans()
    | st.integers(-MAX_SAFE, MAX_SAFE)
    | st.floats(-MAX_SAFE, MAX_SAFE, allow_nan=False)
    | clean_texts,
    clean_texts,
)

# Whatever a JSON parser may hand over, broken texts and absurd numbers included.
hostile_json: Json = json_of(st.none() | st.booleans() | st.integers() | st.floats() | any_texts, any_texts)
