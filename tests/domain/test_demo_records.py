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

RECORDS: list[dict[str, Any]] = json.loads(Path("web/demo/records.json").read_text(encoding="utf-8"))
KEYS = [entry["key"] for entry in RECORDS]


def submission_of(entry: dict[str, JsonValue]) -> Submission:
    """The entry as the loader reads it: without its key and its links."""
    return parse_file({name: value for name, value in entry.items() if name not in {"key", "links"}})


@pytest.mark.parametrize("entry", RECORDS, ids=KEYS)
def test_a_demo_record_is_a_valid_public_submission(entry: dict[str, JsonValue]) -> None:
    content = submission_of(entry).content

    assert content.marking.tlp is Tlp.CLEAR


def test_keys_are_slugs_and_unique() -> None:
    assert len(set(KEYS)) == len(KEYS)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key) for key in KEYS)


def test_every_link_leads_to_another_demo_record() -> None:
    for entry in RECORDS:
        for link in entry["links"]:
            assert {"rel", "to"} == link.keys()
            assert link["to"] in KEYS
            assert link["to"] != entry["key"]
            assert link["rel"] in list(LinkRel)


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
    invented = entry["content"]["title"].startswith("Invented example:")
    sources = entry["content"].get("sources", [])

    assert invented or 1 <= len(sources) <= 3
    assert all(source["url"].startswith("https://") for source in sources)


def test_the_invented_example_is_a_near_miss_with_a_restricted_part() -> None:
    invented = [entry for entry in RECORDS if entry["content"].get("title", "").startswith("Invented example:")]

    assert ["near_miss"] == [entry["content"]["event_kind"] for entry in invented]
    assert [entry for entry in RECORDS if "restricted" in entry] == invented


def test_no_record_holds_an_e_mail_address() -> None:
    assert re.search(r"[\w.+-]+@[\w-]+\.\w", json.dumps(RECORDS)) is None


def test_all_kinds_and_all_facets_are_shown() -> None:
    found = {facet for entry in RECORDS for facet, _ in facets_of(entry["content"])}

    assert set(Kind) == {Kind(entry["kind"]) for entry in RECORDS}
    assert set(FACETS) == found
