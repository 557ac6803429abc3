"""Pages by keyset: every visible record exactly once, in order, whichever way one reads."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.domain.errors import BadCursor
from registry.domain.pages import CursorSeal, Keyset, Page, PageRequest, RecordFilter, RecordOrder
from registry.domain.policy import EVERYTHING, PUBLIC_ONLY, Visibility
from registry.domain.record import OrganisationId, Record, RecordUid
from registry.ports import Storage
from registry.settings import Settings
from registry.storage.store import open_storage
from tests import factories
from tests.clocks import START

ALL = RecordFilter()
ACME = Visibility(organisation=OrganisationId("acme"))
VIEWERS = (PUBLIC_ONLY, ACME, EVERYTHING)


def page(store: Storage, order: RecordOrder, request: PageRequest, visible: Visibility = EVERYTHING) -> Page[Record]:
    with store.read() as view:
        return view.records.page(ALL, order, request, visible=visible)


def walk(
    store: Storage, order: RecordOrder, limit: int, visible: Visibility, *, backwards: bool = False
) -> list[RecordUid]:
    """Every uid of the list, read page by page; backwards from its end, but told in the list's order."""
    uids: list[RecordUid] = []
    position: Keyset | None = None
    while True:
        found = page(store, order, PageRequest(limit, position, backwards), visible)
        assert len(found.items) == len(found.positions)
        read = [record.uid for record in found.items]
        uids = read + uids if backwards else uids + read
        if not (found.has_previous if backwards else found.has_next):
            return uids
        position = found.positions[0 if backwards else -1]


def seen_at(record: Record, visible: Visibility) -> str:
    """When *record* changed, as far as the viewer knows."""
    knows = visible.everything or visible.owns(record)
    at = record.changed_at if knows else record.head.published_at
    return at.isoformat() if at else ""


def expected(records: list[Record], order: RecordOrder, visible: Visibility) -> list[RecordUid]:
    """The list as the domain says it: the newest or gravest first, what is unknown last, ties by uid."""

    def key(record: Record) -> tuple[str, str]:
        document = {} if record.head.public is None else record.head.public.document
        timeline = document.get("timeline")
        started = str(timeline["started"]) if isinstance(timeline, dict) else ""
        values = {
            RecordOrder.PUBLISHED: record.published_at.isoformat() if record.published_at else "",
            RecordOrder.CHANGED: seen_at(record, visible),
            RecordOrder.OCCURRED: started,
            RecordOrder.SEVERITY: str(document.get("severity", "")),
        }
        return values[order], record.uid

    shown = [record for record in records if visible.everything or record.is_public or visible.owns(record)]
    return [record.uid for record in sorted(shown, key=key, reverse=True)]


@st.composite
def lists_of_records(draw: st.DrawFn) -> list[Record]:
    """Public and hidden records of two owners, with few different times, severities and days, or none."""
    records: list[Record] = []
    for _ in range(draw(st.integers(0, 12))):
        severity = draw(st.sampled_from([None, 0, 2, 5]))
        started = draw(st.sampled_from([None, "2025-01-01", "2026-02-01"]))
        timeline = {"started": started} if started else None
        content = factories.content(severity=severity, timeline=timeline)
        owner = OrganisationId(draw(st.sampled_from(["acme", "globex"])))
        at = START + timedelta(days=draw(st.integers(0, 2)))
        later = at + timedelta(days=draw(st.integers(0, 2)))
        if draw(st.booleans()):
            records.append(factories.published(content, at=at, owner=owner, changed_at=later))
        else:
            records.append(factories.draft(content, owner=owner, changed_at=later))
    return records


@contextmanager
def fresh_store(template: Path) -> Iterator[Storage]:
    with tempfile.TemporaryDirectory() as folder:
        where = Settings(data_dir=Path(folder))
        shutil.copy(template, where.database_path)
        store = open_storage(where)
        try:
            yield store
        finally:
            store.close()


