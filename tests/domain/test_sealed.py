"""What a record about the sexual abuse of children may say, and what it must."""

from __future__ import annotations

from typing import Any

import pytest

from registry.domain.content.kinds import Content, parse
from registry.domain.sealed import is_sealed, sealed_problems
from registry.domain.vocabulary import Kind
from tests import factories

SAID: dict[str, Any] = {
    "title": "Material reported",
    "summary": "Reported to the authority.",
    "misuse_categories": ["csae"],
    "authority_report": "NCMEC 7001",
}


def sealed(restricted: dict[str, Any] | None = None, tlp: str = "RED", **fields: Any) -> Content:
    """A sealed record that says this."""
    said = {name: value for name, value in (SAID | fields).items() if value is not None}
    return parse(Kind.INCIDENT, content=said, restricted=restricted, marking={"tlp": tlp})


def paths(of: Content) -> set[str]:
    """Where it says too much, or too little."""
    return {".".join(one.path) for one in sealed_problems(of)}


def test_a_category_seals() -> None:
    assert is_sealed(sealed())
    assert is_sealed(sealed(misuse_categories=["spam", "csae"]))
    assert not is_sealed(factories.content())
    assert not is_sealed(factories.content(Kind.LESSON))


def test_what_is_reported_and_nothing_else_may_be_said() -> None:
    assert set() == paths(sealed(timeline={"started": "2026-02"}, enforcement=[{"action": "account_ban"}]))


@pytest.mark.parametrize("kind", Kind)
def test_other_records_may_say_what_they_like(kind: Kind) -> None:
    assert set() == paths(factories.content(kind, restricted={"notes": "https://example.org"}))


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"tlp": "AMBER"}, "marking.tlp"),
        ({"authority_report": None}, "content.authority_report"),
        ({"narrative": "Long."}, "content.narrative"),
        ({"severity": 5}, "content.severity"),
        ({"platforms": ["Chat"]}, "content.platforms"),
        ({"restricted": {"notes": "n"}}, "restricted.notes"),
        ({"restricted": {"narrative": "n"}}, "restricted.narrative"),
        ({"summary": "http://example.org"}, "content.summary"),
        ({"summary": "at www.example.org"}, "content.summary"),
        ({"title": "d41d8cd98f00b204e9800998ecf8427e"}, "content.title"),
        ({"authority_report": "https://example.org/7001"}, "content.authority_report"),
        ({"summary": f"{'a2' * 28}.onion"}, "content.summary"),
    ],
)
def test_what_leads_there_or_helps_is_refused(fields: dict[str, Any], path: str) -> None:
    assert {path} == paths(sealed(**fields))


def test_nothing_that_was_said_is_repeated() -> None:
    told = sealed_problems(sealed(summary="https://zorbelgrint.example"))

    assert "zorbelgrint" not in repr(told)
