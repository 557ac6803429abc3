"""Validation names every problem at once, with its exact place, and raises nothing but InvalidInput."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.canonical import Document, JsonValue, parse_json
from registry.domain.content.base import (
    MAX_PART_BYTES,
    Model,
    earliest,
    precision_of,
    to_bytes,
    to_document,
    validate,
)
from registry.domain.content.incident import Incident
from registry.domain.content.kinds import PUBLIC, RESTRICTED
from registry.domain.content.marking import Marking
from registry.domain.content.mitigation import Mitigation
from registry.domain.content.parts import PublicPart, RestrictedPart
from registry.domain.errors import InvalidInput, Problem
from registry.domain.vocabulary import Kind, Precision
from tests.domain.strategies import any_texts, hostile_json
from tests.factories import DOCUMENTS, incident_document, mitigation_document

UID = "01930f3e-7c1a-7b52-9a64-2f0c5d8e1b90"
PARTS: list[type[Model]] = [*PUBLIC.values(), *RESTRICTED.values()]


def problems_of(document: Any, model: type[Model] = Incident, *, path: tuple[str, ...] = ()) -> tuple[Problem, ...]:
    """What validation finds wrong; empty if nothing."""
    try:
        validate(model, document, path=path)
    except InvalidInput as error:
        return error.problems
    return ()


def found(**fields: JsonValue) -> list[tuple[str, str]]:
    """Place and code of what is wrong with a good incident after *fields* were set."""
    return [(".".join(one.path), one.code) for one in problems_of(incident_document(**fields))]


@pytest.mark.parametrize("kind", list(Kind))
def test_a_good_document_has_no_problem(kind: Kind) -> None:
    assert () == problems_of(DOCUMENTS[kind](), PUBLIC[kind])


def test_every_problem_is_told_at_once_with_its_path() -> None:
    document = {
        "summary": 5,
        "colour": "red",
        "severity": 9,
        "event_kind": "accident",
        "misuse_categories": ["spam", "scam"],
        "targets": [{"country": "FR"}, {"country": "France", "sector": "bank"}],
        "sources": [{"url": "javascript:alert(1)"}, {"title": "x"}],
        "timeline": {"started": "yesterday"},
        "systems": ["chat"],
    }

    problems = problems_of(document, path=("content",))

    assert {
        ("content.title", "REQUIRED"),
        ("content.summary", "INVALID_TYPE"),
        ("content.colour", "UNKNOWN_FIELD"),
        ("content.severity", "OUT_OF_RANGE"),
        ("content.event_kind", "UNKNOWN_TERM"),
        ("content.misuse_categories.1", "UNKNOWN_TERM"),
        ("content.targets.1.country", "INVALID_FORMAT"),
        ("content.targets.1.sector", "UNKNOWN_TERM"),
        ("content.sources.0.url", "INVALID_FORMAT"),
        ("content.sources.1.url", "REQUIRED"),
        ("content.timeline.started", "INVALID_FORMAT"),
        ("content.systems.0", "INVALID_TYPE"),
    } == {(".".join(one.path), one.code) for one in problems}
    assert 12 == len(problems)


def test_an_unknown_term_is_answered_with_the_nearest_one() -> None:
    [problem] = problems_of(incident_document(misuse_categories=["frauds"]))

    assert "did you mean fraud?" == problem.hint


def test_a_term_that_looks_like_none_is_answered_with_some_and_where_all_are_listed() -> None:
    [problem] = problems_of(incident_document(misuse_categories=["zzzzzz"]))

    assert problem.hint is not None
    assert problem.hint.startswith("such as spam, fraud, influence_operation, ")
    assert 'docs/data-dictionary.md, or vocabulary(name: "misuse_category")' in problem.hint


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"targets": [{"country": "Germany"}]}, "write a country as two capitals, ISO 3166-1, such as DE"),
        ({"procedure": [{"technique": "?"}]}, "write an id of ATLAS, ATT&CK or DISARM, such as AML.T0054 or T1566.002"),
        ({"title": 5}, "a text is expected"),
        ({"sources": {}}, "a list is expected"),
        ({"timeline": []}, "an object is expected"),
        ({"severity": "3"}, "a whole number is expected"),
        ({"timeline": {"started": "soon"}}, "write a date as 2026, 2026-03, 2026-03-14 or 2026-03-14T15:00:00Z"),
    ],
)
def test_messages_show_the_form_that_is_expected(fields: dict[str, JsonValue], message: str) -> None:
    [problem] = problems_of(incident_document(**fields))

    assert message == problem.message


def test_a_language_is_told_with_its_form() -> None:
    [problem] = problems_of({"language": "English"}, Marking)

    assert "write a language as its code, such as en or pt-BR" == problem.message


def test_a_restriction_is_either_true_or_false() -> None:
    [problem] = problems_of({"restricted_for_review": "no"}, Marking)

    assert "true or false is expected" == problem.message


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ({"sumary": "x"}, "did you mean summary?"),
        ({"eventKind": "x"}, "did you mean event_kind?"),
        ({"targets": [{}, {"land": "x", "sectors": "x"}]}, "did you mean sector?"),
        ({"timeline": {"begun": "2026", "disclosed_on": "2026"}}, "did you mean disclosed?"),
    ],
)
def test_an_unknown_field_is_answered_with_the_one_beside_it_that_it_looks_like(
    fields: dict[str, JsonValue], hint: str
) -> None:
    hints = {problem.hint for problem in problems_of(incident_document(**fields))}

    assert hint in hints


@pytest.mark.parametrize(
    "message", [one.message for one in problems_of({"severity": "hunter2-secret", "title": "\x00" * 999})]
)
def test_messages_never_repeat_a_value(message: str) -> None:
    assert "hunter2" not in message


@pytest.mark.parametrize("value", [None, True, 5, 1.5, [], {}, ["x"]])
def test_a_required_text_takes_nothing_but_text(value: JsonValue) -> None:
    assert [("title", "INVALID_TYPE")] == found(title=value)


@pytest.mark.parametrize("value", ["", "   ", "\n\t"])
def test_an_empty_required_text_is_missing(value: str) -> None:
    assert [("title", "REQUIRED")] == found(title=value)


@pytest.mark.parametrize("value", [True, "3", 2.0, 2.5, [3]])
def test_a_number_is_not_made_of_something_else(value: JsonValue) -> None:
    assert [("severity", "INVALID_TYPE")] == found(severity=value)


@pytest.mark.parametrize(("value", "expected"), [(-1, True), (0, False), (5, False), (6, True), (10**30, True)])
def test_severity_is_0_to_5(value: int, expected: bool) -> None:
    assert expected == ([("severity", "OUT_OF_RANGE")] == found(severity=value))


@pytest.mark.parametrize("count", [-1, 10**12 + 1])
def test_a_count_is_neither_negative_nor_absurd(count: int) -> None:
    assert [("enforcement.0.count", "OUT_OF_RANGE")] == found(enforcement=[{"action": "account_ban", "count": count}])


def test_lengths_are_limited() -> None:
    assert [] == found(title="x" * 300, summary="x" * 20_000, platforms=["x" * 120])
    assert [("title", "TOO_LONG"), ("summary", "TOO_LONG"), ("platforms.0", "TOO_LONG")] == found(
        title="x" * 301, summary="x" * 20_001, platforms=["x" * 121]
    )


def test_an_address_longer_than_2000_characters_is_too_long() -> None:
    url = "https://example.org/"

    assert [] == found(sources=[{"url": url + "x" * (2000 - len(url))}])
    assert [("sources.0.url", "TOO_LONG")] == found(sources=[{"url": url + "x" * 2000}])


@pytest.mark.parametrize(
    ("field", "item", "limit"),
    [
        ("sources", {"url": "https://example.org/"}, 100),
        ("links", {"rel": "related", "target": UID}, 200),
        ("aliases", "EX-1", 50),
        ("misuse_categories", "spam", 20),
        ("scrutiny_domains", "legal", 20),
        ("systems", {"model": "x"}, 50),
        ("actors", {"label": "x"}, 50),
        ("targets", {"label": "x"}, 50),
        ("platforms", "x", 50),
        ("procedure", {"text": "x"}, 100),
        ("enforcement", {"action": "account_ban"}, 50),
        ("harms", {"type": "privacy"}, 50),
    ],
)
def test_the_number_of_entries_is_limited(field: str, item: JsonValue, limit: int) -> None:
    assert [] == found(**{field: [item] * limit})
    assert [(field, "TOO_MANY")] == found(**{field: [item] * (limit + 1)})


def test_a_document_that_is_too_deep_is_told_where_its_part_is() -> None:
    deep: JsonValue = "x"
    for _ in range(40):
        deep = [deep]

    [problem] = problems_of(incident_document(platforms=deep), path=("content",))

    assert (("content",), "TOO_DEEP") == (problem.path, problem.code)


@pytest.mark.parametrize("document", [None, [], "x", 5, True])
def test_a_document_that_is_no_object_is_told_so(document: JsonValue) -> None:
    [problem] = problems_of(document, path=("content",))

    assert (("content",), "INVALID_TYPE") == (problem.path, problem.code)


@pytest.mark.parametrize("character", ["\x9b", "\u202e", "\u2066", "\x00", "\x07", "\x0b", "\x1b", "\x7f"])
def test_control_characters_are_refused_everywhere(character: str) -> None:
    bad = f"a{character}b"

    assert [
        ("title", "INVALID_TEXT"),
        ("summary", "INVALID_TEXT"),
        ("platforms.0", "INVALID_TEXT"),
        ("sources.0.url", "INVALID_FORMAT"),
    ] == sorted(
        found(title=bad, summary=bad, platforms=[bad], sources=[{"url": f"https://example.org/{bad}"}]),
        key=lambda one: ["title", "summary", "platforms.0", "sources.0.url"].index(one[0]),
    )


@pytest.mark.parametrize("character", ["\n", "\r", "\t"])
def test_line_breaks_are_for_texts_and_not_for_lines(character: str) -> None:
    value = f"a{character}b"

    assert [("title", "INVALID_TEXT")] == found(title=value)
    assert [] == found(summary=value)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,x",
        "ftp://example.org/",
        "//example.org/",
        "example.org",
        "https://",
        "https:///path",
        "https://user@example.org/",
        "https://user:pass@example.org/",
        "https://exa mple.org/",
        "https://example.org/\u2028x",
        "java\nscript:alert(1)",
        "https://[::1/",
        "https://example.org:port/",
        "https://example.org:99999/",
        "",
    ],
)
def test_an_address_that_is_not_plain_web_is_refused(url: str) -> None:
    assert [("sources.0.url", "INVALID_FORMAT")] == found(sources=[{"url": url}])


@pytest.mark.parametrize(
    "url", ["http://example.org", "HTTPS://example.org/a?b=c#d", "https://[::1]:8443/", "https://пример.рф/ё"]
)
def test_a_plain_web_address_is_accepted(url: str) -> None:
    assert [] == found(sources=[{"url": url}])


@pytest.mark.parametrize(
    ("when", "precision", "day"),
    [
        ("2026", Precision.YEAR, date(2026, 1, 1)),
        ("2026-03", Precision.MONTH, date(2026, 3, 1)),
        ("2026-03-14", Precision.DAY, date(2026, 3, 14)),
        ("2026-03-14T23:30:00-02:00", Precision.INSTANT, date(2026, 3, 15)),
        ("2026-03-14T15:00Z", Precision.INSTANT, date(2026, 3, 14)),
        ("2026-03-14T15:00:00.123456Z", Precision.INSTANT, date(2026, 3, 14)),
    ],
)
def test_a_date_says_how_exactly_it_is_known(when: str, precision: Precision, day: date) -> None:
    assert [] == found(timeline={"started": when})
    assert (precision, day) == (precision_of(when), earliest(when))


@pytest.mark.parametrize(
    "when",
    [
        "26", "0000", "2026-13", "2026-02-30", "2026-2-3", "14.03.2026", "2026-03-14 15:00:00Z", "2026-03-14T15:00:00",
        "2026-03-14T25:00:00Z", "2026-03-14T15:00:00+99:00", "0001-01-01T00:00:00+23:00", "9999-12-31T23:00:00-23:00",
        "2026-W10", "٢٠٢٦", "2026-03-14T15:00:00Z\x00", "",
    ],
)  # fmt: skip
def test_a_date_that_is_none_is_refused(when: str) -> None:
    assert [("timeline.started", "INVALID_FORMAT")] == found(timeline={"started": when})


@given(any_texts)
def test_any_text_as_a_date_is_read_or_refused(when: str) -> None:
    assert found(timeline={"started": when}) in (
        [],
        [("timeline.started", "INVALID_FORMAT")],
        [("timeline.started", "INVALID_TYPE")],
    )


@pytest.mark.parametrize("uid", ["1", UID.upper(), UID.replace("-", ""), f"{{{UID}}}"[:36], "g" * 36])
def test_a_uid_has_one_form_only(uid: str) -> None:
    assert [("links.0.target", "INVALID_FORMAT")] == found(links=[{"rel": "related", "target": uid}])


def test_a_link_has_a_known_relation() -> None:
    assert [("links.0.rel", "UNKNOWN_TERM")] == found(links=[{"rel": "causes", "target": UID}])


@pytest.mark.parametrize("technique", ["AML.T0051", "AML.T0051.001", "T1566.002", "T0085"])
def test_technique_ids_of_the_known_matrices_are_accepted(technique: str) -> None:
    assert [] == found(procedure=[{"technique": technique}])


@pytest.mark.parametrize("technique", ["5", "T 1566", "<script>", "T" * 41])
def test_what_is_no_technique_id_is_refused(technique: str) -> None:
    assert [("procedure.0.technique", "INVALID_FORMAT")] == found(procedure=[{"technique": technique}])


@pytest.mark.parametrize("sha256", ["0" * 63, "0" * 65, "G" * 64, "A" * 64])
def test_an_upstream_hash_is_lower_case_hexadecimal(sha256: str) -> None:
    assert [("upstream.sha256", "INVALID_FORMAT")] == found(upstream={"source": "a", "id": "b", "sha256": sha256})


@given(st.sampled_from(PARTS), hostile_json)
def test_arbitrary_json_is_accepted_or_invalid_input(model: type[Model], document: Any) -> None:
    problems = problems_of(document, model)

    assert all(problem.code and problem.message for problem in problems)


def places(value: JsonValue, at: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every place in *value* where something could be put."""
    inner: list[tuple[str, JsonValue]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = [(str(index), item) for index, item in enumerate(value)]
    return [at, *(place for name, item in inner for place in places(item, (*at, name)))]


def put(value: Any, at: tuple[str, ...], new: JsonValue) -> Any:
    """*value* with *new* at a place."""
    if not at:
        return new
    if isinstance(value, dict):
        return value | {at[0]: put(value[at[0]], at[1:], new)}
    return [put(item, at[1:], new) if str(index) == at[0] else item for index, item in enumerate(value)]


@given(st.data(), hostile_json)
def test_one_arbitrary_value_in_a_good_document_is_accepted_or_told(data: st.DataObject, new: JsonValue) -> None:
    good = incident_document(
        systems=[{"provider": "x"}], sources=[{"url": "https://example.org/"}], procedure=[{"text": "x"}]
    )
    place = data.draw(st.sampled_from(places(good)))

    problems = problems_of(put(good, place, new))

    assert all(problem.path[: len(place)] == place or problem.code == "TOO_DEEP" for problem in problems)


@given(st.sampled_from(list(Kind)), st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=50))
def test_stored_content_is_a_fixed_point(kind: Kind, text: str) -> None:
    field = PUBLIC[kind].TITLE
    try:
        content = validate(PUBLIC[kind], DOCUMENTS[kind](**{field: text}))
    except InvalidInput:
        assert not text.strip()
        return

    stored = to_bytes(content)

    again = validate(PUBLIC[kind], parsed(stored))
    assert (content, stored) == (again, to_bytes(again))


