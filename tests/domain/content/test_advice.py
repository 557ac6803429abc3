"""Advice warns of what deserves a second look, and never refuses."""

from __future__ import annotations

import pytest

from registry.domain.canonical import JsonValue
from registry.domain.content.advice import advise
from registry.domain.vocabulary import Kind
from tests import factories

SOURCES: list[JsonValue] = [{"url": "https://example.org/"}]


def test_a_sourced_public_misuse_with_a_category_needs_no_advice() -> None:
    assert () == advise(factories.content(intent="misuse", sources=SOURCES))


def test_a_misuse_without_a_category_is_advised_to_name_one() -> None:
    [problem] = advise(factories.content(intent="misuse", misuse_categories=[], sources=SOURCES))

    assert (("content", "misuse_categories"), "ADVICE_CATEGORY") == (problem.path, problem.code)


def test_what_speaks_for_itself_needs_no_source() -> None:
    policy = factories.content(Kind.USAGE_POLICY, url="https://acme.example/policy")

    assert () == advise(policy) == advise(factories.content(Kind.STATEMENT))


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.STATEMENT])
def test_a_record_without_a_source_is_advised_to_name_one(kind: Kind) -> None:
    [problem] = advise(factories.content(kind))

    assert (("content", "sources"), "ADVICE_SOURCES") == (problem.path, problem.code)


def test_a_narrow_marking_is_told_what_it_means() -> None:
    [problem] = advise(factories.content(sources=SOURCES, marking={"tlp": "AMBER"}))

    assert (("marking", "tlp"), "ADVICE_TLP") == (problem.path, problem.code)
