"""The contract of ``ports.Groups``."""

from __future__ import annotations

import pytest

from registry.domain.errors import AlreadyExists, NotFound
from registry.domain.group import Group, GroupMember
from registry.domain.record import GroupSlug, OrganisationId
from registry.ports import Storage
from tests.clocks import START

CERT, ISAC = GroupSlug("cert"), GroupSlug("isac")
ACME, GLOBEX = OrganisationId("acme"), OrganisationId("globex")


@pytest.fixture
def groups(store: Storage) -> Storage:
    """A store with two groups, empty so far."""
    with store.begin() as unit:
        unit.groups.add(Group(ISAC, "Sharing", 0, START))
        unit.groups.add(Group(CERT, "Response", 0, START))
    return store


def test_a_group_comes_back_as_it_was_stored(groups: Storage) -> None:
    with groups.read() as view:
        assert Group(CERT, "Response", 0, START) == view.groups.get(CERT)
        assert view.groups.get(GroupSlug("nowhere")) is None
        assert [CERT, ISAC] == [one.slug for one in view.groups.all()]


def test_who_joins_belongs_until_it_leaves(groups: Storage) -> None:
    with groups.begin() as unit:
        unit.groups.join(CERT, ACME, version=1)
        unit.groups.join(CERT, GLOBEX, version=2)
        unit.groups.leave(CERT, ACME, version=3)
        unit.groups.join(CERT, ACME, version=4)
        unit.groups.join(ISAC, ACME, version=1)

    with groups.read() as view:
        kept = view.groups.get(CERT)
        assert kept is not None
        assert (4, (GroupMember(ACME, 1, 3), GroupMember(GLOBEX, 2), GroupMember(ACME, 4))) == (
            kept.version,
            kept.members,
        )
        assert {CERT, ISAC} == view.groups.of(ACME)
        assert {CERT} == view.groups.of(GLOBEX)
        assert set() == view.groups.of(OrganisationId("nobody"))


def test_a_slug_is_taken_once_and_nobody_unknown_joins(groups: Storage) -> None:
    with pytest.raises(AlreadyExists), groups.begin() as unit:
        unit.groups.add(Group(CERT, "Again", 0, START))
    with pytest.raises(NotFound), groups.begin() as unit:
        unit.groups.join(CERT, OrganisationId("nobody"), version=1)
    with pytest.raises(NotFound), groups.begin() as unit:
        unit.groups.join(GroupSlug("nowhere"), ACME, version=1)
