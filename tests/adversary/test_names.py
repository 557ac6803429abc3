"""Organisations that would like to be taken for another one."""

from __future__ import annotations

import pytest

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.errors import AlreadyExists, FourEyes
from registry.domain.vocabulary import OrganisationKind
from registry.ports import Registry
from registry.service import accounts, organisations
from tests.service.newcomers import apply, decide, publish_rules
from tests.service.world import People, refused

LOOK_ALIKES = [
    "Acme",
    "ACME",
    " acme ",
    "Ac me",
    "\u0410cme",
    "\uff21\uff43\uff4d\uff45",
    "A\u0441m\u0435",
    "Acme\u0301",
    "\U0001d400cme",
    "acme-",
]


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_no_organisation_is_added_that_looks_like_another(registry: Registry, name: str) -> None:
    with refused(registry, AlreadyExists):
        accounts.add_organisation(registry, LOCAL_OPERATOR, slug="acme-two", name=name, kind=OrganisationKind.PROVIDER)


def test_other_names_are_kept_free_too(registry: Registry) -> None:
    organisations.describe_organisation(registry, LOCAL_OPERATOR, "acme", aliases=("Acme Intelligence",))

    with refused(registry, AlreadyExists):
        accounts.add_organisation(
            registry, LOCAL_OPERATOR, slug="other", name="Acme Int\u0435lligence", kind=OrganisationKind.PROVIDER
        )


@pytest.mark.parametrize(
    "name", ["Acme Labs", "Ac", "\u041c\u0438\u0440", "\u7814\u7a76\u6240", "\u0391\u03b8\u03ae\u03bd\u03b1"]
)
def test_names_that_nobody_has_are_taken_in_any_script(registry: Registry, name: str) -> None:
    made = accounts.add_organisation(registry, LOCAL_OPERATOR, slug="x", name=name, kind=OrganisationKind.OTHER)

    assert name == made.name


def test_an_applicant_is_told_nothing_and_the_operator_is(registry: Registry, people: People) -> None:
    publish_rules(registry)
    applied = apply(registry, people, organisation="\u0410cme", slug="acme-two")

    with refused(registry, AlreadyExists):
        decide(registry, people.operator, applied)


def test_nobody_admits_the_own_organisation_under_a_name_that_looks_the_same(
    registry: Registry, people: People
) -> None:
    publish_rules(registry)
    applied = apply(registry, people, organisation="N\u043ede", slug="other")

    with refused(registry, FourEyes):
        decide(registry, people.operator, applied)


def test_names_in_scripts_without_spaces_are_told_apart(registry: Registry) -> None:
    kind = OrganisationKind.RESEARCH
    accounts.add_organisation(registry, LOCAL_OPERATOR, slug="one", name="\u6771\u4eac\u5927\u5b66 AI", kind=kind)

    accounts.add_organisation(registry, LOCAL_OPERATOR, slug="two", name="\u5317\u4eac\u5927\u5b66 AI", kind=kind)
    with refused(registry, AlreadyExists):
        accounts.add_organisation(registry, LOCAL_OPERATOR, slug="three", name="\u6771\u4eac\u5927\u5b66ai", kind=kind)
