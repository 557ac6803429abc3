"""What was not meant to fail: masked, with a request id, logged once, and never half done."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from registry.domain.errors import StoreUnavailable
from registry.ports import Reader, Registry, Unit
from tests.client import Client
from tests.schema.documents import content
from tests.schema.world import REQUEST_ID, Api, make_app
from tests.service.world import People, state_of

SUBMIT = "mutation ($input: SubmitIncidentInput!) { submitIncident(input: $input) { record { uid } } }"


class BrokenStorage:
    """A store that fails as it is told to."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def begin(self) -> AbstractContextManager[Unit]:
        raise self._error

    def read(self) -> AbstractContextManager[Reader]:
        raise self._error

    def backup(self, target: Path) -> None:
        raise type(self._error)(str(target))

    def close(self) -> None:
        """Nothing to let go of."""


def broken(registry: Registry, error: Exception) -> Registry:
    """The registry with a store that fails."""
    return replace(registry, storage=BrokenStorage(error))


def test_an_unexpected_failure_is_masked_and_logged_once(
    registry: Registry, people: People, caplog: pytest.LogCaptureFixture
) -> None:
    with Client(make_app(broken(registry, ValueError("the secret of the store")), people)) as client:
        response = Api(client, registry).send(SUBMIT, by="submitter", input={"content": content()})

    (error,) = response.json()["errors"]
    assert ("INTERNAL", REQUEST_ID) == (error["extensions"]["code"], error["extensions"]["requestId"])
    assert "secret" not in response.text
    assert 1 == len([one for one in caplog.records if one.levelno >= logging.ERROR])
    assert REQUEST_ID in caplog.text


def test_a_store_that_does_not_answer_is_told_as_such(
    registry: Registry, people: People, caplog: pytest.LogCaptureFixture
) -> None:
    with Client(make_app(broken(registry, StoreUnavailable("the disk is full")), people)) as client:
        api = Api(client, registry)
        (write,) = api.errors(SUBMIT, by="submitter", input={"content": content()})
        (read,) = api.errors("{ incidents { totalCount } }")
        tagged = client.get("/graphql", params={"query": "{ incidents { totalCount } }"})

    assert ["STORE_UNAVAILABLE"] * 2 == [one["extensions"]["code"] for one in (write, read)]
    assert (503, "STORE_UNAVAILABLE") == (tagged.status_code, tagged.json()["errors"][0]["extensions"]["code"])
    assert "" == caplog.text


def test_mutations_of_one_document_are_each_done_or_not(api: Api) -> None:
    document = """mutation ($good: SubmitIncidentInput!, $bad: SubmitIncidentInput!) {
      first: submitIncident(input: $good) { record { uid } userErrors { code } }
      second: submitIncident(input: $bad) { record { uid } userErrors { code } }
      third: erase(input: {uid: "x"}) { record { uid } }
    }"""

    body = api.send(document, by="submitter", good={"content": content()}, bad={}).json()

    assert body["data"]["first"]["record"]
    assert ["REQUIRED", "REQUIRED"] == [one["code"] for one in body["data"]["second"]["userErrors"]]
    assert None is body["data"]["third"]
    assert ["FORBIDDEN"] == [one["extensions"]["code"] for one in body["errors"]]


@pytest.mark.parametrize("until", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_an_instant_at_the_edge_of_the_calendar_breaks_nothing(api: Api, until: str) -> None:
    before = state_of(api.registry)
    said = {"content": content(), "marking": {"embargoUntil": until}}

    payload = api.write("submitIncident", said, by="submitter")

    assert ["embargoUntil"] == [one["path"][-1] for one in payload["userErrors"]]
    assert before == state_of(api.registry)
