"""The rules of saved searches: what is news, when letters are written, and ids that come out the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.digest import Digest, next_digest
from registry.domain.record import OrganisationId, PersonId, Record, RecordUid
from registry.domain.saved_search import SavedSearch, SavedSearchId, delivery_id, is_news, remembered, was_there
from tests import factories

AT = datetime(2026, 3, 14, 15, 30, tzinfo=UTC)
WHOLE = SavedSearch(
    SavedSearchId("s"), PersonId("p"), OrganisationId("o"), "Name", "flood", "q=flood", "t", AT, 7, is_whole=True
)


def record(published_at: datetime | None = AT, revision: int = 1) -> Record:
    """A record that was first published then."""
    made = factories.published()
    head = replace(made.head, published_at=published_at, revision=revision)
    return replace(made, head=head, published_at=published_at, revision=revision)


def test_what_was_remembered_is_no_news_and_of_too_much_only_what_came_later_is() -> None:
    partly = replace(WHOLE, is_whole=False)
    before, after = record(AT - timedelta(days=1)), record(AT)

    assert [True, False] == [is_news(WHOLE, before, was_remembered=one) for one in (False, True)]
    assert [False, True] == [is_news(partly, one, was_remembered=False) for one in (before, after)]
    assert not is_news(partly, record(None), was_remembered=False)


@given(st.sets(st.uuids(), max_size=60), st.sets(st.uuids(), max_size=60))
def test_the_memory_holds_what_was_put_there_and_nothing_else(there: set[UUID], others: set[UUID]) -> None:
    known = {RecordUid(str(one)) for one in there}
    asked = known | {RecordUid(str(one)) for one in others}

    assert known == was_there(remembered(known), asked)


@pytest.mark.parametrize(
    ("digest", "now", "expected"),
    [
        (Digest.NEVER, "2026-03-14T15:30:00", None),
        (Digest.HOURLY, "2026-03-14T15:30:00", "2026-03-14T16:00:00"),
        (Digest.HOURLY, "2026-12-31T23:59:59", "2027-01-01T00:00:00"),
        (Digest.DAILY, "2026-03-14T05:59:59", "2026-03-14T06:00:00"),
        (Digest.DAILY, "2026-03-14T06:00:00", "2026-03-15T06:00:00"),
        (Digest.WEEKLY, "2026-03-14T15:30:00", "2026-03-16T06:00:00"),
        (Digest.WEEKLY, "2026-03-16T05:00:00", "2026-03-16T06:00:00"),
        (Digest.WEEKLY, "2026-03-16T06:00:00", "2026-03-23T06:00:00"),
    ],
)
def test_letters_are_written_at_set_times_and_always_later_than_now(
    digest: Digest, now: str, expected: str | None
) -> None:
    wanted = None if expected is None else datetime.fromisoformat(expected).replace(tzinfo=UTC)

    assert wanted == next_digest(digest, datetime.fromisoformat(now).replace(tzinfo=UTC))


def test_the_id_of_a_delivery_is_made_of_search_record_and_revision_in_the_order_of_time() -> None:
    one = record()

    first = delivery_id(SavedSearchId("s"), one)

    assert first == delivery_id(SavedSearchId("s"), replace(one))
    assert 7 == UUID(first).version
    later = replace(one, revision=2, head=replace(one.head, published_at=AT + timedelta(milliseconds=1)))
    others = {delivery_id(SavedSearchId("other"), one), delivery_id(SavedSearchId("s"), replace(one, revision=2))}
    assert first not in others
    assert first < delivery_id(SavedSearchId("s"), later)
