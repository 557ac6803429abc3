"""Many new records at once are what each would be by itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

from registry.domain.canonical import JsonValue
from registry.domain.content.kinds import Content, parse
from registry.domain.importing import Source
from registry.domain.record import Record, RecordUid
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service.ingest import Outcome
from registry.service.verify import verify
from tests import factories
from tests.service.world import People

TOGETHER = factories.source("together", trusted=True)
ALONE = factories.source("alone", "Another wiki", trusted=True)
SORTS: list[tuple[str, dict[str, JsonValue]]] = [
    ("CLEAR", {}),
    ("CLEAR", {"sources": [{"url": "https://example.org/a"}], "aliases": ["X-2"]}),
    ("GREEN", {}),
    ("CLEAR", {"harms": [{"type": "psychological", "stakeholder": "children"}]}),
    ("GREEN", {}),
    ("CLEAR", {"severity": 4, "timeline": {"started": "2026-03"}}),
    ("CLEAR", {"harms": [{"type": "psychological", "stakeholder": "children"}]}),
]


def case(source: Source, number: int, tlp: str = "CLEAR", **fields: JsonValue) -> Content:
    upstream: JsonValue = {"source": source.id, "id": f"C{number}", "sha256": "0" * 64}
    document = factories.incident_document(title=f"Case {number}", upstream=upstream, **fields)
    return parse(Kind.INCIDENT, content=document, marking={"tlp": tlp})


def cases(source: Source) -> list[Content]:
    return [case(source, number, tlp, **fields) for number, (tlp, fields) in enumerate(SORTS)]


def kept(registry: Registry, source: Source) -> list[Record]:
    with registry.storage.read() as reader:
        found = reader.records.by_upstreams(source.id, [f"C{number}" for number in range(len(SORTS))])
    return [found[f"C{number}"] for number in range(len(SORTS))]


def envelope(record: Record) -> Record:
    """The record without what is its own: uid, number, owner and content."""
    head = replace(record.head, public=None, restricted=None, public_hash=b"", restricted_hash=b"")
    return replace(record, uid=RecordUid("uid"), owner=factories.ACME, number=None, head=head)


def test_a_batch_is_published_as_its_records_one_by_one_are(registry: Registry, people: People) -> None:
    factories.take_in(registry, people.local_operator, TOGETHER, cases(TOGETHER))
    for one in cases(ALONE):
        factories.take_in(registry, people.local_operator, ALONE, [one])

    together, alone = kept(registry, TOGETHER), kept(registry, ALONE)
    assert [envelope(one) for one in alone] == [envelope(one) for one in together]
    assert [one.number is None for one in alone] == [one.number is None for one in together]
    assert len({one.number for one in (*together, *alone)}) == len({one.uid for one in (*together, *alone)})
    assert {True, False} == {one.sensitive for one in together}
    assert () == verify(registry, people.local_operator).faults


def test_what_lists_count_is_the_same_of_a_batch_and_of_records_one_by_one(registry: Registry, people: People) -> None:
    factories.take_in(registry, people.local_operator, TOGETHER, cases(TOGETHER))
    for one in cases(ALONE):
        factories.take_in(registry, people.local_operator, ALONE, [one])

    with closing(sqlite3.connect(registry.settings.database_path)) as db:
        rows = db.execute(
            "SELECT o.slug, r.severity, r.occurred_on, (SELECT group_concat(facet || value) FROM facets"
            " WHERE uid = r.uid ORDER BY facet, value), (SELECT count(*) FROM source_keys WHERE uid = r.uid)"
            " FROM records r JOIN organisations o ON o.id = r.owner ORDER BY o.slug, r.created_at, r.uid"
        ).fetchall()
    by_source = [sorted(repr(row[1:]) for row in rows if row[0] == source) for source in ("together", "alone")]
    assert len(SORTS) == len(by_source[0])
    assert by_source[1] == by_source[0]


def test_a_record_that_a_batch_has_twice_is_published_once(registry: Registry, people: People) -> None:
    batch = [case(TOGETHER, 1), case(TOGETHER, 2), case(TOGETHER, 1, severity=5)]

    outcomes = factories.take_in(registry, people.local_operator, TOGETHER, batch)

    assert (Outcome.NEW, Outcome.NEW, Outcome.CHANGED) == outcomes
    assert () == verify(registry, people.local_operator).faults
