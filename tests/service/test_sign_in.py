"""Signing in: what is refused is refused alike, codes are good once, and a stolen store lets nobody in."""

from __future__ import annotations

import math
import re
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.errors import RateLimited, Unauthenticated
from registry.domain.event import EventName
from registry.ports import Registry, Storage, Unit
from registry.service import freezing, invitations, passwords, sessions
from registry.service.second_factor import hash_recovery
from registry.service.sign_in import sign_in
from registry.settings import Settings
from registry.signing import Vault
from tests.clocks import FixedClock
from tests.effort import BOUND, Effort
from tests.forking import programs
from tests.service.signing_in import PASSWORD, VISITOR, Enrolled, enrolled, somewhere
from tests.service.world import People, alter, close_registry, contents_of, open_registry

ROOT = Path(__file__).parents[2]


@pytest.fixture
def ada(registry: Registry, people: People) -> Enrolled:
    """The submitter, with a way in."""
    return enrolled(registry, people.submitter.person)


@contextmanager
def statements(registry: Registry) -> Iterator[list[str]]:
    """Every statement that SQLite is given meanwhile."""
    seen: list[str] = []
    connections: list[sqlite3.Connection] = []

    def watch(connection: sqlite3.Connection, *_: object) -> None:
        connections.append(connection)
        connection.set_trace_callback(lambda text: seen.append(_kind(text)))

    event.listen(Engine, "checkout", watch)
    yield seen
    event.remove(Engine, "checkout", watch)
    for one in connections:
        one.set_trace_callback(None)


def limited(registry: Registry) -> Registry:
    """The same registry, counting what is asked of it."""
    return replace(registry, settings=registry.settings.model_copy(update={"limits": True}))


def _kind(statement: str) -> str:
    return " ".join(re.split(r"VALUES|WHERE", statement)[0].split())


def _attempts(ada: Enrolled) -> dict[str, Callable[[], object]]:
    registry = ada.registry
    wrong = "000000" if ada.code() != "000000" else "111111"
    return {
        "unknown name": lambda: sign_in(registry, somewhere(), name="nobody@acme.example", password=PASSWORD, code="1"),
        "no name at all": lambda: sign_in(registry, somewhere(), name="\0", password=PASSWORD, code=wrong),
        "wrong password": lambda: ada.sign_in(password="another one altogether"),
        "wrong code": lambda: ada.sign_in(code=wrong),
        "no code": lambda: ada.sign_in(code=""),
        "used code": lambda: ada.sign_in(code=ada.code()),
    }


def test_name_password_and_code_together_open_a_session(ada: Enrolled, people: People) -> None:
    opened = ada.sign_in()

    actor = ada.actor(opened)
    assert people.submitter.person == actor.person
    assert people.submitter.organisation == actor.organisation
    assert people.submitter.roles == actor.roles
    assert (opened.session.id, True) == (actor.session, actor.confirmed)


@pytest.mark.parametrize("name", [" ADA@acme.example ", "Ada@Acme.Example"])
def test_letters_of_either_case_are_the_same_name(ada: Enrolled, name: str) -> None:
    opened = sign_in(ada.registry, VISITOR, name=name, password=PASSWORD, code=ada.code(steps=1))

    assert ada.person == opened.session.person


@pytest.mark.parametrize(
    "name",
    [
        "\u0430da@acme.example",
        "ada@acme.example\0",
        "ada@acme.example\n",
        "\uff41da@acme.example",
        "ada@acme.e\u200bxample",
    ],
)
def test_a_name_that_only_looks_the_same_is_unknown(ada: Enrolled, name: str) -> None:
    with pytest.raises(Unauthenticated):
        sign_in(ada.registry, VISITOR, name=name, password=PASSWORD, code=ada.code(steps=1))


def test_whatever_does_not_fit_is_answered_alike(ada: Enrolled, people: People) -> None:
    told = set()
    for attempt in _attempts(ada).values():
        with pytest.raises(Unauthenticated) as caught:
            attempt()
        told.add((caught.value.message, caught.value.hint, caught.value.path))
    freezing.freeze(ada.registry, LOCAL_OPERATOR, f"person:{ada.person}", reason="It looks stolen.")
    with pytest.raises(Unauthenticated) as caught:
        ada.sign_in()
    told.add((caught.value.message, caught.value.hint, caught.value.path))

    assert 1 == len(told)


