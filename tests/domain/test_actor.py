"""Actors: strangers, members, and the registry itself."""

from __future__ import annotations

import re

from registry.domain.actor import ANONYMOUS, LOCAL_OPERATOR, SYSTEM, Permission, Role, member
from registry.domain.record import OrganisationId, PersonId


def test_a_member_may_also_do_what_anybody_may() -> None:
    actor = member(PersonId("1"), OrganisationId("acme"), frozenset({Role.REVIEWER}), key="k")

    assert frozenset({Role.ANYBODY, Role.REVIEWER}) == actor.roles
    assert ("person:1", "1", "acme", None, "k") == (actor.id, actor.person, actor.organisation, actor.scopes, actor.key)


def test_strangers_and_the_registry_are_nobody_in_particular() -> None:
    for actor in (ANONYMOUS, SYSTEM, LOCAL_OPERATOR):
        assert (None, None, None) == (actor.person, actor.organisation, actor.scopes)


def test_the_log_can_tell_the_nameless_actors_apart() -> None:
    assert ["anonymous", "system", "operator:local"] == [actor.id for actor in (ANONYMOUS, SYSTEM, LOCAL_OPERATOR)]


def test_permissions_are_written_as_resource_and_action() -> None:
    assert all(re.fullmatch(r"[a-z]+:[a-z]+", permission) for permission in Permission)
