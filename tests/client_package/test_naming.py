"""Names of the file format and of GraphQL."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from registry.client import documents
from registry.client.naming import camel, from_output, snake, to_input
from registry.domain.content.base import to_document
from registry.domain.content.kinds import PUBLIC, parse_file
from registry.domain.content.marking import Marking
from registry.domain.vocabulary import Kind

EXAMPLES = sorted(Path("docs/examples").glob("*.json"))
SCHEMA = Path("schema/schema.graphql")


@functools.cache
def published_schema() -> GraphQLSchema:
    """The schema as it is published; to read it takes longer than all that is asked of it."""
    return build_schema(SCHEMA.read_text(encoding="utf-8"))


def test_enums_travel_by_name_and_terms_as_they_are() -> None:
    said = to_input(Marking, {"tlp": "AMBER+STRICT", "provenance": "ai_assisted", "restricted_for_review": False})

    assert said == {"tlp": "AMBER_STRICT", "provenance": "AI_ASSISTED", "restrictedForReview": False}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_document_there_and_back_is_the_same(path: Path) -> None:
    content = parse_file(json.loads(path.read_text(encoding="utf-8"))).content
    model, document = PUBLIC[content.kind], to_document(content.public)

    assert document == from_output(model, to_input(model, document))


def test_a_value_that_this_version_does_not_know_is_shown_as_it_is() -> None:
    assert from_output(Marking, {"tlp": "ULTRAVIOLET"}) == {"tlp": "ULTRAVIOLET"}


@pytest.mark.parametrize("name", ["title", "misuse_categories", "archive_url", "n"])
def test_names_there_and_back_are_the_same(name: str) -> None:
    assert name == snake(camel(name))


@pytest.mark.parametrize(
    "document",
    [
        documents.SEARCH,
        documents.CHANGES,
        documents.KIND,
        *(documents.show(kind) for kind in Kind),
        documents.mutation("submitIncident", "SubmitIncidentInput"),
        documents.mutation("validateLesson", "SubmitLessonInput"),
        documents.mutation("reviewSubmission", "ReviewSubmissionInput"),
        documents.mutation("publish", "PublishInput"),
        documents.mutation("withdraw", "ReasonedInput"),
        documents.mutation("retract", "ReasonedInput"),
    ],
)
def test_every_document_is_valid_under_the_published_schema(document: str) -> None:
    assert validate(published_schema(), parse(document)) == []
