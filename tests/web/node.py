"""A whole node for tests of pages: organisations, people, and records brought through review."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from importers.catalog import built_in
from registry import regimes
from registry.domain.account import Member
from registry.domain.actor import LOCAL_OPERATOR, SYSTEM, Actor, Role, member
from registry.domain.content.kinds import Content, parse_file
from registry.domain.pages import CursorSeal
from registry.domain.people import PeopleCheck
from registry.domain.record import Record
from registry.domain.vocabulary import OrganisationKind
from registry.outbound import open_outbound
from registry.ports import Clock, IdSource, Registry
from registry.search import open_index
from registry.service import accounts, follow, keys, life, members, node, review, submit, taxonomies
from registry.settings import Settings
from registry.signing import Vault
from registry.storage.dump_files import DumpDirectory
from registry.storage.erasures import ErasureFile
from registry.storage.limits import open_limits
from registry.storage.store import open_storage
from tests.node_keys import NODE_KEY
from tests.service.world import accepting, hand_in
from web.demo.loading import AUTHOR, submission_document, targets_first

DEMO = Path(__file__).parents[2] / "web" / "demo" / "records.json"


@dataclass(frozen=True, slots=True)
class Node:
    """A registry with submitters of two organisations, and a reviewer of a third."""

    registry: Registry
    submitter: Actor
    reviewer: Actor
    institute: Actor

    def submit(self, content: Content) -> Record:
        """Hand in a record; nobody has reviewed it."""
        return hand_in(self.registry, self.submitter, content)

    def publish(self, content: Content) -> Record:
        """Bring a record through review, and into the index."""
        return self.put_out(self.submit(content))

    def put_out(self, record: Record) -> Record:
        """Review and publish what was handed in."""
        uid, seen = record.uid, record.draft_revision
        review.claim(self.registry, self.reviewer, uid, expected_revision=seen)
        review.approve(self.registry, self.reviewer, uid, expected_revision=seen, checked=frozenset(PeopleCheck))
        published = review.publish(self.registry, self.reviewer, uid, expected_revision=seen)
        self.catch_up()
        return published

    def revise(self, record: Record, content: Content) -> Record:
        """A second revision, reviewed and published."""
        seen = record.draft_revision
        answers = accepting(content)
        written = submit.revise(
            self.registry, self.submitter, record.uid, content, expected_revision=seen, answers=answers
        )
        return self.put_out(written.record)

    def withdraw(self, record: Record, reason: str = "Published twice by mistake.") -> Record:
        """Take a published record down."""
        gone = life.withdraw(self.registry, self.reviewer, record.uid, reason=reason)
        self.catch_up()
        return gone

    def key_of_submitter(self) -> str:
        """A key for the submitter, as it is sent."""
        assert self.submitter.person is not None
        assert self.submitter.organisation is not None
        made = keys.create_key(
            self.registry,
            LOCAL_OPERATOR,
            person=self.submitter.person,
            organisation_id=self.submitter.organisation,
            label="test",
        )
        return made.text

    def catch_up(self) -> None:
        """Take everything into the index."""
        while follow.catch_up(self.registry, SYSTEM):
            pass

    def fill(self) -> dict[str, Record]:
        """Publish the sample records of ``commons serve --demo``, by their keys."""
        found: dict[str, Record] = {}
        authors = {AUTHOR: self.submitter, "institute": self.institute}
        for one in targets_first(json.loads(DEMO.read_text(encoding="utf-8"))):
            uids = {key: record.uid for key, record in found.items()}
            content = parse_file(submission_document(one, uids)).content
            handed_in = hand_in(self.registry, authors[one.get("by", AUTHOR)], content)
            found[one["key"]] = self.put_out(handed_in)
        return found


@dataclass(frozen=True, slots=True)
class Furnished:
    """The file of a store that has taken in what is shipped and the three who act, in the order of ``Node``."""

    store: Path
    actors: tuple[Actor, Actor, Actor]


@contextmanager
def open_node(settings: Settings, clock: Clock, ids: IdSource, furnished: Furnished | None = None) -> Iterator[Node]:
    """A node over the store of *settings*, with three organisations: a copy of *furnished*, or they move in now."""
    registry = Registry(
        settings=settings,
        storage=open_storage(settings),
        index=open_index(settings),
        erasures=ErasureFile(settings.erasures_path),
        clock=clock,
        clocks=regimes.load(settings.clocks_dir, chosen=settings.regimes),
        ids=ids,
        cursors=CursorSeal(b"a secret of the tests"),
        outbound=open_outbound(settings),
        limits=open_limits(settings, b"the secret of the buckets"),
        vault=Vault(b"the vault of a node in the tests"),
        key=NODE_KEY,
        dump_files=DumpDirectory(settings.dumps_dir),
        built_in=built_in,
    )
    yield Node(registry, *(_move_in(registry) if furnished is None else furnished.actors))
    registry.index.close()
    registry.storage.close()
    registry.limits.close()


def unknown_number(record: Record) -> str:
    """A number in the form of *record*'s that nobody has."""
    return f"LOCAL-{record.kind.number_code}-2026-999999"


def _move_in(registry: Registry) -> tuple[Actor, Actor, Actor]:
    node.initialise(registry, LOCAL_OPERATOR, slug="node", name="The node")
    taxonomies.load_shipped(registry, LOCAL_OPERATOR)
    return (
        _somebody(registry, "acme", "Acme", OrganisationKind.PROVIDER, Role.SUBMITTER),
        _somebody(registry, "watch", "Model Watch", OrganisationKind.RESEARCH, Role.REVIEWER),
        _somebody(registry, "institute", "Example Institute", OrganisationKind.RESEARCH, Role.SUBMITTER),
    )


def _somebody(registry: Registry, slug: str, name: str, kind: OrganisationKind, role: Role) -> Actor:
    accounts.add_organisation(registry, LOCAL_OPERATOR, slug=slug, name=name, kind=kind)
    made: Member = members.add_member(
        registry, LOCAL_OPERATOR, organisation_slug=slug, name="Somebody", roles=frozenset({role})
    )
    return member(made.person, made.organisation, made.roles)
