"""The demo records are valid, linked among themselves, sourced, and name nobody's mailbox."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from registry.domain.canonical import JsonValue
from registry.domain.content.kinds import Submission, parse_file
from registry.domain.facets import FACETS, facets_of
from registry.domain.vocabulary import Kind, LinkRel, Tlp
from web.demo.loading import keys_named, submission_document, targets_first

RECORDS: list[dict[str, Any]] = json.loads(Path("web/demo/records.json").read_text(encoding="utf-8"))
KEYS = [entry["key"] for entry in RECORDS]


ANY_UID = "00000000-0000-7000-8000-000000000000"


def submission_of(entry: dict[str, JsonValue]) -> Submission:
    """The entry as the loader reads it, whatever it names."""
    return parse_file(submission_document(entry, dict.fromkeys(KEYS, ANY_UID)))


@pytest.mark.parametrize("entry", RECORDS, ids=KEYS)
def test_a_demo_record_is_a_valid_public_submission(entry: dict[str, JsonValue]) -> None:
    content = submission_of(entry).content

    assert content.marking.tlp is Tlp.CLEAR


def test_keys_are_slugs_and_unique() -> None:
    assert len(set(KEYS)) == len(KEYS)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key) for key in KEYS)


def test_everything_named_is_another_demo_record() -> None:
    for entry in RECORDS:
        assert entry["key"] not in keys_named(entry)
        assert set(KEYS) >= set(keys_named(entry))
        assert [] == [link for link in entry["links"] if {"rel", "to"} != link.keys() - {"clause"}]
        assert set(LinkRel) >= {link["rel"] for link in entry["links"]}


def test_what_is_named_stands_before_what_names_it() -> None:
    ordered = [entry["key"] for entry in targets_first(RECORDS)]

    assert sorted(KEYS) == sorted(ordered)
    for entry in RECORDS:
        assert all(ordered.index(key) < ordered.index(entry["key"]) for key in keys_named(entry))


def test_only_invented_events_break_invented_rules() -> None:
    breaking = [entry for entry in RECORDS if "violates" in {link["rel"] for link in entry["links"]}]

    assert breaking
    assert all(_is_invented(entry) for entry in breaking)
    policies = [entry for entry in RECORDS if entry["kind"] == "usage_policy"]
    assert all(_is_invented(entry) for entry in policies)


def test_a_broken_clause_is_one_of_the_policy() -> None:
    by_key = {entry["key"]: entry for entry in RECORDS}
    named = [link for entry in RECORDS for link in entry["links"] if link["rel"] == "violates"]

    for link in named:
        assert link["clause"] in [clause["path"] for clause in by_key[link["to"]]["content"]["clauses"]]


def test_statements_are_invented_and_say_so() -> None:
    statements = [entry for entry in RECORDS if entry["kind"] == "statement"]

    assert all(_is_invented(entry) and "Invented" in entry["content"]["summary"] for entry in statements)
    assert {"provider", "institute"} == {entry.get("by", "provider") for entry in statements}


def test_lessons_say_what_they_are_derived_from() -> None:
    kind_of = {entry["key"]: entry["kind"] for entry in RECORDS}
    lessons = [entry for entry in RECORDS if entry["kind"] == "lesson"]

    for lesson in lessons:
        derived = [link["to"] for link in lesson["links"] if link["rel"] == "derived_from"]
        assert {"incident"} == {kind_of[key] for key in derived}


@pytest.mark.parametrize(
    "entry", [one for one in RECORDS if one["kind"] == "incident"], ids=lambda one: str(one["key"])
)
def test_an_incident_has_a_public_source_unless_it_is_invented(entry: dict[str, Any]) -> None:
    sources = entry["content"].get("sources", [])

    assert _is_invented(entry) or 1 <= len(sources) <= 3
    assert all(source["url"].startswith("https://") for source in sources)


def test_only_an_invented_near_miss_has_a_restricted_part() -> None:
    restricted = [entry for entry in RECORDS if "restricted" in entry]

    assert ["near_miss"] == [entry["content"]["event_kind"] for entry in restricted]
    assert all(_is_invented(entry) for entry in restricted)


def test_no_record_holds_an_e_mail_address() -> None:
    assert re.search(r"[\w.+-]+@[\w-]+\.\w", json.dumps(RECORDS)) is None


def test_all_kinds_and_all_facets_are_shown() -> None:
    found = {facet for entry in RECORDS for facet, _ in facets_of(entry["content"])}

    assert set(Kind) == {Kind(entry["kind"]) for entry in RECORDS}
    assert set(FACETS) == found


def _is_invented(entry: dict[str, Any]) -> bool:
    return bool(entry["content"]["title"].startswith("Invented example:"))
