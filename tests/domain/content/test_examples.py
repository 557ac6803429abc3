"""The examples in the documentation are valid; the full ones use every field there is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from registry.domain.canonical import Document, JsonValue
from registry.domain.content.base import Model, to_document
from registry.domain.content.kinds import PUBLIC, RESTRICTED, parse_file
from registry.domain.content.marking import Marking
from registry.domain.content.parts import Upstream
from registry.domain.facets import title_of
from registry.domain.vocabulary import Kind

FOLDER = Path("docs/examples")
# An example must be accepted by any node: only importers set upstream; links lead to records of that node, and an
# audience is a group of it.
NODE_FIELDS = {"upstream", "links", "audience"}


def read(name: str) -> Any:
    """An example file as JSON."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def models_in(annotation: Any) -> Iterator[type[Model]]:
    """The content classes that a field's type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for inner in get_args(annotation):
        yield from models_in(inner)


def unused(model: type[Model], values: list[JsonValue], at: str) -> Iterator[str]:
    """The fields of *model*, and of the models in it, that none of *values* fills."""
    objects = [value for value in values if isinstance(value, dict)]
    for name, field in model.model_fields.items():
        if name in NODE_FIELDS:
            continue
        filled = [one[name] for one in objects if one.get(name) not in (None, [], "")]
        if not filled:
            yield f"{at}.{name}"
        flat = [item for value in filled for item in (value if isinstance(value, list) else [value])]
        for inner in models_in(field.annotation):
            yield from unused(inner, flat, f"{at}.{name}")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_an_example_is_a_valid_submission_and_says_that_it_is_invented(path: Path) -> None:
    content = parse_file(json.loads(path.read_text(encoding="utf-8"))).content

    assert title_of(content.kind, to_document(content.public)).startswith("Invented example:")


@pytest.mark.parametrize("kind", list(Kind))
def test_the_examples_of_a_kind_use_every_field(kind: Kind) -> None:
    """One file has nearly all; what belongs to one sort of statement only may stand in another file."""
    full: dict[str, Document] = read(kind)
    every = [full, *(json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob(f"{kind}-*.json"))]

    assert {"kind", "external_ref", "content", "restricted", "marking"} == full.keys()
    assert [] == [
        *unused(PUBLIC[kind], [one["content"] for one in every], "content"),
        *unused(RESTRICTED[kind], [full["restricted"]], "restricted"),
    ]


def test_the_examples_use_every_field_of_a_marking() -> None:
    markings = [json.loads(path.read_text(encoding="utf-8"))["marking"] for path in FOLDER.glob("*.json")]

    assert [] == list(unused(Marking, markings, "marking"))


def test_the_walk_over_the_fields_sees_an_empty_one() -> None:
    given: Document = {
        "source": "a",
        "id": "b",
        "attribution": "c",
        "mapped": [{"field": "d", "method": "rule", "by": "e"}],
    }

    expected = ["upstream.url", "upstream.release", "upstream.sha256"]
    assert [*expected, "upstream.mapped.basis", "upstream.mapped.confidence"] == list(
        unused(Upstream, [given], "upstream")
    )


@pytest.mark.parametrize("kind", list(Kind))
def test_the_shortest_report_says_what_is_required_and_who_may_see_it(kind: Kind) -> None:
    example = read(f"{kind}-minimal")

    assert {"kind", "content", "marking"} == example.keys()
    assert {name for name, field in PUBLIC[kind].model_fields.items() if field.is_required()} == example[
        "content"
    ].keys()
    assert {"tlp"} == example["marking"].keys()
