"""The real AVID: every record is taken, nobody who is thanked is named, and a second run changes nothing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from importers.catalog import find
from importers.contract import Draft, RawDocument
from importers.preparing import prepare
from importers.run import run
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.content.base import to_document
from registry.domain.finding import Finding
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from tests.importers.golden import read

pytestmark = pytest.mark.data

AVID = find("avid")


def documents(test_data: Path) -> Iterator[RawDocument]:
    return (read(path) for path in sorted((test_data / "avid").rglob("*.json")))


def test_every_record_is_taken_and_valid_and_nobody_who_is_thanked_is_named(test_data: Path) -> None:
    parsed = [each for document in documents(test_data) for each in AVID.parse(document, AVID.source)]

    drafts = [each for each in parsed if isinstance(each, Draft)]
    found = Counter(each.code for each in parsed if isinstance(each, Finding))
    assert {Kind.WEAKNESS: 883, Kind.INCIDENT: 17} == Counter(draft.kind for draft in drafts)
    assert 256 == found["MISSING_VERSION"]
    assert 14 == found["UNKNOWN_TERM"] - 2
    for draft in drafts:
        ready, refusals = prepare(AVID.source, draft)
        assert ready is not None, refusals
        shown = json.dumps(to_document(ready.content.public), ensure_ascii=False)
        assert [] == [name for name in draft.names if " " in name and name in shown]


def test_a_second_run_changes_nothing(test_data: Path, registry: Registry) -> None:
    some = list(documents(test_data))[::9]

    first = run(registry, LOCAL_OPERATOR, AVID, some)
    again = run(registry, LOCAL_OPERATOR, AVID, some)

    assert (len(some), 0) == (first.read, first.refused)
    assert (0, 0, first.new + first.held) == (again.new, again.changed, again.unchanged)
