"""A run takes in what is valid, tells what is not, and changes nothing the second time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from itertools import pairwise

import pytest

from importers import run as running
from importers.catalog import find
from importers.contract import Draft, Importer, Parsed, RawDocument, Source, Trust, upstream_hash
from importers.run import run
from registry.domain.actor import ANONYMOUS, LOCAL_OPERATOR
from registry.domain.errors import Unauthenticated
from registry.domain.finding import Finding, KeptFinding
from registry.domain.pages import PageRequest
from registry.domain.record import State
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import importing, taxonomies
from tests.importers.golden import FIXTURES, read

ATLAS = find("atlas")
FIRST = read(FIXTURES / "atlas" / "release-1.yaml")
SECOND = read(FIXTURES / "atlas" / "release-2.yaml")


def counts(report: running.Report) -> dict[str, object]:
    return {name: value for name, value in asdict(report.counts).items() if value}


def revisions(registry: Registry, *upstream_ids: str) -> list[int]:
    with registry.storage.read() as reader:
        records = [reader.records.by_upstream("atlas", each) for each in upstream_ids]
    return [0 if record is None else record.revision for record in records]


def findings_of(registry: Registry) -> tuple[KeptFinding, ...]:
    return importing.findings(registry, LOCAL_OPERATOR, "atlas", PageRequest(limit=100)).items


def head(registry: Registry) -> int:
    with registry.storage.read() as reader:
        return reader.changes.head().seq


def invented(*drafts: Parsed, trust: Trust = Trust.TRUSTED) -> Importer:
    """An importer that yields *drafts* whatever it is given."""

    def parse(_document: RawDocument, _source: Source) -> Iterable[Parsed]:
        return drafts

    return replace(ATLAS, parse=parse, source=replace(ATLAS.source, trust=trust))


def draft(upstream_id: str, **fields: object) -> Draft:
    content: dict[str, object] = {"title": "Case", "summary": "It happened."} | fields
    marking = {"tlp": "CLEAR", "licence": "Apache-2.0"}
    return Draft(upstream_id, Kind.INCIDENT, content, marking, upstream_hash({"id": upstream_id}))  # type: ignore[arg-type]


def test_a_first_run_takes_in_all_and_a_second_changes_nothing(registry: Registry) -> None:
    first = run(registry, LOCAL_OPERATOR, ATLAS, [FIRST])
    before = head(registry)

    second = run(registry, LOCAL_OPERATOR, ATLAS, [FIRST])

    assert {"read": 5, "new": 5} == counts(first)
    assert {"read": 5, "unchanged": 5} == counts(second)
    assert before == head(registry)


def test_records_of_a_trusted_source_are_public_at_once_and_say_that_nobody_reviewed_them(registry: Registry) -> None:
    run(registry, LOCAL_OPERATOR, ATLAS, [FIRST])

    with registry.storage.read() as reader:
        record = reader.records.by_upstream("atlas", "AML.CS0001")

    assert record is not None
    assert record.is_public
    assert record.imported
    assert "Apache-2.0" == record.head.marking.licence


def test_records_of_another_source_wait_for_review(registry: Registry) -> None:
    waiting = ATLAS.of(replace(ATLAS.source, trust=Trust.REVIEW))

    report = run(registry, LOCAL_OPERATOR, waiting, [FIRST])

    with registry.storage.read() as reader:
        record = reader.records.by_upstream("atlas", "AML.CS0001")
    assert {"read": 5, "new": 1, "held": 4} == counts(report)
    assert record is not None
    assert State.SUBMITTED is record.state
    assert not record.is_public


def test_a_newer_release_revises_only_what_it_changes(registry: Registry) -> None:
    run(registry, LOCAL_OPERATOR, ATLAS, [FIRST])

    report = run(registry, LOCAL_OPERATOR, ATLAS, [SECOND])

    assert {"read": 11, "changed": 3, "unchanged": 2, "refused": 6} == counts(report)
    assert [1, 2, 1, 2] == revisions(registry, "AML.CS0001", "AML.CS0002", "AML.M0001", "AML.M0002")


def test_the_last_of_several_documents_counts_and_the_run_is_still_idempotent(registry: Registry) -> None:
    run(registry, LOCAL_OPERATOR, ATLAS, [FIRST, SECOND])

    report = run(registry, LOCAL_OPERATOR, ATLAS, [FIRST, SECOND])

    assert 5 == report.unchanged
    assert 0 == report.changed
    assert [1] == revisions(registry, "AML.CS0002")


def test_the_taxonomy_is_kept_with_its_version(registry: Registry) -> None:
    run(registry, LOCAL_OPERATOR, ATLAS, [FIRST])

    kept = taxonomies.release(registry, LOCAL_OPERATOR, "atlas")

    assert kept is not None
    assert "1.0.0" == kept.version
    assert ["AML.TA0001", "AML.T0051", "AML.T0051.001", "AML.T0042"] == [term.code for term in kept.terms]


def test_findings_are_kept_and_cleared_once_the_source_has_mended_them(registry: Registry) -> None:
    dirty = run(registry, LOCAL_OPERATOR, ATLAS, [SECOND])
    kept = findings_of(registry)

    run(registry, LOCAL_OPERATOR, ATLAS, [FIRST])

    after = findings_of(registry)
    assert set(dirty.findings) == {each.finding for each in kept}
    assert all(each.cleared_at is None for each in kept)
    assert all(each.cleared_at is not None for each in after)


def test_a_dry_run_tells_what_would_happen_and_writes_nothing(registry: Registry) -> None:
    before = head(registry)

    report = run(registry, LOCAL_OPERATOR, ATLAS, [SECOND], dry_run=True)

    assert {"read": 11, "new": 5, "refused": 6} == counts(report)
    assert before == head(registry)
    assert () == findings_of(registry)


def test_a_draft_that_is_not_valid_is_refused_with_the_codes_of_the_content(registry: Registry) -> None:
    importer = invented(draft("X1", title="t" * 301, severity=9), draft("X2"))

    report = run(registry, LOCAL_OPERATOR, importer, [FIRST])

    assert {"read": 2, "new": 1, "refused": 1} == counts(report)
    assert [("X1", "TOO_LONG"), ("X1", "OUT_OF_RANGE")] == [(each.record, each.code) for each in report.findings]


def test_a_draft_that_is_too_large_is_refused_and_its_batch_is_kept(registry: Registry) -> None:
    steps = [{"text": "x" * 20_000} for _ in range(14)]

    report = run(registry, LOCAL_OPERATOR, invented(draft("X1", procedure=steps), draft("X2")), [FIRST])

    assert {"read": 2, "new": 1, "refused": 1} == counts(report)
    assert ["TOO_LONG"] == [each.code for each in report.findings]


def test_an_importer_that_fails_on_one_document_still_reads_the_others(registry: Registry) -> None:
    def parse(document: RawDocument, source: Source) -> Iterable[Parsed]:
        if document is SECOND:
            raise ZeroDivisionError
        return ATLAS.parse(document, source)

    report = run(registry, LOCAL_OPERATOR, replace(ATLAS, parse=parse), [SECOND, FIRST])

    assert {"read": 6, "new": 5, "refused": 1} == counts(report)
    expected = Finding(
        "atlas", SECOND.name, "IMPORTER_FAILED", "the importer failed on this document; nothing of it was taken"
    )
    assert (expected,) == report.findings


def test_a_broken_document_is_reported_and_changes_nothing_of_what_is_there(registry: Registry) -> None:
    run(registry, LOCAL_OPERATOR, ATLAS, [FIRST])

    report = run(registry, LOCAL_OPERATOR, ATLAS, [RawDocument("broken.yaml", b"a: [")])

    assert {"read": 1, "refused": 1} == counts(report)
    assert ["BROKEN_DOCUMENT"] == [each.code for each in report.findings]
    assert [1, 1] == revisions(registry, "AML.CS0001", "AML.CS0002")


def test_a_run_that_reads_nothing_does_not_clear_what_an_earlier_one_found(registry: Registry) -> None:
    doubtful = Finding("atlas", "I-1", "MISSING", "title: is missing")
    run(registry, LOCAL_OPERATOR, invented(doubtful), [RawDocument("a", b"")])

    for _ in range(2):
        broken = invented(Finding("atlas", "a", "BROKEN_DOCUMENT", "cannot be read"))
        run(registry, LOCAL_OPERATOR, broken, [RawDocument("a", b"")])

    kept = findings_of(registry)
    assert {("MISSING", None), ("BROKEN_DOCUMENT", None)} == {(one.finding.code, one.cleared_at) for one in kept}
    assert 2 == len(kept)


def test_progress_is_told_from_none_to_all(registry: Registry) -> None:
    told: list[tuple[int, int]] = []
    importer = invented(*(draft(f"X{number}") for number in range(450)))

    run(registry, LOCAL_OPERATOR, importer, [FIRST], progress=lambda done, total: told.append((done, total)))

    assert (0, 450) == told[0]
    assert (450, 450) == told[-1]
    assert sorted(told) == told
    steps = [after - before for (before, _), (after, _) in pairwise(told)]
    assert max(steps) <= running.BATCH_RECORDS


def test_nobody_without_the_permission_imports(registry: Registry) -> None:
    with pytest.raises(Unauthenticated):
        run(registry, ANONYMOUS, ATLAS, [FIRST])

    assert [0] == revisions(registry, "AML.CS0001")
