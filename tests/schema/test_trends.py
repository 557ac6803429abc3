"""Trends through the API."""

from __future__ import annotations

import pytest

from registry.domain.trends import NOTICE
from registry.service.index_state import state_of_index
from schema.limits import MAX_COST
from tests.factories import content
from tests.schema.world import Api
from tests.service.world import People, published

VALUES = "{ name values { value label } leftOut }"
PARTS = "parts { reported count undated median measured cells { row column count median measured } }"


def test_matches_are_counted_apart_by_reporter(api: Api, people: People) -> None:
    for title, misuse in (("Marmot seen", "spam"), ("Marmot heard", "fraud"), ("Vole seen", "spam")):
        published(api.registry, people, content(title=title, summary=title, misuse_categories=[misuse]))
    api.index()

    asked = 'trends(query: "marmot", rows: "misuse", columns: "kind", measure: "duration")'
    found = api.ask(f"{{ {asked} {{ notice explanation publicSeq measure rows {VALUES} columns {VALUES} {PARTS} }} }}")[
        "trends"
    ]

    assert (NOTICE, state_of_index(api.registry)[1]) == (found["notice"], found["publicSeq"])
    assert "marmot" in found["explanation"]
    assert {"fraud": "Fraud", "spam": "Spam and bulk content"} == {
        one["value"]: one["label"] for one in found["rows"]["values"]
    }
    assert ["SELF", "OTHER", "UNKNOWN"] == [one["reported"] for one in found["parts"]]
    parts = [one for one in found["parts"] if one["count"]]
    assert [2] == [one["count"] for one in parts]
    assert {("spam", "incident", 1), ("fraud", "incident", 1)} == {
        (cell["row"], cell["column"], cell["count"]) for cell in parts[0]["cells"]
    }


@pytest.mark.parametrize(
    ("asked", "code", "hint"),
    [
        ('rows: "provders"', "UNKNOWN_FIELD", "did you mean provider?"),
        ('columns: "month"', "SAME_AXIS", None),
        ('measure: "time_to_contain"', "UNKNOWN_TERM", "did you mean time_to_containment?"),
        ('query: "severity:9"', "BAD_QUERY", None),
    ],
)
def test_what_cannot_be_counted_is_told_with_its_code(api: Api, asked: str, code: str, hint: str | None) -> None:
    (error,) = api.errors(f"{{ trends({asked}) {{ notice }} }}")

    problem = (error["extensions"].get("problems") or [error["extensions"]])[0]
    assert code == problem["code"]
    assert hint is None or hint == problem["hint"]


def test_counting_very_often_in_one_document_costs_too_much(api: Api) -> None:
    asked = " ".join(f'a{at}: trends(rows: "year") {{ {PARTS} }}' for at in range(20))

    (error,) = api.errors(f"{{ {asked} }}")

    assert ("QUERY_TOO_COMPLEX", MAX_COST) == (error["extensions"]["code"], error["extensions"]["limit"])