def test_whatever_does_not_fit_runs_the_same_statements(ada: Enrolled) -> None:
    seen: dict[str, list[str]] = {}
    registry = ada.registry
    for name, attempt in _attempts(ada).items():
        # Each attempt is the first that is counted in its hour.
        alter(registry, "DELETE FROM refused_sign_ins")
        with statements(registry) as found, pytest.raises(Unauthenticated):
            attempt()
        seen[name] = list(found)

    assert 6 < len(seen["unknown name"])
    assert dict.fromkeys(seen, seen["unknown name"]) == seen


def test_whatever_does_not_fit_costs_one_hash(ada: Enrolled) -> None:
    spent: dict[str, float] = {}
    # Each twice: the machine may be slow for one of them.
    for name, attempt in [*_attempts(ada).items()] * 2:
        started = time.thread_time()
        with pytest.raises(Unauthenticated):
            attempt()
        spent[name] = min(spent.get(name, math.inf), time.thread_time() - started)

    assert max(spent.values()) < 6 * min(spent.values())


def test_a_code_is_good_once(ada: Enrolled) -> None:
    code = ada.code(steps=1)
    ada.sign_in(code=code)

    with pytest.raises(Unauthenticated):
        ada.sign_in(code=code)
    with pytest.raises(Unauthenticated):
        ada.sign_in(code=ada.code())


@pytest.mark.parametrize(("steps", "fits"), [(-1, True), (0, True), (1, True), (-2, False), (2, False)])
def test_clocks_may_differ_by_one_step(ada: Enrolled, clock: FixedClock, steps: int, fits: bool) -> None:
    clock.advance(minutes=10)
    try:
        ada.sign_in(code=ada.code(steps=steps))
    except Unauthenticated:
        assert not fits
    else:
        assert fits


def test_of_many_sign_ins_with_one_code_at_once_one_succeeds(ada: Enrolled, clock: FixedClock) -> None:
    second = open_registry(ada.registry.settings.data_dir, clock, ada.registry.ids)
    other = replace(ada, registry=second)
    code = ada.code(steps=1)

    def attempt(one: Enrolled) -> bool:
        try:
            one.sign_in(code=code)
        except Unauthenticated:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, [ada, other] * 4))
    close_registry(second)

    assert 1 == outcomes.count(True)


def test_a_recovery_code_stands_in_for_the_app_once(ada: Enrolled) -> None:
    first, second, *_ = ada.recovery_codes

    ada.sign_in(code=first.lower().replace("-", " "))

    with pytest.raises(Unauthenticated):
        ada.sign_in(code=first)
    ada.sign_in(code=second)


def test_a_password_of_a_megabyte_takes_no_longer(ada: Enrolled) -> None:
    for password in ("x" * 1_000_000, "\u0301" * 300_000, "\ud800" * 1000, "\0" * 1000):
        with Effort() as effort, pytest.raises(Unauthenticated):
            ada.sign_in(password=password)
        assert effort.spent < BOUND


def test_a_password_is_the_same_however_its_letters_are_composed(registry: Registry) -> None:
    kept = passwords.hash_password(registry, "caf\u00e9 au lait, s'il vous pla\u00eet")

    assert passwords.fits(registry, kept, "cafe\u0301 au lait, s'il vous plai\u0302t")


def test_a_password_is_hashed_anew_once_the_settings_ask_for_more(ada: Enrolled, clock: FixedClock) -> None:
    stronger = replace(ada.registry, settings=ada.registry.settings.model_copy(update={"password_passes": 3}))
    replace(ada, registry=stronger).sign_in()
    with stronger.storage.read() as reader:
        kept = reader.credentials.by_name(ada.name)
    clock.advance(minutes=5)

    assert kept is not None
    assert "t=3" in kept.password_hash
    replace(ada, registry=stronger).sign_in()


def test_a_stolen_store_lets_nobody_in(ada: Enrolled, people: People) -> None:
    registry = ada.registry
    waiting = invitations.invite(registry, LOCAL_OPERATOR, people.colleague.person or ada.person)
    stored = "\n".join(contents_of(registry))

    for secret in (ada.opened.secret, ada.secret, PASSWORD, waiting[-34:], *ada.recovery_codes):
        assert secret not in stored
        assert secret.replace("-", "") not in stored
    thief = replace(registry, vault=Vault(b"the key of another node, 32 byte"))
    assert sessions.authenticate_session(thief, ada.opened.secret) is None
    with closing(sqlite3.connect(registry.settings.database_path)) as connection:
        [(kept,)] = connection.execute("SELECT password_hash FROM credentials").fetchall()
    assert not passwords.fits(thief, kept, PASSWORD)
    with pytest.raises(Unauthenticated):
        replace(ada, registry=thief).sign_in()


