"""The index follows the log: it may stop anywhere, and be lost or too new, and is right in the end."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from registry.domain.errors import Forbidden, Interrupted, SearchUnavailable, Unauthenticated
from registry.domain.indexing import index_entry
from registry.domain.policy import EVERYTHING
from registry.domain.record import RecordUid
from registry.ports import Registry
from registry.search import open_index
from registry.service import find, follow, life, search
from registry.settings import Settings
from tests.service.world import REASON, People, published, refused, republished, submitted, text_of


def _catch_up(registry: Registry, people: People) -> None:
    while follow.catch_up(registry, people.system):
        pass


def _head(registry: Registry) -> int:
    with registry.storage.read() as reader:
        return reader.changes.head().seq


def _found(registry: Registry, people: People, text: str = "zebra") -> set[RecordUid]:
    return {match.record.uid for match in search.search(registry, people.stranger, text).matches}


@pytest.fixture
def reopened(registry: Registry, tmp_path: Path) -> Iterator[Registry]:
    """The same registry with another, empty index and small batches."""
    small = Settings(data_dir=registry.settings.data_dir, index_batch_records=3)
    index = open_index(Settings(data_dir=tmp_path / "elsewhere"))
    yield replace(registry, settings=small, index=index)
    index.close()


def test_the_index_takes_in_what_happened_and_then_rests(registry: Registry, people: People) -> None:
    record = published(registry, people, text_of("Zebra fraud"))

    _catch_up(registry, people)

    assert {record.uid} == _found(registry, people)
    assert _head(registry) == registry.index.position()
    assert 0 == follow.catch_up(registry, people.system)


def test_rows_taken_in_twice_change_nothing(registry: Registry, people: People) -> None:
    record = published(registry, people, text_of("Zebra fraud"))
    gone = published(registry, people, text_of("Zebra gone"))
    life.withdraw(registry, people.submitter, gone.uid, reason=REASON)
    _catch_up(registry, people)
    before = search.search(registry, people.stranger, "zebra")
    registry.index.apply([], position=1)

    _catch_up(registry, people)

    assert {record.uid} == _found(registry, people)
    assert before == search.search(registry, people.stranger, "zebra")


def test_a_crash_after_writing_and_before_the_position_loses_nothing(registry: Registry, people: People) -> None:
    record = published(registry, people, text_of("Zebra fraud"))
    _catch_up(registry, people)
    position = registry.index.position()
    republished(registry, people, record, text_of("Zebra newer"))
    with registry.storage.read() as reader:
        newest = reader.records.get(record.uid, visible=EVERYTHING)
    assert newest is not None
    registry.index.apply([index_entry(newest)], position=position)

    _catch_up(registry, people)

    assert {record.uid} == _found(registry, people, "newer")
    assert _head(registry) == registry.index.position()


def test_a_lost_index_is_built_anew(registry: Registry, people: People, reopened: Registry) -> None:
    record = published(registry, people, text_of("Zebra fraud"))
    hidden = submitted(registry, people, text_of("Zebra draft"))

    _catch_up(reopened, people)

    assert {record.uid} == _found(reopened, people)
    assert [hidden.uid] == [one.uid for one in search.search_mine(reopened, people.submitter, "zebra")]
    assert _head(registry) == reopened.index.position()


def test_no_portion_is_begun_once_the_process_is_to_end(
    registry: Registry, people: People, reopened: Registry, tmp_path: Path
) -> None:
    record = published(registry, people, text_of("Zebra fraud"))
    asked = [False, True]

    with pytest.raises(Interrupted):
        follow.catch_up(reopened, people.system, stop=lambda: asked.pop(0))

    assert [] == asked
    assert 0 == reopened.index.position()
    assert [] == list((tmp_path / "elsewhere").rglob("build-*"))
    _catch_up(reopened, people)
    assert {record.uid} == _found(reopened, people)


def test_an_index_that_lacks_most_of_the_log_is_built_anew(
    registry: Registry, people: People, reopened: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "_FAR_BATCHES", 1)
    reopened.index.rebuild((), position=1)
    record = published(registry, people, text_of("Zebra fraud"))

    follow.catch_up(reopened, people.system)

    assert _head(registry) == reopened.index.position()
    assert {record.uid} == _found(reopened, people)
    published(registry, people, text_of("Zebra newer"))
    assert follow.catch_up(reopened, people.system) <= reopened.settings.index_batch_records


def test_a_deleted_index_is_built_anew_after_a_restart(registry: Registry, people: People) -> None:
    record = published(registry, people, text_of("Zebra fraud"))
    _catch_up(registry, people)
    registry.index.close()
    shutil.rmtree(registry.settings.index_dir)
    fresh = replace(registry, index=open_index(registry.settings))

    _catch_up(fresh, people)

    assert {record.uid} == _found(fresh, people)
    fresh.index.close()


def test_a_damaged_index_says_so_and_is_built_anew(registry: Registry, people: People) -> None:
    record = published(registry, people, text_of("Zebra fraud"))
    _catch_up(registry, people)
    registry.index.close()
    for path in registry.settings.index_dir.rglob("*.trm"):
        path.write_bytes(b"")
    fresh = replace(registry, index=open_index(registry.settings))
    with pytest.raises(SearchUnavailable):
        _found(fresh, people)

    _catch_up(fresh, people)

    assert {record.uid} == _found(fresh, people)
    fresh.index.close()


def test_an_index_ahead_of_a_restored_store_is_built_anew(registry: Registry, people: People) -> None:
    record = published(registry, people, text_of("Zebra fraud"))
    _catch_up(registry, people)
    ghost = replace(index_entry(record), uid=RecordUid("ghost"))
    registry.index.apply([ghost], position=_head(registry) + 5)

    _catch_up(registry, people)

    assert _head(registry) == registry.index.position()
    assert 1 == search.search(registry, people.stranger, "zebra").total


def test_many_changes_are_taken_in_by_portions(registry: Registry, people: People, reopened: Registry) -> None:
    _catch_up(reopened, people)
    records = {published(registry, people, text_of(f"Zebra {at}")).uid for at in range(4)}

    counts = []
    while count := follow.catch_up(reopened, people.system):
        counts.append(count)

    assert [3, 3, 3, 3, 3, 1] == counts
    assert records == _found(reopened, people)


def test_rebuilding_tells_its_progress(registry: Registry, people: People) -> None:
    for at in range(3):
        published(registry, people, text_of(f"Zebra {at}"))
    told: list[int] = []

    position = follow.reindex(registry, people.system, progress=told.append)

    assert [3] == told
    assert _head(registry) == position == registry.index.position()
    assert 3 == len(_found(registry, people))


def test_only_the_node_feeds_the_index(registry: Registry, people: People) -> None:
    for act in (follow.catch_up, follow.reindex):
        with refused(registry, Unauthenticated):
            act(registry, people.stranger)
        with refused(registry, Forbidden):
            act(registry, people.operator)


def test_a_follower_that_is_behind_shows_nothing_that_is_hidden_by_now(registry: Registry, people: People) -> None:
    record = published(registry, people, text_of("Zebra fraud"))
    _catch_up(registry, people)

    republished(registry, people, record, text_of("Zebra closed", tlp="RED"))

    assert set() == _found(registry, people)
    assert find.record(registry, people.stranger, record.uid).head.public is None
