"""Pages have limits; a cursor opens only for the list, the viewer and the node it was made for."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.errors import BadCursor, InvalidInput
from registry.domain.pages import DEFAULT_PAGE, MAX_PAGE, CursorSeal, Keyset, PageRequest, RecordFilter, RecordOrder
from registry.domain.policy import EVERYTHING, PUBLIC_ONLY
from registry.domain.vocabulary import Kind

SEAL = CursorSeal(b"secret of this node")
BINDING = ("records", RecordFilter(), RecordOrder.CHANGED, PUBLIC_ONLY)
positions: st.SearchStrategy[Keyset] = st.lists(
    st.text(st.characters(exclude_categories=["Cs"])) | st.integers() | st.floats(allow_nan=False), max_size=4
).map(tuple)


@pytest.mark.parametrize("limit", [1, DEFAULT_PAGE, MAX_PAGE])
def test_a_page_of_1_to_100_items_may_be_asked_for(limit: int) -> None:
    assert limit == PageRequest(limit).limit


@pytest.mark.parametrize("limit", [-1, 0, MAX_PAGE + 1, 10**9])
@pytest.mark.parametrize(("backwards", "name"), [(False, "first"), (True, "last")])
def test_more_or_fewer_items_are_refused_by_the_name_of_the_argument(limit: int, backwards: bool, name: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        PageRequest(limit, backwards=backwards)

    [problem] = raised.value.problems
    assert ((name,), "OUT_OF_RANGE") == (problem.path, problem.code)


@given(positions)
def test_a_cursor_opens_to_the_position_it_was_made_of(position: Keyset) -> None:
    assert position == SEAL.open(SEAL.seal(position, *BINDING), *BINDING)


@pytest.mark.parametrize(
    "other",
    [
        ("changes", RecordFilter(), RecordOrder.CHANGED, PUBLIC_ONLY),
        ("records", RecordFilter(kinds=(Kind.LESSON,)), RecordOrder.CHANGED, PUBLIC_ONLY),
        ("records", RecordFilter(), RecordOrder.SEVERITY, PUBLIC_ONLY),
        ("records", RecordFilter(), RecordOrder.CHANGED, EVERYTHING),
        BINDING[:3],
        (*BINDING, ""),
        (),
    ],
)
def test_a_cursor_is_refused_for_another_list_or_viewer(other: tuple[object, ...]) -> None:
    with pytest.raises(BadCursor):
        SEAL.open(SEAL.seal((1, "a"), *BINDING), *other)


def test_parts_of_a_binding_do_not_run_into_one_another() -> None:
    with pytest.raises(BadCursor):
        SEAL.open(SEAL.seal((1,), "a", "b"), "a', 'b")


def test_a_cursor_of_another_node_is_refused() -> None:
    with pytest.raises(BadCursor):
        CursorSeal(b"secret of another node").open(SEAL.seal((1,), *BINDING), *BINDING)


@given(positions, st.data())
def test_any_other_character_is_refused(position: Keyset, data: st.DataObject) -> None:
    cursor = SEAL.seal(position, *BINDING)
    at = data.draw(st.integers(0, len(cursor) - 1))
    character = data.draw(st.sampled_from("abcXYZ019-_+/=. \n").filter(lambda one: one != cursor[at]))

    with pytest.raises(BadCursor):
        SEAL.open(cursor[:at] + character + cursor[at + 1 :], *BINDING)


@given(positions, st.sampled_from(["{}=", "{}A", "A{}", " {}", "{}\n", "{}{}"]))
def test_anything_added_is_refused(position: Keyset, around: str) -> None:
    cursor = SEAL.seal(position, *BINDING)

    with pytest.raises(BadCursor):
        SEAL.open(around.format(cursor, cursor), *BINDING)


@given(positions, st.data())
def test_anything_cut_off_is_refused(position: Keyset, data: st.DataObject) -> None:
    cursor = SEAL.seal(position, *BINDING)

    with pytest.raises(BadCursor):
        SEAL.open(cursor[: data.draw(st.integers(0, len(cursor) - 1))], *BINDING)


@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_is_refused_as_a_bad_cursor(cursor: str) -> None:
    with pytest.raises(BadCursor):
        SEAL.open(cursor, *BINDING)


@given(st.binary(max_size=60))
def test_any_bytes_are_refused_as_a_bad_cursor(raw: bytes) -> None:
    with pytest.raises(BadCursor):
        SEAL.open(base64.urlsafe_b64encode(raw).decode().rstrip("="), *BINDING)