def test_a_thousand_refused_attempts_are_a_few_events(registry: Registry) -> None:
    with registry.storage.begin() as unit:
        counted = [unit.credentials.count_refused(7, 1) for _ in range(1000)]
        again = unit.credentials.count_refused(7, 2)

    assert (1000, 1) == (counted[-1], again)
    assert 10 == sum(1 for count in counted if count & (count - 1) == 0)


def test_refused_attempts_on_every_name_take_bounded_room(ada: Enrolled) -> None:
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            ada.sign_in(code="", visitor=VISITOR)
    with ada.registry.storage.read() as reader:
        found = [one for one in reader.events.newest(limit=50) if one.name is EventName.SESSION_REFUSED]

    assert [4, 2, 1] == [one.detail["count"] for one in found]
    assert {f"person:{ada.person}"} == {one.subject for one in found}
    assert {"192.0.2.7"} == {one.address for one in found}


def test_what_was_typed_is_in_no_event(ada: Enrolled) -> None:
    with pytest.raises(Unauthenticated):
        sign_in(ada.registry, VISITOR, name="my-password-by-mistake", password="x" * 12, code="")

    assert "my-password-by-mistake" not in "\n".join(contents_of(ada.registry))


def test_a_sign_in_under_way_comes_to_nothing_when_all_sessions_are_ended(ada: Enrolled) -> None:
    """Whatever the order: once all are ended, at most those live that were opened after it."""
    registry = ada.registry
    go = threading.Barrier(2)

    def attempt() -> str | None:
        go.wait()
        try:
            return ada.sign_in().secret
        except Unauthenticated:
            return None

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(attempt)
        go.wait()
        # Hashing takes some twenty milliseconds; this falls into it.
        sessions.end_sessions_of(registry, LOCAL_OPERATOR, ada.person)
        secret = running.result()

    is_open = secret is not None and sessions.authenticate_session(registry, secret) is not None
    with registry.storage.read() as reader:
        newest = reader.events.newest(limit=2)
    order = [one.name for one in newest]
    assert not is_open or order[0] is EventName.SESSION_CREATED


def test_an_old_generation_opens_nothing(ada: Enrolled) -> None:
    with ada.registry.storage.begin() as unit:
        before = unit.credentials.of(ada.person)
        unit.sessions.end_all(ada.person)
        after = unit.credentials.of(ada.person)

    assert before is not None
    assert after is not None
    assert before.generation + 1 == after.generation


def test_nobody_signs_in_whose_membership_ended(ada: Enrolled) -> None:
    alter(ada.registry, "DELETE FROM members WHERE person = ?", ada.person)

    assert sessions.authenticate_session(ada.registry, ada.opened.secret) is None
    with pytest.raises(Unauthenticated):
        ada.sign_in()


def test_an_invited_person_cannot_sign_in_yet(registry: Registry, people: People) -> None:
    assert people.submitter.person is not None
    invitations.invite(registry, LOCAL_OPERATOR, people.submitter.person)

    with pytest.raises(Unauthenticated):
        sign_in(registry, somewhere(), name="ada@acme.example", password=PASSWORD, code="000000")


def test_settings_for_hashing_cannot_be_weaker_than_is_recommended(settings: Settings) -> None:
    for name in ("password_memory_kib", "password_passes"):
        with pytest.raises(ValueError, match="greater than or equal"):
            Settings.model_validate({"data_dir": settings.data_dir, name: 1})


def test_too_many_failures_make_that_network_wait_and_no_other(ada: Enrolled, clock: FixedClock) -> None:
    ada = replace(ada, registry=limited(ada.registry))
    for _ in range(ada.registry.settings.account_failures_per_minute):
        with pytest.raises(Unauthenticated):
            ada.sign_in(code="", visitor=VISITOR)

    with pytest.raises(RateLimited) as caught:
        ada.sign_in(visitor=VISITOR)
    ada.sign_in()
    clock.advance(seconds=caught.value.retry_after_seconds + 60)
    ada.sign_in(visitor=VISITOR)


