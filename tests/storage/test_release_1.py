"""A store that release 1 left behind: brought up to date, it says what it said, to those it was said to."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command

from registry.domain.actor import ANONYMOUS, SYSTEM, Role
from registry.domain.change import ChangeKind
from registry.domain.pages import PageRequest, RecordFilter, RecordOrder
from registry.domain.policy import EVERYTHING, PUBLIC_ONLY, Visibility
from registry.domain.record import OrganisationId, Record, State
from registry.domain.vocabulary import Kind, LinkRel
from registry.ports import Registry
from registry.service import erasure, find, follow, life, search
from registry.service.verify import verify
from registry.storage.engine import without_foreign_keys, write_engine
from registry.storage.migrations import upgrade as migrations
from tests.clocks import CountingIds, FixedClock
from tests.service.circle import admit
from tests.service.world import BASIS, REASON, close_registry, open_registry

# Made by release 1 itself, from records of the tests: every row of a node with one record of each fate.
LEFT_BEHIND = Path(__file__).with_name("release_1.sql")
ACME = OrganisationId("01950000-0001-7000-8000-000000000001")
DELTA = OrganisationId("01950000-0003-7000-8000-000000000003")

PUBLIC = {"Open", "Open lesson", "Open measure", "Worked on"}
OF_ACME = {"Waiting", "Handed in", "Claimed", "Approved", "Rejected", "Withdrawn", "Narrowed", ""}
_WITHDRAWN = "SELECT count(*) FROM records WHERE state = 'withdrawn' AND NOT is_public"
OF_DELTA = {"Closed GREEN", "Closed AMBER", "Closed AMBER+STRICT", "Closed RED"}


def write_store(database: Path) -> None:
    """Make the store as release 1 left it."""
    database.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(LEFT_BEHIND.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That store, brought up to date."""
    made = tmp_path_factory.mktemp("upgraded") / "registry.db"
    write_store(made)
    migrations.upgrade(made)
    return made


@pytest.fixture
def registry(tmp_path: Path, upgraded: Path, clock: FixedClock) -> Iterator[Registry]:
    """The node of this release over it."""
    (tmp_path / "data").mkdir()
    shutil.copy(upgraded, tmp_path / "data")
    opened = open_registry(tmp_path / "data", clock, _LaterIds())
    yield opened
    close_registry(opened)


