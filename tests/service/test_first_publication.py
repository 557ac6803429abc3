"""Many new records at once are what each would be by itself."""

from __future__ import annotations

import copy
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.domain.canonical import JsonValue
from registry.domain.content.kinds import Content, parse
from registry.domain.importing import Source
from registry.domain.pages import PageRequest
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid
from registry.domain.vocabulary import Kind, LinkRel
from registry.ports import Registry
from registry.service import ingest, numbers
from registry.service.ingest import Outcome
from registry.service.verify import verify
from tests import factories
from tests.clocks import CountingIds, FixedClock
from tests.service.world import People, close_registry, open_registry

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
            "SELECT o.slug, r.severity, r.occurred_on, (SELECT group_concat(said) FROM ("
            " SELECT t.facet || t.value AS said FROM facets f JOIN facet_terms t ON t.id = f.term"
            " WHERE f.record = r.id ORDER BY said)),"
            " (SELECT count(*) FROM source_keys WHERE uid = r.uid)"
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


# What is a record's or a row's own, however it was stored; what the numbers of facets mean is compared in words.
_OWN = {
    "records": {"number", "id", "facets"},
    "facets": {"term", "record"},
    "facet_terms": {"id"},
    "revisions": {"public_salt", "public_hash", "restricted_salt", "restricted_hash"},
    "changes": {"seq", "public_seq", "public_hash", "restricted_hash", "chain_hash"},
    "numbers": {"last"},
    "jobs": {"id"},
}
_IN_WORDS = {
    "facets by their index": "SELECT r.uid, t.facet, t.value FROM facets f JOIN facet_terms t ON t.id = f.term"
    " JOIN records r ON r.id = f.record",
    "facets by the lists": "SELECT r.uid, t.facet, t.value FROM records r, json_each(r.facets) j"
    " JOIN facet_terms t ON t.id = j.value",
}
_SOURCES: JsonValue = [{"url": "https://example.org/a", "archive_url": "https://archive.example/1"}]
_HARMS: JsonValue = [{"type": "psychological", "stakeholder": "children"}]
FIELDS: dict[str, list[JsonValue]] = {
    "severity": [0, 5],
    "misuse_categories": [["cyber/phishing"], ["violence", "self_harm"], ["csae"]],
    "timeline": [{"detected": "2025-07-09"}, {}],
    "sources": [_SOURCES],
    "aliases": [["X-1", 'Ünïcode % "quoted" \\']],
    "harms": [_HARMS],
    "links": [[{"rel": "derived_from", "target": "01930f3e-7c1a-7b52-9a64-2f0c5d8e1b90"}]],
}
MARKINGS: list[dict[str, JsonValue]] = [
    {"tlp": "CLEAR"},
    {"tlp": "CLEAR", "content_warnings": ["graphic violence"]},
    {"tlp": "CLEAR", "embargo_until": "2026-09-01T00:00:00Z"},
    {"tlp": "GREEN"},
    {"tlp": "AMBER", "audience": "cert", "licence": "LicenseRef-100%"},
]
RESTRICTED: list[dict[str, JsonValue]] = [{}, {"notes": "Told by phone."}]


@st.composite
def batches(draw: st.DrawFn) -> list[Content]:
    """New records of a source, of every sort that is decided about in a way of its own, several of each."""
    contents = []
    for number in range(draw(st.integers(2, 9))):
        upstream: JsonValue = {"source": TOGETHER.id, "id": f"C{number}", "sha256": "0" * 64}
        names = draw(st.sets(st.sampled_from(sorted(FIELDS)), max_size=3))
        fields: dict[str, JsonValue] = {name: draw(st.sampled_from(FIELDS[name])) for name in sorted(names)}
        kind = draw(st.sampled_from([Kind.INCIDENT, Kind.INCIDENT, Kind.LESSON]))
        if kind is Kind.INCIDENT:
            document = factories.incident_document(title=f"Case {number}", upstream=upstream, **fields)
        else:
            document = factories.lesson_document(upstream=upstream)
        marking, restricted = draw(st.sampled_from(MARKINGS)), draw(st.sampled_from(RESTRICTED))
        contents.append(parse(kind, content=document, restricted=restricted, marking=marking))
    return contents


