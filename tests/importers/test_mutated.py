"""No document makes an importer fail: mutants of every fixture of every importer, from a seed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice

import pytest

from importers.catalog import catalog
from importers.contract import Draft, Fragment, Importer, Parsed, RawDocument, TakenBack
from importers.preparing import prepare
from importers.run import run
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.finding import Finding
from registry.domain.taxonomy import Taxonomy
from registry.ports import Registry
from registry.service.verify import verify
from tests.effort import unit_seconds
from tests.importers.golden import fixtures, read, source_of
from tests.importers.mutating import mutants

SEED = 20
EACH = 200
_LONGEST_MESSAGE = 500
# What a mutant may cost at the most, in floors of ``Effort``; an endless loop or a power of its length is far above.
_BOUND = 150.0
IMPORTERS = list(catalog().values())


def some_mutants(importer: Importer, count: int, seed: int) -> Iterator[tuple[Importer, RawDocument]]:
    """At least *count* mutants, shared out among the importer's fixtures, with the importer bound to its source."""
    files = fixtures(importer)
    share = -(-count // len(files))
    for file in files:
        bound = importer.of(source_of(importer, file))
        yield from ((bound, mutant) for mutant in islice(mutants(read(file), seed), share))


def costliest(importer: Importer, count: int, seed: int) -> float:
    """What the costliest of the mutants cost, once each was read and prepared, in floors of ``Effort``."""
    most = 0.0
    for bound, mutant in some_mutants(importer, count, seed):
        began = time.process_time()
        judged(bound, mutant)
        most = max(most, time.process_time() - began)
    return most / unit_seconds()


def judged(importer: Importer, mutant: RawDocument) -> None:
    """Read the mutant to the end, prepare every draft, and look at all that comes out."""
    for parsed in importer.parse(mutant, importer.source):
        check(importer, parsed)


def check(importer: Importer, parsed: Parsed) -> None:
    found: tuple[Finding, ...] = ()
    if isinstance(parsed, Draft):
        ready, found = prepare(importer.source, parsed)
        assert ready is not None or any(one.refused for one in found)
        assert ready is None or ready.upstream_id == parsed.upstream_id
    elif isinstance(parsed, Finding):
        found = (parsed,)
    else:
        assert isinstance(parsed, Fragment | TakenBack | Taxonomy)
    for one in found:
        assert importer.source.id == one.source
        assert one.code.replace("_", "").replace(":", "").isalnum()
        assert one.code == one.code.upper()
        assert 0 < len(one.message) <= _LONGEST_MESSAGE
        assert one.record.isprintable()


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda importer: importer.id)
def test_no_mutant_makes_an_importer_fail_or_run_on(importer: Importer) -> None:
    assert costliest(importer, EACH, SEED) < _BOUND


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda importer: importer.id)
def test_mutants_of_a_file_leave_no_half_record(importer: Importer, registry: Registry) -> None:
    _run_mutants(importer, registry, 4)


@pytest.mark.soak
@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda importer: importer.id)
def test_ten_thousand_mutants_make_no_importer_fail_or_run_on(importer: Importer) -> None:
    assert costliest(importer, 10_000, 21) < _BOUND


@pytest.mark.soak
@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda importer: importer.id)
def test_a_hundred_mutants_of_a_file_leave_no_half_record(importer: Importer, registry: Registry) -> None:
    _run_mutants(importer, registry, 100)


def _run_mutants(importer: Importer, registry: Registry, count: int) -> None:
    for bound, mutant in some_mutants(importer, count, 22):
        report = run(registry, LOCAL_OPERATOR, bound, [mutant])

        assert "IMPORTER_FAILED" not in {one.code for one in report.findings}
        parts = (report.new, report.changed, report.unchanged, report.held, report.refused)
        assert sum(parts) == report.read
    assert () == verify(registry, LOCAL_OPERATOR).faults
