"""The contracts of sources, runs and absences of imports."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from registry.domain.absence import LIVE, Absence, are_too_many
from registry.domain.errors import AlreadyExists
from registry.domain.importing import Counts, Run, RunState, Trust, Validator, upstream_key
from registry.domain.record import OrganisationId, RecordUid, State
from registry.ports import Storage
from tests import factories
from tests.clocks import START

RUN = Run("r1", "feed", RunState.RUNNING, START, START)
OWNER = OrganisationId("acme")


def imported(store: Storage, *ids: str) -> list[RecordUid]:
    """Records that were imported for ``acme``, submitted."""
    uids = []
    with store.begin() as unit:
        for id_ in ids:
            upstream = {"source": "feed", "id": id_, "sha256": "0" * 64}
            record = factories.draft(factories.content(upstream=upstream))
            unit.records.add(record)
            uids.append(record.uid)
    return uids


def test_a_source_is_kept_with_everything_it_says(store: Storage) -> None:
    given = factories.source("feed", trusted=True, urls=("https://feed.example/",), every_hours=3, options={"a": [1]})
    plain = factories.source("atlas")

    with store.begin() as unit:
        unit.import_sources.put(given)
        unit.import_sources.put(plain)

    with store.read() as view:
        assert (plain, given) == view.import_sources.all()
        assert given == view.import_sources.get("feed")
        assert view.import_sources.get("none") is None


def test_validators_are_kept_by_address_replaced_and_forgotten(store: Storage) -> None:
    many = {f"https://feed.example/{at}": Validator(f'"{at}"') for at in range(1200)}
    with store.begin() as unit:
        unit.import_sources.put_validators("feed", many)
        unit.import_sources.put_validators("other", {"https://feed.example/0": Validator(last_modified="x")})
        unit.import_sources.put_validators("feed", dict.fromkeys(list(many)[1:], Validator()))
        unit.import_sources.put_validators("feed", {"https://feed.example/0": Validator('"new"', "then")})

    with store.read() as view:
        assert {"https://feed.example/0": Validator('"new"', "then")} == view.import_sources.state("feed").validators
        assert 1 == len(view.import_sources.state("other").validators)


def test_the_state_of_a_source_counts_what_is_held_and_what_was_missed(store: Storage) -> None:
    uids = imported(store, "A", "B", "C", "D")
    absences = [Absence(upstream_key("feed", one), uid, "r1", START) for one, uid in zip("ABCD", uids, strict=True)]
    kept = [replace(absences[0], held=True), absences[1], absences[2], replace(absences[3], withdrawn_at=START)]
    with store.begin() as unit:
        unit.absences.put("feed", kept)
        unit.import_sources.save_state(
            replace(unit.import_sources.state("feed"), trust=Trust.TRUSTED, failures=2, due_at=START)
        )

    with store.read() as view:
        state = view.import_sources.state("feed")
        assert (1, 2, Trust.TRUSTED, 2, START) == (
            state.held, state.absent, state.trust, state.failures, state.due_at
        )  # fmt: skip
        assert {"feed": state} == view.import_sources.states()


def test_absences_are_found_by_key_and_forgotten(store: Storage) -> None:
    uids = imported(store, "A", "B")
    first, second = (Absence(upstream_key("feed", one), uid, "r1", START) for one, uid in zip("AB", uids, strict=True))
    with store.begin() as unit:
        unit.absences.put("feed", [first, second])
        unit.absences.put("feed", [replace(second, withdrawn_at=START, taken_back=True, reason="Ours.")])
        unit.absences.forget("feed", [first.key])
        unit.absences.forget("other", [second.key])

    with store.read() as view:
        expected = {second.key: replace(second, withdrawn_at=START, taken_back=True, reason="Ours.")}
        assert expected == view.absences.of_source("feed")
        assert expected == view.absences.of_keys("feed", [first.key, second.key])
        assert {} == view.absences.of_keys("feed", [])
        assert {} == view.absences.of_source("other")


def test_live_records_of_an_owner_are_read_in_portions(store: Storage) -> None:
    uids = imported(store, "A", "B", "C")
    with store.begin() as unit:
        unit.records.add(factories.draft())
        gone = unit.records.by_upstreams("feed", ["B"])["B"]
        unit.records.save(replace(gone, state=State.RETRACTED))

    with store.read() as view:
        first = view.absences.live(OWNER, LIVE, after=None, limit=1)
        rest = view.absences.live(OWNER, LIVE, after=first[0][0], limit=9)
        nobody = view.absences.live(OrganisationId("globex"), LIVE, after=None, limit=9)

    assert ((uids[0], upstream_key("feed", "A")),) == first
    assert ((uids[2], upstream_key("feed", "C")),) == rest
    assert () == nobody


@pytest.mark.parametrize("count", [0, 1, 3, 255, 256, 257, 600])
def test_any_number_of_records_is_found_by_upstream_ids(store: Storage, count: int) -> None:
    imported(store, "A", "B", "C")

    with store.read() as view:
        found = view.records.by_upstreams("feed", ["A", "C", *map(str, range(count))][:count])
        none = view.records.by_upstreams("other", ["A"])

    assert ({}, ["A", "C"][:count]) == (none, sorted(found))


def test_of_a_source_one_run_goes_on_at_a_time(store: Storage) -> None:
    with store.begin() as unit:
        unit.import_runs.add(RUN)
        unit.import_runs.add(replace(RUN, id="r2", source="other"))
    with pytest.raises(AlreadyExists), store.begin() as unit:
        unit.import_runs.add(replace(RUN, id="r3"))
    ended = replace(
        RUN, state=RunState.HELD, ended_at=START + timedelta(hours=1), done=5, total=6, counts=Counts(read=6, gone=30)
    )
    with store.begin() as unit:
        unit.import_runs.save(ended)
        unit.import_runs.add(replace(RUN, id="r3"))

    with store.read() as view:
        assert ended == view.import_runs.get("r1")
        assert view.import_runs.get("none") is None
        going_on = view.import_runs.going_on("feed")
        assert going_on is not None
        assert "r3" == going_on.id


@pytest.mark.parametrize(
    ("gone", "live", "expected"), [(20, 20, False), (21, 21, True), (20, 300, False), (30, 300, False), (31, 300, True)]
)
def test_what_is_too_much_at_once(gone: int, live: int, *, expected: bool) -> None:
    assert expected is are_too_many(gone, live)
