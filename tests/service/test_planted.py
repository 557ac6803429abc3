"""A planted name, erased, is nowhere: in no file, no answer, no log, no remembered request and no restored backup."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from registry.domain.actor import SYSTEM, Actor
from registry.domain.record import RecordUid, State
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import follow, jobs, node, search
from registry.service.keys import create_key
from registry.service.verify import verify
from registry.storage.tables import Row
from schema.root import build_schema
from tests.client import Client
from tests.clocks import FixedClock
from tests.leaks.selections import everything
from tests.service.planted import (
    HOLD_NO_WORDS,
    HOLD_THE_ANSWER_FOR_A_WHILE,
    HOLD_WORDS,
    NAME,
    WORDS,
    places_of,
    plant,
)
from tests.service.world import BASIS, People, close_registry, erase_by_two, open_registry, published, stored, text_of
from web.app import create_app


def _catch_up(registry: Registry) -> None:
    while follow.catch_up(registry, SYSTEM):
        pass


def _let_time_pass(registry: Registry, clock: FixedClock) -> None:
    """Until every case is over and its texts are deleted."""
    clock.advance(days=registry.settings.case_kept_days + 1)
    while jobs.run_due(registry, SYSTEM):
        pass


def _holding(database: Path, word: bytes) -> set[str]:
    """The tables that hold *word* in any column."""
    found = set()
    with closing(sqlite3.connect(database)) as connection:
        for table in Row.metadata.tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):  # names from the models
                if any(word in (one if isinstance(one, bytes) else str(one).encode()).lower() for one in row):
                    found.add(table)
    return found


def test_every_table_says_whether_it_holds_words_about_a_record() -> None:
    assert not HOLD_WORDS & HOLD_NO_WORDS.keys()
    assert Row.metadata.tables.keys() == HOLD_WORDS | HOLD_NO_WORDS.keys()


@pytest.mark.parametrize("catch_up_before", [True, False])
def test_an_erased_name_is_in_no_file(
    registry: Registry, people: People, clock: FixedClock, *, catch_up_before: bool
) -> None:
    for at in range(3):
        published(registry, people, text_of(f"Neighbour {at}"))
    uids = plant(registry, people)
    if catch_up_before:
        _catch_up(registry)
        assert 1 == search.search(registry, people.stranger, "zorbelgrint").total
    data_dir = registry.settings.data_dir
    assert HOLD_WORDS == _holding(registry.settings.database_path, WORDS[0])

    for uid in uids:
        erase_by_two(registry, people, uid, legal_basis=BASIS)
    _catch_up(registry)

    assert HOLD_THE_ANSWER_FOR_A_WHILE == _holding(registry.settings.database_path, WORDS[0])
    _let_time_pass(registry, clock)
    assert [] == [place for word in WORDS for place in places_of(word, data_dir)]
    assert 0 == search.search(registry, people.stranger, "zorbelgrint").total
    assert () == verify(registry, people.system).faults


def test_an_erased_name_is_in_no_answer_and_in_no_log(
    registry: Registry, people: People, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    keys = ["", *(_key(registry, one) for one in (people.submitter, people.lead, people.operator, people.outsider))]
    uids = plant(registry, people)
    for uid in uids:
        erase_by_two(registry, people, uid, legal_basis=BASIS)
    _catch_up(registry)
    telling = []

    with Client(create_app(registry)) as client:
        for key in keys:
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            for path in _paths(registry, uids):
                body = client.request("GET", path, headers=headers, follow_redirects=True).content.lower()
                telling += [(path, key) for word in WORDS if word in body]
            for query in _queries(uids):
                body = client.request("POST", "/graphql", json={"query": query}, headers=headers).content.lower()
                telling += [(query, key) for word in WORDS if word in body]

    assert [] == telling
    written = capfd.readouterr()
    for said in (caplog.text, written.out, written.err):
        assert "zorbelgrint" not in said.lower()


def _key(registry: Registry, actor: Actor) -> str:
    assert actor.person is not None
    assert actor.organisation is not None
    return create_key(registry, actor, person=actor.person, organisation_id=actor.organisation, label="Laptop").text


def _paths(registry: Registry, uids: tuple[RecordUid, ...]) -> list[str]:
    refs = [ref for uid in uids for ref in (uid, stored(registry, uid).number) if ref]
    forms = ("/r/{}", "/r/{}.json", "/r/{}/history", "/r/{}/diff/1..2", "/r/{}/correction", "/notice?record={}")
    plain = {"/", "/incidents", "/search", "/statements", "/organisations", "/transparency", "/health/ready", "/lookup"}
    return sorted(plain) + [form.format(ref) for ref in refs for form in forms]


def _queries(uids: tuple[RecordUid, ...]) -> list[str]:
    core = build_schema().core
    record = everything(core, Kind.INCIDENT.type_name)
    roots = {
        "changes(first: 100)": "ChangeConnection",
        "cases(first: 20)": "CaseConnection",
        "reports(first: 20)": "ReportConnection",
        "proposals(first: 20)": "ProposalConnection",
        "notices": "Notice",
    }
    asked = [f"{{ {root} {everything(core, name)} }}" for root, name in roots.items()]
    return asked + [f'{{ record(uid: "{uid}") {{ ... on Incident {record} }} }}' for uid in uids]


def test_an_erased_name_does_not_come_back_with_a_backup(
    registry: Registry, people: People, tmp_path: Path, clock: FixedClock
) -> None:
    uids = plant(registry, people)
    copy = tmp_path / "copy.db"
    registry.storage.backup(copy)
    assert [] != list(places_of(WORDS[0], tmp_path))
    for uid in uids:
        erase_by_two(registry, people, uid, legal_basis=BASIS)
    restored_dir = tmp_path / "restored" / "data"
    restored_dir.mkdir(parents=True)
    shutil.copy(registry.settings.erasures_path, restored_dir.parent / registry.settings.erasures_path.name)
    shutil.copy(copy, restored_dir / registry.settings.database_path.name)

    restored = open_registry(restored_dir, clock, registry.ids)
    count = node.after_restore(restored, people.system)
    _catch_up(restored)

    assert len(uids) == count
    assert {State.ERASED} == {stored(restored, uid).state for uid in uids}
    assert HOLD_THE_ANSWER_FOR_A_WHILE == _holding(restored.settings.database_path, WORDS[0])
    _let_time_pass(restored, clock)
    assert [] == [place for word in WORDS for place in places_of(word, restored_dir)]
    assert () == verify(restored, people.system).faults
    close_registry(restored)


def test_the_name_is_one_that_nothing_else_has() -> None:
    assert WORDS == tuple(sorted((word.encode() for word in NAME.lower().split()), reverse=True))