def parsed(body: bytes) -> Document:
    """Stored bytes as a document."""
    document = parse_json(body)
    assert isinstance(document, dict)
    return document


def test_what_was_left_empty_is_not_stored() -> None:
    content = validate(
        Incident, {"title": "a", "summary": "b", "systems": [], "timeline": {}, "targets": [{}], "severity": None}
    )

    expected = {"title": "a", "summary": "b", "event_kind": "incident", "intent": "unknown", "targets": [{}]}
    assert expected == to_document(content)
    assert to_bytes(content) == to_bytes(validate(Incident, to_document(content)))


@pytest.mark.parametrize("model", [*PUBLIC.values()])
def test_public_parts_share_their_first_fields(model: type[PublicPart]) -> None:
    assert ["sources", "links", "aliases", "upstream"] == list(model.model_fields)[:4]


@pytest.mark.parametrize("model", [*RESTRICTED.values()])
def test_an_empty_restricted_part_is_valid(model: type[RestrictedPart]) -> None:
    assert b"{}" == to_bytes(validate(model, {}))


def test_a_part_larger_than_its_limit_is_refused() -> None:
    steps: list[JsonValue] = [{"text": "x" * 20_000}] * 14
    content = validate(Incident, incident_document(procedure=steps))

    with pytest.raises(InvalidInput) as raised:
        to_bytes(content, path=("content",))

    [problem] = raised.value.problems
    assert (("content",), "TOO_LONG") == (problem.path, problem.code)
    assert len(to_bytes(validate(Incident, incident_document(procedure=steps[:12])))) < MAX_PART_BYTES


def test_content_is_frozen() -> None:
    content = validate(Incident, incident_document())

    with pytest.raises(ValueError, match="frozen"):
        content.title = "x"  # type: ignore[misc]


@pytest.mark.parametrize("model", PARTS, ids=lambda model: model.__name__)
def test_every_field_has_a_description(model: type[Model]) -> None:
    assert [] == [name for name, field in model.model_fields.items() if not field.description]


def test_a_mitigation_needs_its_type() -> None:
    document = mitigation_document()
    del document["type"]

    assert [("type", "REQUIRED")] == [(".".join(one.path), one.code) for one in problems_of(document, Mitigation)]


def test_evidence_needs_where_and_what() -> None:
    problems = problems_of(mitigation_document(evidence=[{}]), Mitigation)

    assert {("evidence", "0", "setting"), ("evidence", "0", "outcome")} == {problem.path for problem in problems}
