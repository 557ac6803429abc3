"""A registry on real files with the people of four organisations, and the usual steps of a record's life."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from registry import regimes
from registry.domain import actor as actors
from registry.domain.account import Member
from registry.domain.actor import ANONYMOUS, LOCAL_OPERATOR, SYSTEM, Actor, Role
from registry.domain.content.kinds import PUBLIC, Content
from registry.domain.errors import CommonsError
from registry.domain.pages import CursorSeal
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid, State
from registry.domain.screening.acceptance import Acceptance, Answers
from registry.domain.screening.settling import found_in
from registry.domain.vocabulary import Kind, OrganisationKind
from registry.outbound import open_outbound
from registry.ports import Clock, IdSource, Registry
from registry.search import open_index
from registry.service import accounts, duplicates, erasure, members, review, submit, taxonomies
from registry.settings import Settings
from registry.signing import Vault
from registry.storage.dump_files import DumpDirectory
from registry.storage.erasures import ErasureFile
from registry.storage.limits import open_limits
from registry.storage.store import open_storage
from tests.clocks import CountingIds
from tests.factories import content
from tests.node_keys import NODE_KEY

BASIS = "GDPR Art. 17"
REASON = "The account was given twice."


@dataclass(frozen=True, slots=True)
class People:
    """Who acts in the tests of the services. ``second_key`` and ``bot`` are the same person as ``submitter``."""

    submitter: Actor
    second_key: Actor
    bot: Actor
    colleague: Actor
    inside_reviewer: Actor
    outsider: Actor
    reviewer: Actor
    lead: Actor
    operator: Actor
    stranger: Actor = ANONYMOUS
    local_operator: Actor = LOCAL_OPERATOR
    system: Actor = SYSTEM


def open_registry(data_dir: Path, clock: Clock, ids: IdSource, **settings: Any) -> Registry:
    """The real adapters over *data_dir*, with the time and ids of the test."""
    chosen = Settings(data_dir=data_dir, **{"limits": False, **settings})
    return Registry(
        settings=chosen,
        storage=open_storage(chosen),
        index=open_index(chosen),
        erasures=ErasureFile(chosen.erasures_path),
        clock=clock,
        clocks=regimes.load(chosen.clocks_dir, chosen=chosen.regimes),
        ids=ids,
        cursors=CursorSeal(b"the secret of a node in a test"),
        outbound=open_outbound(chosen),
        limits=open_limits(chosen, b"the secret of the buckets"),
        vault=Vault(b"the vault of a node in the tests"),
        key=NODE_KEY,
        dump_files=DumpDirectory(chosen.dumps_dir),
    )


def close_registry(registry: Registry) -> None:
    """Let go of every file."""
    registry.index.close()
    registry.storage.close()
    registry.limits.close()


def take_over(registry: Registry, store: Path, ids: CountingIds) -> None:
    """Let an open registry hold what the file *store* holds, and go on with *ids*: quicker than to write it again."""
    with (
        closing(sqlite3.connect(store)) as held,
        closing(sqlite3.connect(registry.settings.database_path)) as own,
    ):
        held.backup(own)
    assert isinstance(registry.ids, CountingIds)
    registry.ids.go_on_from(ids)


def move_in(registry: Registry) -> People:
    """Take in what is shipped, and admit everybody.

    Submitters of acme and delta, reviewers of beta and gamma, one of acme too, an operator.
    """
    taxonomies.load_shipped(registry, LOCAL_OPERATOR)
    for slug in ("acme", "beta", "delta", "gamma", "node"):
        accounts.add_organisation(
            registry, LOCAL_OPERATOR, slug=slug, name=slug.title(), kind=OrganisationKind.PROVIDER
        )
    ada = _admit(registry, "acme", "Ada Quillfeather", Role.SUBMITTER)
    robot = _admit(registry, "acme", "Nightly upload", Role.SUBMITTER, responsible=ada)
    return People(
        submitter=_acting(ada),
        second_key=_acting(ada, key="second"),
        bot=_acting(robot),
        colleague=_acting(_admit(registry, "acme", "Alan Brightwater", Role.SUBMITTER)),
        inside_reviewer=_acting(_admit(registry, "acme", "Iris Inkwell", Role.REVIEWER)),
        outsider=_acting(_admit(registry, "delta", "Dora Outerbridge", Role.SUBMITTER)),
        reviewer=_acting(_admit(registry, "beta", "Rosa Redpencil", Role.REVIEWER)),
        lead=_acting(_admit(registry, "gamma", "Lena Longview", Role.LEAD_REVIEWER)),
        operator=_acting(_admit(registry, "node", "Otto Opener", Role.OPERATOR)),
    )


def _admit(registry: Registry, slug: str, name: str, role: Role, *, responsible: Member | None = None) -> Member:
    person = responsible.person if responsible else None
    return members.add_member(
        registry, LOCAL_OPERATOR, organisation_slug=slug, name=name, roles=frozenset({role}), responsible=person
    )


def _acting(member: Member, *, key: str = "first") -> Actor:
    return actors.member(member.answerable, member.organisation, member.roles, key=key)


def submitted(registry: Registry, people: People, of: Content | None = None, *, by: Actor | None = None) -> Record:
    """A record handed in, by the submitter unless *by* says otherwise, whatever it looks like."""
    return hand_in(registry, by or people.submitter, of or content())


def hand_in(registry: Registry, actor: Actor, of: Content) -> Record:
    """A record handed in, whatever it looks like."""
    record = submit.submit(registry, actor, of, answers=accepting(of)).record
    return duplicates.confirm(registry, actor, record.uid).record if record.state is State.DRAFT else record


def accepting(of: Content) -> Answers:
    """Answers that accept all that screening finds."""
    reason = "An invented example of a test."
    return Answers(tuple(Acceptance(one.finding.code, one.finding.path, reason) for one in found_in(of)))


def claimed(registry: Registry, people: People, of: Content | None = None, *, by: Actor | None = None) -> Record:
    """A record that the reviewer holds."""
    record = submitted(registry, people, of, by=by)
    return review.claim(registry, people.reviewer, record.uid, expected_revision=record.draft_revision)


def approved(registry: Registry, people: People, of: Content | None = None, *, by: Actor | None = None) -> Record:
    """A record that the reviewer found fit."""
    record = claimed(registry, people, of, by=by)
    return review.approve(registry, people.reviewer, record.uid, expected_revision=record.draft_revision)


def published(registry: Registry, people: People, of: Content | None = None, *, by: Actor | None = None) -> Record:
    """A record that the reviewer approved and published."""
    record = approved(registry, people, of, by=by)
    return review.publish(registry, people.reviewer, record.uid, expected_revision=record.draft_revision)


def erase_by_two(
    registry: Registry, people: People, uid: RecordUid, *, reason: str = REASON, legal_basis: str = BASIS
) -> Record:
    """A record that the lead reviewer blocked and the operator erased."""
    erasure.block(registry, people.lead, uid, reason=reason)
    return erasure.erase(registry, people.operator, uid, reason=reason, legal_basis=legal_basis)


def revised(registry: Registry, people: People, record: Record, of: Content) -> Record:
    """*record* with new work by the submitter."""
    at, answers = newest(registry, record), accepting(of)
    return submit.revise(registry, people.submitter, record.uid, of, expected_revision=at, answers=answers).record


def republished(registry: Registry, people: People, record: Record, of: Content) -> Record:
    """*record* with new work by the submitter that the reviewer approved and published."""
    at = revised(registry, people, record, of).draft_revision
    review.claim(registry, people.reviewer, record.uid, expected_revision=at)
    review.approve(registry, people.reviewer, record.uid, expected_revision=at)
    return review.publish(registry, people.reviewer, record.uid, expected_revision=at)


def newest(registry: Registry, record: Record) -> int:
    """The draft revision that the record is at."""
    return stored(registry, record.uid).draft_revision


def stored(registry: Registry, uid: RecordUid) -> Record:
    """The record as it is stored."""
    with registry.storage.read() as reader:
        found = reader.records.get(uid, visible=EVERYTHING)
    assert found is not None
    return found


def contents_of(registry: Registry) -> tuple[str, ...]:
    """All that is stored, as text: every row of every table, and the file of erasures."""
    with closing(sqlite3.connect(registry.settings.database_path)) as connection:
        rows = tuple(connection.iterdump())
    return (*rows, _erasures(registry))


def state_of(registry: Registry) -> tuple[object, ...]:
    """The same, to be compared only: to write it all as text takes longer than most tests do."""
    with closing(sqlite3.connect(registry.settings.database_path)) as connection:
        return (*_rows(connection), _erasures(registry))


@contextmanager
def unchanged(registry: Registry) -> Iterator[None]:
    """Nothing that is stored is another after the block; where nothing at all was committed, no row is read."""
    path, erasures = registry.settings.database_path, _erasures(registry)
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as then,
        closing(sqlite3.connect(path)) as now,
    ):
        # The first statement of a transaction fixes what it sees to its end.
        then.execute("BEGIN")
        then.execute("PRAGMA schema_version").fetchone()
        commits = now.execute("PRAGMA data_version").fetchone()
        yield
        if commits != now.execute("PRAGMA data_version").fetchone():
            assert _rows(then) == _rows(now)
    assert erasures == _erasures(registry)


def _rows(connection: sqlite3.Connection) -> list[object]:
    made = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    tables = [name for kind, name, _ in made if kind == "table"]
    return [made, *(connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables)]


def _erasures(registry: Registry) -> str:
    erasures = registry.settings.erasures_path
    return erasures.read_text() if erasures.exists() else ""


@contextmanager
def refused(registry: Registry, error: type[CommonsError]) -> Iterator[pytest.ExceptionInfo[CommonsError]]:
    """The block is refused with exactly this error, and nothing that is stored has changed."""
    with unchanged(registry):
        with pytest.raises(error) as caught:
            yield caught
        assert error is type(caught.value)


def alter(registry: Registry, statement: str, *values: object) -> None:
    """Change the store behind the registry's back."""
    with closing(sqlite3.connect(registry.settings.database_path)) as connection, connection:
        connection.execute(statement, values)


def text_of(title: str, *, kind: Kind = Kind.INCIDENT, tlp: str = "CLEAR", **marking: Any) -> Content:
    """Content with this title."""
    fields: dict[str, Any] = {PUBLIC[kind].TITLE: title}
    return content(kind, marking={"tlp": tlp} | marking, **fields)
