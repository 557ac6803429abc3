"""What a document leads to: no mutant of a fixture makes an importer fail at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from importers.catalog import catalog
from importers.contract import Following, Importer, RawDocument, Source, ends_here
from tests.importers.test_mutated import some_mutants

SEED = 21
EACH = 60
FOLLOWING = [one for one in catalog().values() if one.follow is not ends_here]
STEPS = 3


def _walked(importer: Importer, mutant: RawDocument, source: Source, cursor: str | None) -> Iterator[Following]:
    """What the mutant leads to as each document that it leads to itself."""
    waiting = [(wanted, 0) for wanted in importer.begin(source, cursor)]
    while waiting:
        wanted, step = waiting.pop()
        following = importer.follow(mutant, wanted, source, cursor)
        yield following
        if step < STEPS:
            waiting += [(one, step + 1) for one in following.wanted[:3]]


@pytest.mark.parametrize("importer", FOLLOWING, ids=lambda importer: importer.id)
def test_no_mutant_makes_an_importer_fail_at_what_it_leads_to(importer: Importer) -> None:
    for bound, mutant in some_mutants(importer, EACH, SEED):
        urls = bound.source.urls or ("https://host.example/api",)
        source = replace(bound.source, urls=urls, hosts=bound.source.hosts | {"host.example"})
        for cursor in (None, "2026-01-01T00:00:00Z", "no instant at all"):
            for following in _walked(bound, mutant, source, cursor):
                assert all(one.url and one.name for one in following.wanted)
                assert all(isinstance(one, str) for one in following.present)
                assert isinstance(following.cursor, str | None)