class _LaterIds(CountingIds):
    """Ids that release 1 gave to nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 5000


def title_of(record: Record) -> str:
    """Its title; nothing of an erased one."""
    document = record.head.public.document if record.head.public else {}
    return str(document.get("title") or document.get("statement") or document.get("name") or "")


def listed(registry: Registry, visible: Visibility) -> set[str]:
    """The titles that such a viewer finds in lists."""
    with registry.storage.read() as reader:
        page = reader.records.page(RecordFilter(), RecordOrder.CHANGED, PageRequest(limit=100), visible=visible)
        assert len(page.items) == reader.records.count(RecordFilter(), visible=visible)
    for record in page.items:
        assert visible.lists(record)
    return {title_of(record) for record in page.items}


def test_the_log_and_every_record_still_verify(registry: Registry) -> None:
    found = verify(registry, SYSTEM)

    assert () == found.faults
    assert (16, True) == (found.records, found.changes > 60)


def test_everybody_finds_what_they_found_and_members_what_is_green(registry: Registry) -> None:
    assert PUBLIC == listed(registry, PUBLIC_ONLY)
    assert PUBLIC | OF_ACME == listed(registry, Visibility(organisation=ACME))
    assert PUBLIC | OF_DELTA == listed(registry, Visibility(organisation=DELTA))
    assert PUBLIC | OF_ACME | OF_DELTA == listed(registry, EVERYTHING) == listed(registry, Visibility(everything=True))
    assert PUBLIC | {"Closed GREEN"} == listed(registry, Visibility(community=True))


def test_tombstones_stay_and_tell_what_they_told(registry: Registry) -> None:
    with registry.storage.read() as reader:
        uids = reader.records.uids(after=None, limit=100)
        known = reader.records.many(uids, visible=PUBLIC_ONLY)
    stones = [find.record(registry, ANONYMOUS, uid) for uid, one in known.items() if not one.is_public]

    told = {(one.state, one.reason) for one in stones}
    assert {(State.WITHDRAWN, REASON), (State.WITHDRAWN, None), (State.ERASED, f"{REASON} (GDPR Art. 17)")} == told


def test_sql_and_rules_agree_on_every_record(registry: Registry) -> None:
    with registry.storage.read() as reader:
        uids = reader.records.uids(after=None, limit=100)
        records = reader.records.many(uids, visible=EVERYTHING)
        for visible in (
            PUBLIC_ONLY,
            Visibility(community=True),
            Visibility(organisation=ACME),
            Visibility(organisation=DELTA),
        ):
            admitted = {uid for uid, one in records.items() if visible.admits(one)}
            assert admitted == reader.records.many(uids, visible=visible).keys()


def test_links_and_the_index_are_as_they_were(registry: Registry) -> None:
    while follow.catch_up(registry, SYSTEM):
        pass
    (opened,) = [
        match.record
        for match in search.search(registry, ANONYMOUS, '"Open"').matches
        if match.record.kind is Kind.INCIDENT
    ]

    lessons = find.linked(registry, ANONYMOUS, opened.uid, LinkRel.DERIVED_FROM, request=PageRequest(), reverse=True)

    assert ["Open lesson"] == [title_of(one) for one in lessons.items]


def test_life_goes_on_and_the_chain_with_it(registry: Registry) -> None:
    operator = admit(registry, "node", Role.OPERATOR, name="Olga Other")
    lead = admit(registry, "gamma", Role.LEAD_REVIEWER, name="Lee Later")
    with registry.storage.read() as reader:
        records = reader.records.many(reader.records.uids(after=None, limit=100), visible=EVERYTHING)
    by_title = {title_of(one): one for one in records.values()}

    life.restore(registry, lead, by_title["Withdrawn"].uid, reason="It was right.")
    erasure.block(registry, lead, by_title["Open"].uid, reason=REASON)
    erasure.erase(registry, operator, by_title["Open"].uid, reason=REASON, legal_basis=BASIS)

    assert () == verify(registry, SYSTEM).faults
    with registry.storage.read() as reader:
        rows = reader.changes.of_record(by_title["Open"].uid)
    assert [None, "CLEAR/RED blocked", "CLEAR/RED"] == [
        rows[0].row.visibility,
        *(one.row.visibility for one in rows[-2:]),
    ]
    assert ChangeKind.ERASE is rows[-1].row.kind


def test_going_back_leaves_every_row_of_release_1_as_it_was(tmp_path: Path) -> None:
    database = tmp_path / "registry.db"
    write_store(database)
    before = rows_of(database)

    migrations.upgrade(database)
    assert before.keys() < rows_of(database).keys()
    go_back(database)

    assert before == rows_of(database)


def test_going_back_opens_nothing_that_was_hidden_or_merged_meanwhile(tmp_path: Path) -> None:
    database = tmp_path / "registry.db"
    write_store(database)
    migrations.upgrade(database)
    one = "WHERE uid = (SELECT min(uid) FROM records WHERE state = 'published' AND kind = ?)"
    with closing(sqlite3.connect(database)) as connection, connection:
        blocked = connection.execute(f"UPDATE records SET blocked = 1, is_public = 0 {one}", ("incident",))
        merged = connection.execute(f"UPDATE records SET state = 'merged', is_public = 0 {one}", ("lesson",))
        assert (1, 1) == (blocked.rowcount, merged.rowcount)
        withdrawn = connection.execute(_WITHDRAWN).fetchone()[0]

    go_back(database)

    with closing(sqlite3.connect(database)) as connection:
        assert withdrawn + 2 == connection.execute(_WITHDRAWN).fetchone()[0]
        assert 0 == connection.execute("SELECT count(*) FROM records WHERE state = 'merged'").fetchone()[0]


def go_back(database: Path) -> None:
    """Bring a store of this release back to release 1."""
    engine = write_engine(database, busy_seconds=1)
    with engine.connect() as connection:
        without_foreign_keys(connection)
        with connection.begin():
            alembic = migrations.config()
            alembic.attributes["connection"] = connection
            command.downgrade(alembic, "0001")
    engine.dispose()


def rows_of(database: Path) -> dict[str, tuple[list[str], list[tuple[object, ...]]]]:
    """The columns and the sorted rows of every table."""
    with closing(sqlite3.connect(database)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        tables = {}
        for name in names:
            cursor = connection.execute(f'SELECT * FROM "{name}"')  # names from the schema itself
            columns = [one[0] for one in cursor.description]
            order = sorted(range(len(columns)), key=columns.__getitem__)
            rows = [tuple(row[at] for at in order) for row in cursor.fetchall()]
            tables[name] = (sorted(columns), sorted(rows, key=repr))
        return tables
