"""One list of fields: every field of the domain is in the inputs and in the types, and says the same in both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType

from registry.domain.actor import SYSTEM
from registry.domain.content.base import Model, to_document
from registry.domain.content.kinds import PUBLIC, RESTRICTED, parse_file
from registry.domain.content.marking import Marking
from registry.domain.content.parts import Link
from registry.domain.record import RecordUid
from registry.domain.vocabulary import Kind
from registry.service.taxonomies import load_shipped
from schema.root import build_schema
from schema.shapes import is_enum, shapes_of
from tests.factories import incident_document
from tests.schema.documents import camel
from tests.schema.world import Api
from tests.service.world import state_of, stored

EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "examples").glob("*.json"))
FILE = {"kind", "content", "restricted", "marking"}
DEMO = Path(__file__).parents[2] / "web" / "demo" / "records.json"


def said(model: type[Model], document: Any) -> dict[str, Any]:
    """A document of *model* as an input: keys in camelCase, closed vocabularies by name."""
    by_name = {}
    for shape in shapes_of(model):
        if shape.name in document:
            value = document[shape.name]
            one = (lambda item, shape=shape: said(shape.leaf, item)) if shape.is_model else _name(shape.leaf)
            by_name[shape.name] = [one(item) for item in value] if shape.many else one(value)
    return {name: value for key, value in by_name.items() for name in camel({key: None})}


def _name(leaf: Any) -> Any:
    return (lambda value: leaf(value).name) if is_enum(leaf) else (lambda value: value)


def selection(model: type[Model]) -> str:
    """Every field of the output type of *model*."""
    fields = []
    for shape in shapes_of(model):
        (name,) = camel({shape.name: None})
        if shape.leaf is not Link:
            fields.append(f"{name} {{ {selection(shape.leaf)} }}" if shape.is_model else name)
    return " ".join(fields)


def without_empty(value: Any) -> Any:
    """What an answer says, without what is null or empty."""
    if isinstance(value, dict):
        return {key: without_empty(item) for key, item in value.items() if item not in (None, [])}
    return [without_empty(item) for item in value] if isinstance(value, list) else value


def read_back(api: Api, kind: Kind, uid: str) -> dict[str, Any]:
    """All content of a record, as its owner reads it."""
    query = f"""query ($uid: String) {{ record(uid: $uid) {{ marking {{ {selection(Marking)} }}
      ... on {kind.type_name} {{ {selection(PUBLIC[kind])} restricted {{ {selection(RESTRICTED[kind])} }} }} }} }}"""
    found: dict[str, Any] = without_empty(api.ask(query, by="submitter", uid=uid)["record"])
    return found


def sample_files() -> list[Any]:
    """The examples of the documentation and the records of the demo, without links to one another or upstreams."""
    files = [json.loads(path.read_text(encoding="utf-8")) for path in EXAMPLES]
    files += json.loads(DEMO.read_text(encoding="utf-8"))
    for file in files:
        for name in ("links", "upstream"):
            file["content"].pop(name, None)
    return [
        {name: value for name, value in file.items() if name in {"kind", "content", "restricted", "marking"}}
        for file in files
    ]


@pytest.mark.parametrize("file", sample_files(), ids=lambda file: str(file["kind"]))
def test_what_is_submitted_is_stored_as_from_a_file_and_read_back_the_same(api: Api, file: dict[str, Any]) -> None:
    for evidence in file["content"].get("evidence", ()):
        evidence.pop("incident", None)
    load_shipped(api.registry, SYSTEM)
    if "about" in file["content"]:
        subject = api.write("submitIncident", {"content": camel(incident_document())}, by="submitter")
        file["content"]["about"] = subject["record"]["uid"]
    content = parse_file(file).content
    kind = content.kind
    public, marking = to_document(content.public), to_document(content.marking)
    restricted = {key: value for key, value in to_document(content.restricted).items() if key != "links"}

    sent = api.write(
        f"submit{kind.type_name}",
        {
            "content": said(PUBLIC[kind], public),
            "restricted": said(RESTRICTED[kind], restricted),
            "marking": said(Marking, marking),
        },
        by="submitter",
    )
    uid = sent["record"]["uid"]
    part = stored(api.registry, RecordUid(uid)).head.public

    assert part is not None
    assert public == part.document
    shown = read_back(api, kind, uid)
    assert said(Marking, marking) == shown.pop("marking")
    assert said(RESTRICTED[kind], restricted) == shown.pop("restricted", {})
    assert said(PUBLIC[kind], public) == shown


def models() -> list[type[Model]]:
    """Every model that content is made of."""
    found: dict[type[Model], None] = {}
    waiting: list[type[Model]] = [*PUBLIC.values(), *RESTRICTED.values(), Marking]
    while waiting:
        model = waiting.pop()
        if model not in found:
            found[model] = None
            waiting += [shape.leaf for shape in shapes_of(model) if shape.is_model]
    return list(found)


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_every_field_of_the_domain_is_in_the_input_and_the_type_with_its_description(model: type[Model]) -> None:
    core = build_schema().core
    input_type, output_type = core.get_type(f"{model.__name__}Input"), core.get_type(model.__name__)

    for name, field in model.model_fields.items():
        (camelled,) = camel({name: None})
        if name != "upstream" and model.__name__ not in {"Upstream", "MappedField"}:
            assert isinstance(input_type, GraphQLInputObjectType)
            assert field.description == input_type.fields[camelled].description
        if model is not Link and name != "links":
            assert isinstance(output_type, GraphQLObjectType)
            assert output_type.fields[camelled].description


def test_nothing_is_stored_by_a_dry_run_of_any_example(api: Api) -> None:
    before = state_of(api.registry)

    for file in sample_files():
        kind = Kind(file["kind"])
        payload = api.write(f"validate{kind.type_name}", {"content": said(PUBLIC[kind], file["content"])}, by="")
        assert {one["code"] for one in payload["userErrors"]} <= {"NOT_FOUND"}

    assert before == state_of(api.registry)
