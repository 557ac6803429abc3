"""To whom records are given out: audiences, statements never more visible than their subject, references placed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from registry.domain.actor import Actor, Role
from registry.domain.change import ChangeKind
from registry.domain.record import Cap, Record
from registry.domain.vocabulary import Kind, OrganisationKind, Tlp
from registry.ports import Registry
from registry.service import erasure, find, jobs, life, review
from registry.service.history import history_of
from registry.service.verify import verify
from tests.clocks import START, FixedClock
from tests.factories import content
from tests.service.circle import CERT, admit, changed_words, circle, now, sees
from tests.service.world import (
    REASON,
    People,
    erase_by_two,
    published,
    republished,
    revised,
    stored,
    submitted,
    text_of,
)

LATER = START + timedelta(days=9)


@pytest.fixture
def owner(registry: Registry, people: People) -> Actor:
    """The submitter, in a group with the outsider's organisation and an authority."""
    admit(registry, "police", Role.SUBMITTER, kind=OrganisationKind.GOVERNMENT)
    circle(registry, of=("acme", "delta", "police"))
    circle(registry, "isac", of=("acme", "node"))
    return now(registry, people.submitter)


def everybody(registry: Registry, people: People) -> dict[str, Actor]:
    """Who may be shown something, by what they are."""
    return {
        "stranger": people.stranger,
        "inside": now(registry, people.outsider),
        "authority": admit(registry, "police", Role.SUBMITTER),
        "outside": now(registry, people.operator),
        "colleague": now(registry, people.colleague),
        "lead": people.lead,
    }


def shown_to(registry: Registry, people: People, record: Record) -> set[str]:
    """Who of them reads what the record says."""
    return {
        name for name, one in everybody(registry, people).items() if sees(registry, one, record.uid).startswith("cont")
    }


STAFF = {"colleague", "lead"}


def _told(value: object) -> str:
    """The same words in every process."""
    return str(sorted(value)) if isinstance(value, set | frozenset) else str(value)


@pytest.mark.parametrize(
    ("marking", "expected"),
    [
        ({"tlp": "CLEAR"}, STAFF | {"stranger", "inside", "authority", "outside"}),
        ({"tlp": "GREEN"}, STAFF | {"inside", "outside"}),
        ({"tlp": "GREEN", "audience": CERT}, STAFF | {"inside", "outside", "authority"}),
        ({"tlp": "AMBER"}, STAFF),
        ({"tlp": "AMBER", "audience": CERT}, STAFF | {"inside", "authority"}),
        ({"tlp": "AMBER+STRICT", "audience": CERT}, STAFF | {"inside", "authority"}),
        ({"tlp": "RED"}, STAFF),
        ({"tlp": "CLEAR", "audience": CERT, "embargo_until": LATER.isoformat()}, STAFF | {"inside", "authority"}),
        ({"tlp": "GREEN", "embargo_until": LATER.isoformat()}, STAFF),
    ],
    ids=_told,
)
def test_who_is_shown_what_is_marked_so(
    registry: Registry, people: People, owner: Actor, marking: dict[str, Any], expected: set[str]
) -> None:
    record = published(registry, people, content(marking=marking), by=owner)

    assert expected == shown_to(registry, people, record)


def said_about(registry: Registry, people: People, subject: Record, by: Actor, **marking: Any) -> Record:
    """A statement about *subject*, published."""
    of = content(Kind.STATEMENT, about=subject.uid, marking={"tlp": "CLEAR"} | marking)
    return published(registry, people, of, by=by)


