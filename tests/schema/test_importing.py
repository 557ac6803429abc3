"""Sources, runs and findings through the API: for operators, and for nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from registry.domain.finding import Finding
from registry.domain.importing import Counts, Run, RunState
from registry.service import importing
from tests import factories
from tests.schema.world import Api
from tests.service.world import People

_SOURCE = "id trust isPaused isAdded askedAt openFindings withdrawalsHeld lastRun { state counts { new } secondsLeft }"


@pytest.fixture
def wiki(api: Api, people: People) -> None:
    """A source with a run that goes on and two findings."""
    registry = api.registry
    importing.put_source(registry, people.local_operator, factories.source("wiki", "A wiki", format="table"))
    now = registry.clock.now()
    run = Run(
        "01", "wiki", RunState.RUNNING, now - timedelta(seconds=10), now, done=50, total=150, counts=Counts(new=50)
    )
    found = [Finding("wiki", "W1", "TOO_LONG", "title: too long"), Finding("wiki", "W2", "UNKNOWN_TERM", "tags", False)]
    with registry.storage.begin() as unit:
        unit.import_runs.add(run)
        unit.findings.keep("wiki", run.id, found, now=now)


def steer(api: Api, name: str, said: dict[str, Any], *, by: str = "operator") -> dict[str, Any]:
    type_ = f"{name[:1].upper()}{name[1:]}Input"
    payload_of = f"source {{ {_SOURCE} }} userErrors {{ path code }}"
    document = f"mutation ($input: {type_}!) {{ {name}(input: $input) {{ {payload_of} }} }}"
    payload: dict[str, Any] = api.ask(document, by=by, input=said)[name]
    return payload


@pytest.mark.usefixtures("wiki")
def test_an_operator_reads_sources_runs_and_findings(api: Api) -> None:
    (source,) = api.ask(f"{{ importSources {{ {_SOURCE} }} }}", by="operator")["importSources"]
    one = api.ask(f'{{ importSource(id: "wiki") {{ {_SOURCE} }} }}', by="operator")["importSource"]
    runs = api.ask("{ importRuns(first: 1) { nodes { source state done total secondsLeft } } }", by="operator")
    found = api.ask(
        '{ importFindings(source: "wiki", code: "TOO_LONG") { nodes { record refused held clearedAt } } }',
        by="operator",
    )

    assert source == one
    assert ("wiki", "REVIEW", True, 2) == tuple(source[name] for name in ("id", "trust", "isAdded", "openFindings"))
    assert {"source": "wiki", "state": "RUNNING", "done": 50, "total": 150, "secondsLeft": 20.0} == (
        runs["importRuns"]["nodes"][0]
    )
    assert [{"record": "W1", "refused": True, "held": False, "clearedAt": None}] == found["importFindings"]["nodes"]


@pytest.mark.usefixtures("wiki")
def test_findings_come_in_pages(api: Api) -> None:
    page = '{ importFindings(source: "wiki", first: 1%s) { nodes { record } pageInfo { hasNextPage endCursor } } }'
    first = api.ask(page % "", by="operator")["importFindings"]
    after = f', after: "{first["pageInfo"]["endCursor"]}"'
    second = api.ask(page % after, by="operator")["importFindings"]

    assert ([{"record": "W1"}], [{"record": "W2"}]) == (first["nodes"], second["nodes"])
    assert (True, False) == (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"])


@pytest.mark.usefixtures("wiki")
def test_an_operator_steers_a_source(api: Api) -> None:
    paused = steer(api, "pauseImport", {"source": "wiki"})
    trusted = steer(api, "setImportTrust", {"source": "wiki", "trust": "TRUSTED"})
    asked = steer(api, "startImport", {"source": "wiki"})
    confirmed = steer(api, "confirmWithdrawals", {"source": "wiki"})
    resumed = steer(api, "pauseImport", {"source": "wiki", "paused": False})

    assert (True, False) == (paused["source"]["isPaused"], resumed["source"]["isPaused"])
    assert "TRUSTED" == trusted["source"]["trust"]
    assert asked["source"]["askedAt"]
    assert [] == confirmed["userErrors"]
    with api.registry.storage.read() as reader:
        assert reader.import_sources.state("wiki").allows_withdrawals


@pytest.mark.usefixtures("wiki")
def test_a_source_that_is_not_there_is_not_found(api: Api) -> None:
    done = steer(api, "startImport", {"source": "wikki"})

    assert (None, [{"path": ["input", "source"], "code": "NOT_FOUND"}]) == (done["source"], done["userErrors"])
    assert ["NOT_FOUND"] == [
        one["extensions"]["code"] for one in api.errors('{ importSource(id: "wikki") { id } }', by="operator")
    ]


@pytest.mark.usefixtures("wiki")
@pytest.mark.parametrize("who", ["", "submitter", "reviewer"])
def test_nobody_else_reads_or_steers_anything(api: Api, who: str) -> None:
    asked = (
        "{ importSources { id } }",
        '{ importSource(id: "wiki") { id } }',
        "{ importRuns { nodes { id } } }",
        '{ importFindings(source: "wiki") { nodes { record } } }',
        'mutation { startImport(input: {source: "wiki"}) { source { id } } }',
        'mutation { setImportTrust(input: {source: "wiki", trust: TRUSTED}) { source { id } } }',
        'mutation { pauseImport(input: {source: "nowhere"}) { source { id } } }',
        'mutation { confirmWithdrawals(input: {source: "wiki"}) { source { id } } }',
    )

    codes = [one["extensions"]["code"] for document in asked for one in api.errors(document, by=who)]

    assert ["FORBIDDEN" if who else "UNAUTHENTICATED"] * len(asked) == codes