@contextmanager
def node_of_its_own(template: tuple[Path, People, CountingIds], data_dir: Path) -> Iterator[Registry]:
    """A registry over a copy of the template, in a folder that is made anew."""
    shutil.rmtree(data_dir, ignore_errors=True)
    data_dir.mkdir()
    shutil.copy(template[0], data_dir / template[0].name)
    registry = open_registry(data_dir, FixedClock(), copy.copy(template[2]))
    try:
        yield registry
    finally:
        close_registry(registry)


def rows_of(registry: Registry) -> dict[str, list[str]]:
    """Every row of every table without what is its own; uids are told by what they were upstream."""
    with closing(sqlite3.connect(registry.settings.database_path)) as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        uids = dict(db.execute("SELECT uid, hex(upstream_key) FROM records"))
        asked = {name: f"SELECT * FROM {name}" for name in names} | _IN_WORDS
        return {name: sorted(_rows(db, name, statement, uids)) for name, statement in asked.items()}


def _rows(db: sqlite3.Connection, table: str, statement: str, uids: dict[str, str]) -> Iterator[str]:
    found = db.execute(statement)
    columns = [column[0] for column in found.description]
    for row in found:
        told: dict[str, Any] = {name: uids.get(value, value) for name, value in zip(columns, row, strict=True)}
        yield repr([value for name, value in told.items() if name not in _OWN.get(table, ())])


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents=batches())
def test_a_batch_leaves_the_rows_that_its_records_one_by_one_leave(
    template: tuple[Path, People, CountingIds], tmp_path: Path, contents: list[Content]
) -> None:
    actor = template[1].local_operator
    with node_of_its_own(template, tmp_path / "batch") as batch, node_of_its_own(template, tmp_path / "each") as each:
        outcomes = factories.take_in(batch, actor, TOGETHER, contents)
        outcomes_of_each = [factories.take_in(each, actor, TOGETHER, [one])[0] for one in contents]

        assert list(outcomes) == outcomes_of_each
        rows = rows_of(batch)
        assert rows_of(each) == rows
        assert rows["facets by the lists"] == rows["facets by their index"] != []
        assert () == verify(batch, actor).faults


def test_numbers_of_a_batch_leave_out_what_was_reserved_and_what_was_drawn(registry: Registry, people: People) -> None:
    numbers.reserve(registry, people.submitter, Kind.INCIDENT, count=3)
    with registry.storage.begin() as unit:
        drawn = factories.published(number="LOCAL-INC-2026-0006", owner=people.submitter.organisation)
        unit.records.add(drawn)

    factories.take_in(registry, people.local_operator, TOGETHER, [case(TOGETHER, number) for number in range(7)])

    wanted = [f"LOCAL-INC-2026-{n:04d}" for n in (4, 5, 7, 8, 9, 10, 11)]
    assert wanted == [one.number for one in kept(registry, TOGETHER)]


class _Repeating(CountingIds):
    """Ids that the template has not given, and six digits that come twice each."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 10_000

    def six_digits(self) -> int:
        """From 500000 on, each number twice."""
        return 500_000 + super().six_digits() // 2


def test_a_batch_that_draws_a_number_twice_gives_it_once(registry: Registry, people: People) -> None:
    repeating = replace(registry, ids=_Repeating())
    batch = [case(TOGETHER, number, "GREEN" if number % 2 else "AMBER") for number in range(7)]

    outcomes = factories.take_in(repeating, people.local_operator, TOGETHER, batch)

    assert {Outcome.NEW} == set(outcomes)
    assert 7 == len({one.number for one in kept(registry, TOGETHER)})


def test_a_record_may_refer_to_a_new_one_of_its_batch(registry: Registry, people: People) -> None:
    contents = [case(TOGETHER, number) for number in range(4)]
    links = ((LinkRel.DERIVED_FROM, "C2"),)
    batch = [ingest.incoming(TOGETHER, one, links=links if at == 0 else ()) for at, one in enumerate(contents)]

    ingest.upsert(registry, people.local_operator, TOGETHER, batch)

    with registry.storage.read() as reader:
        found = reader.records.by_upstreams(TOGETHER.id, ["C0", "C2"])
        linked = reader.records.linked(found["C0"].uid, LinkRel.DERIVED_FROM, PageRequest(2), visible=EVERYTHING)
    assert [found["C2"].uid] == [one.uid for one in linked.items]
