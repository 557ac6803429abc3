"""Members: roles given and taken by others, one human is one person, and whoever is removed is out at once."""

from __future__ import annotations

import pytest

from registry.domain.actor import LOCAL_OPERATOR, Actor, Role, member
from registry.domain.errors import AlreadyExists, Forbidden, FourEyes, InvalidInput, NotFound, Unauthenticated
from registry.domain.record import PersonId
from registry.ports import Registry
from registry.service import authentication, keys, members, review
from registry.service.keys import NewKey
from tests.service.world import People, refused, submitted

REVIEWER = frozenset({Role.REVIEWER})
SUBMITTER = frozenset({Role.SUBMITTER})


def person_of(actor: Actor) -> PersonId:
    """Who it is."""
    assert actor.person is not None
    return actor.person


def key_of(registry: Registry, actor: Actor) -> NewKey:
    """A key that the operator of the machine made for somebody."""
    assert actor.organisation is not None
    return keys.create_key(
        registry, LOCAL_OPERATOR, person=person_of(actor), organisation_id=actor.organisation, label="x"
    )


def test_new_roles_hold_from_the_next_request_on(registry: Registry, people: People) -> None:
    key = key_of(registry, people.lead)
    person = person_of(people.lead)

    members.set_roles(registry, people.operator, person=person, organisation_slug="gamma", roles=SUBMITTER)

    assert SUBMITTER | {Role.ANYBODY} == authentication.authenticate(registry, key.text).roles


@pytest.mark.parametrize("who", ["lead", "operator"])
def test_who_is_removed_loses_access_at_once(registry: Registry, people: People, who: str) -> None:
    actor = getattr(people, who)
    key = key_of(registry, actor)
    slug = {"lead": "gamma", "operator": "node"}[who]

    members.remove_member(registry, LOCAL_OPERATOR, person=person_of(actor), organisation_slug=slug)

    with refused(registry, Unauthenticated):
        authentication.authenticate(registry, key.text)
    (kept,) = keys.keys(registry, LOCAL_OPERATOR, person_of(actor))
    assert kept.revoked_at is not None


def test_service_accounts_go_with_whom_they_act_for(registry: Registry, people: People) -> None:
    members.remove_member(registry, people.operator, person=person_of(people.submitter), organisation_slug="acme")

    left = {name for _, name in members.members(registry, people.operator, "acme")}

    assert {"Alan Brightwater", "Iris Inkwell"} == left


def test_a_member_who_comes_back_has_none_of_the_old_keys(registry: Registry, people: People) -> None:
    person = person_of(people.outsider)
    key = key_of(registry, people.outsider)
    members.remove_member(registry, people.operator, person=person, organisation_slug="delta")
    members.add_member(registry, people.operator, organisation_slug="beta", name="Dora", roles=SUBMITTER)

    with refused(registry, NotFound):
        members.add_member(
            registry, people.operator, organisation_slug="delta", name="Dora", roles=SUBMITTER, person=person
        )
    with refused(registry, Unauthenticated):
        authentication.authenticate(registry, key.text)


def test_one_human_in_two_organisations_is_one_person_to_four_eyes(registry: Registry, people: People) -> None:
    person = person_of(people.submitter)
    both = members.add_member(
        registry, people.operator, organisation_slug="beta", name="Ada", roles=REVIEWER, person=person
    )
    acting = member(both.answerable, both.organisation, both.roles)
    record = submitted(registry, people)

    with refused(registry, FourEyes):
        review.claim(registry, acting, record.uid, expected_revision=1)


def test_a_person_is_known_and_no_member_there_yet(registry: Registry, people: People) -> None:
    person = person_of(people.submitter)
    robot = next(one.person for one, _ in members.members(registry, LOCAL_OPERATOR, "acme") if one.responsible)
    asked = {"organisation_slug": "acme", "name": "Ada", "roles": SUBMITTER}

    with refused(registry, AlreadyExists):
        members.add_member(registry, people.operator, person=person, **asked)  # type: ignore[arg-type]
    with refused(registry, NotFound):
        members.add_member(registry, people.operator, person=PersonId("nobody"), **asked)  # type: ignore[arg-type]
    for wrong in ({"person": robot}, {"person": person, "responsible": person}):
        with refused(registry, InvalidInput):
            members.add_member(
                registry,
                people.operator,
                organisation_slug="beta",
                name="Robot",
                roles=SUBMITTER,
                **wrong,
            )


def test_nobody_widens_the_own_roles(registry: Registry, people: People) -> None:
    person = person_of(people.operator)
    more = frozenset({Role.OPERATOR, Role.REVIEWER})

    with refused(registry, Forbidden):
        members.set_roles(registry, people.operator, person=person, organisation_slug="node", roles=more)
    with refused(registry, Forbidden):
        members.add_member(
            registry, people.operator, organisation_slug="acme", name="Otto", roles=SUBMITTER, person=person
        )
    for by in (people.submitter, people.lead):
        with refused(registry, Forbidden):
            members.set_roles(
                registry, by, person=person_of(by), organisation_slug="acme", roles=frozenset({Role.OPERATOR})
            )


@pytest.mark.parametrize("roles", [frozenset[Role](), frozenset({Role.SYSTEM}), frozenset({Role.LOCAL_OPERATOR})])
def test_roles_are_those_of_members(registry: Registry, people: People, roles: frozenset[Role]) -> None:
    with refused(registry, InvalidInput):
        members.set_roles(
            registry, people.operator, person=person_of(people.lead), organisation_slug="gamma", roles=roles
        )


def test_whom_a_change_is_about_is_there(registry: Registry, people: People) -> None:
    for person, slug in ((person_of(people.lead), "acme"), (PersonId("x"), "gamma"), (person_of(people.lead), "x")):
        with refused(registry, NotFound):
            members.set_roles(registry, people.operator, person=person, organisation_slug=slug, roles=SUBMITTER)
        with refused(registry, NotFound):
            members.remove_member(registry, people.operator, person=person, organisation_slug=slug)