@pytest.mark.parametrize(
    ("subject", "statement", "expected"),
    [
        ({"tlp": "GREEN"}, {}, STAFF | {"inside", "outside"}),
        ({"tlp": "AMBER"}, {}, STAFF),
        ({"tlp": "AMBER", "audience": CERT}, {}, STAFF),
        ({"tlp": "AMBER", "audience": CERT}, {"tlp": "AMBER", "audience": CERT}, STAFF | {"inside", "authority"}),
        ({"tlp": "AMBER", "audience": CERT}, {"tlp": "GREEN", "audience": CERT}, STAFF | {"inside", "authority"}),
        ({"tlp": "AMBER", "audience": CERT}, {"tlp": "AMBER", "audience": "isac"}, STAFF),
        ({"tlp": "RED"}, {"tlp": "GREEN", "audience": CERT}, STAFF),
        ({"tlp": "CLEAR"}, {"tlp": "AMBER", "audience": "isac"}, STAFF | {"outside"}),
        ({"tlp": "CLEAR", "embargo_until": LATER.isoformat()}, {}, STAFF),
        (
            {"tlp": "CLEAR", "embargo_until": LATER.isoformat(), "audience": CERT},
            {"tlp": "GREEN", "audience": CERT},
            STAFF | {"inside", "authority"},
        ),
    ],
    ids=_told,
)
def test_a_statement_is_never_more_visible_than_its_subject(
    registry: Registry,
    people: People,
    owner: Actor,
    subject: dict[str, Any],
    statement: dict[str, Any],
    expected: set[str],
) -> None:
    record = published(registry, people, content(marking=subject), by=owner)

    said = said_about(registry, people, record, owner, **statement)

    assert expected == shown_to(registry, people, said)
    assert expected <= shown_to(registry, people, record)


def test_a_statement_follows_what_becomes_of_its_subject(
    registry: Registry, people: People, owner: Actor, clock: FixedClock
) -> None:
    subject = published(registry, people, text_of("Closed", tlp="AMBER"), by=owner)
    said = said_about(registry, people, subject, owner)
    assert (STAFF, None) == (shown_to(registry, people, said), stored(registry, said.uid).published_at and None)

    opened_at = clock.advance(days=1)
    republished(registry, people, subject, text_of("Open"))

    seen = find.record(registry, people.stranger, said.uid)
    assert opened_at == seen.published_at
    assert [ChangeKind.VISIBILITY] == [
        change.row.kind for change in history_of(registry, people.stranger, said.uid).changes
    ]
    before = find.public_seq(registry, people.stranger)

    life.narrow(registry, owner, subject.uid, tlp=Tlp.RED, reason=REASON)

    assert "tombstone" == sees(registry, people.stranger, said.uid)
    assert before + 2 == find.public_seq(registry, people.stranger)
    assert "RED/RED" == changed_words(registry, said)[-1][1]
    assert () == verify(registry, people.system).faults


def test_a_statement_waits_for_the_end_of_its_subjects_embargo(
    registry: Registry, people: People, owner: Actor, clock: FixedClock
) -> None:
    subject = published(registry, people, text_of("Later", embargo_until=LATER.isoformat()), by=owner)
    said = said_about(registry, people, subject, owner)
    assert "CLEAR/RED embargo=of its subject" == changed_words(registry, said)[-1][1]
    clock.at = LATER

    jobs.run_due(registry, people.system)

    assert "content" == sees(registry, people.stranger, said.uid)


def test_what_is_said_about_a_blocked_record_is_hidden_until_it_is_back(
    registry: Registry, people: People, owner: Actor
) -> None:
    subject = published(registry, people, by=owner)
    said = said_about(registry, people, subject, owner)

    erasure.block(registry, people.lead, subject.uid, reason=REASON)
    assert "tombstone" == sees(registry, people.stranger, said.uid)

    erasure.unblock(registry, people.lead, subject.uid, reason=REASON)
    assert "content" == sees(registry, people.stranger, said.uid)


