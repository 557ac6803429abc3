"""What SQL lets through is what ``Visibility`` says, for records and viewers of every sort."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from registry.domain.link import FieldRel
from registry.domain.pages import PageRequest, RecordFilter, RecordOrder
from registry.domain.policy import Visibility
from registry.domain.record import Cap, GroupSlug, OrganisationId, Record, RecordUid, State
from registry.domain.vocabulary import Kind, Tlp
from registry.domain.welfare import Topic, topics_of
from registry.ports import Reader, Storage
from tests import factories

CERT, ISAC = GroupSlug("cert"), GroupSlug("isac")
ACME, OTHER = OrganisationId("acme"), OrganisationId("other")
MARKINGS: tuple[tuple[Tlp, GroupSlug | None], ...] = (
    *((tlp, audience) for tlp in Tlp if tlp is not Tlp.RED for audience in (None, CERT)),
    (Tlp.RED, None),
)
CAPS = (
    None,
    Cap(),
    Cap(Tlp.CLEAR),
    Cap(Tlp.GREEN),
    Cap(Tlp.GREEN, CERT),
    Cap(Tlp.AMBER, CERT),
    Cap(Tlp.AMBER, ISAC),
    Cap(Tlp.CLEAR, embargoed=True),
    Cap(Tlp.CLEAR, CERT, embargoed=True),
)
ABOUT: tuple[list[str], ...] = ([], ["spam"], ["violence/weapons"], ["harassment/hate"])
FLAGS = ("embargoed", "was_public", "blocked", "sealed")
VIEWERS = tuple(
    Visibility(everything, organisation, community, groups, sealed)
    for everything, organisation, community, groups, sealed in product(
        (False, True),
        (None, ACME, OTHER),
        (False, True),
        (frozenset[GroupSlug](), frozenset({CERT}), frozenset({GroupSlug("cert-eu"), ISAC})),
        (False, True),
    )
)
AVOIDING = tuple(
    replace(one, everything=True, avoids=avoids)
    for one in VIEWERS[:: len(VIEWERS) // 8 + 1]
    for avoids in (frozenset({Topic.VIOLENCE}), frozenset({Topic.VIOLENCE, Topic.HATE}))
)


def some_records() -> Iterator[Record]:
    """Records of every state with every marking, and flags and caps drawn for them, the same in each run."""
    draw = random.Random(20260314)  # any spread will do
    for state, (tlp, audience), kind in product(State, MARKINGS, (Kind.INCIDENT, Kind.STATEMENT)):
        for _ in range(4):
            marking: dict[str, Any] = {"tlp": tlp} | ({} if audience is None else {"audience": audience})
            flags: dict[str, Any] = {name: draw.random() < 0.3 for name in FLAGS}
            cap = draw.choice(CAPS) if kind is Kind.STATEMENT else None
            about = draw.choice(ABOUT)
            warned = {"content_warnings": ["Slurs"]} if draw.random() < 0.2 else {}
            fields: dict[str, Any] = {} if kind is Kind.STATEMENT else {"misuse_categories": about}
            of = factories.content(kind, marking=marking | warned, **fields)
            yield factories.published(of, owner=draw.choice((ACME, OTHER)), state=state, cap=cap, **flags)


@pytest.fixture
def records(storage: Storage) -> dict[RecordUid, Record]:
    """All of them, stored."""
    made = {one.uid: one for one in some_records()}
    with storage.begin() as unit:
        for slug in (ACME, OTHER):
            unit.accounts.add_organisation(factories.organisation(slug))
        for one in made.values():
            unit.records.add(one)
    return made


def listed(
    reader: Reader, visible: Visibility, order: RecordOrder, wanted: RecordFilter | None = None
) -> set[RecordUid]:
    """The uids on all pages of a list, of everything unless *wanted* says otherwise."""
    found: set[RecordUid] = set()
    request = PageRequest(limit=100)
    while True:
        page = reader.records.page(wanted or RecordFilter(), order, request, visible=visible)
        found |= {one.uid for one in page.items}
        if not page.has_next:
            return found
        request = PageRequest(limit=100, position=page.positions[-1])


def test_the_store_admits_and_lists_what_the_rules_say(storage: Storage, records: dict[RecordUid, Record]) -> None:
    uids = list(records)
    with storage.read() as reader:
        for viewer in VIEWERS + AVOIDING:
            admitted = {uid for uid, one in records.items() if viewer.admits(one)}
            in_lists = {uid for uid, one in records.items() if viewer.lists(one)}

            assert admitted == reader.records.many(uids, visible=viewer).keys(), viewer
            assert in_lists == listed(reader, viewer, RecordOrder.CHANGED), viewer
            assert len(in_lists) == reader.records.count(RecordFilter(), visible=viewer), viewer
            assert in_lists <= admitted, viewer


def test_who_avoids_a_topic_sees_of_it_what_anybody_of_the_kind_sees(records: dict[RecordUid, Record]) -> None:
    reviewer = Visibility(everything=True, organisation=OTHER, community=True, avoids=frozenset({Topic.VIOLENCE}))
    member = Visibility(organisation=OTHER, community=True)
    avoided = [one for one in records.values() if Topic.VIOLENCE in topics_of(one)]

    assert 20 < len(avoided)
    assert [member.lists(one) for one in avoided] == [reviewer.lists(one) for one in avoided]
    assert [member.admits(one) for one in avoided] == [reviewer.admits(one) for one in avoided]


def test_records_of_one_owner_are_those_of_all_that_are_the_owners(
    storage: Storage, records: dict[RecordUid, Record]
) -> None:
    own, worked_on = RecordFilter(owner=ACME), RecordFilter(owner=ACME, states=(State.IN_REVIEW, State.PUBLISHED))
    severe = RecordFilter(owner=ACME, severity_at_least=0)
    with storage.read() as reader:
        for viewer in VIEWERS + AVOIDING:
            in_lists = {uid for uid, one in records.items() if viewer.lists(one) and one.owner == ACME}

            assert in_lists == listed(reader, viewer, RecordOrder.CHANGED, own), viewer
            for wanted in (own, worked_on, severe):
                found = listed(reader, viewer, RecordOrder.CHANGED, wanted)
                assert len(found) == reader.records.count(wanted, visible=viewer), (viewer, wanted)


def test_what_was_stored_is_read_as_it_was(storage: Storage, records: dict[RecordUid, Record]) -> None:
    with storage.read() as reader:
        assert records == reader.records.many(list(records), visible=Visibility(everything=True, sealed=True))


def test_an_erased_record_is_admitted_and_listed_as_before_it_was_stored(storage: Storage) -> None:
    marked = factories.published(factories.content(marking={"tlp": "AMBER", "audience": CERT}))
    with storage.begin() as unit:
        unit.accounts.add_organisation(factories.organisation())
        unit.records.add(marked)
        unit.records.erase(factories.erased(marked))

    with storage.read() as reader:
        for viewer in VIEWERS:
            kept = reader.records.get(marked.uid, visible=viewer)
            assert (kept is not None) == viewer.admits(marked), viewer
            assert kept is None or viewer.admits(kept), viewer


def test_links_are_found_from_what_the_viewer_lists_to_what_the_viewer_lists(storage: Storage) -> None:
    subjects = [one for one in some_records() if one.kind is Kind.INCIDENT][::3]
    about = [
        factories.published(
            factories.content(Kind.STATEMENT, about=one.uid, marking={"tlp": tlp, "audience": CERT}), cap=Cap(Tlp.GREEN)
        )
        for one in subjects
        for tlp in ("GREEN", "AMBER")
    ]
    with storage.begin() as unit:
        for slug in (ACME, OTHER):
            unit.accounts.add_organisation(factories.organisation(slug))
        for one in (*subjects, *about):
            unit.records.add(one)

    with storage.read() as reader:
        for viewer in VIEWERS[::5]:
            for subject, pair in zip(subjects, zip(about[::2], about[1::2], strict=True), strict=True):
                expected = {one.uid for one in pair if viewer.lists(one)}
                page = reader.records.linked(
                    subject.uid, FieldRel.ABOUT, PageRequest(limit=10), visible=viewer, reverse=True
                )
                assert expected == {one.uid for one in page.items}, viewer
