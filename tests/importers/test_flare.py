"""Flaw reports: what is taken, what waits, what is refused, and that who reported is kept nowhere."""

from __future__ import annotations

import json
from typing import Any

import pytest

from importers.contract import Draft, Parsed, RawDocument, TakenBack
from importers.flare import rules
from importers.preparing import prepare
from importers.sources.flare import IMPORTER
from registry.domain import terms
from registry.domain.finding import Finding
from registry.domain.vocabulary import Kind
from tests.importers.golden import FIXTURES

PUBLIC = {"intent": "Already Public Knowledge"}


def report(**fields: object) -> dict[str, Any]:
    """A report; a keyword replaces or adds a field, by its short name."""
    told = {"identifier": "AFL-1", "description": "It goes wrong. Again.", "disclosure": PUBLIC}
    return told | fields


def read(*records: object) -> list[Parsed]:
    return list(IMPORTER.parse(RawDocument("reports.json", json.dumps(records).encode()), IMPORTER.source))


def draft(told: object) -> Draft:
    (found,) = [each for each in read(told) if isinstance(each, Draft)]
    return found


def findings(parsed: list[Parsed]) -> list[tuple[str, bool, bool]]:
    return [(each.code, each.refused, each.held) for each in parsed if isinstance(each, Finding)]


@pytest.mark.parametrize(
    ("types", "kind", "intent"),
    [
        (["Vulnerability Report"], Kind.WEAKNESS, None),
        (["Hazard Report"], Kind.WEAKNESS, None),
        ([], Kind.WEAKNESS, None),
        (["Security Incident Report", "Vulnerability Report"], Kind.INCIDENT, "unknown"),
        (["Real-World Events/Incidents"], Kind.INCIDENT, "unknown"),
        ("Malign Actor", Kind.INCIDENT, "misuse"),
    ],
)
def test_what_happened_is_an_incident_and_what_could_is_a_weakness(
    types: object, kind: Kind, intent: str | None
) -> None:
    found = draft(report(reportType=types))

    assert (kind, intent) == (found.kind, found.content.get("intent"))


@pytest.mark.parametrize(
    "plan",
    [
        {"intent": "No"},
        {"intent": "Undecided"},
        {"intent": "Yes"},
        {"intent": "Yes", "timeline": "Short-term (1-30 days)"},
        {"intent": "Already Public Knowledge", "embargoRequest": "until June"},
        {"intent": ["Already Public Knowledge"]},
        {},
        "Yes",
        None,
    ],
)
def test_what_is_not_for_everybody_now_is_red_and_held(plan: object) -> None:
    parsed = read(report(disclosure=plan))

    (found,) = [each for each in parsed if isinstance(each, Draft)]
    assert (True, "RED") == (found.held, found.marking["tlp"])
    assert ("NOT_PUBLIC", False, True) in findings(parsed)


@pytest.mark.parametrize(
    "plan", [PUBLIC, {"intent": "Yes", "timeline": "Immediate (0 days)"}, PUBLIC | {"embargoRequest": "No"}]
)
def test_what_is_for_everybody_is_clear(plan: object) -> None:
    found = draft(report(disclosure=plan))

    assert (False, "CLEAR") == (found.held, found.marking["tlp"])


@pytest.mark.parametrize(
    "told",
    [
        {"csamRelated": "Yes"},
        {"aifr:csamRelated": True},
        {"raw": {"CSAM Related": "Yes, in part"}},
        {"specificHarmTypes": ["Child sexual abuse material"]},
        {"impacts": "CSAM"},
        {"description": "It shows CSAM."},
    ],
)
def test_a_report_about_abuse_of_children_is_refused_and_taken_back_and_no_finding_leads_to_it(
    told: dict[str, object],
) -> None:
    parsed = read(report(**told))

    assert [("SEALED", True, False)] == findings(parsed)
    assert ["AFL-1"] == [each.upstream_id for each in parsed if isinstance(each, TakenBack)]
    assert 2 == len(parsed)
    assert "AFL-1" not in repr([each for each in parsed if isinstance(each, Finding)])


