"""What changed between two texts of a policy, and the draft that is made of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from registry.domain.content.kinds import parse
from registry.domain.policy_watch import (
    MAX_DIFF,
    Outcome,
    Watch,
    WatchId,
    difference,
    draft_documents,
    outcome_of,
    seen,
)
from registry.domain.record import OrganisationId
from registry.domain.vocabulary import Kind
from tests.effort import BOUND, least_effort

NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
WATCH = Watch(WatchId("w"), "https://acme.example/policy", OrganisationId("acme"), "Usage policy", "Acme", NOW)


def test_a_diff_names_sentences_also_where_a_page_is_one_line() -> None:
    before, after = (seen(WATCH, f"No spam. No {what}. No lies.", NOW) for what in ("fraud", "scams"))

    lines = difference(before, after).split("\n")

    assert {"-No fraud.", "+No scams."} <= set(lines)


@pytest.mark.parametrize("text", ["a" * 200_000, "a. " * 60_000, "\n".join(str(n % 7) for n in range(90_000))])
def test_a_diff_is_bounded_and_quick_whatever_changed(text: str) -> None:
    def told() -> str:
        return difference(seen(WATCH, text, NOW), seen(WATCH, text[::-1] + "b", NOW))

    assert MAX_DIFF + 100 > len(told())
    assert BOUND > least_effort(told)


def test_a_draft_takes_over_what_was_and_says_what_is_its_own() -> None:
    before: dict[str, Any] = {
        "provider": "Acme AI",
        "title": "Rules",
        "summary": "S",
        "version": "1",
        "clauses": [{"path": "1"}],
    }
    version = seen(WATCH, "text", NOW)

    content, restricted, marking = draft_documents(WATCH, version, "-a\n+b", before=before)

    read = parse(Kind.USAGE_POLICY, content=content, restricted=restricted, marking=marking)
    expected = {**before, "version": "2026-03-14", "url": WATCH.url, "archived_sha256": version.sha256}
    assert expected == content
    assert "-a\n+b" in str(restricted["notes"])
    assert "RED" == read.marking.tlp


def test_without_a_version_before_a_draft_has_no_clauses() -> None:
    content, _, _ = draft_documents(WATCH, seen(WATCH, "text", NOW), "", before=None)

    assert ("Acme", "Usage policy") == (content["provider"], content["title"])
    assert "clauses" not in content


def test_a_text_is_first_the_same_new_or_one_of_before() -> None:
    version = seen(WATCH, "Text", NOW)
    at_it, at_another = (replace(WATCH, sha256=one) for one in (seen(WATCH, " text ", NOW).sha256, "other"))
    asked = ((WATCH, False), (at_it, True), (at_another, False), (at_another, True))

    found = [outcome_of(watch, version, is_known=known) for watch, known in asked]

    assert [Outcome.FIRST, Outcome.UNCHANGED, Outcome.CHANGED, Outcome.SEEN_BEFORE] == found
