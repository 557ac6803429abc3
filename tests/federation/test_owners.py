"""Owners at other nodes: strangers learn of none by what they may not see."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from registry.domain.actor import ANONYMOUS, LOCAL_OPERATOR
from registry.domain.errors import AlreadyExists
from registry.domain.vocabulary import OrganisationKind
from registry.service import accounts
from tests.factories import content
from tests.federation.forging import held_back, lying, resigned
from tests.federation.world import Sister, Sisterhood

UID = "019f0000-0000-7000-8000-000000000077"


def give(sisters: Sisterhood, liar: Sister, other: Sister, item: dict[str, Any]) -> None:
    """Let *liar* give this item alone."""
    waiting = [item]
    lying(sisters, liar, lambda page: page.update(items=[waiting.pop()] if waiting else [], remaining=0))
    other.pull(liar)


def public_seq(sister: Sister) -> int:
    """How much of the log strangers may notice."""
    with sister.registry.storage.read() as reader:
        return reader.changes.head().public_seq


def hidden(item: dict[str, Any], sister: Sister, name: str, **fields: Any) -> dict[str, Any]:
    """The envelope, as one for a group that nobody is in here, of an owner of this name."""
    header = json.loads(item["header"])
    marking = header["marking"] | {"tlp": "AMBER", "restricted_tlp": "AMBER", "audience": "few"}
    owner = {"slug": header["owner"]["slug"], "name": name}
    return resigned(item, sister.registry.key, marking=marking, owner=owner, **fields)


@pytest.fixture
def told(sisters: Sisterhood) -> tuple[Sister, Sister, dict[str, Any]]:
    """An origin, a node that follows it, and an envelope that has not come there yet."""
    one, other = sisters.friends("a", "b")
    one.node.publish(content())
    found = held_back(sisters, one)
    other.pull(one)
    return one, other, found[0]


def test_an_owner_is_known_to_those_who_may_know_of_a_record(
    sisters: Sisterhood, told: tuple[Sister, Sister, dict[str, Any]]
) -> None:
    one, other, item = told
    before, seen = public_seq(other), accounts.organisations(other.registry, ANONYMOUS)

    give(sisters, one, other, hidden(item, one, "Hidden Lab"))

    assert (before, seen) == (public_seq(other), accounts.organisations(other.registry, ANONYMOUS))
    found = [each for each in accounts.organisations(other.registry, LOCAL_OPERATOR) if each.name == "Hidden Lab"]
    assert 1 == len(found)
    assert 404 == other.client.get(f"/organisations/{found[0].slug}").status_code

    owner = json.loads(item["header"])["owner"] | {"name": "Hidden Lab"}
    give(sisters, one, other, resigned(item, one.registry.key, owner=owner, rev=9))
    assert 200 == other.client.get(f"/organisations/{found[0].slug}").status_code


@pytest.mark.parametrize("is_hidden", [True, False])
def test_an_owner_at_another_node_gives_way_to_an_organisation_that_is_admitted_here(
    sisters: Sisterhood, told: tuple[Sister, Sister, dict[str, Any]], *, is_hidden: bool
) -> None:
    one, other, item = told
    owner = json.loads(item["header"])["owner"] | {"name": "Wanted Lab"}
    said = hidden(item, one, "Wanted Lab") if is_hidden else resigned(item, one.registry.key, owner=owner)
    give(sisters, one, other, said)
    before = public_seq(other)

    made = accounts.add_organisation(
        other.registry, LOCAL_OPERATOR, slug="wanted", name="W\u0430nted Lab", kind=OrganisationKind.OTHER
    )
    after = public_seq(other)
    give(sisters, one, other, resigned(item, one.registry.key, owner=owner, rev=9))
    give(sisters, one, other, resigned(item, one.registry.key, owner=owner | {"slug": "new"}, rev=20))

    names = [each.name for each in accounts.organisations(other.registry, LOCAL_OPERATOR)]
    assert made.name in names
    assert ["Wanted Lab (AAA)", "Wanted Lab (AAA)"] == [name for name in names if name.startswith("Wanted Lab")]
    assert before + (1 if is_hidden else 2) == after
    with pytest.raises(AlreadyExists):
        accounts.add_organisation(
            other.registry, LOCAL_OPERATOR, slug="again", name="wanted lab", kind=OrganisationKind.OTHER
        )


def test_no_owner_is_renamed_by_what_strangers_may_not_see(
    sisters: Sisterhood, told: tuple[Sister, Sister, dict[str, Any]]
) -> None:
    one, other, item = told
    give(sisters, one, other, item)
    before, seen = public_seq(other), accounts.organisations(other.registry, ANONYMOUS)
    number = json.loads(item["header"])["number"][:-4] + "9999"

    give(sisters, one, other, hidden(item, one, "Renamed Lab", uid=UID, number=number))
    assert (before, seen) == (public_seq(other), accounts.organisations(other.registry, ANONYMOUS))

    owner = json.loads(item["header"])["owner"] | {"name": "Renamed Lab"}
    give(sisters, one, other, resigned(item, one.registry.key, owner=owner, rev=9))
    renamed = [each for each in accounts.organisations(other.registry, ANONYMOUS) if each.name == "Renamed Lab"]
    assert 1 == len(renamed)
    assert public_seq(other) > before
    assert {replace(each, name="") for each in renamed} <= {replace(each, name="") for each in seen}
