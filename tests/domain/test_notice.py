"""Notices: who is told of which passage, when, and where it is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from registry.domain import notice
from registry.domain.account import Organisation
from registry.domain.notice import Notice, NoticeId, NoticeState, Party
from registry.domain.record import OrganisationId, RecordUid
from registry.domain.vocabulary import Kind, OrganisationKind
from tests import factories
from tests.clocks import START

BOREAL = {"provider": "Boreal", "model": "Aurora 3"}
SYSTEMS: list[Any] = [BOREAL]


def parties(kind: Kind = Kind.INCIDENT, **fields: Any) -> dict[str, Party]:
    """The parties that a document with these fields names, by name."""
    return {one.name: one for one in notice.parties_of(kind, fields, "A title")}


def asked(draft_revision: int = 1) -> Notice:
    """A notice to the provider of the system."""
    return Notice(NoticeId("n"), RecordUid("u"), draft_revision, "Boreal", None, "passage", START, START)


def test_a_party_is_told_of_every_entry_that_names_it_once() -> None:
    found = parties(systems=[BOREAL, {"provider": "Boreal", "model": "Aurora 4"}, {"model": "Unknown"}])

    assert {"Boreal": True} == {name: one.is_organisation for name, one in found.items()}
    lines = found["Boreal"].passage.splitlines()
    assert ("A title", 3) == (lines[0], len(lines))
    assert all("Aurora" in line for line in lines[1:])


def test_targets_are_organisations_by_their_kind_and_actors_are_never_told() -> None:
    targets = [{"label": "Acme", "kind": "company"}, {"label": "Ann", "kind": "individual"}]

    found = parties(targets=targets, actors=[{"label": "Storm-1"}])

    assert {"Acme": True, "Ann": False} == {name: one.is_organisation for name, one in found.items()}


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.INCIDENT, Kind.WEAKNESS}))
def test_other_kinds_name_nobody_who_is_told(kind: Kind) -> None:
    assert {} == parties(kind, systems=SYSTEMS)


@pytest.mark.parametrize(
    ("marking", "changes", "expected"),
    [
        ({"tlp": "CLEAR"}, {}, True),
        ({"tlp": "GREEN"}, {}, True),
        ({"tlp": "AMBER", "audience": "isac"}, {}, False),
        ({"tlp": "RED"}, {}, False),
        ({"tlp": "CLEAR", "embargo_until": "2027-01-01T00:00:00Z"}, {}, False),
        ({"tlp": "CLEAR"}, {"imported": True}, False),
        ({"tlp": "CLEAR"}, {"sealed": True}, False),
    ],
)
def test_parties_are_told_of_what_many_are_about_to_see(
    marking: dict[str, Any], changes: dict[str, Any], expected: bool
) -> None:
    record = replace(factories.draft(factories.content(marking=marking)), **changes)

    assert expected is notice.wants_notice(record)


def test_a_notice_is_shown_beside_what_names_its_party_and_is_published() -> None:
    named = factories.published(factories.content(systems=SYSTEMS))
    silent = factories.published(factories.content())

    assert [True, False, False, False] == [
        notice.is_shown(asked(), named),
        notice.is_shown(asked(), silent),
        notice.is_shown(asked(), replace(named, blocked=True)),
        notice.is_shown(asked(named.head.draft_revision + 1), named),
    ]


def test_a_member_is_meant_by_name_slug_or_other_name_in_any_case() -> None:
    boreal = Organisation(
        OrganisationId("1"), "boreal", "Boreal Labs", OrganisationKind.PROVIDER, START, aliases=("Northern AI",)
    )

    meant = [notice.organisation_named(name, [boreal]) for name in ("BOREAL", "boreal labs", "Northern AI", "Bore")]

    assert [boreal, boreal, boreal, None] == meant


def test_in_danger_the_answer_is_due_sooner() -> None:
    days = [notice.due_at(START, in_danger=one) - START for one in (False, True)]

    assert [timedelta(days=14), timedelta(days=2)] == days


def test_the_letter_holds_the_passage_and_names_the_record_only_once_it_is_public() -> None:
    before, after = (
        notice.text_to_send(asked(), node="Node", address="https://node.example", number=number)
        for number in (None, "EXA-INC-2026-0001")
    )

    assert "passage" in before
    assert "/r/" not in before
    assert "https://node.example/r/EXA-INC-2026-0001" in after
    assert NoticeState.ASKED is asked().state
