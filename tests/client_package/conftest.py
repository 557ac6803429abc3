"""A served node, and the keys of a submitter and a reviewer."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from registry.client import Client
from registry.domain.account import Member
from registry.domain.actor import LOCAL_OPERATOR, SYSTEM, Role
from registry.domain.vocabulary import OrganisationKind
from registry.ports import Registry
from registry.service import accounts, follow, keys, members
from registry.settings import Settings
from tests.browser import serving
from tests.clocks import CountingIds, FixedClock
from tests.web.node import open_node
from web.app import create_app


@dataclass(frozen=True, slots=True)
class Served:
    """A node behind a real server."""

    url: str
    registry: Registry
    submitter_key: str
    reviewer_key: str

    def catch_up(self) -> None:
        """Take everything into the index."""
        while follow.catch_up(self.registry, SYSTEM):
            pass


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Iterator[Served]:
    """One node for all tests of the client; each test makes records of its own."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("served") / "data", limits=False)
    settings.data_dir.mkdir()
    shutil.copy(empty_store, settings.database_path)
    with open_node(settings, FixedClock(), CountingIds()) as opened:
        registry = opened.registry
        submitter, reviewer = (_member(registry, "one", Role.SUBMITTER), _member(registry, "two", Role.LEAD_REVIEWER))
        with serving(create_app(registry)) as url:
            yield Served(url, registry, _key(registry, submitter), _key(registry, reviewer))


@pytest.fixture
def submitter(served: Served) -> Iterator[Client]:
    """A client with a submitter's key."""
    with Client(served.url, served.submitter_key) as client:
        yield client


@pytest.fixture
def reviewer(served: Served) -> Iterator[Client]:
    """A client with the key of a lead reviewer of another organisation."""
    with Client(served.url, served.reviewer_key) as client:
        yield client


@pytest.fixture
def stranger(served: Served) -> Iterator[Client]:
    """A client without a key."""
    with Client(served.url) as client:
        yield client


def _member(registry: Registry, slug: str, role: Role) -> Member:
    slug = f"client-{slug}"
    accounts.add_organisation(registry, LOCAL_OPERATOR, slug=slug, name=slug, kind=OrganisationKind.OTHER)
    return members.add_member(registry, LOCAL_OPERATOR, organisation_slug=slug, name=slug, roles=frozenset({role}))


def _key(registry: Registry, member: Member) -> str:
    made = keys.create_key(
        registry, LOCAL_OPERATOR, person=member.person, organisation_id=member.organisation, label="client"
    )
    return made.text
