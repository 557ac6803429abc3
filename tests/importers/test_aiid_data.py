"""The real file of the AI Incident Database: all of it is taken, and no person whom it names is shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from importers.aiid.documents import Row, read_rows
from importers.aiid.names import Names, words_of
from importers.aiid.parties import judge
from importers.aiid.records import read_incident
from importers.contract import Draft, Fragment, RawDocument
from importers.joining import joined
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

INCIDENTS = "incidents-1.json"
PARTIES = ("AllegedHarmedOrNearlyHarmedParties", "AllegedDeployerOfAISystem")


@pytest.fixture(scope="module")
def documents(test_data: Path) -> list[RawDocument]:
    paths = sorted((test_data / "aiid").iterdir(), key=lambda path: path.name != INCIDENTS)
    return [read(path) for path in paths]


@pytest.fixture(scope="module")
def prepared(documents: list[RawDocument]) -> dict[str, tuple[Incoming, tuple[Finding, ...]]]:
    """What a run of the whole folder would store, by id: each record with all that other documents add to it."""
    parsed = [one for document in documents for one in IMPORTER.parse(document, IMPORTER.source)]
    drafts = {one.upstream_id: one for one in parsed if isinstance(one, Draft)}
    complete, _ = joined(IMPORTER, drafts, [one for one in parsed if isinstance(one, Fragment)])
    ready = {}
    for id_, draft in complete.items():
        incoming, findings = prepare(IMPORTER.source, draft)
        assert incoming is not None
        ready[id_] = (incoming, findings)
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


def withheld_of(parties: dict[str, set[str]]) -> dict[str, set[str]]:
    """Of each incident the parties that may be persons."""
    return {id_: {name for name in names if judge(name).names} for id_, names in parties.items()}


def leaking(public: Mapping[str, JsonValue], withheld: dict[str, set[str]]) -> set[str]:
    """The ids of records in any text of which a party stands, as words or written in one.

    Names of several words are those of anybody in the file; of one word, of the record's own.
    """
    whole = {name for names in withheld.values() for name in names}
    everybody = Names(whole)
    run_together = {word for name in whole if len(words_of(name)) > 1 and len(word := "".join(words_of(name))) > 8}
    found = set()
    for id_, document in public.items():
        own = {words[0] for name in withheld[id_] if len(words := words_of(name)) == 1}
        for text in texts(document):
            words = words_of(unquote(text))
            squeezed = "".join(words)
            if everybody.stand_in(text) or own.intersection(words) or any(one in squeezed for one in run_together):
                found.add(id_)
    return found


def test_no_party_outside_our_list_stands_in_any_public_part(
    prepared: dict[str, tuple[Incoming, tuple[Finding, ...]]], parties: dict[str, set[str]]
) -> None:
    withheld = withheld_of(parties)
    public = {id_: to_document(ready.content.public) for id_, (ready, _) in prepared.items()}
    said = [text for document in public.values() for text in texts(document)]

    assert 320 < len({name for names in withheld.values() for name in names})
    # What the other documents add is there, and so are addresses.
    assert 100 < sum("OECD-" in text for text in said)
    assert any(document.get("classifications") for document in public.values())
    assert 2_500 < sum(text.startswith("http") for text in said)
    assert set() == leaking(public, withheld)


def test_without_the_rule_on_people_parties_are_seen_to_stand_there(
    documents: list[RawDocument], parties: dict[str, set[str]]
) -> None:
    rows = [one for one in read_rows(documents[0], IMPORTER.source.id) if isinstance(one, Row)]
    bare = [found[0] for row in rows if (found := read_incident(row, IMPORTER.source)) is not None]
    public = {draft.upstream_id: dict(draft.content) for draft in bare}

    assert 40 < len(leaking(public, withheld_of(parties)))


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