@pytest.mark.parametrize("gone", [True, False], ids=["erased", "withdrawn"])
def test_a_statement_outlives_its_subject(registry: Registry, people: People, owner: Actor, *, gone: bool) -> None:
    subject = published(registry, people, by=owner)
    said = said_about(registry, people, subject, owner)

    if gone:
        erasure.block(registry, people.lead, subject.uid, reason=REASON)
        erasure.erase(registry, people.operator, subject.uid, reason=REASON, legal_basis="GDPR Art. 17")
    else:
        life.withdraw(registry, owner, subject.uid, reason=REASON)

    assert "content" == sees(registry, people.stranger, said.uid)


def test_a_statement_about_what_is_not_out_waits_for_it(registry: Registry, people: People, owner: Actor) -> None:
    subject = submitted(registry, people)
    said = said_about(registry, people, subject, owner)
    assert (STAFF, Cap()) == (shown_to(registry, people, said), stored(registry, said.uid).cap)

    review.claim(registry, people.reviewer, subject.uid, expected_revision=1)
    review.approve(registry, people.reviewer, subject.uid, expected_revision=1)
    review.publish(registry, people.reviewer, subject.uid, expected_revision=1)

    assert "content" == sees(registry, people.stranger, said.uid)


def test_evidence_of_an_incident_of_another_node_stays_where_it_is(registry: Registry, people: People) -> None:
    elsewhere = "01950000-0001-7000-9000-00000000ffff"
    evidence = [{"setting": "production", "outcome": "effective", "incident": elsewhere}]

    record = published(registry, people, content(Kind.MITIGATION, evidence=evidence))

    assert elsewhere in repr(find.record(registry, people.stranger, record.uid))


def test_references_are_moved_with_their_clause_and_evidence_loses_its_incident_only(
    registry: Registry, people: People, owner: Actor
) -> None:
    hidden = submitted(registry, people)
    weakness = submitted(registry, people, content(Kind.WEAKNESS))
    of = content(
        Kind.MITIGATION,
        evidence=[{"setting": "production", "outcome": "effective", "incident": hidden.uid}],
        addresses=[{"weakness": weakness.uid, "misuse_category": "spam"}],
        links=[{"rel": "related", "target": hidden.uid}],
        restricted={"notes": "kept", "links": [{"rel": "related", "target": hidden.uid}]},
    )

    record = published(registry, people, of)

    head = find.record(registry, people.submitter, record.uid).head
    assert head.public is not None
    assert head.restricted is not None
    assert hidden.uid not in str(head.public.document)
    assert weakness.uid not in str(head.public.document)
    assert [{"setting": "production", "outcome": "effective"}] == head.public.document["evidence"]
    assert [{"misuse_category": "spam"}] == head.public.document["addresses"]
    assert "kept" == head.restricted.document["notes"]
    assert [
        {"rel": "related", "target": hidden.uid},
        {"rel": "observed_in", "target": hidden.uid},
        {"rel": "related", "target": weakness.uid},
    ] == head.restricted.document["links"]
    assert () == verify(registry, people.system).faults


@pytest.mark.parametrize(
    ("marking", "target", "stays"),
    [
        ({"tlp": "CLEAR"}, {"tlp": "CLEAR"}, True),
        ({"tlp": "CLEAR"}, {"tlp": "GREEN"}, False),
        ({"tlp": "GREEN"}, {"tlp": "GREEN"}, True),
        ({"tlp": "GREEN"}, {"tlp": "AMBER", "audience": CERT}, False),
        ({"tlp": "AMBER", "audience": CERT}, {"tlp": "AMBER", "audience": CERT}, True),
        ({"tlp": "AMBER", "audience": CERT}, {"tlp": "AMBER", "audience": "isac"}, False),
        ({"tlp": "AMBER", "audience": CERT}, {"tlp": "RED"}, False),
        ({"tlp": "AMBER", "audience": CERT}, {"tlp": "CLEAR"}, True),
        ({"tlp": "AMBER"}, {"tlp": "RED"}, True),
        ({"tlp": "CLEAR", "embargo_until": LATER.isoformat()}, {"tlp": "GREEN"}, False),
        ({"tlp": "GREEN"}, {"tlp": "CLEAR", "embargo_until": LATER.isoformat()}, False),
    ],
    ids=_told,
)
def test_a_reference_stays_public_only_if_all_who_read_it_see_where_it_leads(
    registry: Registry, people: People, owner: Actor, marking: dict[str, Any], target: dict[str, Any], *, stays: bool
) -> None:
    there = published(registry, people, content(marking=target), by=owner)

    head = published(
        registry, people, content(links=[{"rel": "related", "target": there.uid}], marking=marking), by=owner
    ).head

    assert head.public is not None
    assert stays == (there.uid in str(head.public.document))


