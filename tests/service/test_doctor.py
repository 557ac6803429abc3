"""The doctor finds every way in which index and store may differ, and says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.domain.errors import Forbidden
from registry.domain.indexing import index_entry
from registry.domain.record import Record, RecordUid
from registry.domain.search import IndexEntry
from registry.ports import Registry
from registry.service import follow
from registry.service.doctor import Examination, examine
from tests.service.world import People, published, submitted, text_of


def _catch_up(registry: Registry, people: People) -> None:
    while follow.catch_up(registry, people.system):
        pass


def _examined(registry: Registry, people: People) -> Examination:
    return examine(registry, people.system, every_record=True)


def _codes(registry: Registry, people: People) -> list[str]:
    return [finding.code for finding in _examined(registry, people).findings]


@pytest.fixture
def public(registry: Registry, people: People) -> Record:
    """A public record that the index holds, beside one that is not public."""
    record = published(registry, people, text_of("Zebra fraud"))
    submitted(registry, people, text_of("Zebra draft"))
    _catch_up(registry, people)
    return record


def test_an_index_that_says_what_the_store_says_has_no_findings(
    registry: Registry, people: People, public: Record
) -> None:
    found = examine(registry, people.system)

    assert () == found.findings
    assert found.position == found.head > 0
    assert found.compared == found.records >= 2


def test_an_index_behind_the_log_is_told_and_its_unread_records_are_no_fault(
    registry: Registry, people: People, public: Record
) -> None:
    published(registry, people, text_of("Zebra later"))

    assert ["INDEX_BEHIND"] == _codes(registry, people)


def test_an_index_ahead_of_the_log_is_told(registry: Registry, people: People, public: Record) -> None:
    registry.index.apply([], position=10_000)

    assert ["INDEX_AHEAD"] == _codes(registry, people)


def test_an_index_that_is_gone_or_damaged_is_told(registry: Registry, people: People, public: Record) -> None:
    _manifest(registry).write_bytes(b"damaged")

    assert ["INDEX_UNREADABLE"] == _codes(registry, people)


def test_records_that_the_index_lacks_or_has_too_many_are_named(
    registry: Registry, people: People, public: Record
) -> None:
    other = RecordUid("01900000-0000-7000-8000-000000000000")
    document = index_entry(public).public
    position = registry.index.position()
    registry.index.apply([IndexEntry(public.uid, None, None), IndexEntry(other, document, None)], position=position)

    missing, extra = _examined(registry, people).findings

    assert ("INDEX_MISSING", "INDEX_EXTRA") == (missing.code, extra.code)
    assert public.uid in missing.what
    assert other in extra.what


def test_a_hidden_record_in_the_public_index_is_told(registry: Registry, people: People, public: Record) -> None:
    hidden = submitted(registry, people, text_of("Zebra secret"))
    _catch_up(registry, people)
    document = index_entry(hidden).restricted
    registry.index.apply([IndexEntry(hidden.uid, document, None)], position=registry.index.position())

    (finding,) = _examined(registry, people).findings

    assert "INDEX_WRONG_SHELF" == finding.code
    assert hidden.uid in finding.what


def test_only_who_maintains_the_node_may_ask(registry: Registry, people: People) -> None:
    with pytest.raises(Forbidden):
        examine(registry, people.submitter)


def _manifest(registry: Registry) -> Path:
    return registry.settings.index_dir / "manifest.json"
