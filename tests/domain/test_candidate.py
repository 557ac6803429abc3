"""What speaks for two records telling of the same event, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from registry.domain.candidate import CandidateReason, ids_in, keys_of, likeness, telling_of
from registry.domain.vocabulary import Kind


def told(title: str = "Cloned voice of a mayor asked callers for money", **fields: Any) -> Any:
    return telling_of(Kind.INCIDENT, {"title": title, "summary": "It happened in a town.", **fields})


def source(*urls: str) -> list[dict[str, str]]:
    return [{"url": url} for url in urls]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CVE-2024-12345", ["cve:2024-12345"]),
        ("ghsa-J47F-4232-hvv8", ["ghsa:j47f-4232-hvv8"]),
        ("https://incidentdatabase.ai/cite/6/", ["aiid:6"]),
        ("AIID-6", ["aiid:6"]),
        ("AIID: 6", ["aiid:6"]),
        ("AML.CS0009", ["atlas:cs0009"]),
        ("https://avidml.org/database/avid-2022-v013/", ["avid:2022-v013"]),
        ("https://oecd.ai/en/incidents/2023-03-14-a1b2", ["oecd:2023-03-14-a1b2"]),
        ("6", []),
        ("CASE-1", []),
        ("XCVE-2024-1 " * 1000, []),
    ],
)
def test_ids_that_the_whole_field_knows_have_one_form_however_they_are_written(text: str, expected: list[str]) -> None:
    assert expected == list(ids_in(text))


def test_an_id_that_both_name_speaks_for_the_same_whatever_the_titles_say() -> None:
    one = told("TayBot", aliases=["AIID-6"])
    other = told("Tay Poisoning", sources=source("https://incidentdatabase.ai/cite/6"))

    found = likeness(one, other)

    assert found is not None
    assert (95, (CandidateReason.SAME_ID,)) == (found.score, found.reasons)


def test_a_source_that_few_name_speaks_for_it_with_a_title_that_is_alike_and_one_that_many_name_does_not() -> None:
    one = told("Cloned voice of mayor used in scam", sources=source("https://news.example/a?utm_source=x"))
    other = told("Scam used a cloned voice of a mayor", sources=source("http://www.news.example/a"))
    apart = told("Power failed in three towns", sources=source("https://news.example/a"))

    assert CandidateReason.SAME_ADDRESS in getattr(likeness(one, other), "reasons", ())
    assert CandidateReason.SAME_ADDRESS not in getattr(likeness(one, other, naming=9), "reasons", ())
    assert likeness(one, apart) is None


def test_like_titles_count_near_in_time_and_less_the_farther_they_are_apart() -> None:
    title = "Chatbot told users to eat stones"
    near = likeness(told(title, timeline={"started": "2024-05-01"}), told(title, timeline={"started": "2024-05"}))
    far = likeness(told(title, timeline={"started": "2019"}), told(title, timeline={"started": "2024-05-01"}))

    assert near is not None
    assert far is not None
    assert far.score <= near.score - 30


def test_two_cases_of_one_series_are_two_cases() -> None:
    assert likeness(told("Bulk accounts, case 1 of five"), told("Bulk accounts, case 2 of five")) is None


def test_a_number_or_a_short_id_of_two_sources_says_nothing() -> None:
    one, other = told("One thing", aliases=["12", "INC-1"]), told("Something else", aliases=["12", "INC-1"])

    assert likeness(one, other) is None


def test_records_of_two_kinds_are_never_one() -> None:
    weakness = telling_of(Kind.WEAKNESS, {"title": "T", "description": "x", "aliases": ["CVE-2024-1234"]})

    assert likeness(told(aliases=["CVE-2024-1234"]), weakness) is None


def test_what_is_kept_to_find_others_can_not_be_read() -> None:
    keys = keys_of(told("Secret name", sources=source("https://secret.example/")))

    assert {16} == {len(key) for key in keys}