@given(records=lists_of_records(), order=st.sampled_from(RecordOrder), limit=st.integers(1, 5))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_paging_visits_every_visible_record_once_in_order_both_ways(
    empty_store: Path, records: list[Record], order: RecordOrder, limit: int
) -> None:
    with fresh_store(empty_store) as store:
        with store.begin() as unit:
            for slug in ("acme", "globex"):
                unit.accounts.add_organisation(factories.organisation(slug))
            for record in records:
                unit.records.add(record)

        for visible in VIEWERS:
            wanted = expected(records, order, visible)
            assert wanted == walk(store, order, limit, visible)
            assert wanted == walk(store, order, limit, visible, backwards=True)


def test_a_page_tells_whether_there_is_more_on_either_side(store: Storage) -> None:
    with store.begin() as unit:
        for days in range(5):
            unit.records.add(factories.published(at=START + timedelta(days=days)))

    first = page(store, RecordOrder.PUBLISHED, PageRequest(2))
    middle = page(store, RecordOrder.PUBLISHED, PageRequest(2, first.positions[-1]))
    last = page(store, RecordOrder.PUBLISHED, PageRequest(2, middle.positions[-1]))
    back = page(store, RecordOrder.PUBLISHED, PageRequest(2, last.positions[0], backwards=True))
    end = page(store, RecordOrder.PUBLISHED, PageRequest(2, backwards=True))

    assert (True, False) == (first.has_next, first.has_previous)
    assert (True, True) == (middle.has_next, middle.has_previous)
    assert (False, True) == (last.has_next, last.has_previous)
    assert middle == back
    assert (False, True) == (end.has_next, end.has_previous)


@pytest.mark.parametrize("order", list(RecordOrder))
def test_a_position_survives_a_sealed_cursor(store: Storage, order: RecordOrder) -> None:
    records = [factories.published(), factories.published(factories.content(severity=None, timeline=None))]
    with store.begin() as unit:
        for record in records:
            unit.records.add(record)
    seal = CursorSeal(b"0" * 16)

    first = page(store, order, PageRequest(1))
    position = seal.open(seal.seal(first.positions[0], "records"), "records")
    second = page(store, order, PageRequest(1, position))

    assert {record.uid for record in records} == {first.items[0].uid, second.items[0].uid}


@pytest.mark.parametrize(
    ("order", "position"),
    [
        (RecordOrder.PUBLISHED, ()),
        (RecordOrder.PUBLISHED, ("2026-03-14T15:00:00+00:00",)),
        (RecordOrder.PUBLISHED, ("yesterday", "u")),
        (RecordOrder.PUBLISHED, ("2026-03-14T15:00:00", "u")),
        (RecordOrder.PUBLISHED, (3, "u")),
        (RecordOrder.CHANGED, ("2026-03-14", "u", "v")),
        (RecordOrder.OCCURRED, ("2026-03-14T15:00:00+00:00", "u")),
        (RecordOrder.SEVERITY, ("3", "u")),
        (RecordOrder.SEVERITY, (True, "u")),
        (RecordOrder.SEVERITY, (3, 4)),
        (RecordOrder.SEVERITY, (3.5, "u")),
    ],
)
def test_a_position_of_another_shape_is_a_bad_cursor(store: Storage, order: RecordOrder, position: Keyset) -> None:
    with pytest.raises(BadCursor) as forwards:
        page(store, order, PageRequest(2, position), ACME)
    with pytest.raises(BadCursor) as backwards:
        page(store, order, PageRequest(2, position, backwards=True), ACME)

    assert ("after",) == forwards.value.problems[0].path
    assert ("before",) == backwards.value.problems[0].path


def test_hidden_work_does_not_move_a_record_in_the_order_strangers_see(store: Storage) -> None:
    older = factories.published(at=START)
    newer = factories.published(at=START + timedelta(days=1))
    busy = replace(factories.with_work(older), changed_at=START + timedelta(days=2))
    with store.begin() as unit:
        unit.records.add(newer)
        unit.records.add(older)
        unit.records.save(busy)

    def order(visible: Visibility) -> list[RecordUid]:
        return [record.uid for record in page(store, RecordOrder.CHANGED, PageRequest(), visible).items]

    assert [newer.uid, older.uid] == order(PUBLIC_ONLY)
    assert [newer.uid, older.uid] == order(Visibility(organisation=OrganisationId("globex")))
    assert [older.uid, newer.uid] == order(ACME)
    assert [older.uid, newer.uid] == order(EVERYTHING)
