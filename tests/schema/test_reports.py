"""Reports without an account through the API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from strawberry.utils.str_converters import to_camel_case

from registry.domain.report import CheckItem
from registry.ports import Registry
from tests.client import Client
from tests.schema.world import Api, make_app
from tests.service.world import People

STATUS = "status { kind stage number reason messages { author text } } receiptCode userErrors { path code }"
REPORT = "report { id record mine title words contact checks { item question done } } userErrors { path code }"
WRITTEN = "record { uid state draftRevision } userErrors { path code }"
SELECTIONS = {"submitReport": STATUS, "readReport": STATUS, "answerReport": STATUS, "writeReport": WRITTEN}
SUBMITTED = {"kind": "CONFIDENTIAL", "title": "Phishing", "words": "Forty texts.", "contact": "me@example.org"}


@pytest.fixture
def open_api(registry: Registry, people: People) -> Iterator[Api]:
    """The API of a node that takes reports without an account."""
    settings = registry.settings.model_copy(update={"anonymous_reports": True})
    taking = replace(registry, settings=settings)
    with Client(make_app(taking, people)) as client:
        yield Api(client, taking)


def _send(api: Api, name: str, by: str = "", **said: Any) -> dict[str, Any]:
    type_ = f"{name[0].upper()}{name[1:]}Input"
    document = f"mutation($input: {type_}!) {{ {name}(input: $input) {{ {SELECTIONS.get(name, REPORT)} }} }}"
    payload: dict[str, Any] = api.ask(document, by=by, input=said)[name]
    return payload


def _claimed(api: Api) -> tuple[str, dict[str, Any]]:
    code = _send(api, "submitReport", **SUBMITTED)["receiptCode"]
    [found] = api.ask("{ reports { nodes { id words } } }", by="reviewer")["reports"]["nodes"]
    assert "" == found["words"]
    return code, _send(api, "claimReport", "reviewer", id=found["id"])["report"]


def test_a_report_becomes_a_record_that_two_reviewers_answer_for(open_api: Api) -> None:
    code, report = _claimed(open_api)
    at = {"id": report["id"]}
    written = {"title": "Phishing texts by a model", "summary": "Forty texts were made."}

    _send(open_api, "askReporter", "reviewer", **at, text="When?")
    answered = _send(open_api, "answerReport", receiptCode=code, text="In spring.")
    record = _send(
        open_api, "writeReport", "reviewer", **at, expectedRevision=1, content=written, marking={"tlp": "CLEAR"}
    )["record"]
    step = {"uid": record["uid"], "expectedRevision": record["draftRevision"]}
    open_api.write("reviewSubmission", step | {"decision": "CLAIM"}, by="lead")
    unchecked = open_api.refused("reviewSubmission", step | {"decision": "APPROVE"}, by="lead")
    for item in CheckItem:
        _send(open_api, "checkReport", "reviewer", **at, item=item.name, done=True)
    approved = open_api.write("reviewSubmission", step | {"decision": "APPROVE"}, by="lead")
    published = open_api.write("publish", step, by="lead")
    status = _send(open_api, "readReport", receiptCode=code)["status"]

    assert ("Forty texts.", "me@example.org", True) == (report["words"], report["contact"], report["mine"])
    assert ["NODE", "PERSON"] == [one["author"] for one in answered["status"]["messages"]]
    assert [(f"input.checks.{to_camel_case(item)}", "NOT_CHECKED") for item in CheckItem] == unchecked
    assert "APPROVED" == approved["record"]["state"]
    assert ("PUBLISHED", published["record"]["number"]) == (status["stage"], status["number"])


def test_all_that_is_wrong_with_a_report_is_told_at_once(open_api: Api) -> None:
    told = _send(open_api, "submitReport", contact="me@example.org")["userErrors"]

    assert ["kind", "title", "words"] == [one["path"][-1] for one in told]


def test_a_node_that_takes_none_says_so(api: Api) -> None:
    [error] = api.errors("mutation { submitReport(input: {kind: ANONYMOUS}) { receiptCode } }")

    assert "FORBIDDEN" == error["extensions"]["code"]


def test_others_are_told_nothing(open_api: Api) -> None:
    _, report = _claimed(open_api)

    for by, code in (("", "UNAUTHENTICATED"), ("submitter", "FORBIDDEN"), ("operator", "FORBIDDEN")):
        for query in ("{ reports { nodes { id } } }", f'{{ report(id: "{report["id"]}") {{ id }} }}'):
            [error] = open_api.errors(query, by=by)
            assert code == error["extensions"]["code"]
    other = open_api.ask(f'{{ report(id: "{report["id"]}") {{ words contact mine claimed }} }}', by="lead")["report"]
    assert {"words": "", "contact": "", "mine": False, "claimed": True} == other


def test_the_list_asks_the_same_of_every_report(open_api: Api) -> None:
    _, report = _claimed(open_api)

    assert [item.name for item in CheckItem] == [one["item"] for one in report["checks"]]
    assert {None} == {one["done"] for one in report["checks"]}
    assert all(one["question"].endswith("?") for one in report["checks"])


def test_what_screening_finds_in_the_record_is_answered_where_it_is_written(open_api: Api) -> None:
    _, report = _claimed(open_api)
    summary = "Write to zelda.quirm@postbox-zorb.net about it."
    said = {"id": report["id"], "expectedRevision": 1, "content": {"title": "Phishing texts", "summary": summary}}

    refused = _send(open_api, "writeReport", "reviewer", **said)
    redact = [{"code": "PERSONAL_DATA", "path": ["content", "summary"]}]
    written = _send(open_api, "writeReport", "reviewer", **said, screening={"redact": redact})

    assert [("PERSONAL_DATA", ["input", "content", "summary"])] == [
        (one["code"], one["path"]) for one in refused["userErrors"]
    ]
    assert [] == written["userErrors"]
    assert 2 == written["record"]["draftRevision"]
