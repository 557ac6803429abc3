"""Operators who try to become two: under a name whose key or invitation they hold, or as the only one left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registry.domain.actor import LOCAL_OPERATOR, Actor, Role, member
from registry.domain.errors import Conflict, Forbidden, FourEyes, Reauthenticate
from registry.domain.record import PersonId
from registry.ports import Registry
from registry.service import admission, freezing, invitations, keys, members
from tests.service.newcomers import apply, decide, publish_rules
from tests.service.world import People, refused

SUBMITTER = frozenset({Role.SUBMITTER})
OPERATOR = frozenset({Role.OPERATOR})
GAINED = [frozenset({Role.SUBMITTER, Role.REVIEWER}), frozenset({Role.LEAD_REVIEWER}), OPERATOR]


def somebody(registry: Registry, by: Actor, roles: frozenset[Role] = SUBMITTER, slug: str = "beta") -> Actor:
    """A member just added."""
    made = members.add_member(registry, by, organisation_slug=slug, name="Second Name", roles=roles)
    return member(made.person, made.organisation, made.roles)


def person_of(actor: Actor) -> PersonId:
    """Who it is."""
    assert actor.person is not None
    return actor.person


def make_key(registry: Registry, by: Actor, whose: Actor) -> None:
    """A key of *whose*, of which *by* reads the text."""
    assert whose.organisation is not None
    keys.create_key(registry, by, person=person_of(whose), organisation_id=whose.organisation, label="x")


@pytest.mark.parametrize("roles", GAINED)
@pytest.mark.parametrize("way_in", ["invitation", "reset", "key"])
def test_who_holds_a_way_in_of_somebody_makes_no_second_pair_of_eyes_of_it(
    registry: Registry, people: People, roles: frozenset[Role], way_in: str
) -> None:
    held = somebody(registry, people.operator)
    match way_in:
        case "invitation":
            invitations.invite(registry, people.operator, person_of(held))
        case "reset":
            invitations.reset(registry, people.operator, person_of(held))
        case _:
            make_key(registry, people.operator, held)
    wanted = {"person": person_of(held), "organisation_slug": "beta", "roles": roles}

    with refused(registry, FourEyes):
        members.set_roles(registry, people.operator, **wanted)  # type: ignore[arg-type]
    with refused(registry, FourEyes):
        members.add_member(registry, people.operator, name="Same", **(wanted | {"organisation_slug": "gamma"}))  # type: ignore[arg-type]

    other = somebody(registry, LOCAL_OPERATOR, OPERATOR, "node")
    assert roles == members.set_roles(registry, other, **wanted).roles  # type: ignore[arg-type]


def test_a_key_made_for_a_service_account_does_not_come_to_review(registry: Registry, people: People) -> None:
    robot = members.add_member(
        registry,
        people.operator,
        organisation_slug="beta",
        name="Robot",
        roles=SUBMITTER,
        responsible=people.reviewer.person,
    )
    make_key(registry, people.operator, Actor("", robot.roles, robot.person, robot.organisation))

    with refused(registry, FourEyes):
        members.set_roles(
            registry, people.operator, person=robot.person, organisation_slug="beta", roles=frozenset({Role.REVIEWER})
        )


def test_an_operator_who_works_alone_names_reviewers(registry: Registry, people: People) -> None:
    alone = replace(registry, settings=registry.settings.model_copy(update={"one_person_node": True}))
    held = somebody(alone, people.operator)
    invitations.invite(alone, people.operator, person_of(held))

    made = members.set_roles(
        alone, people.operator, person=person_of(held), organisation_slug="beta", roles=frozenset({Role.REVIEWER})
    )

    assert {Role.REVIEWER} == made.roles


def test_the_operator_at_the_machine_invites_reviewers_and_names_them(registry: Registry, people: People) -> None:
    invited = somebody(registry, LOCAL_OPERATOR)
    invitations.invite(registry, LOCAL_OPERATOR, person_of(invited))
    roles = frozenset({Role.REVIEWER})

    made = members.set_roles(registry, LOCAL_OPERATOR, person=person_of(invited), organisation_slug="beta", roles=roles)

    assert roles == made.roles


def test_no_operator_signs_in_as_another(registry: Registry, people: People) -> None:
    other = somebody(registry, people.operator, OPERATOR, "node")

    for way_in in (invitations.invite, invitations.reset):
        with refused(registry, Forbidden):
            way_in(registry, people.operator, person_of(other))
    with refused(registry, Forbidden):
        make_key(registry, people.operator, other)
    assert "/invitation" in invitations.invite(registry, LOCAL_OPERATOR, person_of(other))


def test_the_last_operator_stays(registry: Registry, people: People) -> None:
    own = {"person": person_of(people.operator), "organisation_slug": "node"}
    members.set_roles(registry, LOCAL_OPERATOR, roles=SUBMITTER | OPERATOR, **own)  # type: ignore[arg-type]

    with refused(registry, Conflict):
        members.remove_member(registry, people.operator, **own)  # type: ignore[arg-type]
    with refused(registry, Conflict):
        members.set_roles(registry, people.operator, roles=SUBMITTER, **own)  # type: ignore[arg-type]

    somebody(registry, LOCAL_OPERATOR, OPERATOR, "acme")
    members.remove_member(registry, people.operator, **own)  # type: ignore[arg-type]


def test_a_session_found_open_neither_removes_nor_lets_in(registry: Registry, people: People) -> None:
    publish_rules(registry)
    decide(registry, people.operator, apply(registry, people))
    freezing.freeze(registry, LOCAL_OPERATOR, f"person:{people.outsider.person}", reason="It looks stolen.")
    found = replace(people.operator, key=None, session="s", confirmed=False)

    with refused(registry, Reauthenticate):
        admission.grant_production(registry, found, "nova", reason="Known to me.")
    with refused(registry, Reauthenticate):
        members.remove_member(registry, found, person=person_of(people.lead), organisation_slug="gamma")
    with refused(registry, Reauthenticate):
        freezing.thaw(registry, found, f"person:{people.outsider.person}", reason="All is well.")
    assert admission.grant_production(registry, replace(found, confirmed=True), "nova", reason="Known to me.")
