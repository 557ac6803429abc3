"""A data directory with people and records, for tests of commands on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from registry.bootstrap import close_registry, open_registry
from registry.domain.actor import LOCAL_OPERATOR, Actor, Role, member
from registry.domain.record import Record
from registry.domain.vocabulary import OrganisationKind
from registry.ports import Registry
from registry.service import accounts, members, review
from registry.settings import load
from tests import factories
from tests.service.world import hand_in


@dataclass(frozen=True, slots=True)
class World:
    """The registry of a data directory, and people who act in it."""

    registry: Registry
    submitter: Actor
    reviewer: Actor
    operator: Actor

    def submit(self, title: str = "Spam wave on a chat platform") -> Record:
        """Hand in a record."""
        return hand_in(self.registry, self.submitter, factories.content(title=title))

    def publish(self, title: str = "Spam wave on a chat platform") -> Record:
        """Hand in a record and bring it through review."""
        uid = self.submit(title).uid
        review.claim(self.registry, self.reviewer, uid, expected_revision=1)
        review.approve(self.registry, self.reviewer, uid, expected_revision=1)
        return review.publish(self.registry, self.reviewer, uid, expected_revision=1)


@contextmanager
def world_of(data_dir: Path) -> Iterator[World]:
    """Open a node and add its people."""
    registry = open_registry(load(data_dir, {}))
    try:
        yield World(
            registry,
            _actor(registry, "acme", Role.SUBMITTER),
            _actor(registry, "reviewers", Role.REVIEWER),
            _actor(registry, "operators", Role.OPERATOR),
        )
    finally:
        close_registry(registry)


def _actor(registry: Registry, slug: str, role: Role) -> Actor:
    accounts.add_organisation(registry, LOCAL_OPERATOR, slug=slug, name=slug, kind=OrganisationKind.OTHER)
    made = members.add_member(registry, LOCAL_OPERATOR, organisation_slug=slug, name=slug, roles=frozenset({role}))
    return member(made.person, made.organisation, made.roles)
