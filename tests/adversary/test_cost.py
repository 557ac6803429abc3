"""Requests that are short to write and long to answer."""

from __future__ import annotations

from typing import Any

import pytest

from registry.client import documents
from registry.domain.vocabulary import Kind
from schema.documents import Documents
from schema.errors import RequestRefused
from schema.limits import MAX_COST
from schema.root import build_schema


def refusal(document: str, **variables: Any) -> str:
    """Why a request is not executed; empty where it is."""
    try:
        Documents(build_schema().core).prepare(document, None, variables)
    except RequestRefused as refused:
        return str(refused.errors[0]["extensions"]["code"])
    return ""


def aliased(field: str, times: int) -> str:
    """The same field under many names."""
    return " ".join(f"a{at}: {field}" for at in range(times))


VALIDATE = "mutation ($i: SubmitIncidentInput!) { %s }"
CONTENT = {"title": "a", "summary": "b"}


@pytest.mark.parametrize(
    "document",
    [
        f"{{ incidents(first: 100) {{ nodes {{ {aliased('narrative', 190)} }} }} }}",
        f"{{ incidents(first: 100) {{ nodes {{ {aliased('procedure { text }', 18)} }} }} }}",
        f"{{ incidents(first: 100) {{ nodes {{ {aliased('aliases', 190)} }} }} }}",
        f"{{ {aliased('incidents(first: 100) { nodes { narrative } }', 30)} }}",
        f"{{ {aliased('incidents(first: 100) { nodes { uid } }', 30)} }}",
        "{ incidents(first: 99) { nodes { mitigations(first: 99) { nodes { uid } } } } }",
        "{ incidents(first: 99) { nodes { links(first: 98) { rel } } } }",
    ],
)
def test_no_small_request_makes_an_answer_of_hundreds_of_megabytes(document: str) -> None:
    assert "QUERY_TOO_COMPLEX" == refusal(document)


def test_many_searches_with_many_snippets_are_refused() -> None:
    search = 'search(first: 100, query: "lor*") { edges { snippet { text } } }'

    assert "QUERY_TOO_COMPLEX" == refusal(f"{{ {aliased(search, 15)} }}")


def test_the_largest_requests_of_our_own_client_are_not_refused() -> None:
    assert {""} == {
        refusal(documents.SEARCH, query="", first=100),
        refusal(documents.CHANGES, first=100),
        refusal(documents.KIND, number="LOCAL-INC-2026-0001"),
        *(refusal(documents.show(kind), number="LOCAL-INC-2026-0001") for kind in Kind),
    }


def test_the_history_of_the_records_of_a_history_is_refused() -> None:
    once = 'record(uid: "a") { history { revisions { record { title } } changes { kind } } }'
    twice = 'record(uid: "a") { history { revisions { record { history { revisions { revision } } } } } }'

    assert ("", "QUERY_TOO_COMPLEX") == (refusal(f"{{ {once} }}"), refusal(f"{{ {twice} }}"))


def test_the_schema_told_many_times_over_is_refused() -> None:
    types = "types { fields { type { fields { args { type { name } } name } } } }"

    assert "QUERY_TOO_COMPLEX" == refusal(f"{{ __schema {{ {aliased(types, 30)} }} }}")
    assert "QUERY_TOO_COMPLEX" == refusal(f"{{ {aliased(f'__schema {{ {types} }}', 20)} }}")


@pytest.mark.parametrize("nested", [False, True])
def test_a_long_list_in_a_variable_is_refused_however_it_is_used(*, nested: bool) -> None:
    steps = [{"technique": "!"}] * MAX_COST
    if nested:
        document = "mutation ($s: [StepInput!]) { validateIncident(input: {content: {procedure: $s}}) { replayed } }"
        assert "QUERY_TOO_COMPLEX" == refusal(document, s=steps)
    else:
        document = VALIDATE % "validateIncident(input: $i) { replayed }"
        assert "QUERY_TOO_COMPLEX" == refusal(document, i={"content": CONTENT | {"procedure": steps}})


def test_a_variable_costs_anew_wherever_it_is_used() -> None:
    said = {"content": CONTENT | {"procedure": [{"text": "a"}] * 500}}

    once = refusal(VALIDATE % "validateIncident(input: $i) { replayed }", i=said)
    often = refusal(VALIDATE % aliased("validateIncident(input: $i) { replayed }", 30), i=said)

    assert ("", "QUERY_TOO_COMPLEX") == (once, often)


def test_the_largest_sensible_submission_is_not_refused() -> None:
    content = CONTENT | {
        "procedure": [{"tactic": "AML.TA0001", "technique": "AML.T0051", "text": "a"}] * 100,
        "sources": [{"url": "https://a.example", "title": "a", "publisher": "b", "publishedOn": "2026"}] * 100,
        "links": [{"rel": "RELATED", "target": "a"}] * 200,
        "harms": [{"type": "privacy", "severity": 1, "quantity": 1, "unit": "people"}] * 50,
    }

    document = VALIDATE % aliased("validateIncident(input: $i) { userErrors { path code message hint } }", 5)

    assert "" == refusal(document, i={"content": content})