@pytest.mark.parametrize(
    "told", [{"csamRelated": "No"}, {"raw": {"CSAM Related": ""}}, {"csamRelated": False}, {"raw": []}]
)
def test_a_report_that_says_it_is_not_about_that_is_taken(told: dict[str, object]) -> None:
    assert "AFL-1" == draft(report(**told)).upstream_id


def test_who_reported_is_kept_nowhere() -> None:
    document = RawDocument("r.jsonld", (FIXTURES / "flare" / "weakness.jsonld").read_bytes())

    parsed = list(IMPORTER.parse(document, IMPORTER.source))

    (found,) = [each for each in parsed if isinstance(each, Draft)]
    assert ("Ada Sample",) == found.names
    kept = repr(
        (found.content, found.restricted, found.marking, [each for each in parsed if isinstance(each, Finding)])
    )
    assert [] == [word for word in ("Ada", "reporter-77", "session-77") if word in kept]


def test_another_reporter_or_time_of_writing_makes_no_change() -> None:
    first, same, other = (
        draft(report(**more)).sha256
        for more in ({"author": {"name": "A"}}, {"sessionId": "s", "dateCreated": "2031-01-01"}, {"severity": "Low"})
    )

    assert first == same != other


def test_how_it_is_done_and_the_story_of_the_harm_are_restricted() -> None:
    told = report(
        reportType=["Real-World Incidents"],
        vulnerability={"proofOfConcept": "Say it as a poem."},
        incident={"harmNarrative": "Money was sent.", "location": ["Springfield"]},
        contextInfo="Seen twice.",
    )

    found = draft(told)

    assert {
        "operational_detail": "Say it as a poem.",
        "narrative": "Money was sent.",
        "notes": "Context: Seen twice.\nPlace: Springfield\nDisclosure: Already Public Knowledge",
    } == found.restricted
    assert [] == [word for word in ("poem", "Money", "Springfield") if word in repr(found.content)]


def test_names_with_a_prefix_and_values_in_objects_are_read_as_well() -> None:
    long = "https://aiflawreports.org/schema/"
    told = {
        "identifier": {"@value": "AFL-1"},
        "schema:description": "It goes wrong.",
        f"{long}disclosure": {"aifr:intent": {"@value": "No"}},
    }

    found = draft(told)

    assert ("AFL-1", "It goes wrong.") == (found.upstream_id, found.content["description"])
    assert found.held


@pytest.mark.parametrize(
    ("name", "description", "title"),
    [
        ("AI Flaw Report: X", "It goes **wrong**. Again.", "It goes wrong."),
        ("A voice was cloned", "It goes wrong.", "A voice was cloned"),
        (None, "word " * 100, "word " * 23 + "word…"),
    ],
)
def test_a_report_without_a_name_of_its_own_is_called_by_its_beginning(
    name: str | None, description: str, title: str
) -> None:
    assert title == draft(report(name=name, description=description)).content["title"]


def test_every_draft_of_the_fixtures_can_be_stored() -> None:
    parsed = [
        each
        for path in (FIXTURES / "flare").glob("*.json*")
        if not path.name.endswith(".golden.json")
        for each in IMPORTER.parse(RawDocument(path.name, path.read_bytes()), IMPORTER.source)
    ]

    assert [] == [each for each in parsed if isinstance(each, Draft) and prepare(IMPORTER.source, each)[0] is None]


def test_the_rules_name_only_terms_that_exist() -> None:
    assert [] == [term for term in rules.HARMS.values() if terms.HARM.find(term) is None]
    assert [] == [term for term in rules.STAKEHOLDERS.values() if terms.STAKEHOLDER.find(term) is None]
    assert [] == [term for term in rules.DETECTION.values() if terms.DETECTION.find(term) is None]
    assert [] == [term for term in rules.MISUSE_BY_OBJECTIVE.values() if terms.MISUSE.find(term) is None]
