"""The real file of the AI Incident Database: all of it is taken, and no person whom it names is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from importers.aiid.names import Names, words_of
from importers.aiid.parties import judge
from importers.contract import Draft, RawDocument
from importers.preparing import prepare
from importers.run import run
from importers.sources.aiid import IMPORTER
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.canonical import JsonValue
from registry.domain.content.base import to_document
from registry.domain.finding import Finding
from registry.ports import Registry
from registry.service.ingest import Incoming
from tests.importers.golden import read

pytestmark = pytest.mark.data

FILES = ("incidents-1.json", "taxa.json", "classifications_GMF.csv", "oecd_relationships.json")
PARTIES = ("AllegedHarmedOrNearlyHarmedParties", "AllegedDeployerOfAISystem")


@pytest.fixture(scope="module")
def documents(test_data: Path) -> list[RawDocument]:
    return [read(test_data / "aiid" / name) for name in FILES]


@pytest.fixture(scope="module")
def prepared(documents: list[RawDocument]) -> dict[str, tuple[Incoming, tuple[Finding, ...]]]:
    """What a run would store, by id."""
    ready = {}
    for one in IMPORTER.parse(documents[0], IMPORTER.source):
        if isinstance(one, Draft):
            incoming, findings = prepare(IMPORTER.source, one)
            assert incoming is not None
            ready[one.upstream_id] = (incoming, findings)
    return ready


@pytest.fixture(scope="module")
def parties(documents: list[RawDocument]) -> dict[str, set[str]]:
    """Harmed and deploying parties of each incident, as the file writes them."""
    incidents: list[dict[str, Any]] = json.loads(documents[0].body)["data"]["incidents"]
    return {str(one["incident_id"]): {party["name"] for name in PARTIES for party in one[name]} for one in incidents}


def texts(value: JsonValue) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []


def test_no_party_outside_our_list_stands_in_any_public_part(
    prepared: dict[str, tuple[Incoming, tuple[Finding, ...]]], parties: dict[str, set[str]]
) -> None:
    withheld = {id_: {name for name in names if judge(name).names} for id_, names in parties.items()}
    everybody = Names(name for names in withheld.values() for name in names)

    leaking = []
    for id_, (ready, _) in prepared.items():
        own = {words[0] for name in withheld[id_] if len(words := words_of(name)) == 1}
        said = texts(to_document(ready.content.public))
        leaking += [id_ for text in said if everybody.stand_in(text) or own & set(words_of(text))]

    assert 320 < len({name for names in withheld.values() for name in names})
    assert [] == leaking


def test_every_incident_is_taken_and_none_refused(prepared: dict[str, tuple[Incoming, tuple[Finding, ...]]]) -> None:
    refused = [one for _, findings in prepared.values() for one in findings if one.refused]

    assert (700, []) == (len(prepared), refused)


def test_no_finding_repeats_a_party(
    documents: list[RawDocument],
    parties: dict[str, set[str]],
    prepared: dict[str, tuple[Incoming, tuple[Finding, ...]]],
) -> None:
    everybody = Names(name for names in parties.values() for name in names if judge(name).names)
    parsed = [one for document in documents for one in IMPORTER.parse(document, IMPORTER.source)]
    findings = [one for one in parsed if isinstance(one, Finding)]
    findings += [one for _, found in prepared.values() for one in found]

    assert [] == [one.code for one in findings if everybody.stand_in(one.message)]


def test_a_second_run_changes_nothing(documents: list[RawDocument], registry: Registry) -> None:
    first = run(registry, LOCAL_OPERATOR, IMPORTER, documents)
    again = run(registry, LOCAL_OPERATOR, IMPORTER, documents)

    # Two releases of taxonomies are added to what is shipped.
    assert 700 + 2 == first.new + first.changed + first.held
    assert 0 == first.refused
    assert 0 == again.new + again.changed
    assert first.findings == again.findings
