"""Imported records that wait, over GraphQL: with source and reason, in a list of their own, and accepted together."""

from __future__ import annotations

from typing import Any

import pytest

from registry.domain.finding import Finding
from registry.domain.record import Record, State
from registry.ports import Registry
from registry.service import import_runs
from tests.factories import content, source, take_in
from tests.schema.world import Api
from tests.service.world import People, stored

QUEUE = (
    "query($source: String) { reviewQueue(source: $source) { sources { source title count } "
    "waiting { uid origin { source title because } } } }"
)
LIST = (
    '{ importedToReview(source: "wiki") { hasMore records { title isAcceptable submission { uid draftRevision } } } }'
)
ACCEPT = (
    "mutation($input: AcceptImportedInput!) { acceptImported(input: $input) { clientMutationId "
    "answers { uid number userErrors { path code } } userErrors { path code } } }"
)


@pytest.fixture
def records(registry: Registry, people: People) -> list[Record]:
    """Two records of a wiki that wait, the first of them because somebody may be named."""
    wiki = source("wiki", "A wiki")
    contents = [
        content(title=f"Title {at}", upstream={"source": "wiki", "id": f"W-{at}", "sha256": "0" * 64}) for at in (1, 2)
    ]
    take_in(registry, people.local_operator, wiki, contents)
    run = import_runs.begin(registry, people.local_operator, wiki)
    held = Finding("wiki", "W-1", "PERSON_NAMED", "summary", refused=False, held=True)
    import_runs.keep_findings(registry, people.local_operator, run, [held])
    with registry.storage.read() as reader:
        found = reader.records.by_upstreams("wiki", ["W-1", "W-2"])
    return [found["W-1"], found["W-2"]]


def accept(api: Api, *chosen: tuple[Record, int], by: str = "reviewer") -> Any:
    wanted = [{"uid": record.uid, "expectedRevision": revision} for record, revision in chosen]
    said = {"source": "wiki", "records": wanted, "clientMutationId": "m"}
    return api.ask(ACCEPT, by=by, input=said)["acceptImported"]


def test_the_queue_tells_where_records_came_from(api: Api, records: list[Record]) -> None:
    told = api.ask(QUEUE, by="reviewer", source="wiki")["reviewQueue"]

    origins = {one["uid"]: one["origin"] for one in told["waiting"]}
    assert [{"source": "wiki", "title": "A wiki", "count": 2}] == told["sources"]
    assert {"source": "wiki", "title": "A wiki", "because": ["PERSON_NAMED"]} == origins[records[0].uid]
    assert ["SOURCE_NOT_TRUSTED"] == origins[records[1].uid]["because"]
    assert [] == api.ask(QUEUE, by="reviewer", source="nowhere")["reviewQueue"]["waiting"]


def test_what_was_listed_is_accepted_and_each_answers_for_itself(
    api: Api, registry: Registry, records: list[Record]
) -> None:
    listed = api.ask(LIST, by="reviewer")["importedToReview"]
    done = accept(api, (records[0], 1), (records[1], 7))

    assert {"Title 1", "Title 2"} == {one["title"] for one in listed["records"]}
    assert ("m", []) == (done["clientMutationId"], done["userErrors"])
    first, second = done["answers"]
    assert (records[0].uid, []) == (first["uid"], first["userErrors"])
    assert stored(registry, records[0].uid).number == first["number"]
    assert (None, ["STALE_REVISION"]) == (second["number"], [one["code"] for one in second["userErrors"]])
    assert State.SUBMITTED is stored(registry, records[1].uid).state


def test_a_choice_that_does_not_fit_is_told_whole(api: Api, records: list[Record]) -> None:
    done = accept(api, (records[0], 1), (records[0], 1))

    places = [["input", "records", str(at), "uid"] for at in (0, 1)]
    assert [] == done["answers"]
    assert [{"path": place, "code": "NOT_ALLOWED"} for place in places] == done["userErrors"]


@pytest.mark.parametrize("name", ["submitter", "operator"])
@pytest.mark.usefixtures("records")
def test_others_have_neither_list_nor_mutation(api: Api, name: str) -> None:
    accepting = 'mutation { acceptImported(input: {source: "wiki", records: []}) { userErrors { code } } }'
    for document in (LIST, accepting):
        assert "FORBIDDEN" == api.send(document, by=name).json()["errors"][0]["extensions"]["code"]