def test_a_statement_places_its_links_as_if_its_subject_were_open(
    registry: Registry, people: People, owner: Actor
) -> None:
    subject = published(registry, people, text_of("Closed", tlp="RED"), by=owner)
    hidden = published(registry, people, text_of("Hidden", tlp="RED"), by=owner)
    of = content(Kind.STATEMENT, about=subject.uid, links=[{"rel": "related", "target": hidden.uid}])
    said = published(registry, people, of, by=owner)

    republished(registry, people, subject, text_of("Open"))

    assert hidden.uid not in repr(find.record(registry, people.stranger, said.uid))


def test_the_audience_reads_the_restricted_part_as_far_as_it_is_marked_for_it(
    registry: Registry, people: People, owner: Actor
) -> None:
    marking = {"tlp": "AMBER", "audience": CERT, "restricted_tlp": "AMBER"}
    record = published(registry, people, content(marking=marking, restricted={"notes": "kept"}), by=owner)
    member = now(registry, people.outsider)
    assert "content+" == sees(registry, member, record.uid)
    assert "content" == sees(registry, people.lead, record.uid)

    people = replace(people, submitter=owner)
    republished(registry, people, record, content(marking={**marking, "restricted_tlp": "RED"}, title="Kept closer"))

    assert "content" == sees(registry, member, record.uid)
    revised(registry, people, record, content(marking=marking, title="Newer"))
    assert "content" == sees(registry, member, record.uid)


def test_nobody_else_learns_the_audience_or_the_marking_of_a_closed_part(
    registry: Registry, people: People, owner: Actor
) -> None:
    marking = {"tlp": "GREEN", "audience": CERT, "restricted_tlp": "AMBER"}
    record = published(registry, people, content(marking=marking), by=owner)

    told = {
        name: (shown.audience, shown.restricted_tlp)
        for name, one in everybody(registry, people).items()
        if name != "stranger"
        for shown in (find.record(registry, one, record.uid).head.marking,)
    }

    assert (None, Tlp.RED) == told.pop("outside")
    assert {(CERT, Tlp.AMBER)} == set(told.values())
    gone = erase_by_two(registry, people, record.uid)
    assert find.record(registry, now(registry, people.outsider), gone.uid).head.marking.audience is None


def test_a_viewer_without_groups_is_given_nothing_by_a_record_without_audience(
    registry: Registry, people: People, owner: Actor
) -> None:
    record = published(registry, people, text_of("Closed", tlp="AMBER"), by=owner)

    assert "nothing" == sees(registry, replace(people.outsider, groups=frozenset()), record.uid)


def test_what_is_due_to_whom_stays_with_the_owner(registry: Registry, people: People, owner: Actor) -> None:
    said: dict[str, Any] = {
        "narrative": "Raw.",
        "deadlines": [{"regime": "eu-ai-act-73/general", "start": "2026-02-10"}],
    }
    marking = {"tlp": "CLEAR", "restricted_tlp": "GREEN"}
    record = published(registry, people, content(restricted=said, marking=marking), by=owner)

    read = [find.record(registry, who, record.uid).head.restricted for who in (owner, people.outsider)]

    assert [True, False] == ["deadlines" in part.document for part in read if part]
    assert [True, True] == ["narrative" in part.document for part in read if part]