def test_names_that_nobody_has_make_one_wait_just_as_well(registry: Registry) -> None:
    registry = limited(registry)
    outcomes = []
    for _ in range(registry.settings.account_failures_per_minute + 1):
        with pytest.raises((Unauthenticated, RateLimited)) as caught:
            sign_in(registry, VISITOR, name="nobody@acme.example", password=PASSWORD, code="")
        outcomes.append(isinstance(caught.value, RateLimited))

    assert [False] * registry.settings.account_failures_per_minute + [True] == outcomes


def test_codes_are_not_guessed_from_many_networks_by_who_knows_the_password(ada: Enrolled, clock: FixedClock) -> None:
    registry = limited(ada.registry)
    settings = registry.settings.model_copy(update={"account_failures_per_hour": 4})
    ada = replace(ada, registry=replace(registry, settings=settings))
    for _ in range(6):
        with pytest.raises(Unauthenticated):
            ada.sign_in(password="another one altogether")
    ada.sign_in()
    clock.advance(minutes=5)
    for _ in range(4):
        with pytest.raises(Unauthenticated) as wrong:
            ada.sign_in(code="")

    for code in (ada.code(steps=1), ada.recovery_codes[0]):
        with pytest.raises(Unauthenticated) as right:
            ada.sign_in(code=code)
        assert (wrong.value.message, wrong.value.hint) == (right.value.message, right.value.hint)
    clock.advance(minutes=16)
    ada.sign_in()


def test_a_sign_in_that_began_before_all_sessions_were_ended_opens_none(ada: Enrolled) -> None:
    """The end falls between the hashing and the unit, as it does one time in many."""

    class Ending:
        """The storage, where all sessions are ended just before something is written."""

        def __init__(self, storage: Storage) -> None:
            self._storage = storage
            self.read = storage.read

        @contextmanager
        def begin(self) -> Iterator[Unit]:
            with self._storage.begin() as unit:
                unit.sessions.end_all(ada.person)
            with self._storage.begin() as unit:
                yield unit

    late = replace(ada, registry=replace(ada.registry, storage=cast("Storage", Ending(ada.registry.storage))))

    with pytest.raises(Unauthenticated):
        late.sign_in()
    ada.sign_in()


@pytest.mark.parametrize("what", ["step", "recovery code"])
def test_the_store_takes_a_code_once(ada: Enrolled, what: str) -> None:
    hashed = hash_recovery(ada.registry, ada.recovery_codes[0])
    step = 1 + int(ada.registry.clock.now().timestamp()) // 30

    with ada.registry.storage.begin() as unit:
        credentials = unit.credentials
        taken = [
            credentials.take_step(ada.person, step) if what == "step" else credentials.use_recovery(ada.person, hashed)
            for _ in range(3)
        ]
        earlier = credentials.take_step(ada.person, step - 1) if what == "step" else False

    assert ([True, False, False], False) == (taken, earlier)


_ANOTHER_PROCESS = """
import sys
from datetime import datetime
from pathlib import Path
from registry.domain.errors import Unauthenticated
from tests.clocks import FixedClock
from tests.service.signing_in import PASSWORD, somewhere
from tests.service.world import open_registry
from registry.service.second_factor import hash_recovery
from registry.service.sign_in import sign_in
from registry.clock import RandomIds
clock = FixedClock(datetime.fromisoformat(sys.argv[2]))
registry = open_registry(Path(sys.argv[1]), clock, RandomIds())
print("ready", flush=True)
sys.stdin.readline()
try:
    sign_in(registry, somewhere(), name="ada@acme.example", password=PASSWORD, code=sys.argv[3])
    print("in")
except Unauthenticated:
    print("out")
"""


def test_of_two_processes_with_one_code_one_gets_in(ada: Enrolled) -> None:
    data_dir, now = ada.registry.settings.data_dir, ada.registry.clock.now().isoformat()
    command = [str(programs() / "loaded-python"), "-c", _ANOTHER_PROCESS, str(data_dir), now, ada.code(steps=1)]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(2)
    ]

    for one in running:
        assert one.stdout is not None
        assert "ready\n" == one.stdout.readline()
    told = sorted(one.communicate("go\n", timeout=180)[0] for one in running)

    assert ["in\n", "out\n"] == told
    with pytest.raises(Unauthenticated):
        ada.sign_in()
