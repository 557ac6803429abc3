"""Foreign YAML is read within limits, and whatever is wrong is one problem with its place."""

from __future__ import annotations

from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from importers import yaml_document
from importers.yaml_document import YamlValue, read_yaml
from registry.domain.errors import InvalidInput
from tests.effort import BOUND, Effort


def refusal(body: bytes, *, max_nodes: int = yaml_document.MAX_NODES) -> str:
    with pytest.raises(InvalidInput) as raised:
        read_yaml(body, max_nodes=max_nodes)
    (problem,) = raised.value.problems
    assert problem.code == "BROKEN_DOCUMENT"
    return problem.message


def test_every_scalar_stays_the_text_that_was_written_and_an_empty_one_is_none() -> None:
    body = b"{day: 2024-03-14, number: 007, yes: yes, empty: , tilde: ~, quoted: 'null', list: [1.50]}"

    expected = {
        "day": "2024-03-14",
        "number": "007",
        "yes": "yes",
        "empty": None,
        "tilde": None,
        "quoted": "null",
        "list": ["1.50"],
    }
    assert expected == read_yaml(body)


def test_an_empty_document_is_none() -> None:
    assert read_yaml(b"") is None


def test_of_a_repeated_key_the_last_value_stands() -> None:
    assert {"a": "2"} == read_yaml(b"a: 1\na: 2\n")


def test_a_tag_constructs_nothing() -> None:
    assert {"a": ["echo"]} == read_yaml(b"a: !!python/object/apply:os.system [echo]")


def test_an_alias_stands_for_its_anchor() -> None:
    assert {"a": {"x": "1"}, "b": [{"x": "1"}, {"x": "1"}]} == read_yaml(b"a: &one {x: 1}\nb: [*one, *one]\n")


def test_aliases_count_with_all_they_stand_for_so_that_a_bomb_is_refused_at_once() -> None:
    layers = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    layers += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20)]

    with Effort() as effort:
        message = refusal("\n".join(layers).encode())

    assert "aliases counted in full" in message
    assert BOUND > effort.spent


def test_aliases_that_nest_ever_deeper_are_refused() -> None:
    layers = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 40)]

    assert "nesting is limited" in refusal("\n".join(layers).encode())


def test_an_anchor_that_contains_itself_is_refused() -> None:
    assert "line 1, column 5: an alias without an anchor before it" == refusal(b"&a [*a]")


def test_deep_nesting_is_refused() -> None:
    assert "nesting is limited" in refusal(b"[" * 100_000)


def test_more_values_than_allowed_are_refused() -> None:
    assert "line 1, column 11: more than 4 values, aliases counted in full" == refusal(b"[a, b, c, d]", max_nodes=4)


def test_a_document_larger_than_20_mib_is_refused_unread() -> None:
    assert "a document is limited to 20 MiB" == refusal(b"#" * (20 * 1024 * 1024 + 1))


def test_a_syntax_error_is_told_with_line_and_column() -> None:
    assert refusal(b"a: 1\nb: [1, 2\n").startswith("line 3, column 1: ")


@pytest.mark.parametrize(
    "body",
    [b"a: \xff", b"a: \x07", b"*nobody", b"a\n---\nb\n", b"? [a]\n: b\n", b"a: b: c", b"%YAML 9.9\n---\na", b"\t- a"],
)
def test_what_is_not_one_plain_document_is_refused(body: bytes) -> None:
    assert refusal(body)


def test_the_loader_written_in_python_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    body = b"a: &x [1, ~]\nb: {c: *x}\n"
    expected = read_yaml(body)

    monkeypatch.setattr(yaml_document, "_LOADER", yaml.SafeLoader)

    assert expected == read_yaml(body)
    assert refusal(b"a: [1\n").startswith("line 2, column 1: ")
    assert refusal(rb'a: "\ud800"') == "line 1, column 4: a text holds half a surrogate pair"


texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=8)
trees: st.SearchStrategy[YamlValue] = st.recursive(
    st.none() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(trees)
def test_what_yaml_wrote_is_read_back(tree: YamlValue) -> None:
    body = yaml.dump(tree, allow_unicode=True, default_style='"' if isinstance(tree, str) else None).encode()

    assert tree == read_yaml(body)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail_otherwise(body: bytes) -> None:
    with suppress(InvalidInput):
        read_yaml(body)
