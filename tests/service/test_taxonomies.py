"""Shipped taxonomies are taken in once; releases stand beside each other; judgments name terms that are known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from registry.domain.actor import ANONYMOUS, LOCAL_OPERATOR
from registry.domain.crosswalk import Relation
from registry.domain.errors import Forbidden
from registry.domain.taxonomy import Taxonomy, TaxonomyTerm
from registry.ports import Registry
from registry.service import find, ingest, taxonomies
from registry.service.ingest import Outcome
from tests.clocks import CountingIds, FixedClock
from tests.factories import content
from tests.service.world import People, close_registry, open_registry, state_of

OLDER = Taxonomy(
    "atlas",
    "4.9.1",
    "MITRE ATLAS",
    "Apache-2.0",
    "https://atlas.mitre.org",
    (TaxonomyTerm("AML.T0051", "LLM Prompt Injection", description="Long."), TaxonomyTerm("AML.T0999", "Gone since")),
)


def test_what_is_shipped_is_taken_in_once(tmp_path: Path, clock: FixedClock) -> None:
    registry = open_registry(tmp_path / "new", clock, CountingIds())

    first = taxonomies.load_shipped(registry, LOCAL_OPERATOR)
    kept = state_of(registry)
    second = taxonomies.load_shipped(registry, LOCAL_OPERATOR)

    names = taxonomies.namespaces(registry, ANONYMOUS)
    assert (True, False) == (first, second)
    assert kept == state_of(registry)
    # One row a taxonomy, and one for the crosswalks.
    assert len(names) + 1 == find.public_seq(registry, ANONYMOUS)
    assert {"atlas", "disarm", "mit", "misuse_category", "tlp"} <= set(names)
    close_registry(registry)


def test_files_of_another_version_of_the_software_change_only_what_differs(registry: Registry, people: People) -> None:
    with registry.storage.begin() as unit:
        unit.meta.put(taxonomies.SHIPPED, "another digest")
    before = find.public_seq(registry, people.stranger)

    again = taxonomies.load_shipped(registry, people.local_operator)

    assert again
    assert before == find.public_seq(registry, people.stranger)


def test_only_who_maintains_the_node_takes_in_what_is_shipped(registry: Registry, people: People) -> None:
    with pytest.raises(Forbidden):
        taxonomies.load_shipped(registry, people.submitter)


def test_an_older_release_that_is_imported_stands_beside_the_newest(registry: Registry, people: People) -> None:
    outcome = ingest.put_taxonomy(registry, people.local_operator, OLDER)

    newest = taxonomies.release(registry, people.stranger, "atlas")
    assert Outcome.CHANGED is outcome
    assert newest is not None
    assert ("5.6.0", "4.9.1") == taxonomies.versions(registry, people.stranger, "atlas")
    assert "5.6.0" == newest.version
    assert OLDER == taxonomies.release(registry, people.stranger, "atlas", "4.9.1")
    assert taxonomies.release(registry, people.stranger, "atlas", "9") is None


def test_a_term_takes_its_text_from_the_release_that_has_one(registry: Registry, people: People) -> None:
    ingest.put_taxonomy(registry, people.local_operator, OLDER)

    found = taxonomies.term(registry, people.stranger, "atlas", "AML.T0051")
    older = taxonomies.term(registry, people.stranger, "atlas", "AML.T0999", "4.9.1")

    assert found is not None
    assert ("LLM Prompt Injection", "Long.") == (found.name, found.description)
    assert TaxonomyTerm("AML.T0999", "Gone since") == older
    assert taxonomies.term(registry, people.stranger, "atlas", "AML.T0999") is None


def test_an_import_of_the_shipped_release_keeps_our_definitions(registry: Registry, people: People) -> None:
    given = replace(OLDER, version="5.6.0", terms=(TaxonomyTerm("AML.TA0002", "Reconnaissance", description="Long."),))

    outcomes = [ingest.put_taxonomy(registry, people.local_operator, given) for _ in range(2)]

    found = taxonomies.term(registry, people.stranger, "atlas", "AML.TA0002")
    assert [Outcome.CHANGED, Outcome.UNCHANGED] == outcomes
    assert found is not None
    assert "Long." == found.description
    assert (found.definition or "").startswith("Gathering information")


def test_neighbours_are_found_from_both_ends(registry: Registry, people: People) -> None:
    ours = taxonomies.crosswalk(registry, people.stranger, "misuse_category", "jailbreak", "atlas")
    theirs = taxonomies.crosswalk(registry, people.stranger, "mit", "4.3", "misuse_category")

    assert [("AML.T0054", Relation.EXACT)] == [(one.to_code, one.relation) for one in ours]
    assert ("fraud/scam", Relation.NARROWER) in {(one.to_code, one.relation) for one in theirs}
    assert () == taxonomies.crosswalk(registry, people.stranger, "nowhere", "x" * 5000)


def test_judgments_are_held_against_the_releases_that_are_kept(registry: Registry) -> None:
    judged = {"taxonomy": "mit", "version": "1", "value": "4.3", "annotator_kind": "machine"}
    named = {**judged, "value": "Fraud, scams, and targeted manipulation", "field": "risk_subdomain"}
    wrong = [{**judged, "taxonomy": "mti"}, {**judged, "version": "2"}, {**judged, "value": "4.9"}]

    with registry.storage.read() as reader:
        right = taxonomies.classification_problems(reader, content(classifications=[judged, named]))
        found = taxonomies.classification_problems(reader, content(classifications=wrong))

    assert [] == right
    assert [
        ("content.classifications.0.taxonomy", "UNKNOWN_TAXONOMY", "did you mean mit?"),
        ("content.classifications.1.version", "UNKNOWN_VERSION", "such as 1; all: versions of the taxonomy in the API"),
        ("content.classifications.2.value", "UNKNOWN_TERM", "did you mean 4.3?"),
    ] == [(".".join(one.path), one.code, one.hint) for one in found]
