"""What was tried, broken, adopted and learned: each viewer's answer is made of what the viewer finds in lists."""

from __future__ import annotations

import copy
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from registry.domain.actor import Actor
from registry.domain.errors import BadCursor, InvalidInput
from registry.domain.graph import EvidenceCount
from registry.domain.link import FieldRel
from registry.domain.pages import PageRequest
from registry.domain.record import Record, RecordUid
from registry.domain.vocabulary import AdoptionStatus, EvidenceOutcome, EvidenceSetting, Kind, LinkRel
from registry.ports import Registry
from registry.ports.graph import Ends
from registry.service import graph, life, merge
from tests.clocks import CountingIds, FixedClock
from tests.factories import content
from tests.service.world import (
    REASON,
    People,
    close_registry,
    open_registry,
    published,
    refused,
    submitted,
    take_over,
)

VIEWERS = ("stranger", "outsider", "colleague", "reviewer")
NOBODY = RecordUid("01950000-0001-7000-9000-00000000ffff")
BENCHMARK = {"setting": "benchmark", "outcome": "partial"}
IN_PRODUCTION = {"setting": "production", "outcome": "effective"}


@dataclass(frozen=True, slots=True)
class Seed:
    """Records by name. Those whose name begins with ``hidden`` are RED ones of acme, ``draft`` ones are unpublished."""

    registry: Registry
    people: People
    records: dict[str, Record]

    def add(
        self, name: str, kind: Kind = Kind.INCIDENT, *, links: tuple[tuple[str, ...], ...] = (), **fields: Any
    ) -> None:
        """Put a record out, or only hand it in where its name says so; links are relation, name and maybe clause."""
        stated = [
            {"rel": rel, "target": self.uid(target)} | ({"clause": clause[0]} if clause else {})
            for rel, target, *clause in links
        ]
        title = {Kind.MITIGATION: "name", Kind.LESSON: "statement"}.get(kind, "title")
        named = {title: f"The record called {name}", "links": stated} | fields
        of = content(kind, marking={"tlp": "RED" if name.startswith("hidden") else "CLEAR"}, **named)
        put = submitted if name.startswith("draft") else published
        self.records[name] = put(self.registry, self.people, of)

    def uid(self, name: str) -> RecordUid:
        """The uid of a record by its name."""
        return self.records[name].uid

    def names(self, records: Any) -> list[str]:
        """What these records are called, in alphabetical order."""
        called = {record.uid: name for name, record in self.records.items()}
        return sorted(called[record.uid] for record in records)

    def by(self, name: str) -> Actor:
        """One of the people."""
        found: Actor = getattr(self.people, name)
        return found


Seeded = tuple[Path, CountingIds, dict[str, Record]]


