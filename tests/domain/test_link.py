"""References: where they stand, who must see where they lead, and what a part is without them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.link import FieldRel, Reference, is_seen_with, place, references
from registry.domain.record import Cap, GroupSlug, RecordUid, State
from registry.domain.vocabulary import LinkRel, Tlp
from tests import factories

A, B, C = (RecordUid(f"01950000-0000-7000-8000-00000000000{one}") for one in "abc")
CERT, ISAC = GroupSlug("cert"), GroupSlug("isac")
MITIGATION: dict[str, Any] = {
    "name": "Rate limit",
    "links": [{"rel": "related", "target": A}, {"rel": "violates", "target": B, "clause": "2.1"}],
    "evidence": [{"outcome": "effective", "incident": A}, {"outcome": "partial"}],
    "addresses": [{"weakness": C}, {"misuse_category": "spam"}],
}


def test_every_reference_is_found_where_it_stands() -> None:
    assert (
        Reference(LinkRel.RELATED, A, ("links", "0", "target")),
        Reference(LinkRel.VIOLATES, B, ("links", "1", "target"), "2.1"),
        Reference(LinkRel.OBSERVED_IN, A, ("evidence", "0", "incident")),
        Reference(FieldRel.ADDRESSES, C, ("addresses", "0", "weakness")),
    ) == references(MITIGATION)
    assert (Reference(FieldRel.ABOUT, A, ("about",)),) == references({"about": A})
    assert () == references({})


def test_only_entries_of_links_are_links() -> None:
    assert [True, True, False, False] == [one.is_link for one in references(MITIGATION)]


def test_what_may_stay_stays_and_nothing_is_written_anew() -> None:
    restricted: dict[str, Any] = {"notes": "kept"}

    public, kept = place(MITIGATION, restricted, lambda _: True)

    assert public is MITIGATION
    assert kept is restricted


def test_what_may_not_stay_is_moved_with_its_clause_and_leaves_nothing_empty() -> None:
    public, restricted = place(MITIGATION, {"links": [{"rel": "related", "target": A}]}, lambda _: False)

    assert {
        "name": "Rate limit",
        "evidence": [{"outcome": "effective"}, {"outcome": "partial"}],
        "addresses": [{"misuse_category": "spam"}],
    } == public
    assert [
        {"rel": "related", "target": A},
        {"rel": "violates", "target": B, "clause": "2.1"},
        {"rel": "observed_in", "target": A},
        {"rel": "related", "target": C},
    ] == restricted["links"]


def test_what_is_moved_from_two_places_is_there_once() -> None:
    evidence: list[Any] = [{"outcome": "effective", "incident": A}, {"outcome": "partial", "incident": A}]

    assert {"links": [{"rel": "observed_in", "target": A}]} == place({"evidence": evidence}, {}, lambda _: False)[1]


def test_what_a_statement_is_about_stays() -> None:
    document: dict[str, Any] = {"about": A, "links": [{"rel": "related", "target": B}]}

    public, restricted = place(document, {}, lambda _: False)

    assert {"about": A} == public
    assert {"links": [{"rel": "related", "target": B}]} == restricted


@given(st.sets(st.sampled_from([A, B, C])))
def test_nothing_that_may_not_stay_is_left_and_nothing_is_lost(hidden: set[RecordUid]) -> None:
    public, restricted = place(MITIGATION, {}, lambda uid: uid not in hidden)

    assert not hidden & {one.target for one in references(public)}
    moved = {one.target for one in references(restricted)}
    assert hidden == moved
    assert {A, B, C} == moved | {one.target for one in references(public)}


def marked(tlp: str, audience: str | None = None, **fields: Any) -> Any:
    marking = {"tlp": tlp} | ({"audience": audience} if audience else {})
    return factories.published(factories.content(marking=marking), **({"was_public": False} | fields))


@pytest.mark.parametrize(
    ("record", "target", "expected"),
    [
        (marked("CLEAR"), marked("CLEAR"), True),
        (marked("CLEAR"), marked("GREEN"), False),
        (marked("CLEAR"), marked("CLEAR", state=State.WITHDRAWN), False),
        (marked("CLEAR"), marked("CLEAR", blocked=True), False),
        (marked("CLEAR"), marked("CLEAR", state=State.SUBMITTED), False),
        (marked("CLEAR"), marked("CLEAR", embargoed=True), False),
        (marked("GREEN"), marked("CLEAR"), True),
        (marked("GREEN"), marked("GREEN"), True),
        (marked("GREEN"), marked("GREEN", blocked=True), False),
        (marked("GREEN"), marked("GREEN", state=State.SUBMITTED), False),
        (marked("GREEN"), marked("AMBER"), False),
        (marked("GREEN", "cert"), marked("AMBER", "cert"), False),
        (marked("AMBER"), marked("RED"), True),
        (marked("AMBER", "cert"), marked("GREEN"), True),
        (marked("AMBER", "cert"), marked("AMBER", "cert"), True),
        (marked("AMBER", "cert"), marked("AMBER", "cert", blocked=True), False),
        (marked("AMBER", "cert"), marked("AMBER", "isac"), False),
        (marked("AMBER", "cert"), marked("RED"), False),
        (marked("CLEAR", embargoed=True), marked("GREEN"), False),
        (marked("CLEAR", cap=Cap()), marked("GREEN"), False),
        (marked("GREEN", cap=Cap()), marked("AMBER"), False),
    ],
)
def test_who_is_given_a_record_must_see_where_it_leads(record: Any, target: Any, *, expected: bool) -> None:
    assert expected == is_seen_with(target, record)


@pytest.mark.parametrize(
    ("cap", "tlp", "audience"),
    [
        (None, Tlp.GREEN, CERT),
        (Cap(Tlp.CLEAR), Tlp.GREEN, CERT),
        (Cap(Tlp.GREEN), Tlp.GREEN, CERT),
        (Cap(Tlp.AMBER), Tlp.AMBER, None),
        (Cap(Tlp.AMBER, CERT), Tlp.AMBER, CERT),
        (Cap(Tlp.AMBER, ISAC), Tlp.AMBER, None),
        (Cap(Tlp.RED), Tlp.RED, None),
        (Cap(Tlp.RED, CERT), Tlp.RED, None),
        (Cap(Tlp.CLEAR, embargoed=True), Tlp.GREEN, None),
        (Cap(Tlp.CLEAR, CERT, embargoed=True), Tlp.GREEN, CERT),
    ],
)
def test_a_cap_closes_what_its_marking_opens(cap: Cap | None, tlp: Tlp, audience: GroupSlug | None) -> None:
    record = marked("GREEN", "cert", cap=cap)

    assert (tlp, audience) == (record.tlp, record.shared_with)
    is_open = tlp is Tlp.GREEN and not (cap and cap.embargoed)
    assert is_open == record.is_open_to_community
