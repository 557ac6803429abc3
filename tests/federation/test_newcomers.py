"""A page that is new here is stored in few statements: the rows are those that its items would make one by one."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from registry.domain.actor import peer as peer_actor
from registry.domain.canonical import canonical_bytes
from registry.domain.federation.envelope import Envelope, envelope_document
from registry.domain.record import State
from registry.domain.vocabulary import Kind
from registry.ports.federation import Refused
from registry.service.federation import applying, serving
from registry.service.federation.applying import Applied
from tests.clocks import START
from tests.factories import content
from tests.federation.forging import next_header, resigned
from tests.federation.world import Sister, Sisterhood

# Everything about a record but what a node gives it by itself: row numbers and its own organisations.
_ROWS = """
SELECT uid, number, kind, origin, state, revision, draft_revision, head_draft_revision, is_public, was_public,
  embargoed, imported, reason, created_at, changed_at, published_at, withdrawn_at, head_published_at, is_out,
  is_open_to_community, shared_with, blocked, sensitive, sources_cleared, merged_into, cap, received, topics, severity,
  occurred_on, upstream_key FROM records ORDER BY uid;
SELECT o.slug, o.name FROM records r JOIN organisations o ON o.id = r.owner ORDER BY r.uid;
SELECT * FROM revisions ORDER BY uid, draft_revision;
SELECT * FROM links ORDER BY uid, rel, target, clause;
SELECT * FROM source_keys ORDER BY uid, key;
SELECT r.uid, t.facet, t.value FROM facets f JOIN records r ON r.id = f.record
  JOIN facet_terms t ON t.id = f.term ORDER BY 1, 2, 3;
SELECT * FROM envelopes ORDER BY hash;
SELECT uid, hash, frozen FROM envelope_heads ORDER BY uid;
SELECT uid, kind, actor, at, public_seq IS NULL, revision, draft_revision, public_hash, restricted_hash, visibility
  FROM changes WHERE uid IS NOT NULL ORDER BY uid, seq
"""


def rows(sister: Sister) -> list[list[Any]]:
    """What a node has stored."""
    with closing(sqlite3.connect(sister.registry.settings.database_path)) as db:
        return [db.execute(one).fetchall() for one in _ROWS.split(";")]


def items_for(giving: Sister, asking: Sister) -> list[dict[str, Any]]:
    """All that *giving* has for *asking*, as it is sent."""
    giving.sign()
    known = giving.peer(asking)
    page = serving.log_page(giving.registry, peer_actor(asking.dns, known.organisation, frozenset()), limit=500)
    return [dict(envelope_document(one)) for one in page.items if isinstance(one, Envelope)]


def taken_in(by: Sister, origin: Sister, items: Sequence[dict[str, Any]]) -> Applied:
    """What became of *items* as one page."""
    with by.registry.storage.begin() as unit:
        return applying.apply_page(by.registry, unit, by.peer(origin), items)


def parked(item: dict[str, Any]) -> Refused:
    """An item that waited: such ones are taken in one by one."""
    return Refused("", "", None, "", "MISSING_KEY", canonical_bytes(item), START, parked_until=START)


def test_a_page_leaves_the_rows_that_its_items_leave_one_by_one(sisters: Sisterhood) -> None:
    one, at_once, by_one = sisters.friends("a", "b", "c")
    told = [{"url": "https://example.org/told", "title": "Told"}]
    subject, gone, _ = (one.node.publish(content(title=name, sources=told)) for name in ("One", "Two", "Three"))
    one.node.withdraw(gone)
    one.node.publish(content(Kind.LESSON, links=[{"rel": "related", "target": subject.uid}]))
    one.node.publish(content(Kind.STATEMENT, about=subject.uid))
    one.node.publish(content(marking={"tlp": "GREEN"}))
    sisters.clock.advance(seconds=1)
    items = items_for(one, at_once)

    done = taken_in(at_once, one, items)
    with by_one.registry.storage.begin() as unit:
        alone = applying.apply_parked(by_one.registry, unit, by_one.peer(one), list(map(parked, items)))

    assert len(items) == done.applied
    assert alone == done
    expected = [[tuple(_neutral(value, by_one) for value in row) for row in table] for table in rows(by_one)]
    assert expected == [[tuple(_neutral(value, at_once) for value in row) for row in table] for table in rows(at_once)]


def _neutral(value: Any, sister: Sister) -> Any:
    return value.replace(sister.dns, "here") if isinstance(value, str) else value


def test_two_records_of_one_page_under_one_number_are_not_both_taken(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record, second = one.node.publish(content(title="First")), one.node.publish(content(title="Second"))
    item, copy = items_for(one, other)
    copy = resigned(copy, one.registry.key, number=record.number)

    done = taken_in(other, one, [item, copy])

    assert (1, 1, ["NUMBER_TAKEN"]) == (done.applied, done.quarantined, other.refused(one))
    assert [True, False] == [other.record(uid) is not None for uid in (record.uid, second.uid)]


def test_two_states_of_a_new_record_in_one_page_are_taken_in_their_order(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="First"))
    (item,) = items_for(one, other)
    gone = resigned(item, one.registry.key, **next_header(item, state="withdrawn", change="withdraw"))
    del gone["public"]

    done = taken_in(other, one, [item, gone])

    found = other.record(record.uid)
    assert found is not None
    assert (2, State.WITHDRAWN) == (done.applied, found.state)


def test_what_is_unfit_among_new_ones_is_left_out_alone(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    records = [one.node.publish(content(title=f"Number {at}")) for at in range(3)]
    items = items_for(one, other)
    items[1] = resigned(items[1], other.registry.key)

    done = taken_in(other, one, items)

    assert (2, 1) == (done.applied, done.parked)
    assert [True, False, True] == [other.record(record.uid) is not None for record in records]