@pytest.fixture(scope="session")
def seeded(template: tuple[Path, People, CountingIds], tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    """The file of a store with incidents of fraud and spam, three mitigations against them, some of it hidden."""
    database, people, given = template
    place, ids = tmp_path_factory.mktemp("seeded"), copy.copy(given)
    shutil.copy(database, place)
    made = Seed(open_registry(place, FixedClock(), ids), people, {})
    made.add(
        "named", Kind.MITIGATION, addresses=[{"misuse_category": "fraud/scam"}], evidence=[IN_PRODUCTION, BENCHMARK]
    )
    made.add("applied", Kind.MITIGATION)
    made.add("hidden measure", Kind.MITIGATION, addresses=[{"misuse_category": "fraud"}])
    made.add("draft measure", Kind.MITIGATION, addresses=[{"misuse_category": "fraud"}])
    made.add("other", Kind.MITIGATION, addresses=[{"misuse_category": "spam"}])
    made.add("scam", misuse_categories=["fraud/scam"], links=(("mitigated_by", "named"),))
    made.add(
        "hidden scam", misuse_categories=["fraud/scam"], links=(("mitigated_by", "applied"), ("mitigated_by", "named"))
    )
    made.add("spam", misuse_categories=["spam"], links=(("mitigated_by", "other"),))
    close_registry(made.registry)
    return made.registry.settings.database_path, ids, made.records


@pytest.fixture
def seed(registry: Registry, people: People, seeded: Seeded) -> Seed:
    """A registry that holds them."""
    store, ids, records = seeded
    take_over(registry, store, ids)
    return Seed(registry, people, {**records})


@pytest.mark.parametrize(
    ("viewer", "expected"),
    [
        ("stranger", ["named"]),
        ("outsider", ["named"]),
        ("colleague", ["applied", "draft measure", "hidden measure", "named"]),
        ("reviewer", ["applied", "draft measure", "hidden measure", "named"]),
    ],
)
def test_a_mitigation_counts_by_what_it_names_and_by_incidents_that_the_viewer_sees(
    seed: Seed, viewer: str, expected: list[str]
) -> None:
    found = graph.tried(seed.registry, seed.by(viewer), misuse="fraud")

    assert expected == seed.names(one.mitigation for one in found.items)


@pytest.mark.parametrize(("viewer", "expected"), [("stranger", 1), ("outsider", 1), ("colleague", 2), ("reviewer", 2)])
def test_hidden_incidents_are_in_no_list_and_in_no_number(seed: Seed, viewer: str, expected: int) -> None:
    found = graph.tried(seed.registry, seed.by(viewer), misuse="fraud/scam")

    (named,) = (one for one in found.items if one.mitigation.uid == seed.uid("named"))
    assert (expected, expected, True) == (named.incident_count, len(named.incidents), named.is_named)


def test_evidence_is_counted_by_setting_and_outcome_with_that_of_others(seed: Seed) -> None:
    seed.add(
        "measured", Kind.STATEMENT, about=seed.uid("named"), statement_kind="effect_evidence", evidence=[BENCHMARK]
    )
    seed.add(
        "hidden word", Kind.STATEMENT, about=seed.uid("named"), statement_kind="effect_evidence", evidence=[BENCHMARK]
    )
    expected = {"stranger": (2, 1), "outsider": (2, 1), "colleague": (3, 2), "reviewer": (3, 2)}

    for viewer, (count, by_others) in expected.items():
        (found,) = graph.tried(seed.registry, seed.by(viewer), misuse="fraud/scam").items[-1:]
        assert (
            EvidenceCount(EvidenceSetting.PRODUCTION, EvidenceOutcome.EFFECTIVE, 1),
            EvidenceCount(EvidenceSetting.BENCHMARK, EvidenceOutcome.PARTIAL, count, by_others),
        ) == found.evidence
        assert by_others == len(
            graph.said_about(seed.registry, seed.by(viewer), [seed.uid("named")])[seed.uid("named")]
        )


def test_a_mitigation_observed_in_an_incident_was_tried_there(seed: Seed) -> None:
    evidence = [{**IN_PRODUCTION, "incident": seed.uid("scam")}]
    seed.add("observed", Kind.MITIGATION, evidence=evidence)

    found = graph.tried(seed.registry, seed.people.stranger, misuse="fraud")

    assert ["named", "observed"] == seed.names(one.mitigation for one in found.items)


def test_a_technique_is_asked_for_like_a_category(seed: Seed) -> None:
    seed.add("filter", Kind.MITIGATION, addresses=[{"technique": "AML.T0054"}])
    seed.add("jailbreak", procedure=[{"technique": "AML.T0054"}], links=(("mitigated_by", "applied"),))

    found = graph.tried(seed.registry, seed.people.stranger, technique="AML.T0054")

    assert ["applied", "filter"] == seed.names(one.mitigation for one in found.items)


def test_what_was_tried_is_read_page_by_page(seed: Seed) -> None:
    names: list[str] = []
    request = PageRequest(1)
    while True:
        page = graph.tried(seed.registry, seed.people.colleague, misuse="fraud", request=request)
        names += seed.names(one.mitigation for one in page.items)
        if not page.has_next:
            break
        request = PageRequest(1, page.positions[-1])

    assert ["applied", "draft measure", "hidden measure", "named"] == sorted(names)


@pytest.mark.parametrize("asked", [{}, {"misuse": "fraud", "technique": "AML.T0054"}])
def test_exactly_one_of_category_and_technique_is_asked_for(seed: Seed, asked: dict[str, Any]) -> None:
    with refused(seed.registry, InvalidInput):
        graph.tried(seed.registry, seed.people.stranger, **asked)


def test_too_large_a_page_and_a_strange_position_are_refused(seed: Seed) -> None:
    with refused(seed.registry, InvalidInput):
        graph.tried(seed.registry, seed.people.stranger, misuse="fraud", request=PageRequest(51))
    for position in ((1, "x"), ("yesterday", "x"), ("2026-01-01", "x"), ("2026-01-01T00:00:00+00:00",)):
        with refused(seed.registry, BadCursor):
            graph.tried(seed.registry, seed.people.stranger, misuse="fraud", request=PageRequest(5, position))


def test_a_withdrawn_incident_counts_no_more(seed: Seed) -> None:
    life.withdraw(seed.registry, seed.people.reviewer, seed.uid("scam"), reason=REASON)

    (found,) = graph.tried(seed.registry, seed.people.stranger, misuse="fraud").items

    assert (0, ()) == (found.incident_count, found.incidents)


@pytest.fixture
def policy(seed: Seed) -> Seed:
    """A policy of two clauses, and incidents that broke them."""
    clauses = [{"path": "3.1", "kind": "prohibited_use"}, {"path": "3.2"}]
    seed.add("policy", Kind.USAGE_POLICY, clauses=clauses)
    for name, clause in (("broke one", "3.1"), ("broke two", "3.2"), ("hidden breach", "3.1"), ("draft breach", "3.1")):
        seed.add(name, links=(("violates", "policy", clause),))
    return seed


@pytest.mark.parametrize("viewer", VIEWERS)
def test_incidents_that_broke_a_clause_are_those_that_the_viewer_sees(policy: Seed, viewer: str) -> None:
    inside = viewer in {"colleague", "reviewer"}
    more = ["draft breach", "hidden breach"] if inside else []
    actor, uid = policy.by(viewer), policy.uid("policy")

    of_clause = graph.violating(policy.registry, actor, uid, clause="3.1", request=PageRequest())
    of_policy = graph.violating(policy.registry, actor, uid, request=PageRequest())
    counted = graph.violations(policy.registry, actor, [uid])

    assert of_clause is not None
    assert of_policy is not None
    assert sorted(["broke one", *more]) == policy.names(of_clause.items)
    assert sorted(["broke one", "broke two", *more]) == policy.names(of_policy.items)
    assert {uid: {"3.1": 1 + len(more), "3.2": 1}} == counted


def test_what_is_no_policy_that_one_may_see_has_no_breaches(policy: Seed) -> None:
    policy.add("hidden policy", Kind.USAGE_POLICY)
    for uid in (NOBODY, policy.uid("scam"), policy.uid("hidden policy")):
        assert graph.violating(policy.registry, policy.people.outsider, uid, request=PageRequest()) is None
    assert graph.violating(policy.registry, policy.people.colleague, policy.uid("hidden policy"), request=PageRequest())


@pytest.mark.parametrize("viewer", VIEWERS)
def test_adoptions_are_told_by_whom_and_how_far(seed: Seed, viewer: str) -> None:
    about: dict[str, Any] = {"about": seed.uid("named"), "statement_kind": "adoption"}
    seed.add("done", Kind.STATEMENT, **about, adoption={"status": "done"})
    seed.add("hidden plan", Kind.STATEMENT, **about, adoption={"status": "planned"})
    seed.add("praise", Kind.STATEMENT, about=seed.uid("named"), statement_kind="endorsement")
    inside = viewer in {"colleague", "reviewer"}

    found = graph.adoptions(seed.registry, seed.by(viewer), seed.uid("named"), request=PageRequest())

    assert found is not None
    assert (["done", "hidden plan"] if inside else ["done"]) == seed.names(found.statements.items)
    plans = {AdoptionStatus.PLANNED: 1} if inside else {}
    assert {**plans, AdoptionStatus.DONE: 1} == found.counts


def test_there_are_no_adoptions_of_what_one_may_not_see(seed: Seed) -> None:
    for uid in (NOBODY, seed.uid("hidden measure")):
        assert graph.adoptions(seed.registry, seed.people.stranger, uid, request=PageRequest()) is None


@pytest.mark.parametrize("viewer", VIEWERS)
def test_a_lesson_is_found_by_whom_it_holds_for(seed: Seed, viewer: str) -> None:
    seed.add("for both", Kind.LESSON, applies_to=[{"use_case": "Customer support", "role": "deployer"}])
    seed.add("apart", Kind.LESSON, applies_to=[{"use_case": "customer support"}, {"role": "deployer"}])
    seed.add("hidden lesson", Kind.LESSON, applies_to=[{"use_case": "customer support", "role": "deployer"}])
    actor, more = seed.by(viewer), ["hidden lesson"] if viewer in {"colleague", "reviewer"} else []

    one = graph.lessons_for(seed.registry, actor, use_case="CUSTOMER SUPPORT")
    both = graph.lessons_for(seed.registry, actor, use_case="customer support", role="Deployer")

    assert sorted(["apart", "for both", *more]) == seed.names(one)
    assert sorted(["for both", *more]) == seed.names(both)


def test_lessons_are_asked_for_by_something(seed: Seed) -> None:
    with refused(seed.registry, InvalidInput):
        graph.lessons_for(seed.registry, seed.people.stranger, role="")


@pytest.mark.parametrize("viewer", VIEWERS)
def test_the_other_ends_of_many_records_are_read_together(seed: Seed, viewer: str) -> None:
    wanted = Ends(LinkRel.MITIGATED_BY, kind=Kind.MITIGATION)
    uids = [seed.uid("scam"), seed.uid("spam"), NOBODY]

    found = graph.ends(seed.registry, seed.by(viewer), uids, wanted, request=PageRequest())

    assert [["named"], ["other"], []] == [seed.names(found[uid].items) for uid in uids]


def test_a_reference_of_a_hidden_record_leads_nowhere(seed: Seed) -> None:
    reverse = Ends(LinkRel.MITIGATED_BY, reverse=True, kind=Kind.INCIDENT)
    forward = Ends(LinkRel.MITIGATED_BY)

    found = graph.ends(seed.registry, seed.people.outsider, [seed.uid("applied")], reverse, request=PageRequest())
    led = graph.ends(seed.registry, seed.people.outsider, [seed.uid("hidden scam")], forward, request=PageRequest())

    assert () == found[seed.uid("applied")].items
    assert () == led[seed.uid("hidden scam")].items


def test_the_other_ends_of_one_record_are_read_page_by_page(seed: Seed) -> None:
    for at in range(3):
        seed.add(f"word {at}", Kind.STATEMENT, about=seed.uid("named"))
    wanted, uid = Ends(FieldRel.ABOUT, reverse=True), seed.uid("named")

    first = graph.ends(seed.registry, seed.people.stranger, [uid], wanted, request=PageRequest(2))[uid]
    rest = graph.ends(seed.registry, seed.people.stranger, [uid], wanted, request=PageRequest(2, first.positions[-1]))[
        uid
    ]

    assert (True, False) == (first.has_next, rest.has_next)
    assert ["word 0", "word 1", "word 2"] == seed.names([*first.items, *rest.items])


def test_what_was_said_of_a_merged_record_is_said_of_the_one_that_stands_for_it(seed: Seed) -> None:
    seed.add("word", Kind.STATEMENT, about=seed.uid("applied"), statement_kind="adoption", adoption={"status": "done"})
    for uid, into in (("applied", "other"), ("other", "named")):
        merge.merge(seed.registry, seed.people.lead, seed.uid(uid), into=seed.uid(into), reason=REASON)
    wanted = Ends(FieldRel.ABOUT, reverse=True)
    uids = [seed.uid("named"), seed.uid("applied"), NOBODY]

    found = graph.ends(seed.registry, seed.people.stranger, uids, wanted, request=PageRequest())
    adopted = graph.adoptions(seed.registry, seed.people.stranger, seed.uid("named"), request=PageRequest())

    assert [["word"], ["word"], []] == [seed.names(found[uid].items) for uid in uids]
    assert adopted is not None
    assert {AdoptionStatus.DONE: 1} == adopted.counts


@pytest.mark.parametrize(("viewer", "spam", "fraud"), [("stranger", 1, 1), ("colleague", 1, 3), ("reviewer", 1, 3)])
def test_the_matrix_counts_measures_and_what_they_report(seed: Seed, viewer: str, spam: int, fraud: int) -> None:
    found = {(one.misuse, one.mitigation_type): one for one in graph.matrix(seed.registry, seed.by(viewer))}

    assert (spam, fraud) == (found["spam", "rate_limit"].mitigations, found["fraud", "rate_limit"].mitigations)
    assert {EvidenceOutcome.EFFECTIVE: 1, EvidenceOutcome.PARTIAL: 1} == found["fraud", "rate_limit"].outcomes
    assert {} == found["spam", "rate_limit"].outcomes
