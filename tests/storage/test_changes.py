"""The contract of ``ports.ChangeWriter``: a gapless, chained log in the order of commits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from registry.domain.change import ChangeKind, verify_chain
from registry.domain.errors import Corrupt, NotFound
from registry.domain.record import OrganisationId
from registry.domain.workflow import Step
from registry.ports import LogHead, Storage
from tests import factories
from tests.clocks import START


def append_and_fail(store: Storage) -> None:
    with store.begin() as unit:
        unit.changes.append(factories.change(public=True))
        unit.records.add(factories.draft(owner=OrganisationId("nobody")))


def test_an_empty_log_has_head_zero(store: Storage) -> None:
    with store.read() as view:
        assert LogHead(0, 0) == view.changes.head()
        assert () == view.changes.after(0, limit=10)


def test_every_row_counts_and_public_ones_count_apart(store: Storage) -> None:
    with store.begin() as unit:
        rows = [unit.changes.append(factories.change(public=public)) for public in (False, True, False, True)]

    assert [(1, None), (2, 1), (3, None), (4, 2)] == [(row.seq, row.public_seq) for row in rows]
    with store.read() as view:
        assert LogHead(4, 2) == view.changes.head()
        assert tuple(rows[2:]) == view.changes.after(2, limit=10)
        assert tuple(rows[:1]) == view.changes.after(0, limit=1)
        assert (rows[1], rows[3]) == view.changes.public_after(0, limit=10)
        assert (rows[3],) == view.changes.public_after(1, limit=10)


def test_a_row_comes_back_as_it_was_appended(store: Storage) -> None:
    record = factories.published()
    at = datetime(2026, 3, 14, 17, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    about = factories.change(record, kind=ChangeKind.REVIEW, step=Step.APPROVE, at=at)
    subject = factories.change(kind=ChangeKind.ORGANISATION, subject="organisation:acme", public=True)

    with store.begin() as unit:
        first, second = unit.changes.append(about), unit.changes.append(subject)

    with store.read() as view:
        assert (first,) == view.changes.of_record(record.uid)
        assert (first, second) == view.changes.after(0, limit=10)
    assert about == first.row
    assert subject == second.row


def test_the_chain_verifies_across_units_and_shows_what_is_missing(store: Storage) -> None:
    for hours in range(5):
        with store.begin() as unit:
            unit.changes.append(factories.change(at=START + timedelta(hours=hours), public=hours % 2 == 0))

    with store.read() as view:
        rows = view.changes.after(0, limit=100)

    assert 5 == verify_chain(rows)
    with pytest.raises(Corrupt, match="change 3"):
        verify_chain([row for row in rows if row.seq != 3])
    altered = [replace(row, row=replace(row.row, actor="nobody")) if row.seq == 2 else row for row in rows]
    with pytest.raises(Corrupt, match="change 2"):
        verify_chain(altered)


def test_a_unit_that_fails_leaves_no_gap(store: Storage) -> None:
    with pytest.raises(NotFound):
        append_and_fail(store)

    with store.begin() as unit:
        assert 1 == unit.changes.append(factories.change(public=True)).seq
