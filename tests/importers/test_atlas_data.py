"""Two real releases of ATLAS: all of it is taken, and an update revises exactly what differs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from importers.catalog import find
from importers.contract import Draft, RawDocument, TaxonomyDraft
from importers.run import run
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.content.base import to_document
from registry.domain.content.incident import Incident
from registry.domain.content.kinds import parse
from registry.domain.finding import Finding
from registry.domain.taxonomy import Taxonomy
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import taxonomies
from tests.importers.golden import read

pytestmark = pytest.mark.data

ATLAS = find("atlas")
ONLINE_NAME = "AML.CS0027"
OLD, NEW = "ATLAS-v4.9.1.yaml", "ATLAS-v5.3.0.yaml"


def release(test_data: Path, name: str) -> RawDocument:
    return read(test_data / "atlas" / name)


def as_published(document: RawDocument) -> dict[str, Any]:
    """Case studies and mitigations by id, as another reader of YAML understands them."""
    root = yaml.load(document.body, yaml.CSafeLoader)  # the safe loader, in C
    records = [*root["case-studies"], *root["matrices"][0]["mitigations"]]
    return {record["id"]: record for record in records}


@pytest.mark.parametrize(("name", "cases", "mitigations", "techniques"), [(OLD, 32, 26, 115), (NEW, 48, 35, 148)])
def test_every_record_of_a_release_is_taken_and_valid(
    test_data: Path, name: str, cases: int, mitigations: int, techniques: int
) -> None:
    parsed = list(ATLAS.parse(release(test_data, name), ATLAS.source))

    drafts = [each for each in parsed if isinstance(each, Draft)]
    (taxonomy,) = [each for each in parsed if isinstance(each, Taxonomy)]
    contents = [parse(each.kind, content=each.document(ATLAS.source), marking=each.marking) for each in drafts]
    kinds = [content.kind for content in contents]
    assert (cases, mitigations) == (kinds.count(Kind.INCIDENT), kinds.count(Kind.MITIGATION))
    assert techniques == len([term for term in taxonomy.terms if not term.code.startswith("AML.TA")])
    assert [] == [each for each in parsed if isinstance(each, Finding) and each.refused]


@pytest.mark.parametrize("name", [OLD, NEW])
def test_nothing_but_people_and_misplaced_objects_is_left_out_of_a_release(test_data: Path, name: str) -> None:
    parsed = ATLAS.parse(release(test_data, name), ATLAS.source)

    codes = {each.code for each in parsed if isinstance(each, Finding)}
    assert codes <= {"ACTOR_NOT_KEPT", "REPORTER_NOT_KEPT", "MISPLACED_OBJECT"}


def test_steps_and_sources_of_a_release_are_all_there(test_data: Path) -> None:
    document = release(test_data, NEW)
    cases = [record for id_, record in as_published(document).items() if id_.startswith("AML.CS")]

    contents = [
        parse(each.kind, content=each.document(ATLAS.source), marking=each.marking).public
        for each in ATLAS.parse(document, ATLAS.source)
        if isinstance(each, Draft) and each.kind is Kind.INCIDENT
    ]

    incidents = [content for content in contents if isinstance(content, Incident)]
    assert sum(len(case["procedure"]) for case in cases) == sum(len(each.procedure) for each in incidents)
    assert sum(len(case.get("references") or ()) for case in cases) == sum(len(each.sources) for each in incidents)
    assert all(each.timeline and each.timeline.started for each in incidents)
    assert [] == [each.title for each in incidents if "](/" in str(to_document(each))]


def test_an_update_revises_exactly_the_records_that_differ_and_a_second_run_changes_nothing(
    test_data: Path, registry: Registry
) -> None:
    old, new = release(test_data, OLD), release(test_data, NEW)
    before, after = as_published(old), as_published(new)
    added = after.keys() - before.keys()
    differing = {id_ for id_ in before.keys() & after.keys() if before[id_] != after[id_]}
    same = before.keys() & after.keys() - differing

    first = run(registry, LOCAL_OPERATOR, ATLAS, [old])
    again = run(registry, LOCAL_OPERATOR, ATLAS, [old])
    update = run(registry, LOCAL_OPERATOR, ATLAS, [new])
    twice = run(registry, LOCAL_OPERATOR, ATLAS, [new])

    # The taxonomy is one more record of each run. One case names whoever did it, by a name used online; it is held.
    assert (32 + 26 + 1 - 1, 1, 0, 0) == (first.new, first.held, first.changed, first.unchanged)
    assert (0, 0, 32 + 26 + 1) == (again.new, again.changed, again.unchanged)
    changed = len(differing) + 1 - len(differing & {ONLINE_NAME})
    assert (len(added), changed, len(same)) == (update.new, update.changed, update.unchanged)
    assert (0, 0, 48 + 35 + 1) == (twice.new, twice.changed, twice.unchanged)
    with registry.storage.read() as reader:
        kept = {id_: reader.records.by_upstream("atlas", id_) for id_ in after}
    revised = {id_ for id_, record in kept.items() if record is not None and record.draft_revision == 2}
    assert differing == revised


def test_both_releases_are_kept_and_the_newer_one_is_shown(test_data: Path, registry: Registry) -> None:
    for name in (OLD, NEW):
        run(registry, LOCAL_OPERATOR, ATLAS, [release(test_data, name)])

    kept = taxonomies.release(registry, LOCAL_OPERATOR, "atlas")

    assert isinstance(kept, TaxonomyDraft)
    assert "5.3.0" == kept.version
    assert 148 + 16 == len(kept.terms)
