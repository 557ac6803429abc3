"""Fields that are right one by one must fit together; what does not is told at its place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.canonical import Document, JsonValue
from registry.domain.content.base import earliest, is_before, latest
from registry.domain.content.kinds import parse
from registry.domain.errors import InvalidInput, Problem
from registry.domain.vocabulary import Kind
from tests import factories
from tests.effort import BOUND, Effort

UID = "01930f3e-7c1a-7b52-9a64-2f0c5d8e1b90"


def problems(kind: Kind, *, restricted: Document | None = None, **fields: Any) -> list[Problem]:
    """What is wrong with a good document of *kind* after *fields* were set."""
    try:
        parse(kind, content=factories.DOCUMENTS[kind](**fields), restricted=restricted)
    except InvalidInput as error:
        return list(error.problems)
    return []


def places(kind: Kind, *, restricted: Document | None = None, **fields: Any) -> list[tuple[str, str]]:
    """Place and code of what is wrong."""
    return [(".".join(one.path), one.code) for one in problems(kind, restricted=restricted, **fields)]


@pytest.mark.parametrize("field", ["ended", "detected", "contained", "enforced", "disclosed"])
def test_nothing_happens_before_the_start(field: str) -> None:
    timeline: JsonValue = {"started": "2026-02-03", field: "2026-02-02"}

    assert [(f"content.timeline.{field}", "INCONSISTENT")] == places(Kind.INCIDENT, timeline=timeline)


@pytest.mark.parametrize(
    ("started", "ended", "is_wrong"),
    [
        ("2026", "2026-01", False),
        ("2026-03", "2026", False),
        ("2026-03", "2026-02", True),
        ("2026-03-14", "2026-03", False),
        ("2026-03-14T15:00:00Z", "2026-03-14", False),
        ("2026-03-14T15:00:00Z", "2026-03-14T14:59:59Z", True),
        ("2026-03-14T15:00:00+02:00", "2026-03-14T13:00:00Z", False),
        ("2027", "2026-12-31", True),
    ],
)
def test_dates_contradict_each_other_only_where_no_day_of_theirs_fits(started: str, ended: str, is_wrong: bool) -> None:
    found = places(Kind.INCIDENT, timeline={"started": started, "ended": ended})

    assert ([("content.timeline.ended", "INCONSISTENT")] if is_wrong else []) == found


def test_every_contradiction_of_a_record_is_told_at_once() -> None:
    found = places(
        Kind.INCIDENT,
        timeline={"started": "2026", "ended": "2025", "disclosed": "2024"},
        links=[{"rel": "related", "target": UID, "clause": "3.2"}],
        restricted={
            "indicators": [{"type": "domain", "value": "a.example", "first_seen": "2026", "last_seen": "2025"}],
            "deadlines": [{"regime": "Act", "start": "2026-03", "due": "2026-02", "filed_at": "2026-01"}],
        },
    )

    assert [
        ("content.links.0.clause", "INCONSISTENT"),
        ("content.timeline.ended", "INCONSISTENT"),
        ("content.timeline.disclosed", "INCONSISTENT"),
        ("restricted.indicators.0.last_seen", "INCONSISTENT"),
        ("restricted.deadlines.0.due", "INCONSISTENT"),
        ("restricted.deadlines.0.filed_at", "INCONSISTENT"),
    ] == found


def test_contradictions_never_repeat_what_was_sent() -> None:
    said = problems(Kind.INCIDENT, timeline={"started": "2026", "ended": "2025-06"})

    assert ["this is before started"] == [one.message for one in said]


@pytest.mark.parametrize("rel", ["violates", "related"])
def test_only_a_violation_names_a_clause(rel: str) -> None:
    found = places(Kind.INCIDENT, links=[{"rel": rel, "target": UID, "clause": "3.2"}])

    assert ([] if rel == "violates" else [("content.links.0.clause", "INCONSISTENT")]) == found


@pytest.mark.parametrize("system", [0, 1, 49])
def test_a_step_names_a_system_that_is_listed(system: int) -> None:
    found = places(Kind.INCIDENT, systems=[{"model": "One"}], procedure=[{"text": "x"}, {"system": system}])

    assert ([("content.procedure.1.system", "INCONSISTENT")] if system else []) == found


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("severity", "INCONSISTENT"),
        ("severty", "UNKNOWN_FIELD"),
        ("title", "UNKNOWN_FIELD"),
        ("misuse_categories", "INCONSISTENT"),
        ("clauses", "UNKNOWN_FIELD"),
        ("withheld", "INCONSISTENT"),
    ],
)
def test_a_field_said_to_be_withheld_is_one_of_the_kind_and_empty(field: str, code: str) -> None:
    found = places(Kind.INCIDENT, withheld=[{"field": field, "reason": "unknown"}])

    assert [("content.withheld.0.field", code)] == found


@pytest.mark.parametrize("reason", ["unknown", "withheld", "not_asked", "not_applicable"])
@pytest.mark.parametrize("field", ["actors", "narrative", "intent", "scale"])
def test_an_empty_field_may_say_why(field: str, reason: str) -> None:
    assert [] == places(Kind.INCIDENT, withheld=[{"field": field, "reason": reason}])


def test_a_field_that_is_withheld_by_a_mistyped_name_is_answered_with_the_nearest() -> None:
    [problem] = problems(Kind.INCIDENT, withheld=[{"field": "actor", "reason": "unknown"}])

    assert "did you mean actors?" == problem.hint


def test_each_clause_of_a_policy_has_a_path_of_its_own() -> None:
    found = places(Kind.USAGE_POLICY, clauses=[{"path": "1"}, {"path": "1.1"}, {"path": "1"}, {"path": "1"}])

    assert [("content.clauses.2.path", "INCONSISTENT"), ("content.clauses.3.path", "INCONSISTENT")] == found


def test_a_policy_does_not_end_before_it_begins() -> None:
    found = places(Kind.USAGE_POLICY, effective_from="2026-02", effective_to="2026-01-31")

    assert [("content.effective_to", "INCONSISTENT")] == found


@pytest.mark.parametrize("kind", [Kind.MITIGATION, Kind.WEAKNESS, Kind.STATEMENT])
def test_a_period_of_evidence_does_not_end_before_it_starts(kind: Kind) -> None:
    evidence: JsonValue = [
        {"setting": "production", "outcome": "partial", "period": {"start": "2026", "end": "2025-12-31"}}
    ]

    assert [("content.evidence.0.period.end", "INCONSISTENT")] == places(kind, evidence=evidence)


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"adoption": {"status": "done"}}, "adoption"),
        ({"disputed_fields": ["scale"]}, "disputed_fields"),
        ({"statement_kind": "classification"}, "classifications"),
    ],
)
def test_what_belongs_to_one_kind_of_statement_stands_in_no_other(fields: dict[str, Any], place: str) -> None:
    assert [(f"content.{place}", "INCONSISTENT")] == places(Kind.STATEMENT, **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"statement_kind": "adoption", "adoption": {"status": "declined"}},
        {"statement_kind": "dispute", "disputed_fields": ["scale"]},
        {
            "statement_kind": "classification",
            "classifications": [{"taxonomy": "mit", "version": "1", "value": "4.3", "annotator_kind": "person"}],
        },
    ],
)
def test_a_statement_of_each_kind_says_what_is_its_own(fields: dict[str, Any]) -> None:
    assert [] == places(Kind.STATEMENT, **fields)


@pytest.mark.parametrize("link", [{"rel": "related", "target": UID}, {"rel": "causes", "target": "x"}, 5])
def test_ten_thousand_links_are_one_problem_told_quickly(link: JsonValue) -> None:
    links: JsonValue = [link] * 10_000

    with Effort() as effort:
        found = places(Kind.INCIDENT, links=links)

    assert [("content.links", "TOO_MANY")] == found
    assert BOUND > effort.spent


@pytest.mark.parametrize(
    ("fields", "place", "code"),
    [
        ({"breakout_scale": 0}, "breakout_scale", "OUT_OF_RANGE"),
        ({"breakout_scale": 7}, "breakout_scale", "OUT_OF_RANGE"),
        ({"scale": {"prompts": 1.5}}, "scale.prompts", "INVALID_TYPE"),
        ({"sources": [{"url": "https://e.example/", "credibility": 7}]}, "sources.0.credibility", "OUT_OF_RANGE"),
        ({"sources": [{"url": "https://e.example/", "reliability": "a"}]}, "sources.0.reliability", "UNKNOWN_TERM"),
        ({"harms": [{"type": "privacy", "direct": "yes"}]}, "harms.0.direct", "INVALID_TYPE"),
    ],
)
def test_scales_have_their_ends_and_choices_their_values(fields: dict[str, Any], place: str, code: str) -> None:
    assert [(f"content.{place}", code)] == places(Kind.INCIDENT, **fields)


def test_a_rate_is_told_in_whole_thousandths() -> None:
    found = [places(Kind.WEAKNESS, reproducibility={"rate_permille": rate}) for rate in (0, 1000, 1001, 0.42)]

    place = "content.reproducibility.rate_permille"
    assert [[], [], [(place, "OUT_OF_RANGE")], [(place, "INVALID_TYPE")]] == found


@pytest.mark.parametrize("kind", [Kind.MITIGATION, Kind.WEAKNESS])
def test_a_hash_in_evidence_is_lower_case_hexadecimal(kind: Kind) -> None:
    evidence: JsonValue = [
        {"setting": "production", "outcome": "partial", "verification": {"artefact_sha256": "A" * 64}}
    ]

    place = "content.evidence.0.verification.artefact_sha256"
    assert [(place, "INVALID_FORMAT")] == places(kind, evidence=evidence)


whens = st.one_of(
    st.integers(1, 9999).map(lambda year: f"{year:04d}"),
    st.dates().map(lambda day: day.isoformat()[:7]),
    st.dates().map(lambda day: day.isoformat()),
    st.datetimes().map(lambda at: at.isoformat(timespec="seconds") + "Z"),
)


@given(whens, whens)
def test_of_two_dates_at_most_one_is_before_the_other(one: str, other: str) -> None:
    assert not (is_before(one, other) and is_before(other, one))
    assert not is_before(one, one)
    assert earliest(one) <= latest(one)
