"""Killed at random moments, and then let run to its end, an import ends in the state in which one run ends."""

from __future__ import annotations

import random
import signal
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.finding import FindingFilter
from registry.domain.importing import RunState
from registry.domain.pages import PageRequest
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid, Revision
from registry.ports import Registry
from registry.service import importing
from tests.forking import programs
from tests.importers.killed import STAGES, opened, run_night

ROOT = Path(__file__).resolve().parents[2]
State = dict[str, Any]


def contents(registry: Registry) -> State:
    """Everything that an import leaves, with upstream ids for uids and without times."""
    with registry.storage.read() as reader:
        uids = reader.records.uids(after=None, limit=10_000)
        records = [one for at in range(0, len(uids), 200) for one in _many(reader, uids[at : at + 200])]
        upstream: Any = {one.uid: one.head.public.document["upstream"] for one in records if one.head.public}
        names = {uid: one["id"] for uid, one in upstream.items()}
        absences = {
            (one.uid and names[one.uid], one.taken_back, one.held, one.withdrawn_at is not None, one.reason)
            for one in reader.absences.of_source("invented").values()
        }
    return {
        "records": {names[one.uid]: _described(one, names) for one in records},
        "absences": absences,
        "findings": _findings(registry),
        "runs": Counter(one.state for one in _runs(registry) if one.state is not RunState.FAILED),
    }


def _many(reader: Any, uids: tuple[RecordUid, ...]) -> list[Record]:
    return list(reader.records.many(uids, visible=EVERYTHING).values())


def _described(record: Record, names: dict[RecordUid, str]) -> list[Any]:
    parts = [_parts(one, names) for one in (record.head, record.work) if one is not None]
    return [record.state, record.pending, record.imported, record.reason, record.was_public, parts]


def _parts(revision: Revision, names: dict[RecordUid, str]) -> list[Any]:
    documents: list[Any] = [one.document for one in (revision.public, revision.restricted) if one is not None]
    for one in documents:
        one["links"] = sorted(names[link["target"]] for link in one.get("links", ()))
    return documents


def _findings(registry: Registry) -> set[Any]:
    found, request = set(), PageRequest(limit=100)
    while True:
        page = importing.findings(registry, LOCAL_OPERATOR, "invented", request, FindingFilter())
        found |= {(one.finding, one.cleared_at is None) for one in page.items}
        if not page.has_next:
            return found
        request = PageRequest(limit=100, position=page.positions[-1])


def _runs(registry: Registry) -> Any:
    return importing.runs(registry, LOCAL_OPERATOR, "invented", PageRequest(limit=100)).items


def killed(data_dir: Path, stage: int, hour: int, *, unit: int, milliseconds: int) -> None:
    """Run a night in a process that dies in it, or just behind its end."""
    arguments = [str(data_dir), *map(str, (stage, hour, unit, milliseconds))]
    done = subprocess.run(
        [str(programs() / "loaded-python"), "-m", "tests.importers.killed", *arguments], cwd=ROOT, check=False
    )
    assert done.returncode in {0, -signal.SIGKILL}


def is_over(data_dir: Path, stage: int, hour: int) -> bool:
    """Whether this night's run has come to its end."""
    with opened(data_dir, hour=hour) as registry:
        return sum(one.state is not RunState.FAILED for one in _runs(registry)) > stage


def whole(data_dir: Path) -> tuple[list[State], list[int]]:
    """What every night leaves, where none is interrupted, and how many units of the store it takes."""
    left, units = [], []
    for stage in range(STAGES):
        told: list[None] = []
        with opened(data_dir, hour=stage) as registry:
            run_night(registry, stage, tell=lambda told=told: told.append(None))  # type: ignore[misc]
            left.append(contents(registry))
        units.append(len(told))
    return left, units


def interrupted(data_dir: Path, units: list[int], random_: random.Random, *, times: int) -> list[State]:
    """What every night leaves that was killed before it came to its end, *times* in all."""
    hour, left = 0, []
    for stage in range(STAGES):
        for _ in range(times // STAGES + (stage < times % STAGES)):
            if not is_over(data_dir, stage, hour):
                moment = {"unit": random_.randint(1, units[stage]), "milliseconds": random_.randint(0, 8)}
                killed(data_dir, stage, hour, **moment)
            hour += 1
        needs_end = not is_over(data_dir, stage, hour)
        with opened(data_dir, hour=hour) as registry:
            if needs_end:
                run_night(registry, stage)
            left.append(contents(registry))
        hour += 1
    return left


def same_in_the_end(tmp_path: Path, *, times: int) -> None:
    """Compare uninterrupted nights with nights that are killed so many *times*."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201  # pytest shows it where the test fails
    expected, units = whole(tmp_path / "whole" / "data")

    found = interrupted(tmp_path / "killed" / "data", units, random.Random(seed), times=times)

    for stage, left in enumerate(expected):
        for name in left:
            assert left[name] == found[stage][name], (stage, name)


def test_an_import_that_is_killed_ends_as_one_that_is_not(tmp_path: Path) -> None:
    same_in_the_end(tmp_path, times=3)


@pytest.mark.soak
def test_an_import_that_is_killed_twenty_times_ends_as_one_that_is_not(tmp_path: Path) -> None:
    same_in_the_end(tmp_path, times=20)
